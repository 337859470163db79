//! Studio Boréal: photographers in Montréal, on the plan that has everything, with a role for each of them.

use chrono_tz::Tz;
use domain::access::Role;
use domain::intake::Kind;
use domain::locale::Locale;
use domain::plan::Plan;
use domain::tenant::TenantChanges;

use super::{Asked, Colleague, Demo, English, Offered, Person, Workshop, pictures, week};

const NORA: &str = "Nora Tremblay";
const SAMUEL: &str = "Samuel Gagnon";
const MEI: &str = "Mei Lavoie";

const MEMBERS: &[Person] = &[
    Person { email: "hugo@boreal.example", name: "Hugo Bélanger", role: Role::Admin },
    Person { email: "samuel@boreal.example", name: SAMUEL, role: Role::Manager },
    Person { email: "mei@boreal.example", name: MEI, role: Role::Staff },
    Person { email: "compta@boreal.example", name: "Alice Roy", role: Role::Viewer },
];

const ABOUT: &str = "Trois photographes, un studio baigné de lumière du nord dans le Mile End. Portraits, familles, entreprises\u{a0}: \
    nous prenons le temps de vous connaître avant de sortir l’appareil.\n\n\
    Vos images retouchées sont livrées sous dix jours, dans une galerie privée.";

const PORTRAIT: &[Asked] = &[
    Asked {
        kind: Kind::Choice,
        label: "À quoi serviront les images\u{a0}?",
        help: None,
        options: &["Site et réseaux", "Presse", "Souvenir"],
        english: Some(English {
            label: "What are the pictures for?",
            help: None,
            options: &["Website and social media", "Press", "To remember"],
        }),
    },
    Asked {
        kind: Kind::Consent,
        label: "Le studio peut montrer une image de ma séance sur son site",
        help: None,
        options: &[],
        english: Some(English {
            label: "The studio may show one picture of my session on its website",
            help: None,
            options: &[],
        }),
    },
];

pub(super) fn demo() -> anyhow::Result<Demo> {
    let text = |text: &str| Some(Some(text.to_owned()));
    let days = &[1, 2, 3, 4, 5, 6];
    Ok(Demo {
        slug: "studio-boreal",
        email: "nora@boreal.example",
        owner: NORA,
        name: "Studio Boréal",
        timezone: Tz::America__Toronto,
        locale: Locale::Fr,
        currency: "CAD",
        country: "CA",
        plan: Plan::Enterprise,
        profile: TenantChanges {
            contact_email: text("bonjour@boreal.example"),
            phone: text("+1 514 555 0142"),
            address: text("5333 avenue Casgrain, Montréal"),
            city: text("Montréal"),
            about: text(ABOUT),
            website_url: text("https://boreal.example"),
            legal_name: text("Studio Boréal inc."),
            publisher: text(NORA),
            accent_color: text("#0e6e6e"),
            ..TenantChanges::default()
        },
        week: week(days, 9 * 60, 17 * 60)?,
        breaks: week(days, 12 * 60, 13 * 60)?,
        members: MEMBERS,
        team: vec![
            Colleague { name: NORA, week: None },
            Colleague { name: SAMUEL, week: Some(week(&[2, 3, 4, 5, 6], 10 * 60, 18 * 60)?) },
            Colleague { name: MEI, week: Some(week(&[1, 3, 5], 9 * 60, 16 * 60)?) },
        ],
        services: services(),
        workshop: Workshop {
            name: "Promenade photo",
            category: "Ateliers",
            description: "Une heure et demie dans le Mile End, votre appareil en main.",
            english: Some([
                "Photo walk",
                "Workshops",
                "An hour and a half around Mile End with your own camera.",
            ]),
            price_cents: 6_500,
            guests: [
                ("Olivia Chen", "olivia.chen@example.org", 1),
                ("Marc-André Côté", "ma.cote@example.org", 2),
                ("Leïla Haddad", "leila.haddad@example.org", 1),
            ],
        },
        closures: vec![(9, 10, Some(SAMUEL), "Mariage à Tadoussac")],
        notes: &[
            "Nous viendrons avec le chien.",
            "Plutôt en noir et blanc, si possible.",
            "Le bébé dort vers 10\u{a0}h\u{a0}: un peu plus tard nous irait aussi.",
        ],
        logo: pictures::shutter,
        cover: pictures::aurora,
    })
}

fn services() -> Vec<Offered> {
    let offered = |name, category, description, english, minutes, price_cents| Offered {
        name,
        category,
        description,
        english: Some(english),
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
    vec![
        Offered {
            deposit: 30,
            questions: PORTRAIT,
            ..offered(
                "Portrait",
                "Portraits",
                "Une heure en studio, dix images retouchées.",
                ["Portrait", "Portraits", "An hour in the studio, ten retouched pictures."],
                60,
                22_000,
            )
        },
        offered(
            "Photo de profil",
            "Portraits",
            "Une demi-heure, trois images prêtes pour votre CV.",
            ["Profile picture", "Portraits", "Half an hour, three pictures for your CV."],
            30,
            9_500,
        ),
        Offered {
            deposit: 30,
            by: &[NORA, MEI],
            ..offered(
                "Séance famille",
                "Familles",
                "Jusqu’à six personnes, en studio ou au parc.",
                ["Family session", "Families", "Up to six people, in the studio or in the park."],
                90,
                32_000,
            )
        },
        Offered {
            auto_confirm: false,
            by: &[NORA, SAMUEL],
            ..offered(
                "Reportage d’entreprise",
                "Entreprises",
                "Vos équipes et vos lieux. Nous vous rappelons pour confirmer.",
                ["Company story", "Companies", "Your teams and places. We call you to confirm."],
                120,
                54_000,
            )
        },
        Offered {
            travel: Some(45),
            by: &[SAMUEL],
            ..offered(
                "Nouveau-né à domicile",
                "Familles",
                "Chez vous, sur l’île de Montréal, à votre rythme.",
                ["Newborn at home", "Families", "At your place on the island of Montréal, at your pace."],
                120,
                42_000,
            )
        },
    ]
}
