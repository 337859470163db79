//! The front page of a tenant: who they are, what can be booked, when and where.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{Datelike, Days, NaiveDate};
use domain::hours::{RuleKind, WeeklyRange};
use domain::id::ImageId;
use serde::Serialize;
use serde_json::{Value, json};
use store::services::Offer;
use store::tenants::Tenant;
use store::{availability, hours, images, services, staff, tenants};

use super::head::{Cover, Head, json_ld};
use super::site::{Category, categories, map_url, tone};
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
    /// The least that something costs, in minor units.
    from_cents: Option<i64>,
    currency: String,
}

#[derive(Serialize)]
struct Member {
    name: String,
    tone: &'static str,
}

#[derive(Serialize)]
struct WeekDay {
    /// 1 is Monday.
    weekday: u32,
    is_today: bool,
    /// `09:00`, `12:30`.
    ranges: Vec<(String, String)>,
}

#[derive(Serialize)]
struct Closed {
    from: NaiveDate,
    to: NaiveDate,
    reason: Option<String>,
}

pub async fn show(reader: Reader, visitor: Result<Visitor>) -> HttpResponse {
    reader
        .answer(async {
            let visitor = visitor?;
            visitor.state.take(READ, &visitor.ip).await?;
            let now = visitor.now;
            let content = visitor
                .tenant
                .read(async |tx| {
                    let tenant = tenants::find(tx).await?;
                    let today = now.with_timezone(&tenant.timezone).date_naive();
                    let offers = services::list(tx).await?;
                    let team = staff::list(tx).await?;
                    let opening = hours::rules(tx, RuleKind::Opening, None).await?;
                    let breaks = hours::rules(tx, RuleKind::Break, None).await?;
                    let closures = hours::closures(tx, today).await?;
                    let is_open = availability::takes_bookings(tx, tenant.plan, tenant.timezone, now).await?;
                    let pictures = [tenant.logo_image_id, tenant.cover_image_id];
                    let pictures = images::find_all(tx, pictures).await?;
                    let own = (tenant, pictures);
                    Ok::<_, store::Error>((own, offers, team, opening, breaks, closures, is_open))
                })
                .await?;
            let ((tenant, pictures), offers, team, opening, breaks, closures, is_open) = content;
            let picture = |id: Option<ImageId>| id.and_then(|id| pictures.get(&id));
            let today = now.with_timezone(&tenant.timezone).date_naive();
            let week = week(&opening, &breaks, today);
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
            let active = || offers.iter().filter(|offer| offer.service.is_active);
            let cover = picture(tenant.cover_image_id).and_then(|image| Cover::of(&frame.origin, image));
            let data = json_ld(&business(&tenant, &frame.origin, cover.as_ref(), active(), &week));
            let head = Head::of(&frame.origin, &format!("/{}", tenant.slug));
            let home = Home {
                head: head.with_data(data).with_cover(cover),
                categories: categories(&offers, &tenant),
                team: team
                    .into_iter()
                    .enumerate()
                    .map(|(place, member)| Member { name: member.name, tone: tone(place) })
                    .collect(),
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
                from_cents: active().map(|offer| offer.service.price_cents).min(),
                currency: tenant.currency.clone(),
            };
            render(&visitor.state, &frame, StatusCode::OK, "public/home", &home)
        })
        .await
}

/// The seven days of a week, Monday first; nothing when no day has hours.
fn week(opening: &[WeeklyRange], breaks: &[WeeklyRange], today: NaiveDate) -> Vec<WeekDay> {
    if opening.is_empty() {
        return Vec::new();
    }
    let minutes = |rules: &[WeeklyRange], day: u32| -> Vec<(u16, u16)> {
        let of_day = rules.iter().filter(|rule| u32::from(rule.weekday.number()) == day);
        of_day.map(|rule| (rule.range.start().minute(), rule.range.end().minute())).collect()
    };
    (1..=7)
        .map(|weekday| {
            let mut open = minutes(opening, weekday);
            for (from, to) in minutes(breaks, weekday) {
                open = open
                    .into_iter()
                    .flat_map(|(start, end)| [(start, end.min(from)), (start.max(to), end)])
                    .filter(|(start, end)| start < end)
                    .collect();
            }
            let is_today = today.weekday().number_from_monday() == weekday;
            WeekDay {
                weekday,
                is_today,
                ranges: open.into_iter().map(|(from, to)| (clock(from), clock(to))).collect(),
            }
        })
        .collect()
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
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
                    "closes": if closes == "24:00" { "23:59" } else { closes.as_str() },
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
    use domain::hours::{MinuteRange, Weekday};

    use super::*;

    #[test]
    fn a_pause_parts_the_hours_it_lies_in() {
        let rule = |start: i32, end: i32| WeeklyRange {
            weekday: Weekday::new(2).unwrap(),
            range: MinuteRange::new(start, end).unwrap(),
        };
        let tuesday = "2026-11-24".parse().unwrap();
        let week = super::week(&[rule(540, 1140)], &[rule(750, 810)], tuesday);
        assert_eq!(week.len(), 7);
        let day = week.get(1).unwrap();
        assert!(day.is_today && !week.first().unwrap().is_today);
        let text = |pair: (&str, &str)| (pair.0.to_owned(), pair.1.to_owned());
        assert_eq!(day.ranges, [text(("09:00", "12:30")), text(("13:30", "19:00"))]);
        assert!(super::week(&[], &[], tuesday).is_empty());
    }
}
