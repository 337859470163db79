//! What the pages of a tenant's site have in common: its services as they are shown, its addresses.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use domain::booking::Policy;
use domain::id::{ServiceId, StaffId};
use domain::location::Location;
use serde::Serialize;
use store::TenantTx;
use store::images::{self, Image};
use store::services::Offer;
use store::tenants::{self, Tenant};
use url::form_urlencoded::byte_serialize;

use crate::images::Shown;
use crate::pages::base::Base;

/// A service as its pages show it.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    pub id: ServiceId,
    pub name: String,
    pub description: Option<String>,
    pub category: Option<String>,
    pub duration_minutes: i32,
    pub location: Location,
    /// How many seats a group session has; 1: there are none.
    pub capacity: i32,
    /// Of so many seats is the price, and the deposit.
    pub seats: i32,
    pub price_cents: i64,
    /// What is asked for before the appointment; 0 is nothing.
    pub deposit_cents: i64,
    pub currency: String,
    pub policy: Note,
    /// False: its booking waits for an answer.
    pub auto_confirm: bool,
    /// Where its booking goes on.
    pub url: String,
    pub picture: Option<Shown>,
    /// Who provides it; nobody named: everybody.
    #[serde(skip)]
    pub staff_ids: Vec<StaffId>,
    /// They provide it together: nobody is chosen.
    #[serde(skip)]
    pub is_collective: bool,
}

impl Line {
    pub fn new(offer: &Offer, tenant: &Tenant, base: &Base) -> Self {
        let service = &offer.service;
        let deposit_cents = domain::booking::deposit_cents(service.price_cents, service.deposit_basis_points);
        Self {
            id: service.id,
            name: service.name.clone(),
            description: service.description.clone(),
            category: service.category.clone(),
            auto_confirm: service.auto_confirm,
            duration_minutes: service.duration_minutes,
            location: service.location,
            capacity: service.capacity,
            seats: 1,
            price_cents: service.price_cents,
            deposit_cents,
            currency: tenant.currency.clone(),
            policy: Note::new(&tenant.policy, service.price_cents, deposit_cents),
            url: base.to("/book/staff", &[("service_id", &service.id.to_string())]),
            picture: offer.image.as_ref().map(Shown::from),
            staff_ids: offer.staff_ids.clone(),
            is_collective: service.is_collective,
        }
    }

    /// With a service that is done right after it, in the same visit.
    #[must_use]
    pub fn and(self, next: &Self) -> Self {
        let late_cents = self.policy.late_cents + next.policy.late_cents;
        let policy = if self.policy.late_cents > 0 { self.policy } else { next.policy };
        Self {
            name: format!("{} + {}", self.name, next.name),
            duration_minutes: self.duration_minutes + next.duration_minutes,
            price_cents: self.price_cents + next.price_cents,
            deposit_cents: self.deposit_cents + next.deposit_cents,
            policy: Note { late_cents, ..policy },
            auto_confirm: self.auto_confirm && next.auto_confirm,
            ..self
        }
    }

    /// Whether that person does it, as far as somebody can be chosen for it.
    pub fn is_done_by(&self, id: StaffId) -> bool {
        !self.is_collective && (self.staff_ids.is_empty() || self.staff_ids.contains(&id))
    }

    /// For so many seats, as far as there are.
    #[must_use]
    pub fn for_seats(self, seats: i32) -> Self {
        let seats = seats.clamp(1, self.capacity.max(1));
        let of_all = |cents: i64| cents * i64::from(seats);
        Self {
            seats,
            price_cents: of_all(self.price_cents),
            deposit_cents: of_all(self.deposit_cents),
            policy: Note { late_cents: of_all(self.policy.late_cents), ..self.policy },
            ..self
        }
    }
}

/// What cancelling asks, in a sentence.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Note {
    /// `never`: not online; `late`: it costs, less than so many minutes before; `until`: not later; `free`.
    kind: &'static str,
    minutes: i32,
    late_cents: i64,
}

impl Note {
    fn new(policy: &Policy, price_cents: i64, deposit_cents: i64) -> Self {
        let late_cents = policy.costs(price_cents, deposit_cents).late_cents;
        let (kind, minutes) = match policy.cancel_minutes {
            None => ("never", 0),
            Some(_) if late_cents > 0 => ("late", policy.free_minutes),
            Some(minutes @ 1..) => ("until", minutes),
            Some(_) => ("free", 0),
        };
        Self { kind, minutes, late_cents }
    }
}

/// The tenant and its logo.
pub async fn shop(tx: &TenantTx) -> store::Result<(Tenant, Option<Image>)> {
    let tenant = tenants::find(tx).await?;
    let logo = images::logo(tx, &tenant).await?;
    Ok((tenant, logo))
}

/// Services under one heading.
#[derive(Clone, Debug, Serialize)]
pub struct Category {
    /// None: those that have none.
    pub name: Option<String>,
    /// Within the page.
    pub id: String,
    pub services: Vec<Line>,
}

/// The services that can be booked, by category: categories in the order of their first service, the rest at the end.
pub fn categories(offers: &[Offer], tenant: &Tenant, base: &Base) -> Vec<Category> {
    let mut categories: Vec<Category> = Vec::new();
    for offer in offers {
        let line = Line::new(offer, tenant, base);
        if let Some(category) = categories.iter_mut().find(|category| category.name == line.category) {
            category.services.push(line);
        } else {
            let id = format!("c{}", categories.len() + 1);
            categories.push(Category { name: line.category.clone(), id, services: vec![line] });
        }
    }
    categories.sort_by_key(|category| category.name.is_none());
    categories
}

/// Where a map shows a postal address.
pub fn map_url(address: &str) -> String {
    let address: String = byte_serialize(address.replace('\n', ", ").as_bytes()).collect();
    format!("https://www.openstreetmap.org/search?query={address}")
}

/// The colours that stand for somebody, on every page the same.
pub fn tone_of(id: StaffId) -> &'static str {
    match id.0.as_u128() % 5 {
        0 => "a",
        1 => "b",
        2 => "c",
        3 => "d",
        _ => "e",
    }
}

/// To another page, for now.
pub fn go(address: &str) -> HttpResponse {
    HttpResponse::Found().insert_header((LOCATION, address)).finish()
}

/// The first word of a name, to greet somebody by.
pub fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_finds_an_address_and_a_greeting_a_name() {
        assert_eq!(
            map_url("12 rue des Abbesses\n75018 Paris"),
            "https://www.openstreetmap.org/search?query=12+rue+des+Abbesses%2C+75018+Paris"
        );
        assert_eq!(first_name(" Ana  Maria "), "Ana");
    }
}
