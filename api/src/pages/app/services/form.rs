//! The form of a service: what was typed, what it means, and how what is saved is written.

use chrono::NaiveDate;
use domain::id::{RoomId, StaffId};
use domain::locale::Locale;
use domain::location::Location;
use domain::rejection::{Fields, Rejection};
use domain::service::{Rate, ServiceDraft};
use domain::translation::{ServiceWords, Translations};
use serde::Serialize;
use store::rooms::Room;
use store::services::Offer;
use store::staff::StaffMember;
use store::tenants::Tenant;

use super::super::typed::{Typed, basis_points, joined, number, percent, spoken};

/// What was typed of a service, or stands there.
#[derive(Default, Serialize)]
pub struct ServiceForm {
    name: String,
    category: String,
    description: String,
    /// In other languages.
    translations: Vec<Words>,
    duration: String,
    price: String,
    /// Percent.
    deposit: String,
    capacity: String,
    buffer_before: String,
    buffer_after: String,
    /// `customer`: whoever provides it comes to the customer.
    location: String,
    travel: String,
    pub notice: String,
    horizon: String,
    until: String,
    pub step: String,
    auto_confirm: bool,
    is_active: bool,
    is_collective: bool,
    pub staff_ids: Vec<String>,
    pub room_ids: Vec<String>,
    pub version: String,
}

/// What it says in a language that is not the tenant's.
#[derive(Serialize)]
struct Words {
    lang: Locale,
    name: String,
    category: String,
    description: String,
}

impl ServiceForm {
    pub fn of(offer: &Offer, tenant: &Tenant) -> Self {
        let service = &offer.service;
        let currency = &tenant.currency;
        let words = |lang: Locale| {
            let ServiceWords { name, category, description } =
                service.translations.get(lang).cloned().unwrap_or_default();
            let [name, category, description] = [name, category, description].map(Option::unwrap_or_default);
            Words { lang, name, category, description }
        };
        Self {
            name: service.name.clone(),
            category: service.category.clone().unwrap_or_default(),
            description: service.description.clone().unwrap_or_default(),
            translations: spoken(tenant, &service.translations).map(words).collect(),
            duration: service.duration_minutes.to_string(),
            price: templates::typed_amount(service.price_cents, currency),
            capacity: service.capacity.to_string(),
            deposit: percent(service.deposit_basis_points),
            buffer_before: service.buffer_before_minutes.to_string(),
            buffer_after: service.buffer_after_minutes.to_string(),
            location: service.location.name().to_owned(),
            travel: service.travel_minutes.to_string(),
            notice: service.min_notice_minutes.to_string(),
            horizon: service.horizon_days.to_string(),
            step: service.slot_step_minutes.map(|step| step.to_string()).unwrap_or_default(),
            until: service.bookable_until.map(|date| date.to_string()).unwrap_or_default(),
            auto_confirm: service.auto_confirm,
            is_active: service.is_active,
            is_collective: service.is_collective,
            room_ids: offer.room_ids.iter().map(RoomId::to_string).collect(),
            staff_ids: offer.staff_ids.iter().map(StaffId::to_string).collect(),
            version: service.version.to_string(),
        }
    }

    /// What a new service begins with.
    pub fn blank(tenant: &Tenant) -> Self {
        let text = str::to_owned;
        let words =
            |lang| Words { lang, name: String::new(), category: String::new(), description: String::new() };
        Self {
            translations: spoken(tenant, &Translations::<ServiceWords>::default()).map(words).collect(),
            duration: tenant.default_duration_minutes.to_string(),
            deposit: text("0"),
            capacity: text("1"),
            buffer_before: text("0"),
            buffer_after: text("0"),
            location: Location::default().name().to_owned(),
            travel: text("0"),
            notice: text("0"),
            horizon: text("90"),
            auto_confirm: true,
            is_active: true,
            ..Self::default()
        }
    }

    pub fn typed(typed: &Typed) -> Self {
        let words = |lang: Locale| Words {
            lang,
            name: typed.text(&format!("name-{lang}")),
            category: typed.text(&format!("category-{lang}")),
            description: typed.text(&format!("description-{lang}")),
        };
        let is_there = |lang: &Locale| typed.has(&format!("name-{lang}"));
        Self {
            name: typed.text("name"),
            category: typed.text("category"),
            description: typed.text("description"),
            translations: Locale::ALL.into_iter().filter(is_there).map(words).collect(),
            duration: typed.text("duration"),
            price: typed.text("price"),
            deposit: typed.text("deposit"),
            capacity: typed.text("capacity"),
            buffer_before: typed.text("buffer_before"),
            buffer_after: typed.text("buffer_after"),
            location: typed.text("location"),
            travel: typed.text("travel"),
            notice: typed.text("notice"),
            horizon: typed.text("horizon"),
            until: typed.text("until"),
            step: typed.text("step"),
            auto_confirm: typed.has("auto_confirm"),
            is_active: typed.has("is_active"),
            is_collective: typed.has("is_collective"),
            room_ids: typed.all("room_ids").map(str::to_owned).collect(),
            staff_ids: typed.all("staff_ids").map(str::to_owned).collect(),
            version: typed.text("version"),
        }
    }

    pub fn draft(&self, tenant: &Tenant) -> Result<ServiceDraft, Rejection> {
        let mut fields = Fields::default();
        let or_none = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
        let price_cents = templates::parse_amount(&self.price, &tenant.currency).unwrap_or_else(|| {
            let code = if self.price.trim().is_empty() { "REQUIRED" } else { "INVALID" };
            fields.add("/price_cents", code, "must be an amount");
            0
        });
        let deposit_rate =
            basis_points(&self.deposit).and_then(Rate::from_basis_points).unwrap_or_else(|| {
                fields.add("/deposit_rate", "INVALID", "must be a percentage");
                Rate::default()
            });
        let staff_ids: Vec<StaffId> = self.staff_ids.iter().filter_map(|id| id.parse().ok()).collect();
        if staff_ids.len() != self.staff_ids.len() {
            fields.add("/staff_ids", "UNKNOWN", "names nobody");
        }
        let room_ids: Vec<RoomId> = self.room_ids.iter().filter_map(|id| id.parse().ok()).collect();
        if room_ids.len() != self.room_ids.len() {
            fields.add("/room_ids", "UNKNOWN", "names no room");
        }
        let bookable_until =
            or_none(&self.until).and_then(|date| fields.take("/bookable_until", date.parse::<NaiveDate>()));
        let draft = ServiceDraft {
            name: self.name.clone(),
            category: or_none(&self.category),
            description: or_none(&self.description),
            translations: self
                .translations
                .iter()
                .map(|words| {
                    let [name, category, description] =
                        [&words.name, &words.category, &words.description].map(|text| or_none(text));
                    (words.lang, ServiceWords { name, category, description })
                })
                .collect(),
            duration_minutes: number(&mut fields, "/duration_minutes", &self.duration, 60),
            buffer_before_minutes: number(&mut fields, "/buffer_before_minutes", &self.buffer_before, 0),
            buffer_after_minutes: number(&mut fields, "/buffer_after_minutes", &self.buffer_after, 0),
            location: Location::from_name(&self.location).unwrap_or_default(),
            travel_minutes: number(&mut fields, "/travel_minutes", &self.travel, 0),
            price_cents,
            deposit_rate,
            capacity: number(&mut fields, "/capacity", &self.capacity, 1),
            min_notice_minutes: number(&mut fields, "/min_notice_minutes", &self.notice, 0),
            horizon_days: number(&mut fields, "/horizon_days", &self.horizon, 90),
            bookable_until,
            slot_step_minutes: or_none(&self.step)
                .map(|step| number(&mut fields, "/slot_step_minutes", &step, 5)),
            auto_confirm: self.auto_confirm,
            is_active: self.is_active,
            is_collective: self.is_collective,
            staff_ids,
            room_ids,
        };
        joined(fields, draft.checked(tenant.plan))
    }

    /// Its labels and values in their order.
    pub fn shown(&self, staff: &[StaffMember], rooms: &[Room]) -> Vec<(&'static str, String)> {
        let on = |is_on: bool| if is_on { "✓" } else { "–" }.to_owned();
        let named = staff.iter().filter(|member| self.staff_ids.contains(&member.id.to_string()));
        let taken = rooms.iter().filter(|room| self.room_ids.contains(&room.id.to_string()));
        let translated = self.translations.iter().flat_map(|words| {
            let told =
                |text: &str| if text.is_empty() { String::new() } else { format!("{}: {text}", words.lang) };
            [
                ("app-service-name", told(&words.name)),
                ("app-service-category", told(&words.category)),
                ("app-service-description", told(&words.description)),
            ]
        });
        let mut shown = vec![
            ("app-service-name", self.name.clone()),
            ("app-service-category", self.category.clone()),
            ("app-service-description", self.description.clone()),
            ("app-service-duration", self.duration.clone()),
            ("app-service-price", self.price.clone()),
            ("app-service-deposit", self.deposit.clone()),
            ("app-service-capacity", self.capacity.clone()),
            ("app-service-buffer-before", self.buffer_before.clone()),
            ("app-service-buffer-after", self.buffer_after.clone()),
            ("app-service-location-customer", on(self.location == Location::Customer.name())),
            ("app-service-travel", self.travel.clone()),
            ("app-service-notice", self.notice.clone()),
            ("app-service-horizon", self.horizon.clone()),
            ("app-service-until", self.until.clone()),
            ("app-service-step", self.step.clone()),
            ("app-service-auto-confirm", on(self.auto_confirm)),
            ("app-service-active", on(self.is_active)),
            ("app-service-staff", named.map(|member| member.name.clone()).collect::<Vec<_>>().join(", ")),
            ("app-service-collective", on(self.is_collective)),
            ("app-service-rooms", taken.map(|room| room.name.clone()).collect::<Vec<_>>().join(", ")),
        ];
        shown.extend(translated);
        shown
    }
}
