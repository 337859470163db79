//! When everybody of a tenant works, read in one statement: what the slot engine needs of hours, pauses, closures and
//! one-off openings. `hours` has the verbs for each.

use chrono::NaiveDate;
use diesel::sql_types::{Array, Date, Nullable, SmallInt, Text, Uuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use domain::hours::{MinuteRange, WeeklyRange};
use domain::id::StaffId;

use crate::TenantTx;
use crate::cached::cached;
use crate::error::Result;
use crate::hours::{stored, weekly};

/// What is one owner's: the tenant's (`None`), or a staff member's.
type Owned<T> = Vec<(Option<StaffId>, T)>;

#[derive(Debug, Default)]
pub(crate) struct Timetable {
    pub(crate) rules: Owned<WeeklyRange>,
    pub(crate) breaks: Owned<WeeklyRange>,
    /// First and last date off.
    pub(crate) closures: Owned<(NaiveDate, NaiveDate)>,
    pub(crate) openings: Owned<(NaiveDate, MinuteRange)>,
}

/// A row for each kind and owner: a row for each range costs more to send and to read than to find. `$2` is the first
/// date that is asked for.
const READ: &str = "
    SELECT 'rules' AS kind, staff_id, array_agg(weekday) AS weekdays, array_agg(start_minute) AS starts,
      array_agg(end_minute) AS ends, '{}'::date[] AS first, '{}'::date[] AS last
    FROM opening_rules WHERE tenant_id = $1 GROUP BY staff_id
    UNION ALL
    SELECT 'breaks', staff_id, array_agg(weekday), array_agg(start_minute), array_agg(end_minute), '{}', '{}'
    FROM break_rules WHERE tenant_id = $1 GROUP BY staff_id
    UNION ALL
    SELECT 'closures', staff_id, '{}', '{}', '{}', array_agg(starts_on), array_agg(ends_on)
    FROM closures WHERE tenant_id = $1 AND ends_on >= $2 GROUP BY staff_id
    UNION ALL
    SELECT 'openings', staff_id, '{}', array_agg(start_minute), array_agg(end_minute), array_agg(date), '{}'
    FROM openings WHERE tenant_id = $1 AND date >= $2 GROUP BY staff_id";

/// Of one kind and owner. Items of the same place in the lists belong together.
#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Nullable<Uuid>)]
    staff_id: Option<StaffId>,
    #[diesel(sql_type = Array<SmallInt>)]
    weekdays: Vec<i16>,
    #[diesel(sql_type = Array<SmallInt>)]
    starts: Vec<i16>,
    #[diesel(sql_type = Array<SmallInt>)]
    ends: Vec<i16>,
    #[diesel(sql_type = Array<Date>)]
    first: Vec<NaiveDate>,
    #[diesel(sql_type = Array<Date>)]
    last: Vec<NaiveDate>,
}

/// All weekly rules and pauses; closures that end on `since` or later, one-off openings of `since` or later.
pub(crate) async fn read(tx: &TenantTx, since: NaiveDate) -> Result<Timetable> {
    let query = sql_query(READ).bind::<Uuid, _>(tx.tenant()).bind::<Date, _>(since);
    let rows: Vec<Row> = cached(query).load(&mut tx.conn()).await?;
    let mut timetable = Timetable::default();
    for row in rows {
        let owner = row.staff_id;
        match row.kind.as_str() {
            "rules" => row.add_week(&mut timetable.rules)?,
            "breaks" => row.add_week(&mut timetable.breaks)?,
            "closures" => {
                timetable.closures.extend(row.first.into_iter().zip(row.last).map(|dates| (owner, dates)));
            }
            _ => {
                for (date, (start, end)) in row.first.into_iter().zip(row.starts.into_iter().zip(row.ends)) {
                    timetable.openings.push((owner, (date, stored(MinuteRange::new(start, end))?)));
                }
            }
        }
    }
    Ok(timetable)
}

impl Row {
    fn add_week(self, week: &mut Owned<WeeklyRange>) -> Result<()> {
        for (weekday, (start, end)) in self.weekdays.into_iter().zip(self.starts.into_iter().zip(self.ends)) {
            week.push((self.staff_id, weekly(weekday, start, end)?));
        }
        Ok(())
    }
}
