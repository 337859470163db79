//! Booking in four steps: what, with whom, when, for whom. Each step is an address that keeps what was chosen.

pub mod details;
mod series;
mod visit;
pub mod waitlist;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::booking::{Next, Then};
use domain::id::{ImageId, ServiceId, StaffId};
use domain::rejection::Code;
use futures_util::join;
use serde::{Deserialize, Serialize};
use store::TenantTx;
use store::availability::{self, Free, Wish};
use store::images::{self, Image};
use store::services;
use store::tenants::{self, Tenant};

use super::head::{Cover, Head};
use super::picker::{self, Asked, Picker, Urls};
use super::site::{Category, Line, categories, go, tone_of};
use crate::availability::AHEAD;
use crate::extract::{Query, Visitor};
use crate::limit::READ;
use crate::pages::base::Base;
use crate::pages::{Reader, form, render, zones};
use crate::problem::Result;

/// What was chosen so far, as the address says it. Other parameters are let through: those who share a link add their
/// own to count who follows it.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Choice {
    service_id: String,
    /// Empty: anybody.
    staff_id: String,
    /// Of a group session; empty: one.
    seats: String,
    /// What is done right after it, in the same visit: see [`Then`].
    then: String,
    date: String,
    /// Where the weeks that are shown begin.
    from: String,
    start: String,
    /// Not empty: another zone is looked for.
    zones: String,
}

impl Choice {
    fn service_id(&self) -> Result<ServiceId> {
        Ok(self.service_id.parse().map_err(|_no_id| Code::NotFound)?)
    }

    fn staff_id(&self) -> Result<Option<StaffId>> {
        match self.staff_id.as_str() {
            "" => Ok(None),
            id => Ok(Some(id.parse().map_err(|_no_id| Code::NotFound)?)),
        }
    }

    fn wish(&self) -> Result<Wish> {
        let seats = self.seats.parse().ok().filter(|seats| (1..=1_000).contains(seats)).unwrap_or(1);
        let then: Then = self.then.parse().map_err(|_no_services| Code::NotFound)?;
        let wish = Wish::for_service(self.service_id()?).with_any(self.staff_id()?);
        Ok(if then.is_empty() { wish.with_seats(seats) } else { wish.followed_by(then) })
    }
}

/// The most that are offered to choose from: who wants more asks the tenant.
const MOST_SEATS: i32 = 20;

/// One of the steps, with the way back to it.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    name: &'static str,
    /// None: not yet, or here.
    url: Option<String>,
}

/// The steps of a booking: those that leave nothing to choose are left out.
struct Way<'a> {
    base: &'a Base,
    /// Whether there are other services.
    has_services: bool,
    /// Whether there is anybody to choose between.
    has_team: bool,
}

impl Way<'_> {
    fn steps(&self, here: &str, wish: Wish) -> Vec<Step> {
        let time = time_url(self.base, wish, None, None);
        let all = [
            ("service", self.base.to("/book", &[]), self.has_services),
            ("staff", step_url(self.base, "/book/staff", wish, &[]), self.has_team),
            ("time", time, true),
            ("details", String::new(), true),
        ];
        let place = all.iter().position(|(name, ..)| *name == here).unwrap_or_default();
        let mut steps = Vec::new();
        for (index, (name, url, is_there)) in all.into_iter().enumerate() {
            if is_there {
                steps.push(Step { name, url: (index < place).then_some(url) });
            }
        }
        steps
    }
}

fn time_url(base: &Base, wish: Wish, date: Option<NaiveDate>, from: Option<NaiveDate>) -> String {
    let text = |date: Option<NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
    step_url(base, "/book/time", wish, &[("date", &text(date)), ("from", &text(from))])
}

fn zones_url(base: &Base, wish: Wish, date: NaiveDate) -> String {
    step_url(base, "/book/time", wish, &[("date", &date.to_string()), ("zones", "1")])
}

fn details_url(base: &Base, wish: Wish, start: DateTime<Utc>) -> String {
    let start = start.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    step_url(base, "/book/details", wish, &[("start", &start)])
}

/// A step with all that was chosen before it.
fn step_url(base: &Base, page: &str, wish: Wish, pairs: &[(&str, &str)]) -> String {
    let service_id = wish.service_id.to_string();
    let staff_id = wish.staff_id.map(|id| id.to_string()).unwrap_or_default();
    let seats = if wish.seats > 1 { wish.seats.to_string() } else { String::new() };
    let then = wish.then.to_string();
    let chosen =
        [("service_id", service_id.as_str()), ("staff_id", &staff_id), ("seats", &seats), ("then", &then)];
    base.to(page, &[&chosen, pairs].concat())
}

/// The tenant and one of its services, with what else there is to choose.
struct Chosen {
    base: Base,
    tenant: Tenant,
    logo: Option<Image>,
    /// All of the visit, as one.
    line: Line,
    /// Its services, one by one.
    lines: Vec<Line>,
    /// Who provides the first.
    team: Vec<(StaffId, String)>,
    /// All that can be booked.
    services: Vec<Line>,
}

impl Chosen {
    /// A service that can't be booked is not there.
    async fn read(tx: &TenantTx, reader: &Reader, wish: Wish) -> store::Result<Self> {
        let (tenant, offers, everybody) =
            join!(tenants::find(tx), services::list(tx), store::staff::list(tx));
        let (tenant, offers, everybody) = (tenant?, offers?, everybody?);
        let logo = images::logo(tx, &tenant).await?;
        let base = reader.base(&tenant.slug);
        let services: Vec<Line> = services::told(offers, reader.lang_of(&tenant))
            .iter()
            .map(|offer| Line::new(offer, &tenant, &base))
            .collect();
        let find = |id| services.iter().find(|line| line.id == id).cloned().ok_or(Code::NotFound);
        let first = find(wish.service_id)?.for_seats(wish.seats);
        let then = wish.then.iter().map(|next| find(next.service_id)).collect::<Result<Vec<_>, _>>()?;
        let line = then.iter().fold(first.clone(), Line::and);
        let team = everybody
            .into_iter()
            .filter(|member| first.staff_ids.is_empty() || first.staff_ids.contains(&member.id))
            .map(|member| (member.id, member.name))
            .collect();
        let lines = std::iter::once(first).chain(then).collect();
        Ok(Self { base, tenant, logo, line, lines, team, services })
    }

    /// With that person for all of it that they do; the rest is anybody's.
    fn with(&self, wish: Wish, staff_id: Option<StaffId>) -> Wish {
        let of = |id: ServiceId| self.lines.iter().find(|line| line.id == id);
        let next = |next: Next| Next {
            staff_id: staff_id.filter(|id| of(next.service_id).is_some_and(|line| line.is_done_by(*id))),
            ..next
        };
        let then = Then::new(wish.then.iter().map(next)).unwrap_or(wish.then);
        wish.with_any(staff_id).followed_by(then)
    }

    /// The name of whoever was chosen; somebody who does not provide it is not there.
    fn staff_name(&self, id: Option<StaffId>) -> store::Result<Option<String>> {
        let Some(id) = id else { return Ok(None) };
        let found = self.team.iter().find(|(other, _)| *other == id);
        Ok(Some(found.ok_or(Code::NotFound)?.1.clone()))
    }

    /// Whether there is somebody to choose.
    fn has_choice(&self) -> bool {
        self.team.len() > 1 && !self.line.is_collective
    }

    fn way(&self) -> Way<'_> {
        Way { base: &self.base, has_services: self.services.len() > 1, has_team: self.has_choice() }
    }
}

#[derive(Serialize)]
struct Services {
    head: Head,
    categories: Vec<Category>,
    steps: Vec<Step>,
    is_closed: bool,
}

/// What: a tenant with one service goes on with it.
pub async fn services(
    reader: Reader,
    visitor: Result<Visitor>,
    choice: Result<Query<Choice>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (visitor, Query(choice)) = (visitor?, choice?);
            visitor.state.take(READ, &visitor.ip).await?;
            // A link that names a service means its times.
            if !choice.service_id.is_empty() {
                return Box::pin(times(&reader, &visitor, &choice)).await;
            }
            let now = visitor.now;
            let (tenant, pictures, offers, is_open) = visitor
                .tenant
                .read(async |tx| {
                    let (tenant, offers) = join!(tenants::find(tx), services::list(tx));
                    let (tenant, offers) = (tenant?, offers?);
                    let pictures = [tenant.logo_image_id, tenant.cover_image_id];
                    let pictures = images::find_all(tx, pictures).await?;
                    let is_open = availability::takes_bookings(tx, tenant.plan, tenant.timezone, now).await?;
                    Ok::<_, store::Error>((tenant, pictures, offers, is_open))
                })
                .await?;
            let offers = services::told(offers, reader.lang_of(&tenant));
            let categories = categories(&offers, &tenant, &reader.base(&tenant.slug));
            if let [category] = categories.as_slice()
                && let [only] = category.services.as_slice()
                && is_open
            {
                return Ok(go(&only.url));
            }
            let step = |name| Step { name, url: None };
            let steps = ["service", "staff", "time", "details"].map(step).to_vec();
            let picture = |id: Option<ImageId>| id.and_then(|id| pictures.get(&id));
            let frame = reader.tenant_frame(&tenant, picture(tenant.logo_image_id));
            let cover = picture(tenant.cover_image_id).and_then(|image| Cover::of(&frame.origin, image));
            let head = Head::of(&frame.origin, &format!("/{}/book", tenant.slug)).with_cover(cover);
            let content = Services { head, categories, steps, is_closed: !is_open };
            render(&visitor.state, &frame, StatusCode::OK, "public/book_services", &content)
        })
        .await
}

#[derive(Serialize)]
struct Staff {
    steps: Vec<Step>,
    service: Line,
    zone: &'static str,
    today: NaiveDate,
    team: Vec<Person>,
    anybody: Person,
    is_closed: bool,
}

/// Somebody to choose, and when they are free first.
#[derive(Serialize)]
struct Person {
    name: String,
    tone: &'static str,
    start: Option<DateTime<Utc>>,
    url: String,
}

/// With whom: where there is nobody to choose, on to the times.
pub async fn staff(reader: Reader, visitor: Result<Visitor>, choice: Result<Query<Choice>>) -> HttpResponse {
    reader
        .answer(async {
            let (visitor, Query(choice)) = (visitor?, choice?);
            visitor.state.take(READ, &visitor.ip).await?;
            let (now, wish) = (visitor.now, choice.wish()?.of_anybody());
            let (chosen, free, is_open) = visitor
                .tenant
                .read(async |tx| {
                    let (chosen, free) = join!(
                        Chosen::read(tx, &reader, wish),
                        availability::first_of_each(tx, wish, AHEAD, now)
                    );
                    let (chosen, free) = (chosen?, free?);
                    let tenant = &chosen.tenant;
                    let is_open = availability::takes_bookings(tx, tenant.plan, tenant.timezone, now).await?;
                    Ok::<_, store::Error>((chosen, free, is_open))
                })
                .await?;
            let (base, zone) = (&chosen.base, reader.zone.unwrap_or(chosen.tenant.timezone));
            if !chosen.has_choice() {
                return Ok(go(&time_url(base, wish, None, None)));
            }
            let content = Staff {
                steps: chosen.way().steps("staff", wish),
                zone: zone.name(),
                today: now.with_timezone(&zone).date_naive(),
                anybody: Person {
                    name: String::new(),
                    tone: "",
                    start: free.iter().filter_map(|one| one.start).min(),
                    url: time_url(base, wish, None, None),
                },
                team: free.into_iter().map(|one| person(one, &chosen, wish, zone)).collect(),
                is_closed: !is_open,
                service: chosen.line,
            };
            let frame = reader.tenant_frame(&chosen.tenant, chosen.logo.as_ref());
            render(&visitor.state, &frame, StatusCode::OK, "public/book_staff", &content)
        })
        .await
}

fn person(free: Free, chosen: &Chosen, wish: Wish, zone: Tz) -> Person {
    let date = free.start.map(|start| start.with_timezone(&zone).date_naive());
    Person {
        url: time_url(&chosen.base, chosen.with(wish, Some(free.staff_id)), date, None),
        name: free.name,
        tone: tone_of(free.staff_id),
        start: free.start,
    }
}

#[derive(Serialize)]
struct Time {
    choice: Choice,
    /// How many seats can be asked for, where there are several.
    seat_counts: Vec<i32>,
    steps: Vec<Step>,
    service: Line,
    staff_name: Option<String>,
    picker: Picker,
    /// None: nobody waits for several services at once.
    waitlist_url: Option<String>,
    /// What is done in the visit, and what could be.
    visit: visit::Basket,
    /// To choose from, where somebody wants another; else none.
    zones: Vec<form::Choice>,
    /// Where they are offered.
    zones_url: String,
    /// The zone of the business, where times are shown in another.
    own_zone: Option<&'static str>,
}

/// When.
pub async fn time(reader: Reader, visitor: Result<Visitor>, choice: Result<Query<Choice>>) -> HttpResponse {
    reader
        .answer(async {
            let (visitor, Query(choice)) = (visitor?, choice?);
            visitor.state.take(READ, &visitor.ip).await?;
            times(&reader, &visitor, &choice).await
        })
        .await
}

async fn times(reader: &Reader, visitor: &Visitor, choice: &Choice) -> Result<HttpResponse> {
    let (now, wish) = (visitor.now, choice.wish()?);
    let asked = Asked::parse(&choice.date, &choice.from);
    let (chosen, staff_name, picker) = visitor
        .tenant
        .read(async |tx| {
            let chosen = Chosen::read(tx, reader, wish).await?;
            let staff_name = chosen.staff_name(wish.staff_id)?;
            let base = &chosen.base;
            let urls = Urls {
                day: &|date, from| time_url(base, wish, date, from),
                slot: &|start, staff_id| match staff_id {
                    Some(id) if wish.staff_id.is_none() => {
                        details_url(base, chosen.with(wish, Some(id)), start)
                    }
                    _ => details_url(base, wish, start),
                },
            };
            let zone = reader.zone.unwrap_or(chosen.tenant.timezone);
            let picker = picker::read(tx, wish, zone, asked, &urls, now).await?;
            Ok::<_, store::Error>((chosen, staff_name, picker))
        })
        .await?;
    let content = Time {
        choice: choice.clone(),
        seat_counts: (1..=chosen.line.capacity.min(MOST_SEATS)).collect(),
        steps: chosen.way().steps("time", wish),
        staff_name,
        zones: if choice.zones.is_empty() { Vec::new() } else { zones::choices() },
        zones_url: zones_url(&chosen.base, wish, picker.date),
        own_zone: Some(chosen.tenant.timezone.name()).filter(|own| *own != picker.zone),
        picker,
        waitlist_url: wish
            .then
            .is_empty()
            .then(|| step_url(&chosen.base, "/book/waitlist", wish, &[("date", &choice.date)])),
        visit: visit::Basket::new(&chosen, wish),
        service: chosen.line,
    };
    let frame = reader.tenant_frame(&chosen.tenant, chosen.logo.as_ref());
    render(&visitor.state, &frame, StatusCode::OK, "public/book_time", &content)
}
