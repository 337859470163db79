//! The waitlist: who waits for a time, and what is offered to them when one becomes free. An offer is a booking that is held:
//! nobody else gets its time, and when it is not taken the next is asked.

use std::collections::HashMap;
use std::collections::hash_map::Entry::{Occupied, Vacant};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use domain::booking::{BookingDraft, Charge, Consents, Notify};
use domain::hours::TimeOfDay;
use domain::id::{BookingId, CustomerId, ServiceId, StaffId, TenantId, UserId, WaitlistEntryId};
use domain::intake::AllGiven;
use domain::locale::Locale;
use domain::rejection::Code;
use domain::slots::{Slot, SlotRules};
use domain::translation::{ServiceWords, Translations};
use domain::waitlist::{MOST, MOST_OF_ONE, Status, WaitlistDraft, Window, offer_until};
use domain::wall_clock::Interval;
use futures_util::join;
use jobs::Job;
use serde::Serialize;

use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::availability::{self, Wish};
use crate::bookings::{self, Appointment, Booking};
use crate::cached::cached;
use crate::customers::blocks;
use crate::error::Result;
use crate::events::{self, Happened};
use crate::line;
use crate::schema::{blocked_contacts, customer_addresses, services, staff, waitlist_entries};

#[derive(Clone, Debug, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = waitlist_entries, treat_none_as_default_value = false)]
pub struct Entry {
    pub tenant_id: TenantId,
    pub id: WaitlistEntryId,
    pub status: Status,
    pub service_id: ServiceId,
    /// None: anybody who provides it.
    pub staff_id: Option<StaffId>,
    pub seats: i32,
    pub from_date: NaiveDate,
    pub to_date: NaiveDate,
    pub earliest_minute: Option<i16>,
    pub latest_minute: Option<i16>,
    // The trail keeps nothing of who waits: nobody could take it out again.
    #[serde(skip)]
    pub contact_name: String,
    #[serde(skip)]
    pub contact_email: String,
    #[serde(skip)]
    pub contact_email_key: String,
    #[serde(skip)]
    pub contact_phone: Option<String>,
    pub locale: Locale,
    #[serde(skip)]
    pub address: Option<String>,
    #[serde(skip)]
    pub note: Option<String>,
    /// What was offered, as the booking that holds it.
    pub booking_id: Option<BookingId>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub created_by: Option<UserId>,
}

/// An entry with the names of what and whom it waits for.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub entry: Entry,
    pub service_name: String,
    /// In the language of whoever waits.
    pub told_name: String,
    pub staff_name: Option<String>,
}

impl Entry {
    pub fn window(&self) -> Window {
        let time = |minute: Option<i16>| minute.and_then(|minute| TimeOfDay::from_minute(minute).ok());
        Window {
            from: self.from_date,
            to: self.to_date,
            earliest: time(self.earliest_minute),
            latest: time(self.latest_minute),
        }
    }

    fn wish(&self) -> Wish {
        Wish::for_service(self.service_id).with_any(self.staff_id).with_seats(self.seats)
    }
}

/// Those of an address wait three times at most, those of a tenant a thousand times.
pub async fn join(tx: &TenantTx, draft: &WaitlistDraft, by: &By, now: DateTime<Utc>) -> Result<Entry> {
    let wish = Wish::for_service(draft.service_id).with_any(draft.staff_id);
    let day = now.date_naive();
    // Whether it is offered, and by whom, is said as to who books it.
    let catalogue = availability::catalogue(tx, wish, (day, day)).await?;
    let tenant = &catalogue.tenant;
    let today = now.with_timezone(&tenant.timezone).date_naive();
    let contact = draft.checked(today, catalogue.service.capacity, &tenant.country)?;
    let address = catalogue.service.location.address(contact.address)?;
    let minute = |time: Option<TimeOfDay>| time.and_then(|time| i16::try_from(time.minute()).ok());
    let Window { from, to, earliest, latest } = draft.window;
    let entry = Entry {
        tenant_id: tx.tenant(),
        id: WaitlistEntryId::mint(now),
        status: Status::Waiting,
        service_id: draft.service_id,
        staff_id: draft.staff_id.filter(|_| !catalogue.service.is_collective),
        seats: draft.seats,
        from_date: from,
        to_date: to,
        earliest_minute: minute(earliest),
        latest_minute: minute(latest),
        contact_name: contact.name,
        contact_email: contact.email.address,
        contact_email_key: contact.email.key,
        contact_phone: contact.phone_e164,
        locale: draft.locale.unwrap_or(tenant.locale),
        address,
        note: contact.note,
        booking_id: None,
        version: 1,
        created_at: now,
        updated_at: now,
        created_by: by.user(),
    };
    let is_ours = !by.is_customer();
    blocks::check(tx, is_ours, &entry.contact_email_key, entry.contact_phone.as_deref()).await?;
    line_up(tx).await?;
    check_room(tx, &entry).await?;
    let change: Change<'_, (), _> =
        Change { action: "waitlist.join", subject: entry.id.0, before: None, after: Some(&entry) };
    let jobs = [Job::SendWaitlistWelcome { entry_id: entry.id }];
    let (inserted, happened, audited, enqueued) = join!(
        insert(tx, &entry),
        events::record(tx, happened("waitlist.joined", &entry), now),
        audit::record(tx, by, change, now),
        tx.enqueue(&jobs, now),
    );
    inserted?;
    happened?;
    audited?;
    enqueued?;
    Ok(entry)
}

async fn insert(tx: &TenantTx, entry: &Entry) -> Result<()> {
    diesel::insert_into(waitlist_entries::table).values(entry).execute(&mut tx.conn()).await?;
    Ok(())
}

async fn check_room(tx: &TenantTx, entry: &Entry) -> Result<()> {
    let waiting =
        || waitlist_entries::table.filter(waitlist_entries::tenant_id.eq(tx.tenant())).filter(is_waiting());
    let of_one = waiting().filter(waitlist_entries::contact_email_key.eq(&entry.contact_email_key)).count();
    let (of_one, all): (i64, i64) = (
        cached(of_one).get_result(&mut tx.conn()).await?,
        cached(waiting().count()).get_result(&mut tx.conn()).await?,
    );
    if of_one >= MOST_OF_ONE || all >= MOST { Err(Code::TooManyOfThese.into()) } else { Ok(()) }
}

/// Changes of a tenant's waitlist go one after the other, so that of two times that become free the first in line gets one.
async fn line_up(tx: &TenantTx) -> Result<()> {
    line::up(tx, "waitlist").await
}

fn happened(name: &'static str, entry: &Entry) -> Happened {
    Happened {
        name,
        subject: entry.id.0,
        version: entry.version,
        data: serde_json::json!({"service_id": entry.service_id, "status": entry.status}),
    }
}

#[diesel::dsl::auto_type]
fn with_names() -> _ {
    let of_service = services::tenant_id
        .eq(waitlist_entries::tenant_id)
        .and(services::id.eq(waitlist_entries::service_id));
    let of_staff = staff::tenant_id
        .eq(waitlist_entries::tenant_id)
        .and(staff::id.nullable().eq(waitlist_entries::staff_id));
    waitlist_entries::table.inner_join(services::table.on(of_service)).left_join(staff::table.on(of_staff))
}

type Row = (Entry, String, Translations<ServiceWords>, Option<String>);

fn waiting((entry, service_name, translations, staff_name): Row) -> Waiting {
    let told = translations.get(entry.locale).and_then(|words| words.name.clone());
    Waiting { told_name: told.unwrap_or_else(|| service_name.clone()), entry, service_name, staff_name }
}

pub async fn find(tx: &TenantTx, id: WaitlistEntryId) -> Result<Waiting> {
    let row: Row = with_names()
        .filter(waitlist_entries::tenant_id.eq(tx.tenant()))
        .filter(waitlist_entries::id.eq(id))
        .select((Entry::as_select(), services::name, services::translations, staff::name.nullable()))
        .first(&mut tx.conn())
        .await?;
    Ok(waiting(row))
}

/// In the order in which they asked: at most `limit`, those `after` a time and an id; of one status, or all.
pub async fn list(
    tx: &TenantTx,
    status: Option<Status>,
    after: Option<(DateTime<Utc>, WaitlistEntryId)>,
    limit: i64,
) -> Result<Vec<Waiting>> {
    let mut query = with_names()
        .filter(waitlist_entries::tenant_id.eq(tx.tenant()))
        .order((waitlist_entries::created_at, waitlist_entries::id))
        .select((Entry::as_select(), services::name, services::translations, staff::name.nullable()))
        .limit(limit)
        .into_boxed();
    if let Some(status) = status {
        query = query.filter(waitlist_entries::status.eq(status));
    }
    if let Some((created_at, id)) = after {
        let further = waitlist_entries::created_at.eq(created_at).and(waitlist_entries::id.gt(id));
        query = query.filter(waitlist_entries::created_at.gt(created_at).or(further));
    }
    let rows: Vec<Row> = query.load(&mut tx.conn()).await?;
    Ok(rows.into_iter().map(waiting).collect())
}

/// What a customer waits for or is offered, by whichever of their addresses, in the order in which they asked; at most 50.
pub async fn of_customer(tx: &TenantTx, id: CustomerId) -> Result<Vec<Waiting>> {
    let addresses = customer_addresses::table
        .filter(customer_addresses::tenant_id.eq(tx.tenant()))
        .filter(customer_addresses::customer_id.eq(id))
        .select(customer_addresses::email_key);
    let rows: Vec<Row> = with_names()
        .filter(waitlist_entries::tenant_id.eq(tx.tenant()))
        .filter(waitlist_entries::contact_email_key.eq_any(addresses))
        .filter(waitlist_entries::status.eq_any([Status::Waiting, Status::Offered]))
        .order((waitlist_entries::created_at, waitlist_entries::id))
        .select((Entry::as_select(), services::name, services::translations, staff::name.nullable()))
        .limit(50)
        .load(&mut tx.conn())
        .await?;
    Ok(rows.into_iter().map(waiting).collect())
}

/// Has whoever waits under a former address wait under another of theirs.
pub(crate) async fn follow(tx: &TenantTx, former: &str, (email, email_key): (&str, &str)) -> Result<()> {
    let theirs = waitlist_entries::table
        .filter(waitlist_entries::tenant_id.eq(tx.tenant()))
        .filter(waitlist_entries::contact_email_key.eq(former));
    diesel::update(theirs)
        .set((
            waitlist_entries::contact_email.eq(email),
            waitlist_entries::contact_email_key.eq(email_key),
            waitlist_entries::version.eq(waitlist_entries::version + 1),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Takes somebody from the list; what is kept for them is given back. Who waits no longer stays as they are.
pub async fn leave(tx: &TenantTx, id: WaitlistEntryId, by: &By, now: DateTime<Utc>) -> Result<Entry> {
    line_up(tx).await?;
    let before = find(tx, id).await?.entry;
    match (before.status, before.booking_id) {
        (Status::Waiting, _) => {}
        (Status::Offered, Some(booking)) => {
            // Which settles the entry.
            Box::pin(bookings::cancel(tx, booking, Charge::Nothing, by, now)).await?;
            return Ok(find(tx, id).await?.entry);
        }
        _ => return Ok(before),
    }
    let after =
        Entry { status: Status::Withdrawn, version: before.version + 1, updated_at: now, ..before.clone() };
    save(tx, &after).await?;
    let change =
        Change { action: "waitlist.leave", subject: id.0, before: Some(&before), after: Some(&after) };
    audit::record(tx, by, change, now).await?;
    events::record(tx, happened("waitlist.left", &after), now).await?;
    Ok(after)
}

async fn save(tx: &TenantTx, after: &Entry) -> Result<()> {
    diesel::update(waitlist_entries::table.find((tx.tenant(), after.id)))
        .set((
            waitlist_entries::status.eq(after.status),
            waitlist_entries::booking_id.eq(after.booking_id),
            waitlist_entries::version.eq(after.version),
            waitlist_entries::updated_at.eq(after.updated_at),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// What became of an offer, with the booking that held its time.
pub(crate) async fn settle(
    tx: &TenantTx,
    booking: &Booking,
    status: Status,
    now: DateTime<Utc>,
) -> Result<()> {
    let offered = waitlist_entries::table
        .filter(waitlist_entries::tenant_id.eq(tx.tenant()))
        .filter(waitlist_entries::booking_id.eq(booking.id))
        .filter(waitlist_entries::status.eq(Status::Offered));
    diesel::update(offered)
        .set((
            waitlist_entries::status.eq(status),
            waitlist_entries::version.eq(waitlist_entries::version + 1),
            waitlist_entries::updated_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Says that time became free: whoever waits for it is offered it by a job. Where nobody waits, nothing follows.
pub(crate) async fn freed(tx: &TenantTx, time: Interval, now: DateTime<Utc>) -> Result<()> {
    if time.end <= now {
        return Ok(());
    }
    let waiting = during(tx.tenant(), time.start, time.end);
    let is_awaited = diesel::select(diesel::dsl::exists(waiting));
    let is_awaited: bool = cached(is_awaited).get_result(&mut tx.conn()).await?;
    if is_awaited {
        tx.enqueue(&[Job::OfferFreedTime { from: time.start, to: time.end }], now).await?;
    }
    Ok(())
}

/// The same of whole dates, in any zone.
pub(crate) async fn freed_dates(
    tx: &TenantTx,
    from: NaiveDate,
    to: NaiveDate,
    now: DateTime<Utc>,
) -> Result<()> {
    let midnight = |date: NaiveDate| date.and_time(NaiveTime::MIN).and_utc();
    freed(tx, Interval::new(midnight(from) - TimeDelta::days(1), midnight(to) + TimeDelta::days(2)), now)
        .await
}

/// Says that hours changed: what that frees is looked for this far ahead.
pub(crate) async fn freed_by_hours(tx: &TenantTx, now: DateTime<Utc>) -> Result<()> {
    const AHEAD: TimeDelta = TimeDelta::days(92);
    freed(tx, Interval::new(now, now + AHEAD), now).await
}

/// Written out: were it bound, a plan that is kept could not know that few of those who ever waited still do.
fn is_waiting() -> SqlLiteral<Bool> {
    sql("waitlist_entries.status = 'waiting'")
}

/// Those who wait for a date of that time, in any zone.
#[diesel::dsl::auto_type(no_type_alias)]
fn during(tenant_id: TenantId, from: DateTime<Utc>, to: DateTime<Utc>) -> _ {
    let first: NaiveDate = (from - TimeDelta::days(1)).date_naive();
    let last: NaiveDate = (to + TimeDelta::days(1)).date_naive();
    let is_waiting: SqlLiteral<Bool> = is_waiting();
    waitlist_entries::table
        .filter(waitlist_entries::tenant_id.eq(tenant_id))
        .filter(is_waiting)
        .filter(waitlist_entries::from_date.le(last))
        .filter(waitlist_entries::to_date.ge(first))
}

/// Offers time that became free to the first in line who would come then, once: call again until nothing is offered.
pub async fn offer(
    tx: &TenantTx,
    freed: Interval,
    random: u32,
    now: DateTime<Utc>,
) -> Result<Option<Appointment>> {
    line_up(tx).await?;
    let is_blocked = diesel::dsl::exists(
        blocked_contacts::table
            .filter(blocked_contacts::tenant_id.eq(waitlist_entries::tenant_id))
            .filter(blocked_contacts::contact_key.eq(waitlist_entries::contact_email_key)),
    );
    let in_line = during(tx.tenant(), freed.start, freed.end)
        .filter(diesel::dsl::not(is_blocked))
        .order((waitlist_entries::created_at, waitlist_entries::id))
        .select(Entry::as_select())
        .limit(MOST);
    let entries: Vec<Entry> = cached(in_line).load(&mut tx.conn()).await?;
    let mut offered: HashMap<(ServiceId, Option<StaffId>, i32), Offered> = HashMap::new();
    for entry in entries {
        let key = (entry.service_id, entry.staff_id, entry.seats);
        let found = match offered.entry(key) {
            Occupied(found) => found.into_mut(),
            Vacant(place) => place.insert(Offered::read(tx, entry.wish(), freed, now).await?),
        };
        let Some((start, until)) = found.soonest(&entry.window(), now) else { continue };
        return Ok(Some(Box::pin(hold(tx, &entry, start, until, random, now)).await?));
    }
    Ok(None)
}

/// What of a service is free in the time that became free.
struct Offered {
    zone: chrono_tz::Tz,
    slots: Vec<Slot>,
}

impl Offered {
    async fn read(tx: &TenantTx, wish: Wish, freed: Interval, now: DateTime<Utc>) -> Result<Self> {
        let none = Self { zone: chrono_tz::Tz::UTC, slots: Vec::new() };
        // What begins before may take time of it.
        let window = Interval::new((freed.start - SlotRules::LONGEST).max(now), freed.end);
        let dates = (window.start.date_naive(), window.end.date_naive());
        let mut catalogue = match availability::catalogue(tx, wish, dates).await {
            Ok(catalogue) => catalogue,
            // It is offered no more, or its provider has left.
            Err(error) if error.code() == Some(Code::NotFound) => return Ok(none),
            Err(error) => return Err(error),
        };
        let tenant = catalogue.tenant.clone();
        let (read, open) = join!(
            catalogue.read_taken(tx, window),
            availability::takes_bookings(tx, tenant.plan, tenant.timezone, now)
        );
        read?;
        if !open? {
            return Ok(none);
        }
        let mut slots = catalogue.slots(window, now);
        slots.retain(|slot| freed.meets(&Interval::new(slot.start, slot.end)));
        Ok(Self { zone: tenant.timezone, slots })
    }

    /// The first start at which they would come, and until when it is kept.
    fn soonest(&self, window: &Window, now: DateTime<Utc>) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let mut starts = self.slots.iter().map(|slot| slot.start);
        starts.find_map(|start| {
            let until = offer_until(start, self.zone, now).filter(|_| window.takes(start, self.zone))?;
            Some((start, until))
        })
    }
}

async fn hold(
    tx: &TenantTx,
    entry: &Entry,
    start: DateTime<Utc>,
    until: DateTime<Utc>,
    random: u32,
    now: DateTime<Utc>,
) -> Result<Appointment> {
    let draft = BookingDraft {
        service_id: entry.service_id,
        start,
        staff_id: entry.staff_id,
        seats: entry.seats,
        name: entry.contact_name.clone(),
        email: entry.contact_email.clone(),
        phone: entry.contact_phone.clone(),
        locale: Some(entry.locale),
        timezone: None,
        notify: Notify { email: true, sms: false },
        accepts: Consents::default(),
        address: entry.address.clone(),
        note: entry.note.clone(),
        answers: AllGiven::new(),
        then: Vec::new(),
    };
    let appointment = bookings::create_offer(tx, &draft, until, random, now).await?;
    let after = Entry {
        status: Status::Offered,
        booking_id: Some(appointment.booking.id),
        version: entry.version + 1,
        updated_at: now,
        ..entry.clone()
    };
    let change =
        Change { action: "waitlist.offer", subject: entry.id.0, before: Some(entry), after: Some(&after) };
    let jobs = [Job::SendWaitlistOffer { booking_id: appointment.booking.id, sequence: 0 }];
    let (saved, happened, audited, enqueued) = join!(
        save(tx, &after),
        events::record(tx, happened("waitlist.offered", &after), now),
        audit::record(tx, By::SYSTEM, change, now),
        tx.enqueue(&jobs, now),
    );
    saved?;
    happened?;
    audited?;
    enqueued?;
    Ok(appointment)
}
