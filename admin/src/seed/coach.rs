//! Northlight: one person, in English and in another zone.

use chrono_tz::Tz;
use domain::intake::Kind;
use domain::locale::Locale;
use domain::plan::Plan;
use domain::tenant::TenantChanges;

use super::{Asked, Colleague, Demo, Offered, Workshop, pictures, week};

const MAYA: &str = "Maya Ellis";

const ABOUT: &str = "I help people in their first years of leading others. We meet by video, look at what really happened \
    this week, and leave with one thing to try.\n\nBefore coaching I led engineering teams for twelve years.";

const PRACTICE: &[Asked] = &[
    Asked {
        kind: Kind::Choice,
        label: "What shall we practise?",
        help: None,
        options: &["My CV", "A first interview", "A final interview", "Salary"],
        english: None,
    },
    Asked {
        kind: Kind::File,
        label: "Your CV",
        help: Some("Nobody else reads it."),
        options: &[],
        english: None,
    },
    Asked { kind: Kind::Date, label: "When is your interview?", help: None, options: &[], english: None },
    Asked {
        kind: Kind::Consent,
        label: "You may take notes and keep them for our next session",
        help: None,
        options: &[],
        english: None,
    },
];

pub(super) fn demo() -> anyhow::Result<Demo> {
    let text = |text: &str| Some(Some(text.to_owned()));
    let offered = |name, category, description, minutes, price_cents| Offered {
        name,
        category,
        description,
        english: None,
        minutes,
        after: 15,
        travel: None,
        price_cents,
        deposit: 0,
        auto_confirm: true,
        by: &[],
        picture: None,
        questions: &[],
    };
    Ok(Demo {
        slug: "northlight",
        email: "maya@northlight.example",
        owner: MAYA,
        name: "Northlight Coaching",
        timezone: Tz::Europe__London,
        locale: Locale::En,
        currency: "GBP",
        country: "GB",
        plan: Plan::Free,
        profile: TenantChanges {
            contact_email: text("hello@northlight.example"),
            phone: text("+44 20 7946 0321"),
            city: text("London"),
            about: text(ABOUT),
            website_url: text("https://northlight.example"),
            legal_name: text("Northlight Coaching Ltd"),
            publisher: text(MAYA),
            accent_color: text("#6d4aff"),
            ..TenantChanges::default()
        },
        week: week(&[1, 2, 3, 4], 9 * 60, 17 * 60)?,
        breaks: week(&[1, 2, 3, 4], 12 * 60, 13 * 60)?,
        members: &[],
        team: vec![Colleague { name: MAYA, week: None }],
        services: vec![
            offered(
                "Discovery call",
                "Get to know each other",
                "Half an hour to see whether we fit. No charge, no follow-up mails.",
                30,
                0,
            ),
            offered(
                "Coaching session",
                "Sessions",
                "One hour by video, with notes and one experiment for the week.",
                60,
                9_500,
            ),
            offered(
                "Leadership deep dive",
                "Sessions",
                "Ninety minutes on one hard situation: a conflict, a reorganisation, a first review.",
                90,
                14_000,
            ),
            Offered {
                questions: PRACTICE,
                auto_confirm: false,
                ..offered(
                    "CV and interview practice",
                    "Sessions",
                    "Send your CV first; I confirm once I have read it.",
                    45,
                    6_000,
                )
            },
        ],
        workshop: Workshop {
            english: None,
            name: "Focus group",
            category: "Groups",
            description: "Six people, one question each, and a plan to leave with.",
            price_cents: 4_500,
            guests: [
                ("Priya Nair", "priya.nair@example.org", 1),
                ("Tom Baker", "tom.baker@example.org", 1),
                ("Isla Reid", "isla.reid@example.org", 1),
            ],
        },
        closures: vec![(18, 19, None, "Conference")],
        notes: &["I would like to talk about my new team.", "Camera off, if that is all right."],
        logo: pictures::star,
        cover: pictures::dawn,
    })
}
