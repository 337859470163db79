//! The time that a visit takes: whoever and whatever does several of its services keeps no buffers between them, and who does
//! several counts the visit once for their daily maximum.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::booking::visit::{self, Part};
use domain::id::{AllocationId, BookingId, StaffId};
use domain::wall_clock::Interval;
use uuid::Uuid;

use crate::TenantTx;
use crate::availability::{Catalogue, MAX_ALLOCATION, Services};
use crate::bookings::time::{Place, Taken};
use crate::bookings::{Appointment, Booking};
use crate::cached::cached;
use crate::error::Result;
use crate::schema::allocations;

/// The places of all services of a visit whose services begin then. A service that is moved lasts what it was booked for.
pub(super) fn places(services: &Services, starts: &[DateTime<Utc>]) -> Vec<Place> {
    let parts: Vec<Part> = services
        .each
        .iter()
        .zip(starts)
        .map(|(catalogue, start)| Part {
            time: Interval::new(*start, *start + catalogue.duration()),
            buffer_before_minutes: catalogue.service.buffer_before_minutes,
            buffer_after_minutes: catalogue.service.buffer_after_minutes,
        })
        .collect();
    let staff: Vec<Vec<StaffId>> = services.each.iter().map(Catalogue::staff_ids).collect();
    let rooms: Vec<_> =
        services.each.iter().zip(starts).map(|(catalogue, start)| catalogue.free_room(*start)).collect();
    // Of each service the time that somebody or something which does several is taken for this one, and whether it is the first.
    let taken = |at: usize, takes: &dyn Fn(usize) -> bool| {
        let own: Vec<usize> = (0..parts.len()).filter(|place| takes(*place)).collect();
        let times =
            visit::taken(&own.iter().filter_map(|place| parts.get(*place).copied()).collect::<Vec<_>>());
        own.into_iter()
            .zip(times)
            .enumerate()
            .find(|(_, (place, _))| *place == at)
            .map(|(nth, (_, time))| (nth, time))
    };
    let of = |at: usize| {
        let of_staff = staff.get(at).into_iter().flatten().filter_map(|id| {
            let (nth, time) = taken(at, &|place| staff.get(place).is_some_and(|all| all.contains(id)))?;
            let counted_at = parts.get(at).filter(|_| nth == 0).map(|part| part.time.start);
            Some(Taken { resource: id.0, time, counted_at })
        });
        let room = rooms.get(at).copied().flatten();
        let of_room = room.and_then(|id| {
            let (_, time) = taken(at, &|place| rooms.get(place) == Some(&Some(id)))?;
            Some(Taken { resource: id.0, time, counted_at: None })
        });
        Place::Leg { room, taken: of_staff.chain(of_room).collect() }
    };
    (0..parts.len()).map(of).collect()
}

/// Only the appointment, of these staff members and its room: [`settle`] gives it its buffers.
pub(in crate::bookings) fn bare(booking: &Booking, staff: &[StaffId]) -> Place {
    let time = Interval::new(booking.starts_at, booking.ends_at);
    let resources = staff.iter().map(|id| id.0).chain(booking.room_id.map(|id| id.0));
    let taken = resources.map(|resource| Taken { resource, time, counted_at: None }).collect();
    Place::Leg { room: booking.room_id, taken }
}

/// Leaves each of these its appointment alone, so that one of them fits between the others. The locks are held.
pub(in crate::bookings) async fn make_room(tx: &TenantTx, all: &[Appointment]) -> Result<()> {
    const SHRINK: &str = "UPDATE allocations a SET starts_at = b.starts_at, ends_at = b.ends_at FROM bookings b
        WHERE a.tenant_id = $1 AND b.tenant_id = $1 AND b.id = ANY($2) AND a.owner_id = b.id AND a.released_at IS NULL";
    let query = diesel::sql_query(SHRINK)
        .bind::<sql_types::Uuid, _>(tx.tenant())
        .bind::<sql_types::Array<sql_types::Uuid>, _>(ids(all));
    cached(query).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Gives what is one visit now its buffers and its count anew, after one of its services went, came, or changed its length:
/// as far as nobody else's time is there. The locks are held.
pub(in crate::bookings) async fn settle(tx: &TenantTx, all: &[Appointment]) -> Result<()> {
    make_room(tx, all).await?;
    let bookings: BTreeMap<BookingId, &Booking> =
        all.iter().map(|one| (one.booking.id, &one.booking)).collect();
    let held: Vec<(AllocationId, Uuid, Uuid)> = allocations::table
        .filter(allocations::tenant_id.eq(tx.tenant()))
        .filter(allocations::owner_id.eq_any(ids(all)))
        .filter(allocations::released_at.is_null())
        .order((allocations::resource_id, allocations::starts_at))
        .select((allocations::id, allocations::resource_id, allocations::owner_id))
        .load(&mut tx.conn())
        .await?;
    let mut of_resource: BTreeMap<Uuid, Vec<(AllocationId, &Booking)>> = BTreeMap::new();
    for (id, resource, owner) in held {
        if let Some(booking) = bookings.get(&BookingId(owner)) {
            of_resource.entry(resource).or_default().push((id, booking));
        }
    }
    for (resource, own) in of_resource {
        let part = |(_, booking): &(AllocationId, &Booking)| Part {
            time: Interval::new(booking.starts_at, booking.ends_at),
            buffer_before_minutes: booking.buffer_before_minutes,
            buffer_after_minutes: booking.buffer_after_minutes,
        };
        let parts: Vec<Part> = own.iter().map(part).collect();
        let wanted = visit::taken(&parts);
        let others = others(tx, resource, all, &wanted).await?;
        let mut is_counted = false;
        for (((id, booking), part), wanted) in own.into_iter().zip(&parts).zip(wanted) {
            let is_room = booking.room_id.is_some_and(|room| room.0 == resource);
            let counted_at =
                (!is_room && !std::mem::replace(&mut is_counted, true)).then_some(booking.starts_at);
            let time = clipped(wanted, part.time, &others);
            diesel::update(allocations::table.find((tx.tenant(), booking.id.0, id)))
                .set((
                    allocations::starts_at.eq(time.start),
                    allocations::ends_at.eq(time.end),
                    allocations::counted_at.eq(counted_at),
                ))
                .execute(&mut tx.conn())
                .await?;
        }
    }
    Ok(())
}

/// What else takes that resource around these times.
async fn others(
    tx: &TenantTx,
    resource: Uuid,
    own: &[Appointment],
    around: &[Interval],
) -> Result<Vec<Interval>> {
    let (Some(from), Some(to)) =
        (around.iter().map(|time| time.start).min(), around.iter().map(|time| time.end).max())
    else {
        return Ok(Vec::new());
    };
    let rows: Vec<(DateTime<Utc>, DateTime<Utc>)> = allocations::table
        .filter(allocations::tenant_id.eq(tx.tenant()))
        .filter(allocations::resource_id.eq(resource))
        .filter(allocations::released_at.is_null())
        .filter(allocations::owner_id.ne_all(ids(own)))
        // None is longer than that.
        .filter(allocations::starts_at.gt(from - MAX_ALLOCATION))
        .filter(allocations::starts_at.lt(to))
        .filter(allocations::ends_at.gt(from))
        .select((allocations::starts_at, allocations::ends_at))
        .load(&mut tx.conn())
        .await?;
    Ok(rows.into_iter().map(|(start, end)| Interval::new(start, end)).collect())
}

/// The part of `wanted` around `kept` that nobody else has.
fn clipped(wanted: Interval, kept: Interval, others: &[Interval]) -> Interval {
    let before = others.iter().map(|other| other.end).filter(|end| *end <= kept.start).max();
    let after = others.iter().map(|other| other.start).filter(|start| *start >= kept.end).min();
    Interval::new(
        before.map_or(wanted.start, |end| wanted.start.max(end)),
        after.map_or(wanted.end, |start| wanted.end.min(start)),
    )
}

fn ids(all: &[Appointment]) -> Vec<Uuid> {
    all.iter().map(|one| one.booking.id.0).collect()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn nobody_elses_time_is_taken_for_a_buffer() {
        let at = |minutes: i64| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
        let time = |from, to| Interval::new(at(from), at(to));
        let clip = |others: &[Interval]| clipped(time(60, 150), time(90, 120), others);
        assert_eq!(clip(&[]), time(60, 150));
        assert_eq!(clip(&[time(0, 70), time(130, 200)]), time(70, 130));
        assert_eq!(clip(&[time(80, 90), time(0, 70), time(120, 125)]), time(90, 120));
    }
}
