//! What people type, and the links they follow.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::booking as code;
use domain::contact::{self, Email};
use domain::link::{Link, LinkKey, Purpose};
use domain::recurrence::{Rule, Series};
use domain::wall_clock::Interval;
use domain::{
    calendar_uid, company, customer, device as devices, embedding, image, link as links, locale, sheet, slug,
    text as texts, web as sites,
};

use crate::words;

fn now() -> DateTime<Utc> {
    "2030-03-04T09:00:00Z".parse().expect("it is a time")
}

/// A rule: what was read is printed so that it is read as the same, and recurs within bounds and in order.
pub fn rule(bytes: &[u8]) {
    let Some((head, text)) = words(bytes).and_then(|text| text.split_once('\n')) else { return };
    let Ok(rule) = text.parse::<Rule>() else { return };
    let printed = rule.to_string();
    assert_eq!(printed.parse::<Rule>().as_ref(), Ok(&rule), "{printed}");
    let start = head.parse::<NaiveDateTime>().unwrap_or_else(|_| now().naive_utc());
    if !domain::recurrence::is_of_our_time(start) {
        return;
    }
    let zones = [Tz::UTC, Tz::Europe__Paris, Tz::Pacific__Apia, Tz::Africa__Cairo];
    let series = Series::once(start, zones[bytes.len() % zones.len()]).by(rule);
    let window = Interval::new(now(), now() + TimeDelta::days(800));
    if let Ok(found) = series.occurrences(window, 1_000) {
        assert!(found.len() <= 1_000);
        assert!(found.is_sorted_by_key(|one| one.at));
        assert!(found.iter().all(|one| window.start <= one.at && one.at < window.end));
    }
    series.cut(start + TimeDelta::days(30), 3);
    series.rule_with_instant();
}

/// The token of a link: nothing is opened that was not signed, and what was signed is opened for its purpose until its end.
pub fn link(bytes: &[u8]) {
    let key = LinkKey::new([7; 32]);
    let purposes =
        [Purpose::ManageBooking, Purpose::VerifyEmail, Purpose::ResetPassword, Purpose::SecondStep];
    if let Some(token) = words(bytes) {
        for purpose in purposes {
            assert!(key.open(token, purpose, now()).is_none(), "{token} was signed by nobody");
        }
    }
    let Some((seed, rest)) = bytes.split_first_chunk::<33>() else { return };
    let (purpose, tenant, subject) = (seed[0], &seed[1..17], &seed[17..33]);
    let link = Link {
        purpose: purposes[usize::from(purpose) % purposes.len()],
        tenant_id: domain::id::TenantId(uuid::Uuid::from_slice(tenant).expect("16 bytes")),
        subject: uuid::Uuid::from_slice(subject).expect("16 bytes"),
        expires_at: now() + TimeDelta::seconds(1),
    };
    let token = key.sign(&link);
    for purpose in purposes {
        assert_eq!(key.open(&token, purpose, now()).is_some(), purpose == link.purpose);
    }
    assert!(key.open(&token, link.purpose, link.expires_at).is_none());
    let mut tampered = token.into_bytes();
    let mut is_other = false;
    for (byte, other) in tampered.iter_mut().zip(rest) {
        is_other |= *other != 0;
        *byte ^= other;
    }
    if let (true, Ok(tampered)) = (is_other, String::from_utf8(tampered)) {
        assert!(key.open(&tampered, link.purpose, now()).is_none(), "{tampered}");
    }
}

/// Addresses and numbers: what was kept is read as the same.
pub fn contact(bytes: &[u8]) {
    let Some(text) = words(bytes) else { return };
    if let Ok(email) = Email::parse(text) {
        let again = Email::parse(&email.address).expect("what was kept can be read");
        assert_eq!((&again.address, &again.key), (&email.address, &email.key));
        assert!(!email.address.contains(['\r', '\n', ' ', ',', '<', '>', '"']), "{email:?}");
        let of_key = Email::parse(&email.key).map(|email| email.key);
        assert_eq!(of_key.as_ref().ok(), Some(&email.key), "the key of a key is the key");
    }
    for country in ["FR", "US", "GB", ""] {
        if let Ok(number) = contact::phone(text, country) {
            assert_eq!(contact::phone(&number, country).as_ref(), Ok(&number));
            let readable = contact::readable_phone(&number, country);
            assert_eq!(contact::phone(&readable, country).as_ref(), Ok(&number), "{readable}");
        }
    }
    contact::national(text);
}

/// Names, notes and words.
pub fn text(bytes: &[u8]) {
    let Some(text) = words(bytes) else { return };
    for kept in [texts::name(text).ok(), texts::line(text, 100).ok(), texts::lines(text, 100).ok().flatten()]
    {
        let Some(kept) = kept else { continue };
        assert!(!kept.contains('\0') && kept.trim() == kept && !kept.is_empty());
        assert_eq!(texts::lines(&kept, 255), Ok(Some(kept.clone())));
    }
    assert!(texts::words(text).iter().all(|word| !word.is_empty()));
    let suggested = slug::suggest(text);
    assert_eq!(slug::parse(&suggested), Ok(suggested.as_str()));
    if let Ok(slug) = slug::parse(text) {
        assert_eq!(slug, text);
    }
    assert_eq!(code::code_prefix(text).len(), 2);
    for tag in customer::split_tags(text) {
        drop(customer::Tag::parse(&tag));
    }
    customer::wanted(text);
    customer::tag_key(text);
    let cell = sheet::cell(text);
    assert_eq!(sheet::cell(&cell), cell, "what is safe stays as it is");
    assert!(cell == text || sheet::plain(&cell) == text);
    sheet::plain(text);
}

/// Addresses of the web: what is kept is one, without what a page would run.
pub fn web(bytes: &[u8]) {
    let Some(text) = words(bytes) else { return };
    for kept in [sites::website(text), sites::instagram(text)].into_iter().flatten() {
        assert!(kept.starts_with("https://") || kept.starts_with("http://"), "{kept}");
        assert!(!kept.contains(['"', '<', '>', ' ', '\n']), "{kept}");
        assert_eq!(sites::website(&kept).as_ref(), Ok(&kept));
    }
    if let Ok(origin) = embedding::origin(text) {
        assert_eq!(embedding::origin(&origin).as_ref(), Ok(&origin));
        // It stands in a header of ours.
        assert!(origin.is_ascii() && !origin.contains([' ', ';', ',', '\'', '"', '*']), "{origin}");
    }
    drop(links::public_url(text));
    calendar_uid::read(text, "https://harmony.example:8080/x");
    calendar_uid::host(text);
    image::parse(text);
    assert!(locale::Locale::from_name(locale::Locale::of_tag(text).name()).is_some());
}

/// Codes that people copy.
pub fn codes(bytes: &[u8]) {
    let Some(text) = words(bytes) else { return };
    if let Some(found) = code::parse_public_code(text) {
        assert_eq!(code::parse_public_code(&found).as_ref(), Some(&found));
    }
    code::beginning_of_code(text);
    if let Some(recovery) = domain::second_factor::RecoveryCode::parse(text) {
        let again = domain::second_factor::RecoveryCode::parse(&recovery.to_string());
        assert_eq!(again.map(|again| again.hash()), Some(recovery.hash()));
    }
    if let Some(secret) = domain::second_factor::SharedSecret::new(&[7; 20], "ana@example.org") {
        assert!(secret.step(text, now()).is_none() || text.trim().len() >= 6);
    }
    for kept in [company::siret(text), company::vat_id(text)].into_iter().flatten() {
        assert!(kept.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{kept}");
    }
}

/// Times, amounts and numbers.
pub fn numbers(bytes: &[u8]) {
    let Some(text) = words(bytes) else { return };
    if let Ok(time) = text.parse::<domain::hours::TimeOfDay>() {
        assert_eq!(time.to_string().parse(), Ok(time));
    }
    if let Some(number) = domain::intake::Decimal::parse(text) {
        assert_eq!(domain::intake::Decimal::parse(&number.to_string()), Some(number));
    }
    for currency in ["EUR", "JPY", "KWD", "CHF"] {
        if let Some(amount) = templates::parse_amount(text, currency) {
            let typed = templates::typed_amount(amount, currency);
            assert_eq!(templates::parse_amount(&typed, currency), Some(amount), "{typed} {currency}");
        }
    }
}

/// What a program says that it is.
pub fn device(bytes: &[u8]) {
    let Some(text) = words(bytes) else { return };
    if let Some(name) = devices::name(text) {
        assert!(!name.is_empty());
    }
    if let Some(network) = devices::network(text) {
        let (address, bits) = network.split_once('/').expect("a network has a length");
        assert!(address.parse::<std::net::IpAddr>().is_ok() && ["24", "64"].contains(&bits), "{network}");
    }
}
