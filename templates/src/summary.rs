//! What the one-page summary of a booking says, word for word, for the document `booking_summary.typ`.

use chrono::{DateTime, Utc};
use domain::contact::readable_phone;
use serde_json::{Value, json};

use crate::accent::accent;
use crate::mail::monogram;
use crate::{Appointment, Brand, Locale, TemplateError, Templates, format, money};

/// Letters of a code, a name or any other text that fit.
const CODE: usize = 20;
const NAME: usize = 80;
const TEXT: usize = 240;

/// What the document needs to know. All times are told in the appointment's zone.
#[derive(Clone, Debug)]
pub struct BookingSummary {
    pub lang: Locale,
    pub tenant: Brand,
    pub booking: Appointment,
    pub customer_name: String,
    pub manage_url: String,
    /// The date of issue.
    pub made_at: DateTime<Utc>,
}

impl Templates {
    pub fn booking_summary_data(&self, summary: &BookingSummary) -> Result<Value, TemplateError> {
        let BookingSummary { lang, tenant, booking, .. } = summary;
        let (lang, zone) = (*lang, booking.timezone);
        let accent = accent(tenant.accent_color.as_deref());
        let text = self.texts().of(lang);
        let phone = tenant.phone.as_ref().map(|number| readable_phone(number, &tenant.country));
        let contact = [&tenant.address, &phone, &tenant.contact_email];
        let contact: Vec<String> = contact.into_iter().flatten().map(|line| clip(line, NAME)).collect();
        let facts: Vec<Value> = self
            .summary_facts(summary)?
            .into_iter()
            .map(|(label, value)| json!({"label": label, "value": value}))
            .collect();
        let until = format::datetime(lang, booking.cancelling.until, zone);
        let fee = money::format(lang, booking.cancelling.late_cents, &booking.currency);
        let policy = [("kind", booking.cancelling.kind), ("until", &until), ("fee", &fee)];
        let policy = text.t_with("booking-policy-cancel", &policy)?;
        let issued = format::date(lang, summary.made_at, zone);
        Ok(json!({
            "lang": lang,
            "title": text.t_with("summary-title", &[("code", &booking.public_code)])?,
            "heading": text.t("summary-heading")?,
            "accent": accent.color,
            "on_accent": accent.on_color,
            "monogram": monogram(&tenant.name),
            "tenant": clip(&tenant.name, NAME),
            "contact": contact,
            "code_label": text.t("booking-code")?,
            "code": clip(&booking.public_code, CODE),
            "day": format::day(lang, booking.starts_at, zone),
            "starts": format::time(lang, booking.starts_at, zone),
            "ends": format::time(lang, booking.ends_at, zone),
            "zone": format::zone(lang, booking.starts_at, zone),
            "facts": facts,
            "policy": policy,
            "manage": text.t("summary-manage")?,
            "manage_url": summary.manage_url,
            "manage_place": place(&summary.manage_url),
            "footer": text.t_with("summary-footer", &[("tenant", &clip(&tenant.name, NAME)), ("date", &issued)])?,
        }))
    }

    fn summary_facts(&self, summary: &BookingSummary) -> Result<Vec<(String, String)>, TemplateError> {
        let BookingSummary { lang, tenant, booking, .. } = summary;
        let text = self.texts().of(*lang);
        let money = |minor| money::format(*lang, minor, &booking.currency);
        let price = if booking.price_cents == 0 { text.t("price-free")? } else { money(booking.price_cents) };
        let mut facts = vec![(text.t("booking-customer")?, clip(&summary.customer_name, NAME))];
        if booking.services.len() > 1 {
            for service in &booking.services {
                let said = [("service", service.name.as_str()), ("staff", &service.staff_name)];
                let line = text.t_with("mail-visit-line", &said)?;
                facts.push((format::time(*lang, service.starts_at, booking.timezone), clip(&line, NAME)));
            }
        } else {
            facts.push((text.t("booking-service")?, clip(&booking.service_name, NAME)));
            facts.push((text.t("booking-staff")?, clip(&booking.staff_name, NAME)));
        }
        if let Some(place) = booking.location.as_ref().or(tenant.address.as_ref()) {
            facts.push((text.t("booking-place")?, clip(place, TEXT)));
        }
        facts.push((text.t("booking-price")?, price));
        if booking.deposit_cents > 0 {
            let rest = booking.price_cents.saturating_sub(booking.deposit_cents).max(0);
            facts.push((text.t("booking-deposit")?, money(booking.deposit_cents)));
            facts.push((text.t("booking-on-site")?, money(rest)));
        }
        if let Some(note) = booking.note.as_ref().filter(|note| !note.trim().is_empty()) {
            facts.push((text.t("booking-note")?, clip(note, TEXT)));
        }
        Ok(facts)
    }
}

/// A link as it is printed: without its token, which opens the booking to whoever reads it.
fn place(url: &str) -> &str {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    url.split_once("://").map_or(url, |(_, place)| place)
}

/// The summary stays one page, and costs the same, whatever was pasted into a form.
fn clip(text: &str, letters: usize) -> String {
    const LINES: usize = 4;
    let short = text.trim().lines().take(LINES).collect::<Vec<_>>().join("\n");
    match short.char_indices().nth(letters) {
        Some((end, _)) => format!("{}…", short.get(..end).unwrap_or_default().trim_end()),
        None if short.len() < text.trim().len() => format!("{short} …"),
        None => short,
    }
}

#[cfg(test)]
mod tests {
    use super::{clip, place};

    #[test]
    fn only_what_is_too_long_is_cut() {
        assert_eq!(clip(" Je viendrai.\nMerci ! ", 240), "Je viendrai.\nMerci !");
        assert_eq!(clip("ééé", 3), "ééé");
        assert_eq!(clip("éééé", 3), "ééé…");
        assert_eq!(clip(&"a\n".repeat(20), 240), "a\na\na\na …");
        assert_eq!(clip("", 3), "");
    }

    #[test]
    fn no_token_is_printed() {
        assert_eq!(place("https://book.example/salon/K7Q29F?token=secret#x"), "book.example/salon/K7Q29F");
        assert_eq!(place("nonsense"), "nonsense");
    }
}
