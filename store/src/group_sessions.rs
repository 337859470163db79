//! Group sessions: one time of a staff member that several customers book seats of. All of it is changed under the lock on
//! the staff member's schedule; what a table says of seats holds whoever forgets it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{GroupSessionId, RoomId, ServiceId, StaffId, TenantId};
use domain::rejection::Code;
use domain::wall_clock::Interval;

use crate::TenantTx;
use crate::error::{OnConstraint, Result};
use crate::line;
use crate::schema::group_sessions;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = group_sessions, treat_none_as_default_value = false)]
pub struct GroupSession {
    pub tenant_id: TenantId,
    pub id: GroupSessionId,
    pub service_id: ServiceId,
    /// Of a collective service, the first of those who provide it.
    pub staff_id: StaffId,
    pub room_id: Option<RoomId>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub capacity: i32,
    pub seats_taken: i32,
    pub created_at: DateTime<Utc>,
}

impl GroupSession {
    pub const fn seats_left(&self) -> i32 {
        self.capacity - self.seats_taken
    }
}

/// Those of a service that begin in a stretch of time and have a seat taken; by staff member, then by start.
pub(crate) async fn open(
    tx: &TenantTx,
    service_id: ServiceId,
    staff: &[StaffId],
    window: Interval,
) -> Result<Vec<GroupSession>> {
    Ok(group_sessions::table
        .filter(group_sessions::tenant_id.eq(tx.tenant()))
        .filter(group_sessions::service_id.eq(service_id))
        .filter(group_sessions::staff_id.eq_any(staff))
        .filter(group_sessions::seats_taken.gt(0))
        .filter(group_sessions::starts_at.ge(window.start))
        .filter(group_sessions::starts_at.lt(window.end))
        .order((group_sessions::staff_id, group_sessions::starts_at))
        .select(GroupSession::as_select())
        .load(&mut tx.conn())
        .await?)
}

pub async fn find(tx: &TenantTx, id: GroupSessionId) -> Result<GroupSession> {
    let session = group_sessions::table.find((tx.tenant(), id)).select(GroupSession::as_select());
    Ok(session.first(&mut tx.conn()).await?)
}

/// Lets those who book seats of one start and name nobody come one after the other, until they commit: each sees the session
/// that the one before began. Taken before the locks on schedules.
pub(crate) async fn line_up(tx: &TenantTx, service_id: ServiceId, start: DateTime<Utc>) -> Result<()> {
    line::up(tx, &format!("group session {service_id} {}", start.timestamp())).await
}

/// Begins one with its first seats.
pub(crate) async fn begin(tx: &TenantTx, session: &GroupSession) -> Result<()> {
    diesel::insert_into(group_sessions::table)
        .values(session.clone())
        .execute(&mut tx.conn())
        .await
        .on_constraint("group_sessions_open", Code::SlotUnavailable)
        .map(|_inserted| ())
}

/// Takes some more of its seats, or, with less than none, gives some back.
pub(crate) async fn take_seats(tx: &TenantTx, id: GroupSessionId, seats: i32) -> Result<()> {
    diesel::update(group_sessions::table.find((tx.tenant(), id)))
        .set(group_sessions::seats_taken.eq(group_sessions::seats_taken + seats))
        .execute(&mut tx.conn())
        .await
        .on_constraint("group_sessions_seats", Code::SlotUnavailable)
        .map(|_updated| ())
}

/// Gives those of a service that are ahead another number of seats; nobody loses one.
pub(crate) async fn resize(tx: &TenantTx, id: ServiceId, capacity: i32, now: DateTime<Utc>) -> Result<()> {
    const RESIZE: &str = "UPDATE group_sessions SET capacity = greatest($3, seats_taken)
        WHERE tenant_id = $1 AND service_id = $2 AND seats_taken > 0 AND starts_at > $4";
    diesel::sql_query(RESIZE)
        .bind::<diesel::sql_types::Uuid, _>(tx.tenant())
        .bind::<diesel::sql_types::Uuid, _>(id)
        .bind::<diesel::sql_types::Integer, _>(capacity)
        .bind::<diesel::sql_types::Timestamptz, _>(now)
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
