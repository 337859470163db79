//! Private events: what staff members do besides. Each write takes the lock on the schedules that it changes, as a booking
//! does, before it reads what it changes.

mod blocks;
mod change;
mod import;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::{PrivateEventId, StaffId, TenantId, UserId};
use domain::private_event::Checked;
use domain::recurrence::{Rule, Series};
use domain::rejection::Code;
use serde::Serialize;

pub use blocks::{Busy, BusyFilter, Overlaps, busy, explain_busy, extend, overlaps, to_extend};
pub use change::{add, remove, update};
pub use import::{Imported, Report, import};

use crate::TenantTx;
use crate::error::{Error, Result};
use crate::events::Happened;
use crate::schema::{private_events, staff};
use crate::tenants::Zone;

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = private_events, treat_none_as_default_value = false)]
pub struct PrivateEvent {
    pub tenant_id: TenantId,
    pub id: PrivateEventId,
    pub staff_id: StaffId,
    pub title: String,
    pub note: Option<String>,
    #[diesel(deserialize_as = Zone, serialize_as = Zone)]
    pub timezone: chrono_tz::Tz,
    pub all_day: bool,
    pub starts_at_wall: NaiveDateTime,
    /// Of whole days: the midnight after the last.
    pub ends_at_wall: NaiveDateTime,
    pub recurrence: Option<String>,
    pub added: Vec<Option<NaiveDateTime>>,
    pub left_out: Vec<Option<NaiveDateTime>>,
    pub series_id: Option<PrivateEventId>,
    pub stands_for: Option<NaiveDateTime>,
    pub external_uid: Option<String>,
    pub unfolded_until: Option<DateTime<Utc>>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub created_by: Option<UserId>,
}

/// Most of one staff member.
pub const MOST: i64 = 10_000;

impl PrivateEvent {
    pub fn rule(&self) -> Result<Option<Rule>> {
        let rule = self.recurrence.as_deref().map(str::parse::<Rule>).transpose();
        rule.map_err(|error| Error::Unavailable(format!("a rule that is kept can't be read: {error}")))
    }

    pub fn series(&self) -> Result<Series> {
        Ok(Series {
            start: self.starts_at_wall,
            zone: self.timezone,
            rule: self.rule()?,
            added: self.added.iter().copied().flatten().collect(),
            left_out: self.left_out.iter().copied().flatten().collect(),
        })
    }

    pub fn length(&self) -> chrono::TimeDelta {
        self.ends_at_wall - self.starts_at_wall
    }

    /// Takes over what was checked.
    fn with(self, checked: Checked) -> Self {
        Self {
            title: checked.title,
            note: checked.note,
            timezone: checked.timezone,
            all_day: checked.all_day,
            starts_at_wall: checked.start,
            ends_at_wall: checked.end,
            recurrence: checked.rule.map(|rule| rule.to_string()),
            added: checked.added.into_iter().map(Some).collect(),
            left_out: checked.left_out.into_iter().map(Some).collect(),
            ..self
        }
    }
}

fn happened(name: &'static str, event: &PrivateEvent) -> Happened {
    Happened {
        name,
        subject: event.id.0,
        version: event.version,
        data: serde_json::json!({ "staff_id": event.staff_id }),
    }
}

pub async fn find(tx: &TenantTx, id: PrivateEventId) -> Result<(PrivateEvent, String)> {
    let same_member =
        staff::tenant_id.eq(private_events::tenant_id).and(staff::id.eq(private_events::staff_id));
    Ok(private_events::table
        .inner_join(staff::table.on(same_member))
        .filter(private_events::tenant_id.eq(tx.tenant()))
        .filter(private_events::id.eq(id))
        .select((PrivateEvent::as_select(), staff::name))
        .first(&mut tx.conn())
        .await?)
}

/// Whoever it is of must be there, and not archived.
async fn check_staff(tx: &TenantTx, id: StaffId) -> Result<()> {
    let there: Option<StaffId> = staff::table
        .find((tx.tenant(), id))
        .filter(staff::archived_at.is_null())
        .select(staff::id)
        .first(&mut tx.conn())
        .await
        .optional()?;
    there.map(|_there| ()).ok_or_else(|| {
        domain::rejection::Rejection::invalid("/staff_id", "UNKNOWN", "must be one of your staff").into()
    })
}

/// Room for so many more of a staff member.
async fn check_room(tx: &TenantTx, id: StaffId, more: usize) -> Result<()> {
    let there: i64 = private_events::table
        .filter(private_events::tenant_id.eq(tx.tenant()))
        .filter(private_events::staff_id.eq(id))
        .count()
        .get_result(&mut tx.conn())
        .await?;
    if there.saturating_add(i64::try_from(more).unwrap_or(i64::MAX)) > MOST {
        return Err(Code::TooManyOfThese.into());
    }
    Ok(())
}
