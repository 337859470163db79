//! Private events from calendar files: each UID once for a staff member, however often it is imported.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::id::{PrivateEventId, StaffId};
use domain::private_event::PrivateEventDraft;
use domain::rejection::Rejection;
use uuid::Uuid;

use super::blocks::check_room as check_blocks;
use super::change::{blank, delete, insert, save};
use super::{PrivateEvent, check_room};
use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::cached::cached;
use crate::error::{Error, Result};
use crate::events::{self, Happened};
use crate::schema::private_events;
use crate::staff::{self, raise_schedules};

/// An event of a file.
#[derive(Clone, Debug)]
pub struct Imported {
    /// 1..=255 characters.
    pub uid: String,
    /// Of which occurrence it takes the place.
    pub stands_for: Option<NaiveDateTime>,
    /// The booking or private event of this platform's that its UID names, maybe another tenant's.
    pub own: Option<Uuid>,
    /// None: it does not take place, or takes no time.
    pub draft: Option<PrivateEventDraft>,
}

/// What an import came to.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub made: usize,
    pub updated: usize,
    /// Those that stood there already as they are in the file.
    pub unchanged: usize,
    /// Those that were imported before and are cancelled now.
    pub removed: usize,
    /// By their places in what was given: why not.
    pub left_out: Vec<(usize, Rejection)>,
    /// All that stands now of what was given.
    pub ids: Vec<PrivateEventId>,
}

/// Takes over what a file has: makes what is new, changes what is different, removes what is cancelled. What was imported
/// before and is not in the file stays. One that is refused is left out, and the others are taken; so are the tenant's own
/// bookings and private events, which take their time already.
pub async fn import(
    tx: &TenantTx,
    staff_id: StaffId,
    file: &[Imported],
    by: &By,
    now: DateTime<Utc>,
) -> Result<Report> {
    staff::find(tx, staff_id).await?;
    raise_schedules(tx, &[staff_id]).await?;
    let mut known = known(tx, staff_id).await?;
    let own = own(tx, staff_id, file).await?;
    let is_own = |one: &Imported| one.draft.is_some() && one.own.is_some_and(|id| own.contains(&id));
    let is_fresh = |one: &&Imported| one.draft.is_some() && !is_own(one) && !known.contains_key(&key(one));
    let fresh = file.iter().filter(is_fresh).count();
    check_room(tx, staff_id, fresh).await?;
    let mut report = Report::default();
    for (place, one) in file.iter().enumerate() {
        if is_own(one) {
            let why = Rejection::invalid("/uid", "OWN", "is a booking or a private event that stands here");
            report.left_out.push((place, why));
            continue;
        }
        match take(tx, staff_id, one, &mut known, &mut report, by, now).await {
            Err(Error::Rejected(why)) => report.left_out.push((place, why)),
            taken => taken?,
        }
    }
    check_blocks(tx, staff_id).await?;
    let summary = serde_json::json!({
        "staff_id": staff_id,
        "made": report.made,
        "updated": report.updated,
        "removed": report.removed,
        "left_out": report.left_out.len(),
    });
    let happened =
        Happened { name: "private_event.imported", subject: staff_id.0, version: 1, data: summary.clone() };
    events::record(tx, happened, now).await?;
    let change: Change<'_, (), _> =
        Change { action: "private_event.import", subject: staff_id.0, before: None, after: Some(&summary) };
    audit::record(tx, by, change, now).await?;
    Ok(report)
}

type Key = (String, Option<NaiveDateTime>);

fn key(one: &Imported) -> Key {
    (one.uid.clone(), one.stands_for)
}

/// Which of the bookings and private events that a file names take this staff member's time here, or did.
async fn own(tx: &TenantTx, staff_id: StaffId, file: &[Imported]) -> Result<HashSet<Uuid>> {
    const FOUND: &str = "SELECT owner_id AS id FROM allocations
          WHERE tenant_id = $1 AND owner_id = ANY($2) AND resource_id = $3
        UNION SELECT id FROM bookings WHERE tenant_id = $1 AND id = ANY($2) AND staff_id = $3
        UNION SELECT id FROM private_events WHERE tenant_id = $1 AND id = ANY($2) AND staff_id = $3";
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    let named: Vec<Uuid> = file.iter().filter_map(|one| one.own).collect();
    if named.is_empty() {
        return Ok(HashSet::new());
    }
    let query = diesel::sql_query(FOUND)
        .bind::<SqlUuid, _>(tx.tenant())
        .bind::<Array<SqlUuid>, _>(named)
        .bind::<SqlUuid, _>(staff_id);
    let found: Vec<Found> = cached(query).load(&mut tx.conn()).await?;
    Ok(found.into_iter().map(|found| found.id).collect())
}

async fn known(tx: &TenantTx, staff_id: StaffId) -> Result<HashMap<Key, PrivateEvent>> {
    let rows: Vec<PrivateEvent> = private_events::table
        .filter(private_events::tenant_id.eq(tx.tenant()))
        .filter(private_events::staff_id.eq(staff_id))
        .filter(private_events::external_uid.is_not_null())
        .select(PrivateEvent::as_select())
        .load(&mut tx.conn())
        .await?;
    let keyed =
        rows.into_iter().map(|row| ((row.external_uid.clone().unwrap_or_default(), row.stands_for), row));
    Ok(keyed.collect())
}

/// Nothing is written of what is refused: rules are checked before, not by the database.
async fn take(
    tx: &TenantTx,
    staff_id: StaffId,
    one: &Imported,
    known: &mut HashMap<Key, PrivateEvent>,
    report: &mut Report,
    by: &By,
    now: DateTime<Utc>,
) -> Result<()> {
    let before = known.get(&key(one)).cloned();
    let Some(draft) = &one.draft else {
        if let Some(before) = before {
            delete(tx, before.id).await?;
            // What stands for occurrences of it went with it.
            known.retain(|_key, row| row.id != before.id && row.series_id != Some(before.id));
            report.removed += 1;
        }
        return Ok(());
    };
    let checked = draft.clone().checked_import()?;
    let master = known.get(&(one.uid.clone(), None)).map(|master| master.id);
    let row = before.clone().unwrap_or_else(|| PrivateEvent {
        external_uid: Some(one.uid.clone()),
        stands_for: one.stands_for,
        ..blank(tx, staff_id, by, now)
    });
    let after = PrivateEvent { series_id: master.filter(|_| one.stands_for.is_some()), ..row.with(checked) };
    let after = match before {
        Some(before) if before == after => {
            report.unchanged += 1;
            after
        }
        Some(before) => {
            report.updated += 1;
            save(tx, PrivateEvent { version: before.version + 1, updated_at: now, ..after }, now).await?
        }
        None => {
            report.made += 1;
            insert(tx, after, now).await?
        }
    };
    report.ids.push(after.id);
    known.insert(key(one), after);
    Ok(())
}
