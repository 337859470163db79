//! Events: bookings and what staff members do besides, in one list.

mod view;

use std::str::FromStr;

use actix_web::HttpResponse;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use domain::access::Permission;
use domain::booking::{BookingDraft, Charge, Notify};
use domain::id::{BookingId, PrivateEventId, ServiceId, StaffId};
use domain::intake::AllGiven;
use domain::private_event::{PrivateEventDraft, Scope};
use domain::rejection::{Code, Fields, Rejection};
use domain::wall_clock;
use futures_util::join;
use serde::Deserialize;
use store::TenantTx;
use store::availability::MAX_ALLOCATION;
use store::bookings::{self, Appointment, Desk, Filter, Move};
use store::private_events::{self, BusyFilter, PrivateEvent};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::bookings::under_a_code;
use crate::extract::{Allows, Caller, IfMatch, Json, ManageBookings, Path, Query, Read, Submission};
use crate::idempotency::Answer;
use crate::list::PageQuestion;
use crate::problem::{Problem, Result};
use crate::reply::versioned;

pub use view::{EventKind, EventView};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct EventsQuestion {
    /// Those that are not over then; now.
    from: Option<DateTime<Utc>>,
    /// Those that begin before; 31 days after `from`, at most 366.
    to: Option<DateTime<Utc>>,
    #[param(value_type = Option<String>)]
    staff_id: Option<StaffId>,
    #[param(inline)]
    kind: Option<EventKind>,
    /// 1..=200; 50.
    limit: Option<i64>,
    /// From the page before.
    cursor: Option<String>,
}

/// What was cancelled is not among them.
pub async fn list(caller: Caller<Read>, Query(question): Query<EventsQuestion>) -> Result<HttpResponse> {
    let wanted =
        PageQuestion { limit: question.limit, cursor: question.cursor }.read::<(DateTime<Utc>, Uuid)>()?;
    let from = question.from.unwrap_or(caller.now);
    let mut fields = Fields::default();
    fields.year("?from", from);
    fields.finish()?;
    let to = question.to.unwrap_or(from + chrono::TimeDelta::days(31));
    if to <= from || to - from > chrono::TimeDelta::days(366) {
        let detail = "must lie after from, at most 366 days";
        return Err(Rejection::invalid("?to", "OUT_OF_RANGE", detail).into());
    }
    let booked = Filter {
        from: Some(from - MAX_ALLOCATION),
        to: Some(to),
        not_over_at: Some(from),
        staff_id: question.staff_id,
        after: wanted.after.map(|(at, id)| (at, BookingId(id))),
        ..Filter::default()
    };
    let besides = BusyFilter {
        from,
        to: Some(to),
        staff_id: question.staff_id,
        after: wanted.after.map(|(at, id)| (at, domain::id::BlockId(id))),
    };
    let (booked, besides) = caller
        .tenant
        .read(async |tx| {
            let (booked, besides) = join!(
                async {
                    match question.kind {
                        Some(EventKind::Busy) => Ok(Vec::new()),
                        _ => bookings::list_standing(tx, &booked, wanted.and_one()).await,
                    }
                },
                async {
                    match question.kind {
                        Some(EventKind::Booking) => Ok(Vec::new()),
                        _ => private_events::busy(tx, &besides, wanted.and_one()).await,
                    }
                }
            );
            Ok::<_, store::Error>((booked?, besides?))
        })
        .await?;
    let mut found: Vec<((DateTime<Utc>, Uuid), EventView)> = booked
        .into_iter()
        .map(|one| ((one.booking.starts_at, one.booking.id.0), EventView::from(one)))
        .chain(besides.into_iter().map(|one| ((one.starts_at, one.id.0), EventView::from(one))))
        .collect();
    found.sort_by_key(|(place, _)| *place);
    found.truncate(usize::try_from(wanted.and_one()).unwrap_or(usize::MAX));
    Ok(HttpResponse::Ok().json(wanted.page(found, |(place, _)| *place, |(_, view)| view)))
}

/// With `client_email` and `service_id` a booking, else a private event.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateEvent {
    /// What it must be; without it, what the rest makes it.
    kind: Option<EventKind>,
    /// Of a booking without it anybody, the least busy first.
    staff_id: Option<StaffId>,
    /// An instant (RFC 3339), or a time on the wall clock of `timezone` (`2030-03-05T12:00`); of whole days the first date.
    start: String,
    /// Of a private event, like `start`; of whole days the last date, included.
    end: Option<String>,
    /// Of a private event. False.
    all_day: Option<bool>,
    /// The staff member's, or the tenant's.
    #[schema(value_type = Option<String>)]
    timezone: Option<Tz>,
    title: Option<String>,
    note: Option<String>,
    /// An RRULE of RFC 5545, such as `FREQ=WEEKLY;BYDAY=TU;UNTIL=20300630`: of a private event that recurs.
    recurrence: Option<String>,
    client_email: Option<String>,
    /// The address, where it is not known.
    client_name: Option<String>,
    service_id: Option<ServiceId>,
    /// Of a booking, where to come: where the service's `location` is `customer`.
    address: Option<String>,
}

/// What stands afterwards, all of it: a private event's fields as in the making of one; of a booking `start` and `staff_id`.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateEvent {
    staff_id: Option<StaffId>,
    start: String,
    end: Option<String>,
    all_day: Option<bool>,
    #[schema(value_type = Option<String>)]
    timezone: Option<Tz>,
    title: Option<String>,
    note: Option<String>,
    recurrence: Option<String>,
}

/// A time as somebody writes it.
#[derive(Clone, Copy)]
enum When {
    Instant(DateTime<Utc>),
    Wall(NaiveDateTime),
    Date(NaiveDate),
}

impl FromStr for When {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if let Ok(at) = DateTime::parse_from_rfc3339(text) {
            return Ok(Self::Instant(at.to_utc()));
        }
        let wall = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
        if let Some(wall) = wall.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok()) {
            return Ok(Self::Wall(wall));
        }
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d");
        date.map(Self::Date)
            .map_err(|_no_date| "must be a time like 2030-03-05T12:00 or 2030-03-05T12:00:00Z")
    }
}

impl When {
    fn wall(self, zone: Tz) -> NaiveDateTime {
        match self {
            Self::Instant(at) => at.with_timezone(&zone).naive_local(),
            Self::Wall(wall) => wall,
            Self::Date(date) => date.and_time(NaiveTime::MIN),
        }
    }

    fn instant(self, zone: Tz) -> Option<DateTime<Utc>> {
        match self {
            Self::Instant(at) => Some(at),
            Self::Wall(_) | Self::Date(_) => wall_clock::at(zone, self.wall(zone)),
        }
    }
}

/// The fields of a private event, read in a zone.
fn draft(body: &UpdateEvent, zone: Tz) -> Result<PrivateEventDraft> {
    let mut fields = Fields::default();
    let all_day = body.all_day.unwrap_or(false);
    let start = fields.take("/start", body.start.parse::<When>());
    let end = match &body.end {
        Some(end) => fields.take("/end", end.parse::<When>()),
        // One whole day needs no end.
        None if all_day => start,
        None => {
            fields.add("/end", "REQUIRED", "must be given");
            None
        }
    };
    let title = body.title.clone().unwrap_or_default();
    let (Some(start), Some(end)) = (start, end) else { return Err(fields.into_rejection().into()) };
    let day = |when: When| when.wall(zone).date().and_time(NaiveTime::MIN);
    let next = |wall: NaiveDateTime| wall.checked_add_days(chrono::Days::new(1)).unwrap_or(wall);
    Ok(PrivateEventDraft {
        title,
        note: body.note.clone(),
        timezone: zone,
        all_day,
        start: if all_day { day(start) } else { start.wall(zone) },
        end: if all_day { next(day(end)) } else { end.wall(zone) },
        recurrence: body.recurrence.clone(),
        added: Vec::new(),
        left_out: Vec::new(),
    })
}

/// The zone that times without one are of: a staff member's, or the tenant's.
async fn zone(tx: &TenantTx, named: Option<Tz>, staff_id: Option<StaffId>) -> store::Result<Tz> {
    if let Some(zone) = named {
        return Ok(zone);
    }
    let own = match staff_id {
        Some(id) => store::staff::find(tx, id).await?.timezone,
        None => None,
    };
    match own {
        Some(zone) => Ok(zone),
        None => Ok(store::tenants::find(tx).await?.timezone),
    }
}

/// Hours are a manager's to change, and private events are of their kind.
fn may_take_time<P: Allows>(caller: &Caller<P>) -> Result<()> {
    if caller.may(Permission::ManageCatalogue) { Ok(()) } else { Err(Code::Forbidden.into()) }
}

pub async fn create(caller: Caller<ManageBookings>, submission: Submission<CreateEvent>) -> Result<Answer> {
    let body = &submission.body;
    let books = body.client_email.is_some() || body.service_id.is_some();
    match body.kind {
        Some(EventKind::Busy) if books => {
            let detail = "must be booking where client_email or service_id is given";
            Err(Rejection::invalid("/kind", "INVALID", detail).into())
        }
        Some(EventKind::Booking) | None if books || body.kind.is_some() => book(&caller, &submission).await,
        _ => take_time(&caller, &submission).await,
    }
}

async fn book(caller: &Caller<ManageBookings>, submission: &Submission<CreateEvent>) -> Result<Answer> {
    let body = &submission.body;
    let mut fields = Fields::default();
    let start = fields.take("/start", body.start.parse::<When>());
    for (name, is_there) in
        [("/client_email", body.client_email.is_some()), ("/service_id", body.service_id.is_some())]
    {
        if !is_there {
            fields.add(name, "REQUIRED", "must be given for a booking");
        }
    }
    for (name, is_there) in [
        ("/end", body.end.is_some()),
        ("/recurrence", body.recurrence.is_some()),
        ("/title", body.title.is_some()),
    ] {
        if is_there {
            fields.add(name, "INVALID", "is of private events alone");
        }
    }
    let (Some(start), Some(email), Some(service_id)) = (start, body.client_email.clone(), body.service_id)
    else {
        return Err(fields.into_rejection().into());
    };
    fields.finish()?;
    let (now, by) = (caller.now, caller.by());
    under_a_code(async |random| {
        let create = async |tx: &mut TenantTx| {
            let zone = zone(tx, body.timezone, body.staff_id).await?;
            let start = start
                .instant(zone)
                .ok_or_else(|| Rejection::invalid("/start", "INVALID", "is a time that never was"))?;
            let name = email.split('@').next().unwrap_or_default().to_owned();
            let draft = BookingDraft {
                service_id,
                start,
                seats: 1,
                staff_id: body.staff_id,
                name: body.client_name.clone().unwrap_or(name),
                email: email.clone(),
                phone: None,
                locale: None,
                timezone: None,
                notify: Notify { email: true, sms: false },
                accepts: domain::booking::Consents::default(),
                address: body.address.clone(),
                note: None,
                answers: AllGiven::new(),
                then: Vec::new(),
            };
            let desk = Desk { internal_note: body.note.clone(), ..Desk::default() };
            let appointment = bookings::create_at_desk(tx, &draft, &desk, random, &by, now).await?;
            Answer::created(&EventView::from(appointment))
        };
        caller.once(submission, create).await
    })
    .await
}

async fn take_time(caller: &Caller<ManageBookings>, submission: &Submission<CreateEvent>) -> Result<Answer> {
    may_take_time(caller)?;
    let body = submission.body.clone();
    let Some(staff_id) = body.staff_id else {
        return Err(Rejection::invalid("/staff_id", "REQUIRED", "must be given").into());
    };
    let body = UpdateEvent {
        staff_id: Some(staff_id),
        start: body.start,
        end: body.end,
        all_day: body.all_day,
        timezone: body.timezone,
        title: body.title,
        note: body.note,
        recurrence: body.recurrence,
    };
    let (now, by) = (caller.now, caller.by());
    caller
        .once(submission, async |tx| {
            let zone = zone(tx, body.timezone, Some(staff_id)).await?;
            let event = private_events::add(tx, staff_id, draft(&body, zone)?, &by, now).await?;
            Answer::created(&view(tx, event, now).await?)
        })
        .await
}

async fn view(tx: &TenantTx, event: PrivateEvent, now: DateTime<Utc>) -> store::Result<EventView> {
    let overlaps = private_events::overlaps(tx, &[event.id], now).await?;
    let (event, staff_name) = private_events::find(tx, event.id).await?;
    Ok(EventView::of_series(event, staff_name, Some(overlaps)))
}

/// Which of the two an id is of; neither: there is nothing.
enum Found {
    Booking(Box<Appointment>),
    Busy(Box<(PrivateEvent, String)>),
}

async fn find(tx: &TenantTx, id: Uuid) -> store::Result<Found> {
    match private_events::find(tx, PrivateEventId(id)).await {
        Err(error) if error.code() == Some(Code::NotFound) => {
            Ok(Found::Booking(Box::new(bookings::find(tx, BookingId(id)).await?)))
        }
        found => Ok(Found::Busy(Box::new(found?))),
    }
}

pub async fn show(caller: Caller<Read>, id: Path<BookingId>) -> Result<HttpResponse> {
    let view = match caller.tenant.read(async |tx| find(tx, (*id).0).await).await? {
        Found::Booking(appointment) => EventView::from(*appointment),
        Found::Busy(found) => EventView::of_series(found.0, found.1, None),
    };
    let version = view.version;
    Ok(versioned(&view, version))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ScopeQuestion {
    /// Of a series, on its wall clock, as it is listed: `2030-03-05T12:00:00`.
    occurrence: Option<String>,
    /// `this`, `later` (this and those after it) or `all`; without an occurrence all.
    #[param(inline)]
    scope: Option<ScopeName>,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScopeName {
    This,
    Later,
    All,
}

impl ScopeQuestion {
    fn read(&self) -> Result<Scope> {
        let scope =
            self.scope.unwrap_or(if self.occurrence.is_some() { ScopeName::This } else { ScopeName::All });
        let occurrence = match self.occurrence.as_deref().map(str::parse::<When>) {
            None => None,
            Some(Ok(When::Wall(wall))) => Some(wall),
            Some(Ok(When::Date(date))) => Some(date.and_time(NaiveTime::MIN)),
            Some(_) => {
                let detail = "must be a wall time like 2030-03-05T12:00:00";
                return Err(Rejection::invalid("?occurrence", "INVALID", detail).into());
            }
        };
        match (scope, occurrence) {
            (ScopeName::All, _) => Ok(Scope::All),
            (ScopeName::This, Some(wall)) => Ok(Scope::This(wall)),
            (ScopeName::Later, Some(wall)) => Ok(Scope::Later(wall)),
            (_, None) => {
                Err(Rejection::invalid("?occurrence", "REQUIRED", "must be given with this scope").into())
            }
        }
    }
}

pub async fn update(
    caller: Caller<ManageBookings>,
    id: Path<BookingId>,
    Query(question): Query<ScopeQuestion>,
    IfMatch(version): IfMatch,
    Json(body): Json<UpdateEvent>,
) -> Result<HttpResponse> {
    let (now, by, scope) = (caller.now, caller.by(), question.read()?);
    let view = caller
        .tenant
        .transaction(async |tx| match find(tx, (*id).0).await? {
            Found::Booking(found) => {
                let start = body.start.parse::<When>();
                let start = start.map_err(|why| Rejection::invalid("/start", "INVALID", why))?;
                let start = start.instant(found.booking.timezone);
                let start = start
                    .ok_or_else(|| Rejection::invalid("/start", "INVALID", "is a time that never was"))?;
                if version.is_some_and(|version| version != found.booking.version) {
                    return Err(Problem::from(Code::VersionMismatch));
                }
                let to = Move { start, staff_id: body.staff_id };
                let moving = bookings::reschedule_with_visit(tx, found.booking.id, to, &by, now);
                Ok(EventView::from(Box::pin(moving).await?))
            }
            Found::Busy(found) => {
                may_take_time(&caller)?;
                let (before, _) = *found;
                let staff_id = body.staff_id.unwrap_or(before.staff_id);
                let draft = draft(&body, body.timezone.unwrap_or(before.timezone))?;
                let change = (staff_id, draft);
                let update = private_events::update(tx, before.id, scope, change, version, &by, now);
                let event = Box::pin(update).await?;
                Ok(view(tx, event, now).await?)
            }
        })
        .await?;
    let version = view.version;
    Ok(versioned(&view, version))
}

pub async fn destroy(
    caller: Caller<ManageBookings>,
    id: Path<BookingId>,
    Query(question): Query<ScopeQuestion>,
) -> Result<HttpResponse> {
    let (now, by, scope) = (caller.now, caller.by(), question.read()?);
    caller
        .tenant
        .transaction(async |tx| match find(tx, (*id).0).await? {
            Found::Booking(found) => {
                Box::pin(bookings::cancel_service(tx, found.booking.id, Charge::Nothing, &by, now)).await?;
                Ok::<_, Problem>(())
            }
            Found::Busy(found) => {
                may_take_time(&caller)?;
                Ok(Box::pin(private_events::remove(tx, found.0.id, scope, None, &by, now)).await?)
            }
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
