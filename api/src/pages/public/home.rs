//! The front page of a tenant: who they are, what can be booked, when and where.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::hours::{Hours, TimeOfDay, Weekday, open_ranges};
use domain::id::ImageId;
use futures_util::join;
use serde::Serialize;
use serde_json::{Value, json};
use store::calendar::{self, Opening};
use store::hours::Closure;
use store::images::Image;
use store::services::Offer;
use store::staff::StaffMember;
use store::tenants::Tenant;
use store::{TenantTx, availability, hours, images, services, staff, tenants};

use super::head::{Cover, Head, json_ld};
use super::site::{Category, categories, map_url, tone_of};
use crate::extract::Visitor;
use crate::images::Shown;
use crate::limit::READ;
use crate::pages::{Reader, render};
use crate::problem::Result;

/// Closures that begin within so many days are told.
const SOON: Days = Days::new(45);

#[derive(Serialize)]
struct Home {
    head: Head,
    categories: Vec<Category>,
    team: Vec<Member>,
    /// None: the tenant keeps no hours of its own.
    today: Option<Today>,
    week: Vec<WeekDay>,
    closures: Vec<Closed>,
    cover: Option<Shown>,
    logo: Option<Shown>,
    /// What they say of themselves.
    about: Option<String>,
    map_url: Option<String>,
    email: Option<String>,
    website_url: Option<String>,
    instagram_url: Option<String>,
    /// No bookings are taken for now.
    is_closed: bool,
    /// Nothing that is offered waits for an answer.
    is_instant: bool,
    /// The least that something costs, in minor units.
    from_cents: Option<i64>,
    currency: String,
}

#[derive(Serialize)]
struct Member {
    name: String,
    tone: &'static str,
}

/// When it is open on this very date.
#[derive(Serialize)]
struct Today {
    ranges: Vec<(TimeOfDay, TimeOfDay)>,
}

/// One day of a week as weeks are.
#[derive(Serialize)]
struct WeekDay {
    /// 1 is Monday.
    weekday: u8,
    is_today: bool,
    ranges: Vec<(TimeOfDay, TimeOfDay)>,
}

#[derive(Serialize)]
struct Closed {
    from: NaiveDate,
    to: NaiveDate,
    reason: Option<String>,
}

/// All that the page is made of.
struct Found {
    tenant: Tenant,
    /// In its zone.
    today: NaiveDate,
    offers: Vec<Offer>,
    team: Vec<StaffMember>,
    opening: Opening,
    closures: Vec<Closure>,
    pictures: HashMap<ImageId, Image>,
    is_open: bool,
}

impl Found {
    async fn read(tx: &TenantTx, now: DateTime<Utc>) -> store::Result<Self> {
        let (tenant, offers, team) = join!(tenants::find(tx), services::list(tx), staff::list(tx));
        let (tenant, offers, team) = (tenant?, offers?, team?);
        let today = now.with_timezone(&tenant.timezone).date_naive();
        let (opening, closures, pictures, is_open) = join!(
            calendar::opening(tx, today, tenant.timezone),
            hours::closures(tx, today),
            images::find_all(tx, [tenant.logo_image_id, tenant.cover_image_id]),
            availability::takes_bookings(tx, tenant.plan, tenant.timezone, now),
        );
        let (opening, closures, pictures, is_open) = (opening?, closures?, pictures?, is_open?);
        Ok(Self { tenant, today, offers, team, opening, closures, pictures, is_open })
    }
}

pub async fn show(reader: Reader, visitor: Result<Visitor>) -> HttpResponse {
    reader
        .answer(async {
            let visitor = visitor?;
            visitor.state.take(READ, &visitor.ip).await?;
            let now = visitor.now;
            let found = visitor.tenant.read(async |tx| Found::read(tx, now).await).await?;
            let Found { tenant, today, offers, team, opening, closures, pictures, is_open } = found;
            let offers = services::told(offers, reader.lang_of(&tenant));
            let picture = |id: Option<ImageId>| id.and_then(|id| pictures.get(&id));
            let week = week(&opening.hours, today);
            let keeps_hours = !week.is_empty() || !opening.ranges.is_empty();
            let horizon = today.checked_add_days(SOON).unwrap_or(today);
            let closures = closures
                .into_iter()
                .filter(|closure| closure.staff_id.is_none() && closure.starts_on <= horizon)
                .map(|closure| Closed {
                    from: closure.starts_on,
                    to: closure.ends_on,
                    reason: closure.reason,
                })
                .collect();
            let frame = reader.tenant_frame(&tenant, picture(tenant.logo_image_id));
            let cover = picture(tenant.cover_image_id).and_then(|image| Cover::of(&frame.origin, image));
            let data = json_ld(&business(&tenant, &frame.origin, cover.as_ref(), offers.iter(), &week));
            let head = Head::of(&frame.origin, &format!("/{}", tenant.slug));
            let home = Home {
                head: head.with_data(data).with_cover(cover),
                categories: categories(&offers, &tenant, &reader.base(&tenant.slug)),
                team: team
                    .into_iter()
                    .map(|member| Member { tone: tone_of(member.id), name: member.name })
                    .collect(),
                today: keeps_hours.then_some(Today { ranges: opening.ranges }),
                week,
                closures,
                cover: picture(tenant.cover_image_id).map(Shown::from),
                logo: picture(tenant.logo_image_id).map(Shown::from),
                about: tenant.about.clone(),
                map_url: tenant.address.as_deref().map(map_url),
                email: tenant.contact_email.clone(),
                website_url: tenant.website_url.clone(),
                instagram_url: tenant.instagram_url.clone(),
                is_closed: !is_open,
                is_instant: offers.iter().all(|offer| offer.service.auto_confirm),
                from_cents: offers.iter().map(|offer| offer.service.price_cents).min(),
                currency: tenant.currency.clone(),
            };
            render(&visitor.state, &frame, StatusCode::OK, "public/home", &home)
        })
        .await
}

/// The seven days of a week, Monday first; nothing when no day has hours.
fn week(hours: &Hours, today: NaiveDate) -> Vec<WeekDay> {
    let week = hours.week_of(today);
    if week.rules().is_empty() {
        return Vec::new();
    }
    Weekday::all()
        .map(|weekday| {
            let open = open_ranges(week.rules(), week.breaks(), weekday);
            WeekDay {
                weekday: weekday.number(),
                is_today: Weekday::of(today) == weekday,
                ranges: open.into_iter().map(|range| (range.start(), range.end())).collect(),
            }
        })
        .collect()
}

/// The tenant as a schema.org `LocalBusiness` with its services and hours.
fn business<'a>(
    tenant: &Tenant,
    origin: &str,
    cover: Option<&Cover>,
    offers: impl Iterator<Item = &'a Offer>,
    week: &[WeekDay],
) -> Value {
    const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let url = format!("{origin}/{}", tenant.slug);
    let services: Vec<Value> = offers
        .map(|offer| {
            let service = &offer.service;
            json!({
                "@type": "Offer",
                "price": templates::decimal(service.price_cents, &tenant.currency),
                "priceCurrency": tenant.currency,
                "itemOffered": {"@type": "Service", "name": service.name, "description": service.description},
            })
        })
        .collect();
    let hours: Vec<Value> = week
        .iter()
        .zip(DAYS)
        .flat_map(|(day, name)| {
            day.ranges.iter().map(move |(opens, closes)| {
                json!({
                    "@type": "OpeningHoursSpecification",
                    "dayOfWeek": format!("https://schema.org/{name}"),
                    "opens": opens,
                    // The end of a day is its last minute there.
                    "closes": if closes.minute() == 1440 { "23:59".to_owned() } else { closes.to_string() },
                })
            })
        })
        .collect();
    let mut business = json!({
        "@context": "https://schema.org",
        "@type": "LocalBusiness",
        "@id": url,
        "name": tenant.name,
        "url": url,
        "currenciesAccepted": tenant.currency,
        "makesOffer": services,
        "openingHoursSpecification": hours,
        "potentialAction": {"@type": "ReserveAction", "target": format!("{url}/book")},
    });
    if let (Some(cover), Some(fields)) = (cover, business.as_object_mut()) {
        fields.insert("image".to_owned(), json!(cover.url));
    }
    let links: Vec<&String> = [&tenant.website_url, &tenant.instagram_url].into_iter().flatten().collect();
    if let (false, Some(fields)) = (links.is_empty(), business.as_object_mut()) {
        fields.insert("sameAs".to_owned(), json!(links));
    }
    for (name, value) in [
        ("description", &tenant.about),
        ("telephone", &tenant.phone_e164),
        ("email", &tenant.contact_email),
        ("address", &tenant.address),
    ] {
        if let (Some(value), Some(fields)) = (value, business.as_object_mut()) {
            fields.insert(name.to_owned(), json!(value));
        }
    }
    business
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Paris;
    use domain::hours::{MinuteRange, WeeklyRange};

    use super::*;

    #[test]
    fn a_pause_parts_the_hours_it_lies_in() {
        let rule = |start: i32, end: i32| WeeklyRange {
            weekday: Weekday::new(2).unwrap(),
            range: MinuteRange::new(start, end).unwrap(),
        };
        let tuesday = "2026-11-24".parse().unwrap();
        let hours = Hours::new(Paris, vec![rule(540, 1140)], vec![rule(750, 810)], Vec::new());
        let week = super::week(&hours, tuesday);
        assert_eq!(week.len(), 7);
        let day = week.get(1).unwrap();
        assert!(day.is_today && !week.first().unwrap().is_today);
        let text: Vec<String> = day.ranges.iter().map(|(from, to)| format!("{from}–{to}")).collect();
        assert_eq!(text, ["09:00–12:30", "13:30–19:00"]);
        assert!(super::week(&Hours::new(Paris, Vec::new(), Vec::new(), Vec::new()), tuesday).is_empty());
    }
}
