//! When a service can be booked.

use actix_web::HttpResponse;
use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::id::{ServiceId, StaffId};
use domain::rejection::Fields;
use domain::slots::{MAX_COUNTED_DAYS, Slot};
use serde::{Deserialize, Serialize};
use store::Tenant;
use store::availability::{self, Day, Free, Wish};
use utoipa::{IntoParams, ToSchema};

use crate::bookings::visit::asked;
use crate::extract::{Caller, Query, Read, Visitor};
use crate::limit::READ;
use crate::problem::Result;

/// How far ahead the first free start is looked for.
pub(crate) const AHEAD: Days = Days::new(42);

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct DayQuestion {
    #[param(value_type = String)]
    service_id: ServiceId,
    date: NaiveDate,
    /// Only this staff member.
    #[param(value_type = Option<String>)]
    staff_id: Option<StaffId>,
    /// Only where so many seats of a group session are free, 1..=1,000; 1.
    seats: Option<i32>,
    /// Only where these services fit right after it, in the same visit: ids with commas between, each with `:` and the id of a
    /// staff member if one is wanted; at most 4.
    then: Option<String>,
    /// The zone that the date is one of; the tenant's.
    #[param(value_type = Option<String>)]
    timezone: Option<Tz>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct SlotsQuestion {
    date: NaiveDate,
    /// Without it: of no service in particular, as long as the tenant's appointments usually are.
    #[param(value_type = Option<String>)]
    service_id: Option<ServiceId>,
    /// Only this staff member.
    #[param(value_type = Option<String>)]
    staff_id: Option<StaffId>,
    /// The zone that the date is one of; the tenant's.
    #[param(value_type = Option<String>)]
    timezone: Option<Tz>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct DaysQuestion {
    #[param(value_type = String)]
    service_id: ServiceId,
    from: NaiveDate,
    /// Included; at most 62 days in all.
    to: NaiveDate,
    #[param(value_type = Option<String>)]
    staff_id: Option<StaffId>,
    /// Only where so many seats of a group session are free, 1..=1,000; 1.
    seats: Option<i32>,
    /// Only where these services fit right after it: as of one day.
    then: Option<String>,
    #[param(value_type = Option<String>)]
    timezone: Option<Tz>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct NextQuestion {
    #[param(value_type = String)]
    service_id: ServiceId,
    #[param(value_type = Option<String>)]
    staff_id: Option<StaffId>,
    /// Only where so many seats of a group session are free, 1..=1,000; 1.
    seats: Option<i32>,
    /// Only where these services fit right after it: as of one day.
    then: Option<String>,
    /// How many days from now are looked at, 1..=62; 42.
    days: Option<u16>,
}

#[derive(Serialize, ToSchema)]
pub struct DayView {
    date: NaiveDate,
    #[schema(value_type = String)]
    timezone: Tz,
    /// False: no bookings are taken for now.
    is_open: bool,
    slots: Vec<SlotView>,
}

#[derive(Serialize, ToSchema)]
pub struct SlotView {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    /// The same start on the wall clock of `timezone`.
    #[schema(example = "09:30")]
    local_start: String,
    /// Who is free; of a visit, for its first service.
    staff_ids: Vec<StaffId>,
    seats_left: u32,
}

#[derive(Serialize, ToSchema)]
pub struct DaysView {
    days: Vec<DayCount>,
}

#[derive(Serialize, ToSchema)]
pub struct DayCount {
    date: NaiveDate,
    slots: u32,
}

#[derive(Serialize, ToSchema)]
pub struct NextView {
    /// The first free start of all; null: none in these days.
    start: Option<DateTime<Utc>>,
    /// Who provides the service, of a visit its first; of those who do it together the first alone.
    staff: Vec<NextOfStaff>,
}

#[derive(Serialize, ToSchema)]
pub struct NextOfStaff {
    id: StaffId,
    name: String,
    /// Their own first free start.
    start: Option<DateTime<Utc>>,
}

impl From<Day> for DayView {
    fn from(day: Day) -> Self {
        let Day { date, timezone, is_open, capacity: _, slots } = day;
        let view = |Slot { start, end, staff_ids, seats_left }| SlotView {
            local_start: start.with_timezone(&timezone).format("%H:%M").to_string(),
            start,
            end,
            staff_ids,
            seats_left,
        };
        Self { date, timezone, is_open, slots: slots.into_iter().map(view).collect() }
    }
}

pub async fn day_public(visitor: Visitor, Query(question): Query<DayQuestion>) -> Result<HttpResponse> {
    visitor.state.take(READ, &visitor.ip).await?;
    day(&visitor.tenant, question, visitor.now).await
}

pub async fn days_public(visitor: Visitor, Query(question): Query<DaysQuestion>) -> Result<HttpResponse> {
    visitor.state.take(READ, &visitor.ip).await?;
    days(&visitor.tenant, question, visitor.now).await
}

pub async fn next_public(visitor: Visitor, Query(question): Query<NextQuestion>) -> Result<HttpResponse> {
    visitor.state.take(READ, &visitor.ip).await?;
    next(&visitor.tenant, question, visitor.now).await
}

pub async fn day_of_member(
    caller: Caller<Read>,
    Query(question): Query<DayQuestion>,
) -> Result<HttpResponse> {
    day(&caller.tenant, question, caller.now).await
}

pub async fn slots_of_member(
    caller: Caller<Read>,
    Query(question): Query<SlotsQuestion>,
) -> Result<HttpResponse> {
    let SlotsQuestion { date, service_id, staff_id, timezone } = question;
    if let Some(service_id) = service_id {
        let question = DayQuestion { service_id, date, staff_id, seats: None, then: None, timezone };
        return day(&caller.tenant, question, caller.now).await;
    }
    let mut fields = Fields::default();
    fields.year("?date", date);
    fields.finish()?;
    let now = caller.now;
    let day = caller
        .tenant
        .read(async |tx| availability::usual_day(tx, staff_id, date, timezone, now).await)
        .await?;
    Ok(HttpResponse::Ok().json(DayView::from(day)))
}

pub async fn days_of_member(
    caller: Caller<Read>,
    Query(question): Query<DaysQuestion>,
) -> Result<HttpResponse> {
    days(&caller.tenant, question, caller.now).await
}

pub async fn next_of_member(
    caller: Caller<Read>,
    Query(question): Query<NextQuestion>,
) -> Result<HttpResponse> {
    next(&caller.tenant, question, caller.now).await
}

async fn day(tenant: &Tenant, question: DayQuestion, now: DateTime<Utc>) -> Result<HttpResponse> {
    let DayQuestion { service_id, date, staff_id, seats, then, timezone } = question;
    let mut fields = Fields::default();
    fields.year("?date", date);
    let seats = asked_seats(&mut fields, seats);
    fields.finish()?;
    let then = asked(then.as_deref())?;
    let wish = Wish::for_service(service_id).with_any(staff_id).with_seats(seats).followed_by(then);
    let day = tenant.read(async |tx| availability::day(tx, wish, date, timezone, now).await).await?;
    Ok(HttpResponse::Ok().json(DayView::from(day)))
}

async fn days(tenant: &Tenant, question: DaysQuestion, now: DateTime<Utc>) -> Result<HttpResponse> {
    let DaysQuestion { service_id, from, to, staff_id, seats, then, timezone } = question;
    let mut fields = Fields::default();
    fields.year("?from", from);
    fields.year("?to", to);
    let seats = asked_seats(&mut fields, seats);
    if to < from {
        fields.add("?to", "OUT_OF_RANGE", "must not be before from");
    } else if (to - from).num_days() >= i64::from(MAX_COUNTED_DAYS) {
        fields.add("?to", "OUT_OF_RANGE", format!("must be less than {MAX_COUNTED_DAYS} days after from"));
    }
    fields.finish()?;
    let then = asked(then.as_deref())?;
    let wish = Wish::for_service(service_id).with_any(staff_id).with_seats(seats).followed_by(then);
    let counts =
        tenant.read(async |tx| availability::days(tx, wish, (from, to), timezone, now).await).await?;
    let days = counts.into_iter().map(|(date, slots)| DayCount { date, slots }).collect();
    Ok(HttpResponse::Ok().json(DaysView { days }))
}

async fn next(tenant: &Tenant, question: NextQuestion, now: DateTime<Utc>) -> Result<HttpResponse> {
    let NextQuestion { service_id, staff_id, seats, then, days } = question;
    let mut fields = Fields::default();
    let seats = asked_seats(&mut fields, seats);
    if let Some(days) = days {
        fields.range("?days", i32::from(days), 1, i32::from(MAX_COUNTED_DAYS));
    }
    fields.finish()?;
    let then = asked(then.as_deref())?;
    let wish = Wish::for_service(service_id).with_any(staff_id).with_seats(seats).followed_by(then);
    let days = days.map_or(AHEAD, |days| Days::new(days.into()));
    let free = tenant.read(async |tx| availability::first_of_each(tx, wish, days, now).await).await?;
    let start = free.iter().filter_map(|one| one.start).min();
    let staff = free.into_iter().map(|Free { staff_id: id, name, start }| NextOfStaff { id, name, start });
    Ok(HttpResponse::Ok().json(NextView { start, staff: staff.collect() }))
}

fn asked_seats(fields: &mut Fields, seats: Option<i32>) -> i32 {
    let seats = seats.unwrap_or(1);
    fields.range("?seats", seats, 1, 1_000);
    seats
}
