//! The time that bookings take from staff members and rooms, and the locks on it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::id::{AllocationId, GroupSessionId, RoomId, ServiceId, StaffId, TenantId};
use domain::rejection::Code;
use domain::wall_clock::Interval;
use futures_util::join;
use uuid::Uuid;

use super::Booking;
use crate::TenantTx;
use crate::availability::Catalogue;
use crate::cached::cached;
use crate::error::{OnConstraint, Result};
use crate::group_sessions::{self, GroupSession};
use crate::rooms;
use crate::schema::allocations;
use crate::staff::raise_schedules;
use crate::waitlist;

/// Takes the locks that a change of bookings of some services takes: on these staff members, ids ascending, then on the rooms
/// of which the services take one, the same way.
pub(super) async fn raise(tx: &TenantTx, staff: &[StaffId], services: &[ServiceId]) -> Result<()> {
    let (staff, rooms) = join!(raise_schedules(tx, staff), rooms::raise(tx, services));
    staff?;
    rooms
}

/// Where a booking finds its time.
pub(super) enum Place {
    /// Its own, of these staff members and this room.
    Own(Vec<StaffId>),
    /// That of a group session which it begins.
    First(Vec<StaffId>, GroupSession),
    /// In a group session that others have begun.
    Joined(GroupSession),
    /// Of a visit, beside its other services.
    Leg { room: Option<RoomId>, taken: Vec<Taken> },
}

/// The time that is taken from one staff member or room.
pub(super) struct Taken {
    pub(super) resource: Uuid,
    pub(super) time: Interval,
    /// When what counts for their daily maximum begins.
    pub(super) counted_at: Option<DateTime<Utc>>,
}

impl Place {
    /// At a start that the catalogue offers, or that is free.
    pub(super) fn at(catalogue: &Catalogue, start: DateTime<Utc>, now: DateTime<Utc>) -> Result<Self> {
        if let Some(session) = catalogue.session_at(start) {
            return Ok(Self::Joined(session.clone()));
        }
        let staff = catalogue.staff_ids();
        if catalogue.service.capacity <= 1 {
            return Ok(Self::Own(staff));
        }
        let session = GroupSession {
            tenant_id: catalogue.tenant.tenant_id,
            id: GroupSessionId::mint(now),
            service_id: catalogue.service.id,
            staff_id: staff.as_slice().first().copied().ok_or(Code::SlotUnavailable)?,
            room_id: catalogue.free_room(start),
            starts_at: start,
            ends_at: start + catalogue.duration(),
            capacity: catalogue.service.capacity,
            seats_taken: catalogue.seats,
            created_at: now,
        };
        Ok(Self::First(staff, session))
    }

    /// When what is booked there at `start` ends.
    pub(super) fn end(&self, catalogue: &Catalogue, start: DateTime<Utc>) -> DateTime<Utc> {
        self.session().map_or(start + catalogue.duration(), |session| session.ends_at)
    }

    /// The room of what is booked there at `start`, if it needs one.
    pub(super) fn room(&self, catalogue: &Catalogue, start: DateTime<Utc>) -> Option<RoomId> {
        match self {
            Self::Leg { room, .. } => *room,
            _ => self.session().map_or_else(|| catalogue.free_room(start), |session| session.room_id),
        }
    }

    pub(super) const fn session(&self) -> Option<&GroupSession> {
        match self {
            Self::Own(_) | Self::Leg { .. } => None,
            Self::First(_, session) | Self::Joined(session) => Some(session),
        }
    }
}

/// Takes the booking's time, or its seats.
pub(super) async fn take(tx: &TenantTx, booking: &Booking, place: &Place, now: DateTime<Utc>) -> Result<()> {
    match place {
        Place::Own(staff) => allocate(tx, booking, &alone(booking, staff), now).await,
        Place::Leg { taken, .. } => allocate(tx, booking, taken, now).await,
        Place::First(staff, session) => {
            let taken = alone(booking, staff);
            let (begun, allocated) =
                join!(group_sessions::begin(tx, session), allocate(tx, booking, &taken, now));
            begun?;
            allocated
        }
        Place::Joined(session) => group_sessions::take_seats(tx, session.id, booking.seats).await,
    }
}

/// Of these staff members and its room, with its buffers.
fn alone(booking: &Booking, staff: &[StaffId]) -> Vec<Taken> {
    let time = booking.taken();
    let of_staff = staff.iter().map(|id| (id.0, Some(booking.starts_at)));
    let resources = of_staff.chain(booking.room_id.map(|room| (room.0, None)));
    resources.map(|(resource, counted_at)| Taken { resource, time, counted_at }).collect()
}

async fn allocate(tx: &TenantTx, booking: &Booking, taken: &[Taken], now: DateTime<Utc>) -> Result<()> {
    let kind = if booking.group_session_id.is_some() { "group_session" } else { "booking" };
    let rows: Vec<_> = taken
        .iter()
        .map(|Taken { resource, time, counted_at }| {
            (
                allocations::tenant_id.eq(tx.tenant()),
                allocations::id.eq(AllocationId::mint(now)),
                allocations::resource_id.eq(resource),
                allocations::starts_at.eq(time.start),
                allocations::ends_at.eq(time.end),
                allocations::owner_kind.eq(kind),
                allocations::owner_id.eq(booking.holder()),
                allocations::counted_at.eq(counted_at),
            )
        })
        .collect();
    diesel::insert_into(allocations::table)
        .values(rows)
        .execute(&mut tx.conn())
        .await
        .on_constraint("allocations_no_overlap", Code::SlotUnavailable)
        .map(|_inserted| ())
}

/// Gives its time back, or its seats; with the last seat, the time of the group session. Whoever waits for it is asked.
pub(super) async fn release(tx: &TenantTx, booking: &Booking, now: DateTime<Utc>) -> Result<()> {
    let (freed, released) = join!(waitlist::freed(tx, booking.taken(), now), give_back(tx, booking, now));
    released?;
    freed
}

async fn give_back(tx: &TenantTx, booking: &Booking, now: DateTime<Utc>) -> Result<()> {
    let holder = booking.holder();
    let Some(session) = booking.group_session_id else {
        diesel::update(held_by(tx.tenant(), holder))
            .set(allocations::released_at.eq(now))
            .execute(&mut tx.conn())
            .await?;
        return Ok(());
    };
    let (left, ended) =
        join!(group_sessions::take_seats(tx, session, -booking.seats), end_if_empty(tx, session, now));
    left?;
    ended
}

/// Gives the time of a group session back that nobody has a seat of.
async fn end_if_empty(tx: &TenantTx, id: GroupSessionId, now: DateTime<Utc>) -> Result<()> {
    const END: &str = "UPDATE allocations SET released_at = $3
        WHERE tenant_id = $1 AND owner_id = $2 AND released_at IS NULL
          AND (SELECT seats_taken FROM group_sessions WHERE tenant_id = $1 AND id = $2) = 0";
    let query = diesel::sql_query(END)
        .bind::<sql_types::Uuid, _>(tx.tenant())
        .bind::<sql_types::Uuid, _>(id)
        .bind::<sql_types::Timestamptz, _>(now);
    cached(query).execute(&mut tx.conn()).await?;
    Ok(())
}

/// The staff members whose time it takes, by id.
pub(super) async fn held(tx: &TenantTx, booking: &Booking) -> Result<Vec<StaffId>> {
    let resources: Vec<Uuid> = held_by(tx.tenant(), booking.holder())
        .order(allocations::resource_id)
        .select(allocations::resource_id)
        .load(&mut tx.conn())
        .await?;
    let room = booking.room_id.map(|room| room.0);
    Ok(resources.into_iter().filter(|resource| Some(*resource) != room).map(StaffId).collect())
}

#[diesel::dsl::auto_type(no_type_alias)]
fn held_by(tenant_id: TenantId, holder: Uuid) -> _ {
    allocations::table
        .filter(allocations::tenant_id.eq(tenant_id))
        .filter(allocations::owner_id.eq(holder))
        .filter(allocations::released_at.is_null())
}
