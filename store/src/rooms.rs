//! Rooms: used by one booking at a time, and named by the services that take one of them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::id::{RoomId, ServiceId, TenantId, UserId};
use domain::rejection::{Code, Rejection};
use domain::room::RoomDraft;
use serde::Serialize;

use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::cached::cached;
use crate::error::Result;
use crate::schema::{rooms, service_rooms};
use crate::staff::raise_all_schedules;
use crate::tenants::check_version;

#[derive(Clone, Debug, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = rooms, treat_none_as_default_value = false)]
pub struct Room {
    pub tenant_id: TenantId,
    pub id: RoomId,
    pub name: String,
    pub position: i32,
    pub schedule_version: i64,
    pub archived_at: Option<DateTime<Utc>>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub created_by: Option<UserId>,
}

/// Most rooms that a tenant can have, archived ones included.
const MOST: usize = 200;

/// All of them in their order, the archived ones too.
pub async fn list(tx: &TenantTx) -> Result<Vec<Room>> {
    Ok(rooms::table
        .filter(rooms::tenant_id.eq(tx.tenant()))
        .order((rooms::position, rooms::id))
        .select(Room::as_select())
        .load(&mut tx.conn())
        .await?)
}

/// Part of the list of those that are not archived: at most `limit`, those `after` a position and an id.
pub async fn page(tx: &TenantTx, after: Option<(i32, RoomId)>, limit: i64) -> Result<Vec<Room>> {
    let mut query = rooms::table
        .filter(rooms::tenant_id.eq(tx.tenant()))
        .filter(rooms::archived_at.is_null())
        .order((rooms::position, rooms::id))
        .select(Room::as_select())
        .limit(limit)
        .into_boxed();
    if let Some((position, id)) = after {
        let further = rooms::position.eq(position).and(rooms::id.gt(id));
        query = query.filter(rooms::position.gt(position).or(further));
    }
    Ok(query.load(&mut tx.conn()).await?)
}

pub async fn find(tx: &TenantTx, id: RoomId) -> Result<Room> {
    Ok(rooms::table
        .find((tx.tenant(), id))
        .filter(rooms::archived_at.is_null())
        .select(Room::as_select())
        .first(&mut tx.conn())
        .await?)
}

/// What it is called, archived or not.
pub async fn name(tx: &TenantTx, id: RoomId) -> Result<String> {
    Ok(rooms::table.find((tx.tenant(), id)).select(rooms::name).first(&mut tx.conn()).await?)
}

pub async fn add(tx: &TenantTx, draft: RoomDraft, by: &By, now: DateTime<Utc>) -> Result<Room> {
    let draft = draft.checked()?;
    let there = list(tx).await?;
    if there.len() >= MOST {
        return Err(Code::TooManyOfThese.into());
    }
    let room = Room {
        tenant_id: tx.tenant(),
        id: RoomId::mint(now),
        name: draft.name,
        position: there.last().map_or(0, |last| last.position).saturating_add(1),
        schedule_version: 1,
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
        created_by: by.user(),
    };
    diesel::insert_into(rooms::table).values(&room).execute(&mut tx.conn()).await?;
    let change: Change<'_, (), _> =
        Change { action: "room.create", subject: room.id.0, before: None, after: Some(&room) };
    audit::record(tx, by, change, now).await?;
    Ok(room)
}

pub async fn update(
    tx: &TenantTx,
    id: RoomId,
    change: impl FnOnce(&Room) -> RoomDraft,
    version: Option<i64>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Room> {
    let before = find_for_update(tx, id).await?;
    check_version(version, before.version)?;
    let draft = change(&before).checked()?;
    save(tx, before, |room| Room { name: draft.name, ..room }, "room.update", by, now).await
}

/// Archives: what was booked stands, and no booking gets it any more.
pub async fn remove(tx: &TenantTx, id: RoomId, by: &By, now: DateTime<Utc>) -> Result<()> {
    raise_all_schedules(tx).await?;
    let before = find_for_update(tx, id).await?;
    let archive = |room| Room { archived_at: Some(now), ..room };
    save(tx, before, archive, "room.remove", by, now).await.map(|_archived| ())
}

/// Takes a room out of the archive. Of one that is not there, nothing.
pub async fn restore(tx: &TenantTx, id: RoomId, by: &By, now: DateTime<Utc>) -> Result<()> {
    raise_all_schedules(tx).await?;
    let before: Room = rooms::table
        .find((tx.tenant(), id))
        .select(Room::as_select())
        .for_no_key_update()
        .first(&mut tx.conn())
        .await?;
    if before.archived_at.is_none() {
        return Ok(());
    }
    let restore = |room| Room { archived_at: None, ..room };
    save(tx, before, restore, "room.restore", by, now).await.map(|_restored| ())
}

async fn find_for_update(tx: &TenantTx, id: RoomId) -> Result<Room> {
    Ok(rooms::table
        .find((tx.tenant(), id))
        .filter(rooms::archived_at.is_null())
        .select(Room::as_select())
        .for_no_key_update()
        .first(&mut tx.conn())
        .await?)
}

async fn save(
    tx: &TenantTx,
    before: Room,
    change: impl FnOnce(Room) -> Room,
    action: &'static str,
    by: &By,
    now: DateTime<Utc>,
) -> Result<Room> {
    let after = Room { version: before.version + 1, updated_at: now, ..change(before.clone()) };
    diesel::update(rooms::table.find((tx.tenant(), after.id)))
        .set((
            rooms::name.eq(&after.name),
            rooms::archived_at.eq(after.archived_at),
            rooms::version.eq(after.version),
            rooms::updated_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    let change = Change { action, subject: after.id.0, before: Some(&before), after: Some(&after) };
    audit::record(tx, by, change, now).await?;
    Ok(after)
}

/// The rooms that a service names, archived ones too.
#[diesel::dsl::auto_type]
pub(crate) fn of_service(tenant_id: TenantId, id: ServiceId) -> _ {
    service_rooms::table
        .filter(service_rooms::tenant_id.eq(tenant_id))
        .filter(service_rooms::service_id.eq(id))
        .order(service_rooms::room_id)
        .select(service_rooms::room_id)
}

/// Those of them that are not archived, in their order.
#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn usable(tenant_id: TenantId, id: ServiceId) -> _ {
    let same_room = rooms::tenant_id.eq(service_rooms::tenant_id).and(rooms::id.eq(service_rooms::room_id));
    service_rooms::table
        .inner_join(rooms::table.on(same_room))
        .filter(service_rooms::tenant_id.eq(tenant_id))
        .filter(service_rooms::service_id.eq(id))
        .filter(rooms::archived_at.is_null())
        .order((rooms::position, rooms::id))
        .select(rooms::id)
}

/// Those that each of some services names.
pub(crate) async fn of_services(tx: &TenantTx, ids: &[ServiceId]) -> Result<HashMap<ServiceId, Vec<RoomId>>> {
    let rows: Vec<(ServiceId, RoomId)> = service_rooms::table
        .filter(service_rooms::tenant_id.eq(tx.tenant()))
        .filter(service_rooms::service_id.eq_any(ids))
        .order(service_rooms::room_id)
        .select((service_rooms::service_id, service_rooms::room_id))
        .load(&mut tx.conn())
        .await?;
    let mut named: HashMap<ServiceId, Vec<RoomId>> = HashMap::new();
    for (service, room) in rows {
        named.entry(service).or_default().push(room);
    }
    Ok(named)
}

/// Names the rooms of a service. `known` stood there before: one of them that is archived by now may stay.
pub(crate) async fn set(tx: &TenantTx, id: ServiceId, named: &[RoomId], known: &[RoomId]) -> Result<()> {
    let new: Vec<RoomId> = named.iter().filter(|id| !known.contains(id)).copied().collect();
    let there: i64 = rooms::table
        .filter(rooms::tenant_id.eq(tx.tenant()))
        .filter(rooms::id.eq_any(&new))
        .filter(rooms::archived_at.is_null())
        .count()
        .get_result(&mut tx.conn())
        .await?;
    if usize::try_from(there).ok() != Some(new.len()) {
        return Err(Rejection::invalid("/room_ids", "UNKNOWN", "names a room that is not there").into());
    }
    diesel::delete(
        service_rooms::table
            .filter(service_rooms::tenant_id.eq(tx.tenant()))
            .filter(service_rooms::service_id.eq(id)),
    )
    .execute(&mut tx.conn())
    .await?;
    let rows: Vec<_> = named
        .iter()
        .map(|room| {
            (
                service_rooms::tenant_id.eq(tx.tenant()),
                service_rooms::service_id.eq(id),
                service_rooms::room_id.eq(*room),
            )
        })
        .collect();
    diesel::insert_into(service_rooms::table).values(rows).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Takes the lock on the rooms that a service may take, in the order of all who take it: ids ascending, after those on
/// staff.
pub(crate) async fn raise(tx: &TenantTx, services: &[ServiceId]) -> Result<()> {
    const RAISE: &str = "WITH mine AS (
          SELECT r.tenant_id, r.id FROM rooms r
          WHERE r.tenant_id = $1
            AND r.id IN (SELECT s.room_id FROM service_rooms s WHERE s.tenant_id = $1 AND s.service_id = ANY ($2))
          ORDER BY r.id FOR NO KEY UPDATE OF r)
        UPDATE rooms SET schedule_version = rooms.schedule_version + 1
        FROM mine WHERE (rooms.tenant_id, rooms.id) = (mine.tenant_id, mine.id)";
    let query = diesel::sql_query(RAISE)
        .bind::<sql_types::Uuid, _>(tx.tenant())
        .bind::<sql_types::Array<sql_types::Uuid>, _>(services);
    cached(query).execute(&mut tx.conn()).await?;
    Ok(())
}
