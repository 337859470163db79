//! The hours of a week, of the tenant or of one staff member: an editor whose rows come and go by its own buttons, so
//! that it needs no script.

use actix_web::{HttpRequest, HttpResponse};
use domain::hours::{MinuteRange, TimeOfDay, Weekday, WeeklyRange};
use domain::id::StaffId;
use domain::rejection::{Code, Fields};
use domain::role::Permission;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::staff::StaffMember;
use store::tenants::Tenant;

use super::days::{self, Days};
use super::told::Told;
use super::typed::Typed;
use crate::extract::{Allows, ManageCatalogue, PageMember, Read};
use crate::pages::form::{Pairs, refuses_a_person};
use crate::pages::frame::{Flash, Frame};
use crate::pages::{Reader, render, see_with};
use crate::problem::Result;

/// Most rows of a day that the form takes.
const MOST_ROWS: usize = 12;

/// A range as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Row {
    start: String,
    end: String,
}

#[derive(Clone, Default, Serialize)]
pub struct Day {
    /// 1 = Monday … 7 = Sunday.
    number: u8,
    openings: Vec<Row>,
    breaks: Vec<Row>,
}

/// The form of a week.
#[derive(Clone, Serialize)]
pub struct Week {
    days: Vec<Day>,
    /// Of what was saved when the form was shown.
    base: String,
}

impl Week {
    fn of(openings: &[WeeklyRange], breaks: &[WeeklyRange]) -> Self {
        let rows = |ranges: &[WeeklyRange], number: u8| -> Vec<Row> {
            let of_day = ranges.iter().filter(|weekly| weekly.weekday.number() == number);
            of_day
                .map(|weekly| Row { start: shown(weekly.range.start()), end: shown(weekly.range.end()) })
                .collect()
        };
        let day = |number| Day { number, openings: rows(openings, number), breaks: rows(breaks, number) };
        Self { days: (1..=7).map(day).collect(), base: digest(openings, breaks) }
    }

    fn typed(typed: &Typed) -> Self {
        let rows = |kind: &str, number: u8| -> Vec<Row> {
            let (starts, ends) = (format!("{kind}-{number}-start"), format!("{kind}-{number}-end"));
            let pairs = typed.all(&starts).zip(typed.all(&ends));
            pairs
                .map(|(start, end)| Row { start: start.to_owned(), end: end.to_owned() })
                .take(MOST_ROWS)
                .collect()
        };
        let day = |number| Day { number, openings: rows("open", number), breaks: rows("break", number) };
        Self { days: (1..=7).map(day).collect(), base: typed.text("base") }
    }

    /// Does what a button of the form says, such as `add-open-1`, `remove-break-2-0` or `copy-1`.
    fn edit(&mut self, action: &str, to: &[u8]) {
        let mut parts = action.split('-');
        let (verb, mut next) = (parts.next().unwrap_or_default(), || parts.next().unwrap_or_default());
        if verb == "copy" {
            let from = next().parse().unwrap_or(0);
            let Some(source) = self.days.iter().find(|day| day.number == from).cloned() else { return };
            for day in self.days.iter_mut().filter(|day| to.contains(&day.number)) {
                *day = Day { number: day.number, ..source.clone() };
            }
            return;
        }
        let (kind, number) = (next(), next().parse().unwrap_or(0));
        let index = next().parse::<usize>();
        let Some(day) = self.days.iter_mut().find(|day| day.number == number) else { return };
        let rows = if kind == "break" { &mut day.breaks } else { &mut day.openings };
        match (verb, index) {
            ("add", _) if rows.len() < MOST_ROWS => rows.push(next_row(kind, rows.last())),
            ("remove", Ok(index)) if index < rows.len() => {
                rows.remove(index);
            }
            _ => {}
        }
    }

    /// Openings and breaks; rows without anything are none. What is wrong points at `/open-1-0`.
    fn rules(&self) -> Result<(Vec<WeeklyRange>, Vec<WeeklyRange>)> {
        let mut fields = Fields::default();
        let (mut openings, mut breaks) = (Vec::new(), Vec::new());
        for day in &self.days {
            let weekday = Weekday::new(day.number).map_err(|_unknown| Code::Invalid)?;
            for (kind, rows, rules) in
                [("open", &day.openings, &mut openings), ("break", &day.breaks, &mut breaks)]
            {
                for (index, row) in rows.iter().enumerate() {
                    if row.start.is_empty() && row.end.is_empty() {
                        continue;
                    }
                    match range(&row.start, &row.end) {
                        Some(range) => rules.push(WeeklyRange { weekday, range }),
                        None => {
                            fields.add(
                                format!("/{kind}-{}-{index}", day.number),
                                "BACKWARDS",
                                "must end later",
                            );
                        }
                    }
                }
            }
        }
        fields.finish()?;
        Ok((openings, breaks))
    }
}

/// From typed times; an end at midnight is the day's own end.
pub(super) fn range(start: &str, end: &str) -> Option<MinuteRange> {
    let end = if end == "00:00" { "24:00" } else { end };
    MinuteRange::between(start.parse().ok()?, end.parse().ok()?).ok()
}

/// As an input for times has it, which knows no 24:00.
pub(super) fn shown(time: TimeOfDay) -> String {
    if time.minute() == 1_440 { "00:00".to_owned() } else { time.to_string() }
}

/// What one more row begins with: after the last one, an afternoon; the first, a usual day or lunch.
fn next_row(kind: &str, last: Option<&Row>) -> Row {
    let (start, end) = match (kind, last) {
        ("break", _) => ("12:00", "13:00"),
        (_, None) => ("09:00", "18:00"),
        (_, Some(_)) => ("14:00", "18:00"),
    };
    let is_free = last.is_none_or(|last| last.end.as_str() <= start);
    if is_free { Row { start: start.to_owned(), end: end.to_owned() } } else { Row::default() }
}

/// Tells whether what is saved is still what the form showed.
fn digest(openings: &[WeeklyRange], breaks: &[WeeklyRange]) -> String {
    let text = format!("{openings:?}{breaks:?}");
    domain::text::hex(&Sha256::digest(text)).chars().take(16).collect()
}

#[derive(Serialize)]
struct Hours<'a> {
    current: &'static str,
    week: &'a Week,
    /// Whose: empty for the tenant's.
    staff_id: String,
    /// Whose hours can be seen.
    owners: Vec<Owner>,
    /// A staff member without hours of their own, who has the tenant's.
    is_inherited: bool,
    timezone: &'static str,
    errors: Vec<crate::pages::form::Flaw>,
    /// What was saved meanwhile by somebody else.
    is_stale: bool,
    days: &'a Days,
    may_manage: bool,
}

#[derive(Serialize)]
struct Owner {
    id: String,
    name: String,
    is_current: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    staff_id: String,
}

/// Whose hours are meant; what is no id is nobody's.
pub(super) fn owner(id: &str) -> Result<Option<StaffId>> {
    if id.is_empty() { Ok(None) } else { Ok(Some(id.parse().map_err(|_unknown| Code::NotFound)?)) }
}

pub async fn show(reader: Reader, member: PageMember<Read>, request: HttpRequest) -> HttpResponse {
    reader
        .answer(async {
            let asked: Asked = serde_urlencoded::from_str(request.query_string()).unwrap_or_default();
            let owner = owner(&asked.staff_id)?;
            let (frame, tenant) = member.frame(&reader).await?;
            let week = saved(&member, owner).await?;
            page(&member, &frame, &tenant, owner, &week, &Days::default(), Told::nothing(), false).await
        })
        .await
}

async fn saved<P: Allows>(member: &PageMember<P>, owner: Option<StaffId>) -> Result<Week> {
    let (openings, breaks) = member.tenant.read(async |tx| store::hours::week(tx, owner).await).await?;
    Ok(Week::of(&openings, &breaks))
}

/// Saves the week, or only changes the form: its buttons say which.
pub async fn update(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    pairs: Result<Pairs>,
) -> HttpResponse {
    reader
        .answer(async {
            let typed = Typed::from(pairs?);
            let owner = owner(&typed.text("staff_id"))?;
            let (frame, tenant) = member.frame(&reader).await?;
            let mut week = Week::typed(&typed);
            let action = typed.text("do");
            if action != "save" {
                let to: Vec<u8> = typed.all("to").filter_map(|day| day.parse().ok()).collect();
                week.edit(&action, &to);
                let nothing = Told::nothing();
                return page(&member, &frame, &tenant, owner, &week, &Days::default(), nothing, false).await;
            }
            match save(&member, owner, &week).await {
                Ok(()) => Ok(see_with(&address(owner), &Flash::ok("app-saved"))),
                Err(problem) if problem.code() == Code::NotFound => Err(problem),
                Err(problem) if refuses_a_person(&problem) => {
                    let fields: Vec<(String, String)> =
                        problem.0.errors.iter().map(|error| named(&error.pointer)).collect();
                    let fields: Vec<(&str, &str)> =
                        fields.iter().map(|(pointer, name)| (&**pointer, &**name)).collect();
                    let told = Told::by(Some(&problem), &fields, &reader, &frame)?;
                    let is_stale = problem.code() == Code::VersionMismatch;
                    if is_stale {
                        week.base = saved(&member, owner).await?.base;
                    }
                    page(&member, &frame, &tenant, owner, &week, &Days::default(), told, is_stale).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

/// The input that a row is known by.
fn named(pointer: &str) -> (String, String) {
    (pointer.to_owned(), pointer.trim_start_matches('/').to_owned())
}

async fn save(member: &PageMember<ManageCatalogue>, owner: Option<StaffId>, week: &Week) -> Result<()> {
    let wanted = week.rules()?;
    let (by, now) = (member.by(), member.now);
    let is_shown = |openings: &[WeeklyRange], breaks: &[WeeklyRange]| digest(openings, breaks) == week.base;
    let replace = async |tx: &mut store::TenantTx| {
        store::hours::replace_week(tx, owner, wanted, is_shown, &by, now).await
    };
    Ok(member.tenant.transaction(replace).await?)
}

/// Where the hours of an owner are.
pub(super) fn address(owner: Option<StaffId>) -> String {
    owner.map_or_else(|| "/app/hours".to_owned(), |id| format!("/app/hours?staff_id={id}"))
}

#[expect(clippy::too_many_arguments, reason = "the page is made of that much")]
pub(super) async fn page<P: Allows>(
    member: &PageMember<P>,
    frame: &Frame,
    tenant: &Tenant,
    owner: Option<StaffId>,
    week: &Week,
    typed: &Days,
    told: Told,
    is_stale: bool,
) -> Result<HttpResponse> {
    let staff: Vec<StaffMember> = member.tenant.read(async |tx| store::staff::list(tx).await).await?;
    let of_owner = staff.iter().find(|one| Some(one.id) == owner);
    if owner.is_some() && of_owner.is_none() {
        return Err(Code::NotFound.into());
    }
    let days = days::fill(member, owner, &staff, typed.clone()).await?;
    let content = Hours {
        current: "hours",
        week,
        staff_id: owner.map(|id| id.to_string()).unwrap_or_default(),
        is_inherited: owner.is_some() && week.days.iter().all(|day| day.openings.is_empty()),
        timezone: of_owner.and_then(|one| one.timezone).unwrap_or(tenant.timezone).name(),
        owners: staff
            .iter()
            .map(|one| Owner {
                id: one.id.to_string(),
                name: one.name.clone(),
                is_current: Some(one.id) == owner,
            })
            .collect(),
        errors: told.errors,
        is_stale,
        days: &days,
        may_manage: member.role.may(Permission::ManageCatalogue),
    };
    render(&member.state, frame, told.status, "app/hours", &content)
}

/// The week as it is saved, for who edits something else on the page.
pub(super) async fn page_with_days<P: Allows>(
    member: &PageMember<P>,
    frame: &Frame,
    tenant: &Tenant,
    owner: Option<StaffId>,
    typed: &Days,
    told: Told,
) -> Result<HttpResponse> {
    let week = saved(member, owner).await?;
    page(member, frame, tenant, owner, &week, typed, told, false).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week() -> Week {
        let monday = |start: &str, end: &str| WeeklyRange {
            weekday: Weekday::new(1).unwrap(),
            range: range(start, end).unwrap(),
        };
        Week::of(&[monday("09:00", "12:00"), monday("14:00", "00:00")], &[monday("10:00", "10:15")])
    }

    #[test]
    fn what_is_shown_is_what_is_saved() {
        let week = week();
        assert_eq!(week.days[0].openings[1], Row { start: "14:00".to_owned(), end: "00:00".to_owned() });
        let (openings, breaks) = week.rules().unwrap();
        assert_eq!(digest(&openings, &breaks), week.base);
    }

    #[test]
    fn buttons_add_remove_and_copy_rows() {
        let mut week = week();
        week.edit("add-open-2", &[]);
        assert_eq!(week.days[1].openings, [Row { start: "09:00".to_owned(), end: "18:00".to_owned() }]);
        week.edit("remove-open-1-0", &[]);
        assert_eq!(week.days[0].openings.len(), 1);
        week.edit("copy-1", &[3, 4]);
        assert!(week.days[2].openings == week.days[0].openings && week.days[3].breaks == week.days[0].breaks);
        for nonsense in ["", "add", "remove-open-1-99", "add-open-9", "copy-8", "x-y-z"] {
            week.edit(nonsense, &[1]);
        }
        assert_eq!(week.days.len(), 7);
    }

    #[test]
    fn a_row_that_makes_no_sense_is_named() {
        let mut week = week();
        week.days[0].openings[1].end = "13:00".to_owned();
        let problem = week.rules().unwrap_err();
        assert_eq!(problem.0.errors[0].pointer, "/open-1-1");
    }
}
