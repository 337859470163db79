//! Maison Camille: four people, a full book.

use chrono_tz::Tz;
use domain::intake::Kind;
use domain::locale::Locale;
use domain::plan::Plan;
use domain::tenant::TenantChanges;

use super::{Asked, Colleague, Demo, English, Offered, Workshop, pictures, week};

const CAMILLE: &str = "Camille Laurent";
const INES: &str = "Inès Moreau";
const THEO: &str = "Théo Girard";
const LEA: &str = "Léa Fontaine";

const ABOUT: &str = "Au pied de Montmartre, Maison Camille est un salon de quartier où l’on prend le temps. Nous \
    travaillons la coupe à sec, la couleur végétale et les blonds lumineux, avec des soins fabriqués en France.\n\n\
    Chaque rendez-vous commence par un diagnostic\u{a0}: nous vous disons ce qui est possible, ce que cela coûte et comment \
    l’entretenir chez vous.";

pub(super) fn demo() -> anyhow::Result<Demo> {
    let text = |text: &str| Some(Some(text.to_owned()));
    Ok(Demo {
        slug: "maison-camille",
        email: "camille@maison-camille.example",
        owner: CAMILLE,
        name: "Maison Camille",
        timezone: Tz::Europe__Paris,
        locale: Locale::Fr,
        currency: "EUR",
        country: "FR",
        plan: Plan::Pro,
        profile: TenantChanges {
            contact_email: text("bonjour@maison-camille.example"),
            phone: text("01 99 00 42 18"),
            address: text("12 rue des Martyrs, 75009 Paris"),
            city: text("Paris"),
            about: text(ABOUT),
            website_url: text("https://maison-camille.example"),
            instagram_url: text("@maison.camille.demo"),
            legal_name: text("Maison Camille"),
            legal_form: text("SARL au capital de 8 000 €"),
            publisher: text(CAMILLE),
            siret: text("000 000 001 00016"),
            accent_color: text("#b4436c"),
            ..TenantChanges::default()
        },
        week: week(&[2, 3, 4, 5, 6], 9 * 60, 19 * 60)?,
        breaks: week(&[2, 3, 4, 5, 6], 12 * 60 + 30, 13 * 60 + 30)?,
        members: &[],
        team: vec![
            Colleague { name: CAMILLE, week: None },
            Colleague { name: INES, week: Some(week(&[3, 4, 5, 6], 10 * 60, 19 * 60)?) },
            Colleague { name: THEO, week: Some(week(&[2, 3, 5, 6], 9 * 60, 18 * 60)?) },
            Colleague { name: LEA, week: Some(week(&[2, 4, 5, 6], 10 * 60, 18 * 60)?) },
        ],
        services: services(),
        workshop: Workshop {
            name: "Atelier coiffage",
            category: "Ateliers",
            description: "Tresses, chignons bas et brushing maison, en petit groupe.",
            english: Some([
                "Hair styling workshop",
                "Workshops",
                "Braids, low buns and blow-drying at home, in a small group.",
            ]),
            price_cents: 3_500,
            guests: [
                ("Léa Fontaine", "lea.fontaine@example.org", 2),
                ("Inès Kaba", "ines.kaba@example.org", 1),
                ("Manon Vasseur", "manon.vasseur@example.org", 1),
            ],
        },
        closures: vec![(6, 6, Some(INES), "Formation coloration"), (33, 40, None, "Fermeture annuelle")],
        notes: &[
            "Première visite, recommandée par une amie.",
            "Cheveux très épais\u{a0}: prévoir un peu plus de temps.",
            "Allergie à l’ammoniaque.",
            "Je viens avec ma fille, elle patientera.",
        ],
        logo: pictures::letter,
        cover: pictures::salon,
    })
}

const COLORING: &[Asked] = &[
    Asked {
        kind: Kind::Choice,
        label: "Votre couleur actuelle",
        help: None,
        options: &["Naturelle", "Colorée", "Méchée ou balayée"],
        english: Some(English {
            label: "Your colour now",
            help: None,
            options: &["Natural", "Coloured", "Highlights or balayage"],
        }),
    },
    Asked {
        kind: Kind::File,
        label: "Une photo qui vous inspire",
        help: Some("Ou une photo de vos cheveux aujourd’hui."),
        options: &[],
        english: Some(English {
            label: "A picture you like",
            help: Some("Or a picture of your hair today."),
            options: &[],
        }),
    },
    Asked {
        kind: Kind::LongText,
        label: "Allergies ou sensibilités",
        help: Some("Vos réponses ne sont lues que par le salon."),
        options: &[],
        english: Some(English {
            label: "Allergies or sensitive skin",
            help: Some("Only the salon reads your answers."),
            options: &[],
        }),
    },
    Asked {
        kind: Kind::Consent,
        label: "J’ai fait un test d’allergie il y a moins de six mois",
        help: None,
        options: &[],
        english: Some(English {
            label: "I have done an allergy test in the last six months",
            help: None,
            options: &[],
        }),
    },
];

/// By the French name: name, category and description.
const ENGLISH: [(&str, [&str; 3]); 14] = [
    ("Coupe et brushing", ["Cut and blow-dry", "Cuts", "A talk, a wash, a cut made for you, and styling."]),
    ("Coupe homme", ["Men’s cut", "Cuts", "A wash, a cut by scissors or clippers, and a razor finish."]),
    ("Coupe enfant", ["Children’s cut", "Cuts", "Up to twelve, with patience and a story."]),
    ("Frange", ["Fringe", "Cuts", "A touch-up between two cuts."]),
    (
        "Couleur racines",
        ["Root colour", "Colour", "Plant-based or permanent, without ammonia, blow-dry included."],
    ),
    (
        "Balayage",
        ["Balayage", "Colour", "Lightened by hand, toned and cared for: a soft blond that grows out well."],
    ),
    ("Patine et gloss", ["Toner and gloss", "Colour", "Freshens tone and shine between two colours."]),
    ("Brushing", ["Blow-dry", "Styling", "A wash and styling, straight or curly."]),
    ("Chignon de cérémonie", ["Wedding updo", "Styling", "Trial included. We call you to confirm the date."]),
    (
        "Coiffure à domicile",
        ["Hair at your place", "Styling", "We come to you, in Paris: a cut or styling, everything included."],
    ),
    ("Taille de barbe", ["Beard trim", "Beard", "Razor lines, a hot towel and oil."]),
    ("Coupe et barbe", ["Cut and beard", "Beard", "The men’s cut and the beard trim in one visit."]),
    ("Soin profond", ["Deep treatment", "Care", "A repairing mask under steam, for damaged lengths."]),
    ("Massage du cuir chevelu", ["Scalp massage", "Care", "Half an hour to forget everything."]),
];

fn services() -> Vec<Offered> {
    const HAIR: &[&str] = &[CAMILLE, INES, THEO];
    const COLOR: &[&str] = &[CAMILLE, INES];
    const BEARD: &[&str] = &[THEO];
    const CARE: &[&str] = &[INES, LEA];
    let offered = |name, category, description, minutes, price_cents, by| Offered {
        name,
        category,
        description,
        english: ENGLISH.iter().find(|(known, _)| *known == name).map(|(_, english)| *english),
        minutes,
        after: 0,
        travel: None,
        price_cents,
        deposit: 0,
        auto_confirm: true,
        by,
        picture: None,
        questions: &[],
    };
    vec![
        Offered {
            picture: Some(|| pictures::hair([44, 26, 20], [196, 140, 98], 700)),
            ..offered(
                "Coupe et brushing",
                "Coupes",
                "Diagnostic, shampoing, coupe sur mesure et mise en forme.",
                60,
                5_800,
                HAIR,
            )
        },
        offered(
            "Coupe homme",
            "Coupes",
            "Shampoing, coupe aux ciseaux ou à la tondeuse, finitions au rasoir.",
            30,
            3_200,
            HAIR,
        ),
        offered("Coupe enfant", "Coupes", "Jusqu’à 12 ans, avec patience et une histoire.", 30, 2_400, HAIR),
        offered("Frange", "Coupes", "Un rafraîchissement entre deux coupes.", 15, 1_200, HAIR),
        Offered {
            after: 15,
            picture: Some(|| pictures::hair([62, 20, 16], [186, 84, 52], 300)),
            ..offered(
                "Couleur racines",
                "Couleur",
                "Couleur végétale ou d’oxydation, sans ammoniaque, brushing compris.",
                90,
                6_900,
                COLOR,
            )
        },
        Offered {
            after: 15,
            deposit: 30,
            questions: COLORING,
            picture: Some(|| pictures::hair([104, 66, 36], [248, 216, 160], -500)),
            ..offered(
                "Balayage",
                "Couleur",
                "Éclaircissement à main levée, patine et soin\u{a0}: un blond fondu qui repousse bien.",
                150,
                13_500,
                COLOR,
            )
        },
        Offered {
            picture: Some(|| pictures::hair([92, 82, 76], [238, 230, 222], 420)),
            ..offered(
                "Patine et gloss",
                "Couleur",
                "Ravive le reflet et la brillance entre deux couleurs.",
                45,
                3_800,
                COLOR,
            )
        },
        Offered {
            picture: Some(|| pictures::hair([18, 14, 12], [120, 92, 70], -300)),
            ..offered("Brushing", "Coiffage", "Shampoing et mise en forme, lisse ou bouclé.", 45, 3_500, HAIR)
        },
        Offered {
            auto_confirm: false,
            ..offered(
                "Chignon de cérémonie",
                "Coiffage",
                "Essai compris. Nous vous rappelons pour confirmer la date.",
                90,
                9_500,
                COLOR,
            )
        },
        Offered {
            travel: Some(30),
            ..offered(
                "Coiffure à domicile",
                "Coiffage",
                "Nous venons chez vous, à Paris\u{a0}: coupe ou mise en forme, matériel compris.",
                60,
                7_500,
                COLOR,
            )
        },
        offered(
            "Taille de barbe",
            "Barbe",
            "Contours au coupe-chou, serviette chaude et huile.",
            30,
            2_200,
            BEARD,
        ),
        offered(
            "Coupe et barbe",
            "Barbe",
            "La coupe homme et la taille de barbe, en une visite.",
            60,
            5_000,
            BEARD,
        ),
        Offered {
            picture: Some(|| pictures::hair([24, 20, 30], [150, 128, 150], 200)),
            ..offered(
                "Soin profond",
                "Soins",
                "Masque réparateur posé à la vapeur, pour les longueurs abîmées.",
                45,
                4_200,
                CARE,
            )
        },
        offered("Massage du cuir chevelu", "Soins", "Vingt minutes pour tout oublier.", 30, 2_900, CARE),
    ]
}
