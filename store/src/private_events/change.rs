//! Private events made, changed and taken away: all of a series, one of it, or what comes later.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{PrivateEventId, StaffId};
use domain::private_event::{Checked, PrivateEventDraft, Scope};
use domain::recurrence::Series;
use domain::rejection::{Code, Rejection};
use domain::wall_clock::Interval;

use super::blocks::{check_room as check_blocks, rewrite, unfolded};
use super::{PrivateEvent, check_room, check_staff, happened};
use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::error::Result;
use crate::events;
use crate::schema::private_events;
use crate::staff::raise_schedules;
use crate::tenants::{Zone, check_version};
use crate::waitlist;

/// Takes time of a staff member's. What is booked in it stands: see [`super::overlaps`].
pub async fn add(
    tx: &TenantTx,
    staff_id: StaffId,
    draft: PrivateEventDraft,
    by: &By,
    now: DateTime<Utc>,
) -> Result<PrivateEvent> {
    let checked = draft.checked()?;
    check_staff(tx, staff_id).await?;
    raise_schedules(tx, &[staff_id]).await?;
    check_room(tx, staff_id, 1).await?;
    let event = insert(tx, blank(tx, staff_id, by, now).with(checked), now).await?;
    check_blocks(tx, staff_id).await?;
    record(tx, CREATED, None, Some(&event), by, now).await?;
    Ok(event)
}

/// An event of nothing yet.
pub(super) fn blank(tx: &TenantTx, staff_id: StaffId, by: &By, now: DateTime<Utc>) -> PrivateEvent {
    PrivateEvent {
        tenant_id: tx.tenant(),
        id: PrivateEventId::mint(now),
        staff_id,
        title: String::new(),
        note: None,
        timezone: chrono_tz::Tz::UTC,
        all_day: false,
        starts_at_wall: NaiveDateTime::default(),
        ends_at_wall: NaiveDateTime::default(),
        recurrence: None,
        added: Vec::new(),
        left_out: Vec::new(),
        series_id: None,
        stands_for: None,
        external_uid: None,
        unfolded_until: None,
        version: 1,
        created_at: now,
        updated_at: now,
        created_by: by.user(),
    }
}

/// Writes a new row and its blocks.
pub(super) async fn insert(tx: &TenantTx, event: PrivateEvent, now: DateTime<Utc>) -> Result<PrivateEvent> {
    let (blocks, unfolded_until) = unfolded(&event, now)?;
    let event = PrivateEvent { unfolded_until, ..event };
    diesel::insert_into(private_events::table).values(event.clone()).execute(&mut tx.conn()).await?;
    rewrite(tx, &event, &blocks).await?;
    Ok(event)
}

/// Changes an event, or of a series one occurrence or what comes later: those become a row of their own, which is what is
/// returned. Whatever stands apart from its series keeps its place; where the whole moves, exceptions move along.
pub async fn update(
    tx: &TenantTx,
    id: PrivateEventId,
    scope: Scope,
    (staff_id, draft): (StaffId, PrivateEventDraft),
    version: Option<i64>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<PrivateEvent> {
    let checked = draft.checked()?;
    let before = locked(tx, id, Some(staff_id)).await?;
    check_version(version, before.version)?;
    if staff_id != before.staff_id {
        check_staff(tx, staff_id).await?;
        check_room(tx, staff_id, 1).await?;
    }
    let after = match scope_of(&before, scope)? {
        Scope::All => update_all(tx, &before, staff_id, checked, now).await?,
        Scope::This(occurrence) => {
            leave_out(tx, &before, occurrence, now).await?;
            let one = PrivateEvent {
                series_id: Some(id),
                stands_for: Some(occurrence),
                ..blank(tx, staff_id, by, now).with(Checked {
                    rule: None,
                    added: Vec::new(),
                    left_out: Vec::new(),
                    ..checked
                })
            };
            insert(tx, one, now).await?
        }
        Scope::Later(from) => {
            cut(tx, &before, from, Some((staff_id, checked)), by, now).await?.unwrap_or(before.clone())
        }
    };
    check_blocks(tx, staff_id).await?;
    record(tx, UPDATED, Some(&before), Some(&after), by, now).await?;
    Ok(after)
}

/// Takes an event away, or of a series one occurrence or what comes later.
pub async fn remove(
    tx: &TenantTx,
    id: PrivateEventId,
    scope: Scope,
    version: Option<i64>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<()> {
    let before = locked(tx, id, None).await?;
    check_version(version, before.version)?;
    match scope_of(&before, scope)? {
        Scope::All => delete(tx, id).await?,
        Scope::This(occurrence) => {
            leave_out(tx, &before, occurrence, now).await?;
        }
        Scope::Later(from) => {
            cut(tx, &before, from, None, by, now).await?;
        }
    }
    waitlist::freed_by_hours(tx, now).await?;
    record(tx, REMOVED, Some(&before), None, by, now).await
}

pub(super) async fn delete(tx: &TenantTx, id: PrivateEventId) -> Result<()> {
    diesel::delete(private_events::table.find((tx.tenant(), id))).execute(&mut tx.conn()).await?;
    Ok(())
}

/// The locks on whose time changes, ids ascending, then the event: everybody who writes takes them in this order.
async fn locked(tx: &TenantTx, id: PrivateEventId, other: Option<StaffId>) -> Result<PrivateEvent> {
    let row = private_events::table.find((tx.tenant(), id));
    let staff_id: StaffId = row.select(private_events::staff_id).first(&mut tx.conn()).await?;
    let mut ids = vec![staff_id];
    ids.extend(other);
    raise_schedules(tx, &ids).await?;
    let event: PrivateEvent =
        row.select(PrivateEvent::as_select()).for_no_key_update().first(&mut tx.conn()).await?;
    if event.staff_id != staff_id {
        // Given to somebody else meanwhile, whose lock was not taken.
        return Err(Code::VersionMismatch.into());
    }
    Ok(event)
}

/// Of what happens once all is what is meant; from its start on, a series is all of it. An occurrence must be one.
fn scope_of(event: &PrivateEvent, scope: Scope) -> Result<Scope> {
    let (Scope::This(wall) | Scope::Later(wall)) = scope else { return Ok(scope) };
    if event.recurrence.is_none() && event.added.is_empty() {
        return Ok(Scope::All);
    }
    let series = event.series()?;
    let day = |days| TimeDelta::days(days);
    let window = Interval::new((wall - day(2)).and_utc(), (wall + day(2)).and_utc());
    let near = series.occurrences(window, 10_000).map_err(|_too_much| Code::NotFound)?;
    if !near.iter().any(|one| one.wall == wall) {
        return Err(Rejection::invalid("?occurrence", "UNKNOWN", "is none of this series").into());
    }
    Ok(if matches!(scope, Scope::Later(_)) && wall <= event.starts_at_wall { Scope::All } else { scope })
}

async fn update_all(
    tx: &TenantTx,
    before: &PrivateEvent,
    staff_id: StaffId,
    checked: Checked,
    now: DateTime<Utc>,
) -> Result<PrivateEvent> {
    let moved = checked.start - before.starts_at_wall;
    let along = |walls: &[Option<NaiveDateTime>]| -> Vec<Option<NaiveDateTime>> {
        walls.iter().map(|wall| wall.and_then(|wall| wall.checked_add_signed(moved))).collect()
    };
    let recurs = checked.rule.is_some();
    let after = PrivateEvent { staff_id, version: before.version + 1, updated_at: now, ..before.clone() };
    let after = PrivateEvent {
        // What no longer recurs has no exceptions.
        added: if recurs { along(&before.added) } else { Vec::new() },
        left_out: if recurs { along(&before.left_out) } else { Vec::new() },
        ..after.with(checked)
    };
    if !moved.is_zero() {
        shift_stand_ins(tx, before.id, (None, moved), None).await?;
    }
    save(tx, after, now).await
}

/// Writes a changed row and its blocks.
pub(super) async fn save(tx: &TenantTx, after: PrivateEvent, now: DateTime<Utc>) -> Result<PrivateEvent> {
    let (blocks, unfolded_until) = unfolded(&after, now)?;
    let after = PrivateEvent { unfolded_until, ..after };
    diesel::update(private_events::table.find((tx.tenant(), after.id)))
        .set((
            private_events::staff_id.eq(after.staff_id),
            private_events::title.eq(&after.title),
            private_events::note.eq(&after.note),
            private_events::timezone.eq(Zone(after.timezone)),
            private_events::all_day.eq(after.all_day),
            private_events::starts_at_wall.eq(after.starts_at_wall),
            private_events::ends_at_wall.eq(after.ends_at_wall),
            private_events::recurrence.eq(&after.recurrence),
            private_events::added.eq(&after.added),
            private_events::left_out.eq(&after.left_out),
            private_events::unfolded_until.eq(after.unfolded_until),
            private_events::version.eq(after.version),
            private_events::updated_at.eq(after.updated_at),
        ))
        .execute(&mut tx.conn())
        .await?;
    rewrite(tx, &after, &blocks).await?;
    Ok(after)
}

async fn leave_out(
    tx: &TenantTx,
    before: &PrivateEvent,
    occurrence: NaiveDateTime,
    now: DateTime<Utc>,
) -> Result<PrivateEvent> {
    if before.left_out.len() >= domain::private_event::MOST_EXCEPTIONS {
        return Err(Code::TooManyOfThese.into());
    }
    let mut after = PrivateEvent { version: before.version + 1, updated_at: now, ..before.clone() };
    after.left_out.push(Some(occurrence));
    save(tx, after, now).await
}

/// Ends a series before `from`. What came later goes, or goes on as a series of its own.
async fn cut(
    tx: &TenantTx,
    before: &PrivateEvent,
    from: NaiveDateTime,
    later: Option<(StaffId, Checked)>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Option<PrivateEvent>> {
    let series = before.series()?;
    // A count counts what was left out, too.
    let whole = Series { added: Vec::new(), left_out: Vec::new(), ..series.clone() };
    let window =
        Interval::new((whole.start - TimeDelta::days(3)).and_utc(), (from + TimeDelta::days(3)).and_utc());
    let counted = whole.occurrences(window, usize::MAX).map_err(|_too_much| Code::TooManyOfThese)?;
    let past = counted.iter().filter(|one| one.wall < from).count();
    let (head, tail) = series.cut(from, u32::try_from(past).unwrap_or(u32::MAX));
    let (early, late): (Vec<_>, Vec<_>) = series.left_out.into_iter().partition(|wall| *wall < from);
    let (added, added_later): (Vec<_>, Vec<_>) = series.added.into_iter().partition(|wall| *wall < from);
    let some = |walls: Vec<NaiveDateTime>| walls.into_iter().map(Some).collect::<Vec<_>>();
    let next = match later {
        None => {
            remove_stand_ins(tx, before.id, from).await?;
            None
        }
        Some((staff_id, checked)) => {
            let moved = checked.start - from;
            let along = |walls: Vec<NaiveDateTime>| -> Vec<NaiveDateTime> {
                walls.into_iter().filter_map(|wall| wall.checked_add_signed(moved)).collect()
            };
            let checked = Checked {
                rule: checked.rule.map(|typed| {
                    // As it was shown, the rule counts from the first of all.
                    if Some(typed.to_string()) == before.recurrence {
                        tail.clone().unwrap_or(typed)
                    } else {
                        typed
                    }
                }),
                added: along(added_later),
                left_out: along(late),
                ..checked
            };
            let next = insert(tx, blank(tx, staff_id, by, now).with(checked), now).await?;
            shift_stand_ins(tx, before.id, (Some(from), moved), Some(next.id)).await?;
            Some(next)
        }
    };
    let after = PrivateEvent {
        recurrence: head.map(|rule| rule.to_string()),
        added: some(added),
        left_out: some(early),
        version: before.version + 1,
        updated_at: now,
        ..before.clone()
    };
    save(tx, after, now).await?;
    Ok(next)
}

/// Moves what stands for occurrences along with them, those at `from` and later, and gives it to another series if one is
/// named.
async fn shift_stand_ins(
    tx: &TenantTx,
    id: PrivateEventId,
    (from, moved): (Option<NaiveDateTime>, TimeDelta),
    to: Option<PrivateEventId>,
) -> Result<()> {
    let rows: Vec<(PrivateEventId, Option<NaiveDateTime>)> = private_events::table
        .filter(private_events::tenant_id.eq(tx.tenant()))
        .filter(private_events::series_id.eq(id))
        .select((private_events::id, private_events::stands_for))
        .load(&mut tx.conn())
        .await?;
    for (one, wall) in rows {
        let Some(wall) = wall.filter(|wall| from.is_none_or(|from| *wall >= from)) else { continue };
        diesel::update(private_events::table.find((tx.tenant(), one)))
            .set((
                private_events::stands_for.eq(wall.checked_add_signed(moved).unwrap_or(wall)),
                private_events::series_id.eq(to.unwrap_or(id)),
            ))
            .execute(&mut tx.conn())
            .await?;
    }
    Ok(())
}

async fn remove_stand_ins(tx: &TenantTx, id: PrivateEventId, from: NaiveDateTime) -> Result<()> {
    diesel::delete(
        private_events::table
            .filter(private_events::tenant_id.eq(tx.tenant()))
            .filter(private_events::series_id.eq(id))
            .filter(private_events::stands_for.ge(from)),
    )
    .execute(&mut tx.conn())
    .await?;
    Ok(())
}

/// What was done, as the trail of changes and those who follow name it.
#[derive(Clone, Copy)]
struct Done(&'static str, &'static str);

const CREATED: Done = Done("private_event.create", "private_event.created");
const UPDATED: Done = Done("private_event.update", "private_event.updated");
const REMOVED: Done = Done("private_event.remove", "private_event.removed");

async fn record(
    tx: &TenantTx,
    Done(action, name): Done,
    before: Option<&PrivateEvent>,
    after: Option<&PrivateEvent>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some(subject) = after.or(before) else { return Ok(()) };
    events::record(tx, happened(name, subject), now).await?;
    audit::record(tx, by, Change { action, subject: subject.id.0, before, after }, now).await
}
