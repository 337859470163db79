//! Bookings as members see them: their list, one of them, and what can be done with it.

pub mod cancel;
pub mod detail;
pub mod list;
pub mod new;
pub mod reschedule;
mod visit;

use chrono::{DateTime, NaiveDate, NaiveTime, Timelike, Utc};
use chrono_tz::Tz;
use domain::access::Permission;
use domain::booking::{Act, Status};
use domain::id::{BookingId, CustomerId, GroupSessionId, ServiceId, StaffId};
use domain::slots::Assigned;
use domain::wall_clock;
use futures_util::join;
use serde::Serialize;
use store::bookings::{Appointment, Booking, Change, Filter};
use store::messages::{self, Message};
use store::{TenantTx, group_sessions};

use super::calendar::parse_date;
use crate::extract::{Allows, PageMember};
use crate::pages::answers::Answered;
use crate::pages::local_path;
use crate::pages::public::site::map_url;

/// A booking with what its reader may do now.
#[derive(Serialize)]
pub struct Sheet {
    pub id: BookingId,
    pub code: String,
    pub status: &'static str,
    pub customer_id: CustomerId,
    pub name: String,
    pub email: String,
    pub phone: Option<String>,
    pub service_id: ServiceId,
    pub service: String,
    pub staff_id: StaffId,
    pub staff: String,
    /// Why it is with them.
    pub assigned: Option<Assigned>,
    /// Only on the booking's own page and in its drawer.
    pub room: Option<String>,
    pub group_session_id: Option<GroupSessionId>,
    /// The group session it has seats of; there alone, too.
    pub group: Option<Group>,
    /// What is done in one visit, itself among it; nothing of what is booked by itself. There alone, too.
    visit: Vec<visit::Part>,
    /// It recurs.
    in_series: bool,
    /// There alone, too: what the customer was told, and what happened, both from the last to the first.
    messages: Vec<Told>,
    history: Vec<Happened>,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    pub zone: &'static str,
    pub duration_minutes: i32,
    pub price_minor: i64,
    pub deposit_minor: i64,
    pub deposit_paid_at: Option<DateTime<Utc>>,
    /// Until when its deposit can be paid.
    pub held_until: Option<DateTime<Utc>>,
    pub currency: String,
    /// Owed by who cancelled late or stayed away.
    pub fee_minor: i64,
    /// What the customer would owe who cancelled now: this service, and all of its visit.
    pub late_minor: i64,
    pub visit_late_minor: i64,
    /// Where to come, of what takes place at the customer's, and that place on a map.
    pub address: Option<String>,
    pub map_url: Option<String>,
    pub note: Option<String>,
    pub answers: Vec<Answered>,
    pub internal_note: Option<String>,
    pub reason: Option<String>,
    pub version: i64,
    /// Date of its calendar.
    pub date: NaiveDate,
    pub may: May,
    /// The page to come back to after something was done.
    pub back: String,
    /// Where it is cancelled.
    pub cancel_url: String,
}

/// What can be done with a booking now, by who reads it.
#[expect(clippy::struct_excessive_bools, reason = "each is a button that is there or not")]
#[derive(Serialize)]
pub struct May {
    pub confirm: bool,
    pub complete: bool,
    pub miss: bool,
    pub cancel: bool,
    pub reschedule: bool,
    /// To ask the fee no longer.
    pub waive: bool,
    pub note: bool,
}

impl May {
    fn new(booking: &Booking, is_allowed: bool, now: DateTime<Utc>) -> Self {
        let (status, start) = (booking.status, booking.starts_at);
        let may_close = is_allowed && Act::Complete.is_open(status, start, now);
        Self {
            confirm: is_allowed && Act::Confirm.is_open(status, start, now),
            complete: may_close && status != Status::Completed,
            miss: may_close && status != Status::NoShow,
            cancel: is_allowed && Act::Cancel.is_open(status, start, now),
            reschedule: is_allowed && Act::Reschedule.is_open(status, start, now),
            waive: is_allowed && booking.fee_cents > 0,
            note: is_allowed,
        }
    }
}

impl Sheet {
    pub fn new<P: Allows>(member: &PageMember<P>, appointment: Appointment, back: String) -> Self {
        let Appointment { booking, staff_name, .. } = appointment;
        let (assigned, service, held_until) = (booking.assigned(), booking.title(), booking.payable_until());
        let is_allowed = member.role.may(Permission::ManageBookings);
        let late_minor = booking.terms().late_cents(member.now);
        let answers = Answered::all(booking.answers());
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("back", &back).finish();
        Self {
            cancel_url: format!("/app/bookings/{}/cancellation?{query}", booking.id),
            may: May::new(&booking, is_allowed, member.now),
            id: booking.id,
            code: booking.public_code,
            status: booking.status.name(),
            customer_id: booking.customer_id,
            name: booking.contact_name,
            email: booking.contact_email,
            phone: booking.contact_phone,
            service_id: booking.service_id,
            service,
            staff_id: booking.staff_id,
            staff: staff_name,
            assigned,
            room: None,
            group_session_id: booking.group_session_id,
            group: None,
            visit: Vec::new(),
            in_series: booking.series_id.is_some(),
            messages: Vec::new(),
            history: Vec::new(),
            from: booking.starts_at,
            to: booking.ends_at,
            zone: booking.timezone.name(),
            duration_minutes: booking.duration_minutes,
            price_minor: booking.price_cents,
            deposit_minor: booking.deposit_cents,
            deposit_paid_at: booking.deposit_paid_at,
            held_until,
            fee_minor: booking.fee_cents,
            late_minor,
            visit_late_minor: late_minor,
            currency: booking.currency,
            map_url: booking.address.as_deref().map(map_url),
            address: booking.address,
            note: booking.note,
            answers,
            internal_note: booking.internal_note,
            reason: booking.cancellation_reason,
            version: booking.version,
            date: booking.starts_at.with_timezone(&booking.timezone).date_naive(),
            back,
        }
    }
}

/// A group session, and who else comes.
#[derive(Serialize)]
pub struct Group {
    capacity: i32,
    seats_taken: i32,
    others: Vec<Companion>,
    /// Where one more is booked.
    add_url: Option<String>,
}

#[derive(Serialize)]
struct Companion {
    id: BookingId,
    name: String,
    seats: i32,
    status: &'static str,
}

impl Group {
    async fn read(tx: &TenantTx, booking: &Booking) -> store::Result<Option<Self>> {
        let Some(id) = booking.group_session_id else { return Ok(None) };
        let session = group_sessions::find(tx, id).await?;
        let filter = Filter { group_session_id: Some(id), ..Filter::default() };
        let bookings = store::bookings::list_standing(tx, &filter, session.capacity.into()).await?;
        let others = bookings.into_iter().map(|one| one.booking).filter(|one| one.id != booking.id);
        let companion = |one: Booking| Companion {
            id: one.id,
            name: one.contact_name,
            seats: one.seats,
            status: one.status.name(),
        };
        let local = session.starts_at.with_timezone(&booking.timezone);
        let add_url = format!(
            "/app/bookings/new?service_id={}&staff_id={}&date={}&time={}",
            session.service_id,
            session.staff_id,
            local.format("%Y-%m-%d"),
            local.format("%H:%M"),
        );
        Ok(Some(Self {
            capacity: session.capacity,
            seats_taken: session.seats_taken,
            others: others.map(companion).collect(),
            add_url: (session.seats_left() > 0).then_some(add_url),
        }))
    }
}

/// A message to the customer.
#[derive(Serialize)]
struct Told {
    kind: String,
    channel: String,
    status: String,
    at: DateTime<Utc>,
}

impl From<Message> for Told {
    fn from(message: Message) -> Self {
        let Message { kind, channel, status, created_at, sent_at } = message;
        Self { kind, channel, status, at: sent_at.unwrap_or(created_at) }
    }
}

#[derive(Serialize)]
struct Happened {
    action: String,
    actor: String,
    actor_name: Option<String>,
    at: DateTime<Utc>,
    /// Times of a move: where it was.
    from: Option<DateTime<Utc>>,
    reason: Option<String>,
}

impl From<Change> for Happened {
    fn from(change: Change) -> Self {
        let times = change.before.as_ref().zip(change.after.as_ref());
        let moved = times.filter(|(before, after)| before.starts_at != after.starts_at);
        Self {
            from: moved.map(|(before, _)| before.starts_at),
            action: change.action.trim_start_matches("booking.").to_owned(),
            actor: change.actor,
            actor_name: change.actor_name,
            at: change.occurred_at,
            reason: change.reason,
        }
    }
}

/// A booking with what belongs to it.
pub(super) struct Found {
    pub appointment: Appointment,
    room: Option<String>,
    group: Option<Group>,
    visit: Vec<visit::Part>,
    /// All of the visit, as one.
    whole: Option<Booking>,
    messages: Vec<Message>,
    history: Vec<Change>,
}

impl Found {
    pub(in crate::pages::app) fn sheet<P: Allows>(self, member: &PageMember<P>, back: String) -> Sheet {
        let visit_late_minor = self.whole.map(|whole| whole.terms().late_cents(member.now));
        let sheet = Sheet::new(member, self.appointment, back);
        Sheet {
            room: self.room,
            group: self.group,
            visit: self.visit,
            messages: self.messages.into_iter().rev().map(Told::from).collect(),
            history: self.history.into_iter().rev().map(Happened::from).collect(),
            visit_late_minor: visit_late_minor.unwrap_or(sheet.late_minor),
            ..sheet
        }
    }
}

pub(super) async fn find(tx: &TenantTx, id: BookingId) -> store::Result<Found> {
    let (appointment, messages, history) =
        join!(store::bookings::find(tx, id), messages::told(tx, id.0), store::bookings::history(tx, id));
    let (appointment, mut messages, history) = (appointment?, messages?, history?);
    let (mut visit, mut of_visit) = (Vec::new(), None);
    if appointment.booking.visit_id.is_some() {
        let whole = store::bookings::find_visit(tx, id).await?;
        visit = visit::parts(&whole, id);
        // Of a visit all is told with its first service.
        if whole.booking.id != id {
            messages.extend(messages::told(tx, whole.booking.id.0).await?);
            messages.sort_by_key(|message| message.created_at);
        }
        of_visit = Some(whole.booking);
    }
    let room = match appointment.booking.room_id {
        Some(id) => Some(store::rooms::name(tx, id).await?),
        None => None,
    };
    let group = Group::read(tx, &appointment.booking).await?;
    Ok(Found { appointment, room, group, visit, whole: of_visit, messages, history })
}

/// None for what no clock of the zone shows that day, such as the hour that summer time leaves out.
pub(super) fn at_time(date: &str, time: &str, zone: Tz) -> Option<DateTime<Utc>> {
    let (date, time) = (parse_date(date)?, time.parse::<NaiveTime>().ok()?);
    let start = wall_clock::start_instant(zone, date, u16::try_from(time.hour() * 60 + time.minute()).ok()?)?;
    (start.with_timezone(&zone).naive_local() == date.and_time(time)).then_some(start)
}

/// Where somebody came from, on this site; else the page of the booking.
fn back(asked: &str, id: BookingId) -> String {
    local_path(asked).map_or_else(|| format!("/app/bookings/{id}"), str::to_owned)
}

/// One of several things to choose.
#[derive(Serialize)]
pub(super) struct Choice {
    pub value: String,
    pub label: String,
}
