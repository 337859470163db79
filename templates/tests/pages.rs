//! Each page in each language, with everything it can show and with as little as it can.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use templates::{Locale, Templates};

/// Name of the file, of the template, and what fills it.
type Sample = (&'static str, &'static str, Value);

const ATTACK: &str = r#"<script>alert("1")</script>'"#;

fn shop() -> Value {
    json!({
        "name": "Studio Mirabelle", "slug": "studio-mirabelle", "address": "12 rue des Abbesses, 75018 Paris",
        "phone": "+33144556677", "timezone": "Europe/Paris", "accent_sheet": "/assets/accents/b4235a.css",
    })
}

fn bare_shop() -> Value {
    json!({
        "name": "Zoé", "slug": "zoe", "address": null, "phone": null, "timezone": "UTC", "accent_sheet": null,
    })
}

fn service(name: &str, description: Option<&str>, minutes: i64, price_cents: i64) -> Value {
    json!({
        "id": "0198a1b2-0000-7000-8000-000000000001", "name": name, "description": description,
        "duration_minutes": minutes, "price_cents": price_cents, "currency": "EUR",
    })
}

fn book() -> Value {
    let times = |hour: u32, count: u32| -> Vec<Value> {
        (0..count)
            .map(|index| {
                let (hour, minute) = (hour + index / 2, index % 2 * 30);
                json!({
                    "start": format!("2026-11-24T{:02}:{minute:02}:00Z", hour - 1),
                    "local": format!("{hour:02}:{minute:02}"),
                })
            })
            .collect()
    };
    let week: Vec<Value> = [(23, 0), (24, 13), (25, 1), (26, 9), (27, 4), (28, 18), (29, 0)]
        .iter()
        .zip(1..)
        .map(|((number, slots), weekday)| {
            json!({"date": format!("2026-11-{number}"), "number": number, "weekday": weekday, "slots": slots})
        })
        .collect();
    json!({
        "shop": shop(), "service": service("Coupe & brushing", None, 95, 7_500),
        "today": "2026-11-21", "date": "2026-11-24", "previous": "2026-11-23", "next": "2026-11-25",
        "week": week, "soonest": "2026-11-25", "is_open": true,
        "parts": [
            {"name": "morning", "times": times(9, 5)}, {"name": "afternoon", "times": times(13, 6)},
            {"name": "evening", "times": times(18, 2)},
        ],
        "form": {"service_id": "", "key": "", "date": "", "start": "", "name": "", "email": "", "phone": "", "note": ""},
        "errors": [], "invalid": [], "gone": false,
    })
}

fn typed() -> Value {
    json!({
        "service_id": "", "key": "0f", "date": "2026-11-24", "start": "2026-11-24T09:00:00Z", "name": "Camille Fournier",
        "email": "camille@", "phone": "06 12", "note": "Je viendrai avec\nma fille.",
    })
}

fn manage(status: &str, may_cancel: bool) -> Value {
    json!({
        "shop_name": "Studio Mirabelle", "shop_slug": "studio-mirabelle",
        "address": "12 rue des Abbesses, 75018 Paris", "public_code": "SM-K7Q29F", "status": status,
        "service_name": "Coupe & brushing", "staff_name": "Inès Łódzka", "starts_at": "2026-11-24T09:15:00Z",
        "ends_at": "2026-11-24T10:50:00Z", "timezone": "Europe/Paris", "price_cents": 7_500, "currency": "EUR",
        "may_cancel": may_cancel, "accent_sheet": "/assets/accents/b4235a.css",
    })
}

/// `base` with some of its values replaced.
fn with(mut base: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        base.as_object_mut().unwrap().insert(name.clone(), value.clone());
    }
    base
}

fn samples() -> Vec<Sample> {
    let services = [
        service("Coupe & brushing", Some("Diagnostic, shampooing, coupe et séchage"), 95, 7_500),
        service("Coupe enfant", None, 30, 2_200),
        service("Premier échange", Some("Par téléphone.\nSans engagement."), 15, 0),
    ];
    let wrong: Vec<Value> = ["/start", "/customer/email", "/customer/phone"]
        .iter()
        .map(|pointer| json!({"pointer": pointer, "code": "INVALID", "detail": "is not valid"}))
        .collect();
    let invalid = json!({"errors": wrong, "invalid": ["start", "email", "phone"], "form": typed()});
    let bare = json!({
        "shop": bare_shop(), "previous": null, "next": null, "soonest": null, "parts": [],
        "service": service("Premier échange", None, 15, 0),
    });
    let mut samples = vec![
        ("welcome", "welcome", json!({"is_development": true})),
        ("home", "home", json!({"shop": shop(), "services": services})),
        ("home_bare", "home", json!({"shop": bare_shop(), "services": []})),
        ("book", "book", book()),
        ("book_invalid", "book", with(book(), &invalid)),
        ("book_gone", "book", with(book(), &json!({"gone": true, "form": typed()}))),
        ("book_full", "book", with(book(), &json!({"parts": []}))),
        ("book_bare", "book", with(book(), &bare)),
        ("book_closed", "book", with(book(), &json!({"is_open": false, "parts": []}))),
        ("verify", "verify", json!({"done": false})),
        ("verify_done", "verify", json!({"done": true})),
        ("outbox_empty", "outbox", json!({"mails": []})),
        ("outbox", "outbox", outbox()),
        ("outbox_mail", "outbox_mail", outbox_mail()),
        ("api_docs", "api_docs", api_docs()),
    ];
    for (name, status) in [
        ("manage_pending", "pending"),
        ("manage_confirmed", "confirmed"),
        ("manage_completed", "completed"),
        ("manage_no_show", "no_show"),
        ("manage_cancelled", "cancelled"),
    ] {
        samples.push((name, "manage", manage(status, matches!(status, "pending" | "confirmed"))));
    }
    for (name, status, code) in [
        ("refusal_not_found", 404, "not-found"),
        ("refusal_too_many", 429, "too-many"),
        ("refusal_failed", 500, "failed"),
        ("refusal_refused", 422, "refused"),
    ] {
        let request_id = "0198a1b2-0000-7000-8000-000000000001";
        let context = json!({"status": status, "code": code, "request_id": request_id, "home": "/zoe"});
        samples.push((name, "refusal", context));
    }
    samples
}

fn outbox() -> Value {
    json!({"mails": [
        {"id": "2", "to": "camille@example.com", "subject": "Annulé : Coupe", "sent_at": "2026-11-21 09:00:01 UTC"},
        {"id": "1", "to": "camille@example.com", "subject": "", "sent_at": null},
    ]})
}

fn outbox_mail() -> Value {
    let url =
        "https://harmony.example/manage/0198a1b2000070008000000000000001.abcdefghijklmnopqrstuvwxyz012345";
    json!({
        "id": "1", "from": "Studio Mirabelle <bonjour@mirabelle.example>", "to": "camille@example.com",
        "subject": "Confirmé : Coupe & brushing", "sent_at": "2026-11-21 09:00:00 UTC", "has_html": true,
        "pieces": [
            {"text": "Bonjour <Camille>,\n\nGérer ma réservation\n", "is_link": false}, {"text": url, "is_link": true},
            {"text": "\n\n-- \nÀ bientôt", "is_link": false},
        ],
        "attachments": [
            {"index": 0, "name": "invite.ics", "content_type": "text/calendar", "size": 812,
             "text": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"},
            {"index": 1, "name": "summary.pdf", "content_type": "application/pdf", "size": 20_480, "text": null},
        ],
    })
}

fn api_docs() -> Value {
    json!({
        "version": "0.1.0", "url": "https://harmony.example",
        "groups": [{"name": "public", "lines": [
            {"method": "GET", "path": "/public/{tenant}/availability", "about": "The slots of a date",
             "access": "anybody", "id": "get_availability", "takes": null, "replies": "DayView", "status": 200,
             "query": [{"name": "date", "required": true, "description": "A date"}, {"name": "zone", "required": false}]},
            {"method": "POST", "path": "/public/{tenant}/bookings", "about": "Book", "access": "anybody", "id": "post",
             "takes": "CreateBooking", "replies": "BookingView", "status": 201, "query": []},
            {"method": "DELETE", "path": "/public/{tenant}/nothing", "about": "Nothing", "access": "a member", "id": "x",
             "takes": null, "replies": null, "status": 204, "query": []},
        ]}],
        "schemas": [{"name": "DayView", "text": "{\n  \"type\": \"object\"\n}", "uses": ["Slot", "Problem"]}],
        "codes": [{"code": "SLOT_UNAVAILABLE", "status": 409, "sentence": "This time is no longer available."}],
    })
}

fn render(templates: &Templates, template: &str, lang: Locale, context: &Value) -> String {
    let context = with(context.clone(), &json!({"lang": lang}));
    templates.page(&format!("pages/{template}.html"), &context).unwrap()
}

#[test]
fn every_page_renders_in_both_languages() {
    let templates = Templates::load_with_pages(|_tera| {}).unwrap();
    // To be looked at in a browser.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    fs::create_dir_all(&folder).unwrap();
    for (name, template, context) in samples() {
        for lang in Locale::ALL {
            let html = render(&templates, template, lang, &context);
            assert!(html.starts_with("<!doctype html>\n<html lang=\""), "{name}: {html}");
            assert_eq!(html.matches("<h1").count(), 1, "{name} has one heading: {html}");
            // The policy forbids scripts and styles inside of pages.
            for forbidden in ["<script", "<style", " style=", "<iframe", " onclick"] {
                assert!(!html.contains(forbidden), "{forbidden} in {name}: {html}");
            }
            assert!(!html.contains(">null<") && !html.contains("\"null\""), "{name}: {html}");
            fs::write(folder.join(format!("{name}.{lang}.html")), html).unwrap();
        }
    }
}

#[test]
fn every_template_of_a_page_has_a_sample() {
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("pages")).unwrap() {
        let name = entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned();
        if !matches!(name.as_str(), "layout" | "parts") {
            assert!(samples().iter().any(|(_, template, _)| *template == name), "{name}");
        }
    }
}

#[test]
fn what_people_type_stays_text() {
    /// Every text, wherever it stands, unless a template takes it for a name or a date.
    fn infect(value: &mut Value, key: &str) {
        const NAMES: [&str; 15] = [
            "starts_at",
            "ends_at",
            "timezone",
            "start",
            "date",
            "previous",
            "next",
            "soonest",
            "today",
            "status",
            "code",
            "currency",
            "accent_sheet",
            "replies",
            "takes",
        ];
        match value {
            Value::String(text) if !NAMES.contains(&key) => ATTACK.clone_into(text),
            Value::Array(values) => values.iter_mut().for_each(|value| infect(value, key)),
            Value::Object(values) => values.iter_mut().for_each(|(key, value)| infect(value, key)),
            _ => {}
        }
    }
    let templates = Templates::load_with_pages(|_tera| {}).unwrap();
    for (name, template, mut context) in samples() {
        infect(&mut context, "");
        let html = render(&templates, template, Locale::Fr, &context);
        assert!(!html.contains("<script"), "{name}: {html}");
        assert!(!html.contains("\"1\""), "{name} lets a value out of its attribute: {html}");
    }
}

#[test]
fn a_form_keeps_what_was_typed_and_leads_to_what_is_wrong() {
    let templates = Templates::load_with_pages(|_tera| {}).unwrap();
    let (_, template, context) = samples().into_iter().find(|(name, ..)| *name == "book_invalid").unwrap();
    let html = render(&templates, template, Locale::En, &context);
    for expected in [
        "role=\"alert\"",
        "3 things need your attention",
        "<a href=\"#email\">",
        "<a href=\"#start\">",
        "value=\"camille@\"",
        "aria-describedby=\"email-error email-hint\"",
        "id=\"email-error\"",
        "value=\"2026-11-24T09:00:00Z\" required checked>",
        "avec\nma fille.</textarea>",
    ] {
        assert!(html.contains(expected), "{expected} in {html}");
    }
    assert_eq!(html.matches("aria-invalid").count(), 2, "{html}");
}

#[test]
fn the_style_sheet_stays_small() {
    let sheet = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/plain.css");
    let bytes = fs::metadata(sheet).unwrap().len();
    assert!(bytes < 8 * 1024, "{bytes} bytes");
}
