//! Each mail in each language, as its reader gets it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use chrono_tz::Tz;
use domain::account::AccountEvent;
use domain::audit::PlatformAct;
use domain::booking::policy::Cancelling;
use domain::plan::{Limit, Plan};
use templates::{
    AccountMail, AccountMatter, AccountOrigin, Appointment, BookingMail, Brand, CustomerSignInMail,
    InvitationMail, LimitMail, Locale, Mail, PlatformMail, Rendered, SeriesMail, Templates, VerificationMail,
    WaitlistMail,
};

fn booking(lang: Locale) -> BookingMail {
    let (service_name, note) = match lang {
        Locale::Fr => ("Coupe & brushing", "Je viendrai avec ma fille."),
        Locale::En => ("Cut & blow-dry", "I will bring my daughter."),
    };
    BookingMail {
        lang,
        tenant: Brand {
            name: "Studio Mirabelle".to_owned(),
            slug: "studio-mirabelle".to_owned(),
            accent_color: Some("#b4235a".to_owned()),
            contact_email: Some("bonjour@mirabelle.example".to_owned()),
            phone: Some("+33144556677".to_owned()),
            country: "FR".to_owned(),
            address: Some("12 rue des Abbesses, 75018 Paris".to_owned()),
        },
        booking: Appointment {
            public_code: "K7Q29F".to_owned(),
            service_name: service_name.to_owned(),
            staff_name: "Inès Łódzka".to_owned(),
            services: Vec::new(),
            starts_at: "2026-11-24T09:15:00Z".parse().unwrap(),
            ends_at: "2026-11-24T10:50:00Z".parse().unwrap(),
            timezone: Tz::Europe__Paris,
            price_cents: 7_500,
            deposit_cents: 1_500,
            currency: "EUR".to_owned(),
            location: None,
            note: Some(note.to_owned()),
            is_pending: false,
            cancelling: Cancelling {
                kind: "late",
                until: "2026-11-23T09:15:00Z".parse().unwrap(),
                late_cents: 1_500,
            },
            fee_cents: 0,
        },
        customer_name: "Camille".to_owned(),
        manage_url: "https://book.example/studio-mirabelle/bookings/K7Q29F?token=abc.def".to_owned(),
        summary_url: Some(
            "https://book.example/studio-mirabelle/bookings/K7Q29F/summary.pdf?token=abc".to_owned(),
        ),
        cancellation_reason: Some("Inès est souffrante, toutes nos excuses.".to_owned()),
        held_until: Some("2026-11-22T09:15:00Z".parse().unwrap()),
    }
}

fn bare(mail: BookingMail) -> BookingMail {
    BookingMail {
        tenant: Brand { accent_color: None, contact_email: None, phone: None, address: None, ..mail.tenant },
        booking: Appointment { price_cents: 0, deposit_cents: 0, note: None, ..mail.booking },
        summary_url: None,
        cancellation_reason: None,
        ..mail
    }
}

fn verification(lang: Locale) -> VerificationMail {
    VerificationMail {
        lang,
        full_name: "Inès Moreau".to_owned(),
        tenant_name: "Studio Mirabelle".to_owned(),
        verify_url: "https://harmony.example/verify-email?token=Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFy"
            .to_owned(),
    }
}

fn limit(lang: Locale, used: i64) -> LimitMail {
    LimitMail {
        lang,
        full_name: "Inès Moreau".to_owned(),
        tenant_name: "Studio Mirabelle".to_owned(),
        limit: Limit::BookingsPerMonth,
        used,
        max: 50,
        is_used_up: used == 50,
        resets_at: Some("2026-11-30T23:00:00Z".parse().unwrap()),
        timezone: Tz::Europe__Paris,
        lifted_by: Some(Plan::Pro),
        lifted_max: None,
    }
}

fn render(name: &str, lang: Locale, mail: &Mail) -> Rendered {
    let rendered = Templates::load().unwrap().mail(mail).unwrap();
    // To be looked at in a browser.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mail");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.{lang}.html")), &rendered.html).unwrap();
    rendered
}

fn snapshot(name: &str, mail: impl Fn(Locale) -> Mail) {
    for lang in Locale::ALL {
        let Rendered { subject, text, html } = render(name, lang, &mail(lang));
        assert!(html.starts_with("<!doctype html>"), "{html}");
        insta::assert_snapshot!(format!("{name}.{lang}"), format!("Subject: {subject}\n\n{text}"));
        insta::assert_snapshot!(format!("{name}.{lang}.html"), html);
    }
}

#[test]
fn a_confirmation_says_when_where_with_whom_and_for_how_much() {
    snapshot("booking_confirmation", |lang| Mail::BookingConfirmation(booking(lang)));
}

#[test]
fn a_cancellation_says_what_is_cancelled_and_why() {
    snapshot("booking_cancellation", |lang| Mail::BookingCancellation(booking(lang)));
}

#[test]
fn a_reminder_says_what_is_tomorrow() {
    snapshot("booking_reminder", |lang| Mail::BookingReminder(booking(lang)));
}

#[test]
fn a_move_says_when_it_is_now_and_whether_it_waits_for_a_yes() {
    snapshot("booking_reschedule", |lang| Mail::BookingReschedule(booking(lang)));
    for lang in Locale::ALL {
        let mut mail = booking(lang);
        mail.booking.is_pending = true;
        mail.summary_url = None;
        let rendered = render("booking_reschedule_pending", lang, &Mail::BookingReschedule(mail));
        let said = if lang == Locale::Fr { "vous confirmera" } else { "will confirm" };
        for text in [&rendered.text, &rendered.html] {
            assert!(text.contains(said) && !text.contains("PDF"), "{text}");
        }
    }
}

#[test]
fn who_comes_regularly_or_waits_is_told_of_all() {
    snapshot("series_confirmation", |lang| {
        let first = BookingMail { summary_url: None, cancellation_reason: None, ..booking(lang) };
        let dates = ["2026-11-24T09:15:00Z", "2026-12-01T09:15:00Z", "2026-12-08T09:15:00Z"];
        let dates = dates.iter().map(|at| at.parse().unwrap()).collect();
        Mail::SeriesConfirmation(SeriesMail { first, dates })
    });
    snapshot("waitlist_offer", |lang| {
        Mail::WaitlistOffer(BookingMail { summary_url: None, cancellation_reason: None, ..booking(lang) })
    });
    snapshot("waitlist_welcome", |lang| {
        let BookingMail { tenant, booking, customer_name, .. } = booking(lang);
        Mail::WaitlistWelcome(WaitlistMail {
            lang,
            tenant,
            customer_name,
            service_name: booking.service_name,
            staff_name: Some(booking.staff_name),
            from: "2026-11-24".parse().unwrap(),
            to: "2026-12-04".parse().unwrap(),
            earliest: Some("09:00".to_owned()),
            latest: None,
            leave_url: "https://book.example/waitlist/abc".to_owned(),
        })
    });
}

#[test]
fn a_customer_signs_in_by_a_link_in_the_name_of_the_business() {
    snapshot("customer_sign_in", |lang| {
        let BookingMail { tenant, customer_name, .. } = booking(lang);
        let url = "https://book.example/studio-mirabelle/account/sign-in/Zm9vYmFy".to_owned();
        Mail::CustomerSignIn(CustomerSignInMail { lang, tenant, customer_name, url })
    });
}

#[test]
fn a_new_owner_is_asked_to_prove_the_address() {
    snapshot("email_verification", |lang| Mail::EmailVerification(verification(lang)));
}

#[test]
fn whoever_is_invited_is_told_by_whom_and_as_what() {
    snapshot("invitation", |lang| {
        Mail::Invitation(InvitationMail {
            lang,
            tenant_name: "Maison Camille".to_owned(),
            inviter: "Camille Laurent".to_owned(),
            role: "manager",
            url: "https://harmony.example/invitation/Zm9vYmFy".to_owned(),
        })
    });
}

#[test]
fn a_user_is_told_of_their_account() {
    let account = |lang, about, path: &str| {
        Mail::Account(AccountMail {
            lang,
            full_name: "Inès Moreau".to_owned(),
            about,
            url: format!("https://harmony.example/{path}"),
            email: "ines@new.example".to_owned(),
            from: matches!(about, AccountMatter::Event(_)).then(|| AccountOrigin {
                at: "2026-11-21T10:00:00Z".parse().unwrap(),
                timezone: chrono_tz::Europe::Paris,
                device: Some("Firefox, Windows".to_owned()),
                network: Some("203.0.113.0/24".to_owned()),
            }),
        })
    };
    for (name, about, path) in [
        ("unlock_link", AccountMatter::UnlockLink, "unlock/Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFy"),
        ("password_reset", AccountMatter::ResetLink, "reset/Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFy"),
        ("account_reminder", AccountMatter::Reminder, "login"),
        ("email_confirmation", AccountMatter::EmailConfirmation, "account/email/Zm9vYmFy"),
        ("email_change", AccountMatter::EmailChange, "account/email-undo/Zm9vYmFy"),
        ("password_changed", AccountMatter::Event(AccountEvent::PasswordChanged), "forgot"),
    ] {
        snapshot(name, |lang| account(lang, about, path));
    }
    let subject = |event| {
        let mail = account(Locale::En, AccountMatter::Event(event), "forgot");
        Templates::load().unwrap().mail(&mail).unwrap().subject
    };
    for event in AccountEvent::ALL.into_iter().filter(|event| event.is_told()) {
        assert!(!subject(event).is_empty(), "{event:?}");
    }
}

#[test]
fn an_owner_is_told_what_the_platform_did_and_why() {
    for lang in Locale::ALL {
        let mut subjects = std::collections::BTreeSet::new();
        for act in PlatformAct::ALL {
            let mail = |reason: Option<&str>| {
                Mail::Platform(PlatformMail {
                    lang,
                    full_name: "Inès Moreau".to_owned(),
                    tenant_name: "Maison Camille".to_owned(),
                    act: act.name(),
                    reason: reason.map(str::to_owned),
                    at: "2026-11-21T10:00:00Z".parse().unwrap(),
                    timezone: Tz::Europe__Paris,
                })
            };
            let why = "Unpaid since <May>";
            let Rendered { subject, text, html } =
                render(&format!("platform_{}", act.name()), lang, &mail(Some(why)));
            for told in ["Maison Camille", "11:00", "Inès Moreau"] {
                assert!(text.contains(told) && html.contains(told), "{told} in {text}");
            }
            assert!(text.contains(why) && html.contains("Unpaid since &lt;May&gt;"), "{html}");
            assert!(subjects.insert(subject), "{act:?}");
            let rendered = render(&format!("platform_{}_bare", act.name()), lang, &mail(None));
            for absent in ["Unpaid", "null", "\n\n\n"] {
                assert!(!rendered.text.contains(absent), "{}", rendered.text);
            }
        }
    }
}

#[test]
fn an_owner_is_warned_before_the_plan_is_used_up_and_when_it_is() {
    snapshot("limit_near", |lang| Mail::LimitWarning(limit(lang, 40)));
    snapshot("limit_reached", |lang| Mail::LimitWarning(limit(lang, 50)));
}

#[test]
fn every_limit_and_plan_has_words_of_its_own() {
    for lang in Locale::ALL {
        let mut subjects = std::collections::BTreeSet::new();
        for of in Limit::ALL {
            let mail = LimitMail {
                limit: of,
                lifted_by: Some(Plan::Enterprise),
                lifted_max: Some(500),
                ..limit(lang, 40)
            };
            let rendered = render(of.name(), lang, &Mail::LimitWarning(mail));
            assert!(rendered.text.contains("500"), "{}", rendered.text);
            assert!(subjects.insert(rendered.subject), "{of:?}");
        }
        let last = LimitMail { resets_at: None, lifted_by: None, ..limit(lang, 50) };
        let rendered = render("limit_of_the_last_plan", lang, &Mail::LimitWarning(last));
        for absent in ["Pro", "Enterprise", "2026", "null"] {
            assert!(!rendered.text.contains(absent) && !rendered.html.contains(absent), "{}", rendered.text);
        }
        assert!(!rendered.text.contains("\n\n\n"), "{}", rendered.text);
    }
}

#[test]
fn what_is_not_known_is_not_mentioned() {
    for lang in Locale::ALL {
        let confirmation = render("bare_confirmation", lang, &Mail::BookingConfirmation(bare(booking(lang))));
        let cancellation = render("bare_cancellation", lang, &Mail::BookingCancellation(bare(booking(lang))));
        let reschedule = render("bare_reschedule", lang, &Mail::BookingReschedule(bare(booking(lang))));
        for rendered in [confirmation, cancellation, reschedule] {
            for text in [&rendered.text, &rendered.html] {
                for absent in
                    ["Acompte", "Deposit", "Motif", "Reason", "PDF", "Lieu", "Where", "question", "null"]
                {
                    assert!(!text.contains(absent), "{absent} in {text}");
                }
            }
            assert!(!rendered.text.contains("\n\n\n"), "{}", rendered.text);
        }
    }
}

#[test]
fn each_text_and_label_is_in_the_appointments_zone() {
    // Booked from Athens, held in Paris: Paris time everywhere.
    for lang in Locale::ALL {
        let rendered = render("zone", lang, &Mail::BookingConfirmation(booking(lang)));
        for text in [&rendered.text, &rendered.html] {
            assert!(text.contains("10:15 – 11:50"), "{text}");
            assert!(
                text.contains(if lang == Locale::Fr { "heure de Paris" } else { "Paris time" }),
                "{text}"
            );
            assert!(!text.contains("09:15"), "{text}");
        }
        assert!(rendered.subject.contains("10:15"), "{}", rendered.subject);
    }
}

#[test]
fn what_people_type_stays_text_in_html() {
    let attack = r#"<script>alert("1")</script>"#;
    let mut mail = booking(Locale::En);
    for field in [
        &mut mail.customer_name,
        &mut mail.tenant.name,
        &mut mail.booking.service_name,
        &mut mail.booking.staff_name,
        &mut mail.booking.public_code,
        &mut mail.manage_url,
    ] {
        attack.clone_into(field);
    }
    mail.tenant.accent_color = Some("red;}</style><script>".to_owned());
    mail.tenant.phone = Some(r#""><script>"#.to_owned());
    mail.tenant.address = Some(attack.to_owned());
    mail.booking.note = Some(attack.to_owned());
    mail.cancellation_reason = Some(attack.to_owned());
    for mail in [
        Mail::BookingConfirmation(mail.clone()),
        Mail::BookingReschedule(mail.clone()),
        Mail::BookingCancellation(mail),
    ] {
        let rendered = Templates::load().unwrap().mail(&mail).unwrap();
        assert!(!rendered.html.contains("<script"), "{}", rendered.html);
        assert!(!rendered.html.contains("tel:\"><"), "{}", rendered.html);
        assert!(rendered.text.contains(attack), "plain text is not escaped");
    }
}
