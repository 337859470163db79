//! What the one-page summary of a booking says, word for word, for the document `booking_summary.typ`.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::accent::accent;
use crate::mail::monogram;
use crate::{Appointment, Brand, Lang, TemplateError, Templates, format, money};

/// What the document needs to know. All times are told in the appointment's zone.
#[derive(Clone, Debug)]
pub struct BookingSummary {
    pub lang: Lang,
    pub tenant: Brand,
    pub booking: Appointment,
    pub customer_name: String,
    /// The tenant's sentence about cancelling, in `lang`.
    pub policy: Option<String>,
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
        let contact = [&tenant.address, &tenant.phone, &tenant.contact_email];
        let contact: Vec<&String> = contact.into_iter().flatten().collect();
        let facts: Vec<Value> = self
            .summary_facts(summary)?
            .into_iter()
            .map(|(label, value)| json!({"label": label, "value": value}))
            .collect();
        let issued = format::date(lang, summary.made_at, zone);
        Ok(json!({
            "lang": lang,
            "title": text.t_with("summary-title", &[("code", &booking.public_code)])?,
            "heading": text.t("summary-heading")?,
            "accent": accent.color,
            "on_accent": accent.on_color,
            "monogram": monogram(&tenant.name),
            "tenant": tenant.name,
            "contact": contact,
            "code_label": text.t("booking-code")?,
            "code": booking.public_code,
            "day": format::day(lang, booking.starts_at, zone),
            "starts": format::time(lang, booking.starts_at, zone),
            "ends": format::time(lang, booking.ends_at, zone),
            "zone": format::zone(lang, booking.starts_at, zone),
            "facts": facts,
            "policy": summary.policy,
            "manage": text.t("summary-manage")?,
            "manage_url": summary.manage_url,
            "footer": text.t_with("summary-footer", &[("tenant", &tenant.name), ("date", &issued)])?,
        }))
    }

    fn summary_facts(&self, summary: &BookingSummary) -> Result<Vec<(String, String)>, TemplateError> {
        let BookingSummary { lang, tenant, booking, .. } = summary;
        let text = self.texts().of(*lang);
        let money = |minor| money::format(*lang, minor, &booking.currency);
        let price = if booking.price_cents == 0 { text.t("price-free")? } else { money(booking.price_cents) };
        let mut facts = vec![
            (text.t("booking-customer")?, summary.customer_name.clone()),
            (text.t("booking-service")?, booking.service_name.clone()),
            (text.t("booking-staff")?, booking.staff_name.clone()),
        ];
        if let Some(place) = booking.location.as_ref().or(tenant.address.as_ref()) {
            facts.push((text.t("booking-place")?, place.clone()));
        }
        facts.push((text.t("booking-price")?, price));
        if booking.deposit_cents > 0 {
            let rest = booking.price_cents.saturating_sub(booking.deposit_cents).max(0);
            facts.push((text.t("booking-deposit")?, money(booking.deposit_cents)));
            facts.push((text.t("booking-on-site")?, money(rest)));
        }
        if let Some(note) = booking.note.as_ref().filter(|note| !note.trim().is_empty()) {
            facts.push((text.t("booking-note")?, note.clone()));
        }
        Ok(facts)
    }
}
