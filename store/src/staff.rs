//! Staff members, and the lock that every change of availability takes.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::id::{StaffId, TenantId, UserId};
use domain::rejection::{Code, Rejection};
use domain::staff::StaffDraft;
use serde::Serialize;

use crate::TenantTx;
use crate::audit::{self, By, Change};
use crate::cached::cached;
use crate::error::Result;
use crate::schema::{staff, tenants};
use crate::tenants::{Zone, check_version};

#[derive(Clone, Debug, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = staff, treat_none_as_default_value = false)]
pub struct StaffMember {
    pub tenant_id: TenantId,
    pub id: StaffId,
    pub name: String,
    pub email: Option<String>,
    pub user_id: Option<UserId>,
    #[diesel(deserialize_as = OptionalZone, serialize_as = OptionalZone)]
    pub timezone: Option<Tz>,
    pub max_daily_bookings: Option<i32>,
    pub weight: i32,
    pub position: i32,
    pub schedule_version: i64,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub created_by: Option<UserId>,
}

/// A staff member's own zone, if any, as it is kept.
#[derive(Clone, Copy, Debug, diesel::AsExpression)]
#[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
pub struct OptionalZone(Option<Tz>);

impl From<OptionalZone> for Option<Tz> {
    fn from(zone: OptionalZone) -> Self {
        zone.0
    }
}

impl From<Option<Tz>> for OptionalZone {
    fn from(timezone: Option<Tz>) -> Self {
        Self(timezone)
    }
}

impl diesel::deserialize::Queryable<diesel::sql_types::Nullable<diesel::sql_types::Text>, diesel::pg::Pg>
    for OptionalZone
{
    type Row = Option<Zone>;

    fn build(row: Self::Row) -> diesel::deserialize::Result<Self> {
        Ok(Self(row.map(Tz::from)))
    }
}

impl diesel::serialize::ToSql<diesel::sql_types::Nullable<diesel::sql_types::Text>, diesel::pg::Pg>
    for OptionalZone
{
    fn to_sql<'b>(
        &'b self,
        out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
    ) -> diesel::serialize::Result {
        match self.0 {
            Some(timezone) => {
                std::io::Write::write_all(out, timezone.name().as_bytes())?;
                Ok(diesel::serialize::IsNull::No)
            }
            None => Ok(diesel::serialize::IsNull::Yes),
        }
    }
}

/// Everybody who is not archived, in their order.
pub async fn list(tx: &TenantTx) -> Result<Vec<StaffMember>> {
    Ok(staff::table
        .filter(staff::tenant_id.eq(tx.tenant()))
        .filter(staff::archived_at.is_null())
        .order((staff::position, staff::id))
        .select(StaffMember::as_select())
        .load(&mut tx.conn())
        .await?)
}

/// Everybody who is archived, in their order.
pub async fn list_archived(tx: &TenantTx) -> Result<Vec<StaffMember>> {
    Ok(staff::table
        .filter(staff::tenant_id.eq(tx.tenant()))
        .filter(staff::archived_at.is_not_null())
        .order((staff::position, staff::id))
        .select(StaffMember::as_select())
        .load(&mut tx.conn())
        .await?)
}

/// Part of the list: at most `limit`, those `after` a position and an id; of those who are `named`, unless nobody is.
pub async fn page(
    tx: &TenantTx,
    named: &[StaffId],
    after: Option<(i32, StaffId)>,
    limit: i64,
) -> Result<Vec<StaffMember>> {
    let mut query = staff::table
        .filter(staff::tenant_id.eq(tx.tenant()))
        .filter(staff::archived_at.is_null())
        .order((staff::position, staff::id))
        .select(StaffMember::as_select())
        .limit(limit)
        .into_boxed();
    if !named.is_empty() {
        query = query.filter(staff::id.eq_any(named));
    }
    if let Some((position, id)) = after {
        let further = staff::position.eq(position).and(staff::id.gt(id));
        query = query.filter(staff::position.gt(position).or(further));
    }
    Ok(query.load(&mut tx.conn()).await?)
}

pub async fn find(tx: &TenantTx, id: StaffId) -> Result<StaffMember> {
    Ok(staff::table
        .find((tx.tenant(), id))
        .filter(staff::archived_at.is_null())
        .select(StaffMember::as_select())
        .first(&mut tx.conn())
        .await?)
}

async fn find_for_update(tx: &TenantTx, id: StaffId) -> Result<StaffMember> {
    Ok(staff::table
        .find((tx.tenant(), id))
        .filter(staff::archived_at.is_null())
        .select(StaffMember::as_select())
        .for_no_key_update()
        .first(&mut tx.conn())
        .await?)
}

/// Most staff members that a tenant can have.
const MOST: usize = 500;

pub async fn add(tx: &TenantTx, draft: StaffDraft, by: &By, now: DateTime<Utc>) -> Result<StaffMember> {
    let draft = draft.checked()?;
    check_room(tx).await?;
    let position: Option<i32> = staff::table
        .filter(staff::tenant_id.eq(tx.tenant()))
        .select(diesel::dsl::max(staff::position))
        .first(&mut tx.conn())
        .await?;
    let member = StaffMember {
        tenant_id: tx.tenant(),
        id: StaffId::mint(now),
        name: draft.name,
        email: draft.email,
        user_id: None,
        timezone: draft.timezone,
        max_daily_bookings: draft.max_daily_bookings,
        weight: draft.weight,
        position: position.unwrap_or(0).saturating_add(1),
        schedule_version: 1,
        version: 1,
        created_at: now,
        updated_at: now,
        created_by: by.user(),
    };
    diesel::insert_into(staff::table).values(member.clone()).execute(&mut tx.conn()).await?;
    let change: Change<'_, (), _> =
        Change { action: "staff.create", subject: member.id.0, before: None, after: Some(&member) };
    audit::record(tx, by, change, now).await?;
    Ok(member)
}

/// Changes what the draft says; zone and daily maximum change availability, so the schedule is raised with them.
pub async fn update(
    tx: &TenantTx,
    id: StaffId,
    change: impl FnOnce(&StaffMember) -> StaffDraft,
    version: Option<i64>,
    by: &By,
    now: DateTime<Utc>,
) -> Result<StaffMember> {
    let before = find_for_update(tx, id).await?;
    check_version(version, before.version)?;
    let draft = change(&before).checked()?;
    let after = StaffMember {
        name: draft.name,
        email: draft.email,
        timezone: draft.timezone,
        max_daily_bookings: draft.max_daily_bookings,
        weight: draft.weight,
        schedule_version: before.schedule_version + 1,
        version: before.version + 1,
        updated_at: now,
        ..before.clone()
    };
    diesel::update(staff::table.find((tx.tenant(), id)))
        .set((
            staff::name.eq(&after.name),
            staff::email.eq(&after.email),
            staff::timezone.eq(after.timezone.map(Zone)),
            staff::max_daily_bookings.eq(after.max_daily_bookings),
            staff::weight.eq(after.weight),
            staff::schedule_version.eq(after.schedule_version),
            staff::version.eq(after.version),
            staff::updated_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    let change = Change { action: "staff.update", subject: id.0, before: Some(&before), after: Some(&after) };
    audit::record(tx, by, change, now).await?;
    Ok(after)
}

/// Archives: their bookings stand, nobody can book them any more. The last one stays.
pub async fn remove(tx: &TenantTx, id: StaffId, by: &By, now: DateTime<Utc>) -> Result<()> {
    // Everybody's lock: two who archive at once must not each leave the other to stay.
    raise_all_schedules(tx).await?;
    let before = find_for_update(tx, id).await?;
    if list(tx).await?.len() <= 1 {
        return Err(
            Rejection::new(Code::LastStaffMember, "Somebody has to be bookable: add another first.").into()
        );
    }
    diesel::update(staff::table.find((tx.tenant(), id)))
        .set((
            staff::archived_at.eq(now),
            staff::schedule_version.eq(staff::schedule_version + 1),
            staff::version.eq(staff::version + 1),
            staff::updated_at.eq(now),
        ))
        .execute(&mut tx.conn())
        .await?;
    let change: Change<'_, _, ()> =
        Change { action: "staff.remove", subject: id.0, before: Some(&before), after: None };
    audit::record(tx, by, change, now).await
}

/// Refuses one more than a tenant can have.
async fn check_room(tx: &TenantTx) -> Result<()> {
    if list(tx).await?.len() >= MOST {
        return Err(Code::TooManyOfThese.into());
    }
    Ok(())
}

/// Takes somebody out of the archive. Of one who is not there, nothing.
pub async fn restore(tx: &TenantTx, id: StaffId, by: &By, now: DateTime<Utc>) -> Result<()> {
    raise_all_schedules(tx).await?;
    check_room(tx).await?;
    let restored =
        diesel::update(staff::table.find((tx.tenant(), id)).filter(staff::archived_at.is_not_null()))
            .set((
                staff::archived_at.eq(None::<DateTime<Utc>>),
                staff::version.eq(staff::version + 1),
                staff::updated_at.eq(now),
            ))
            .execute(&mut tx.conn())
            .await?;
    let after = find(tx, id).await?;
    if restored == 0 {
        return Ok(());
    }
    let change: Change<'_, (), _> =
        Change { action: "staff.restore", subject: id.0, before: None, after: Some(&after) };
    audit::record(tx, by, change, now).await
}

/// Takes the lock on one staff member's availability and answers its new version. Take it before reading what the
/// decision depends on; of several, ids ascending.
pub async fn raise_schedule(tx: &TenantTx, id: StaffId) -> Result<i64> {
    let raise = diesel::update(staff::table.find((tx.tenant(), id)))
        .set(staff::schedule_version.eq(staff::schedule_version + 1))
        .returning(staff::schedule_version);
    Ok(cached(raise).get_result(&mut tx.conn()).await?)
}

/// Takes the lock on the whole tenant's availability: the tenant's and every staff member's, so that who books needs
/// one row alone.
pub async fn raise_all_schedules(tx: &TenantTx) -> Result<()> {
    diesel::update(tenants::table.find(tx.tenant()))
        .set(tenants::schedule_version.eq(tenants::schedule_version + 1))
        .execute(&mut tx.conn())
        .await?;
    let ids: Vec<StaffId> = staff::table
        .filter(staff::tenant_id.eq(tx.tenant()))
        .order(staff::id)
        .select(staff::id)
        .for_no_key_update()
        .load(&mut tx.conn())
        .await?;
    diesel::update(staff::table.filter(staff::tenant_id.eq(tx.tenant())).filter(staff::id.eq_any(ids)))
        .set(staff::schedule_version.eq(staff::schedule_version + 1))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Takes the lock on the availability of several, in the order of all who take it: in one statement, so that what is sent
/// after it in the same flight comes after all of them.
pub async fn raise_schedules(tx: &TenantTx, ids: &[StaffId]) -> Result<()> {
    const RAISE: &str = "WITH mine AS (
          SELECT s.tenant_id, s.id FROM staff s
          WHERE s.tenant_id = $1 AND s.id = ANY ($2) ORDER BY s.id FOR NO KEY UPDATE OF s)
        UPDATE staff SET schedule_version = staff.schedule_version + 1
        FROM mine WHERE (staff.tenant_id, staff.id) = (mine.tenant_id, mine.id)";
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let query = diesel::sql_query(RAISE)
        .bind::<sql_types::Uuid, _>(tx.tenant())
        .bind::<sql_types::Array<sql_types::Uuid>, _>(&ids);
    let raised = cached(query).execute(&mut tx.conn()).await?;
    if raised == ids.len() { Ok(()) } else { Err(Code::NotFound.into()) }
}
