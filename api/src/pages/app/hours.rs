//! The hours of a week, of the tenant, of one staff member or of a service, from the beginning or from a date on: an
//! editor whose rows come and go by its own buttons, so that it needs no script.

use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;
use domain::access::Permission;
use domain::hours::{MinuteRange, Owner, TimeOfDay, Weekday, WeeklyRange};
use domain::id::{ServiceId, StaffId};
use domain::rejection::{Code, Fields};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::hours::WeekOf;
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

    /// The same rows, to be saved over what `base` tells.
    fn over(self, base: String) -> Self {
        Self { base, ..self }
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
    /// Whose: empty for the tenant's, and for a service's.
    staff_id: String,
    service: Option<OfService>,
    /// Whose hours can be seen.
    owners: Vec<Choice>,
    /// The date from which the week holds; none: from the beginning.
    from: Option<NaiveDate>,
    /// The owner's weeks, the first one first.
    weeks: Vec<WeekTab>,
    /// The date of a week that is not saved yet.
    new_from: Option<NaiveDate>,
    /// What the form can be filled with.
    templates: Vec<Choice>,
    /// A staff member without hours of their own, who has the tenant's; a service that is offered at all times.
    is_inherited: bool,
    timezone: &'static str,
    errors: Vec<crate::pages::form::Flaw>,
    /// What was saved meanwhile by somebody else.
    is_stale: bool,
    days: &'a Days,
    may_manage: bool,
}

#[derive(Serialize)]
struct OfService {
    id: ServiceId,
    name: String,
}

#[derive(Serialize)]
struct Choice {
    id: String,
    name: String,
    is_current: bool,
}

#[derive(Serialize)]
struct WeekTab {
    from: Option<NaiveDate>,
    url: String,
    is_current: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    staff_id: String,
    service_id: String,
    from: String,
}

impl Asked {
    fn typed(typed: &Typed) -> Self {
        Self {
            staff_id: typed.text("staff_id"),
            service_id: typed.text("service_id"),
            from: typed.text("from"),
        }
    }

    /// Which week is meant; what is no date is the first one.
    fn week(&self) -> Result<WeekOf> {
        let owner = match (self.staff_id.as_str(), self.service_id.as_str()) {
            (id, "") => Owner::of_staff(owner(id)?),
            ("", id) => Owner::Service(id.parse().map_err(|_unknown| Code::NotFound)?),
            _ => return Err(Code::NotFound.into()),
        };
        Ok(WeekOf { owner, from: self.from.parse().ok() })
    }
}

/// Whose hours are meant; what is no id is nobody's.
pub(super) fn owner(id: &str) -> Result<Option<StaffId>> {
    if id.is_empty() { Ok(None) } else { Ok(Some(id.parse().map_err(|_unknown| Code::NotFound)?)) }
}

pub async fn show(reader: Reader, member: PageMember<Read>, request: HttpRequest) -> HttpResponse {
    reader
        .answer(async {
            let asked: Asked = serde_urlencoded::from_str(request.query_string()).unwrap_or_default();
            let of = asked.week()?;
            let (frame, tenant) = member.frame(&reader).await?;
            let week = saved(&member, of).await?;
            page(&member, &frame, &tenant, of, &week, &Days::default(), Told::nothing(), false).await
        })
        .await
}

/// A week as it is saved; one that is not yet begins as the one it follows.
async fn saved<P: Allows>(member: &PageMember<P>, of: WeekOf) -> Result<Week> {
    let ((openings, breaks), before) = member
        .tenant
        .read(async |tx| {
            let week = store::hours::week(tx, of).await?;
            let before = match of.from {
                Some(date) if week.0.is_empty() => Some(store::hours::week_on(tx, of.owner, date).await?),
                _ => None,
            };
            Ok::<_, store::Error>((week, before))
        })
        .await?;
    let week = Week::of(&openings, &breaks);
    Ok(match before {
        Some((openings, breaks)) => Week::of(&openings, &breaks).over(week.base),
        None => week,
    })
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
            let of = Asked::typed(&typed).week()?;
            let (frame, tenant) = member.frame(&reader).await?;
            let mut week = Week::typed(&typed);
            match typed.text("do").as_str() {
                "save" => {}
                "drop" => week = Week::of(&[], &[]).over(week.base),
                action => {
                    if action == "fill" {
                        week = filled(&member, &typed.text("template"), week).await?;
                    }
                    let to: Vec<u8> = typed.all("to").filter_map(|day| day.parse().ok()).collect();
                    week.edit(action, &to);
                    let (nothing, days) = (Told::nothing(), Days::default());
                    return page(&member, &frame, &tenant, of, &week, &days, nothing, false).await;
                }
            }
            match save(&member, of, &week).await {
                Ok(()) => {
                    let is_gone = of.from.is_some() && week.days.iter().all(|day| day.openings.is_empty());
                    let next = if is_gone { WeekOf { from: None, ..of } } else { of };
                    Ok(see_with(&address(next), &Flash::ok("app-saved")))
                }
                Err(problem) if problem.code() == Code::NotFound => Err(problem),
                Err(problem) if refuses_a_person(&problem) => {
                    let fields: Vec<(String, String)> =
                        problem.0.errors.iter().map(|error| named(&error.pointer)).collect();
                    let fields: Vec<(&str, &str)> =
                        fields.iter().map(|(pointer, name)| (&**pointer, &**name)).collect();
                    let told = Told::by(Some(&problem), &fields, &reader, &frame)?;
                    let is_stale = problem.code() == Code::VersionMismatch;
                    if is_stale {
                        week.base = saved(&member, of).await?.base;
                    }
                    page(&member, &frame, &tenant, of, &week, &Days::default(), told, is_stale).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

/// The form with the rows of a template: a usual week, or the first one of somebody's.
async fn filled(member: &PageMember<ManageCatalogue>, template: &str, week: Week) -> Result<Week> {
    if let Some(usual) = USUAL.iter().find(|usual| usual.name == template) {
        return Ok(usual.week().over(week.base));
    }
    let of = match template.strip_prefix("staff-") {
        Some(id) => Owner::of_staff(owner(id)?),
        None if template == "tenant" => Owner::Tenant,
        None => return Ok(week),
    };
    let (openings, breaks) = member.tenant.read(async |tx| store::hours::week(tx, of.into()).await).await?;
    Ok(Week::of(&openings, &breaks).over(week.base))
}

/// A week that many have.
struct Usual {
    name: &'static str,
    weekdays: std::ops::RangeInclusive<u8>,
    opening: (i32, i32),
    pause: Option<(i32, i32)>,
}

/// Its words are `app-hours-{name}`.
const USUAL: [Usual; 3] = [
    Usual { name: "office", weekdays: 1..=5, opening: (9 * 60, 18 * 60), pause: Some((12 * 60, 13 * 60)) },
    Usual { name: "shop", weekdays: 2..=6, opening: (9 * 60, 19 * 60), pause: None },
    Usual { name: "always", weekdays: 1..=7, opening: (0, 24 * 60), pause: None },
];

impl Usual {
    fn week(&self) -> Week {
        let ranges = |(start, end): (i32, i32)| -> Vec<WeeklyRange> {
            let range = MinuteRange::new(start, end).expect("a range of a day");
            let weekdays = self.weekdays.clone().filter_map(|number| Weekday::new(number).ok());
            weekdays.map(|weekday| WeeklyRange { weekday, range }).collect()
        };
        Week::of(&ranges(self.opening), &self.pause.map(ranges).unwrap_or_default())
    }
}

/// The input that a row is known by.
fn named(pointer: &str) -> (String, String) {
    (pointer.to_owned(), pointer.trim_start_matches('/').to_owned())
}

async fn save(member: &PageMember<ManageCatalogue>, of: WeekOf, week: &Week) -> Result<()> {
    let wanted = week.rules()?;
    let (by, now) = (member.by(), member.now);
    let is_shown = |openings: &[WeeklyRange], breaks: &[WeeklyRange]| digest(openings, breaks) == week.base;
    let replace =
        async |tx: &mut store::TenantTx| store::hours::replace_week(tx, of, wanted, is_shown, &by, now).await;
    Ok(member.tenant.transaction(replace).await?)
}

/// Where a week is.
pub(super) fn address(of: WeekOf) -> String {
    let owner = match of.owner {
        Owner::Tenant => None,
        Owner::Staff(id) => Some(format!("staff_id={id}")),
        Owner::Service(id) => Some(format!("service_id={id}")),
    };
    let asked: Vec<String> = owner.into_iter().chain(of.from.map(|date| format!("from={date}"))).collect();
    if asked.is_empty() { "/app/hours".to_owned() } else { format!("/app/hours?{}", asked.join("&")) }
}

#[expect(clippy::too_many_arguments, reason = "the page is made of that much")]
pub(super) async fn page<P: Allows>(
    member: &PageMember<P>,
    frame: &Frame,
    tenant: &Tenant,
    of: WeekOf,
    week: &Week,
    typed: &Days,
    told: Told,
    is_stale: bool,
) -> Result<HttpResponse> {
    let (staff, dates, service): (Vec<StaffMember>, Vec<NaiveDate>, Option<OfService>) = member
        .tenant
        .read(async |tx| {
            let service = match of.owner.service_id() {
                Some(id) => Some(store::services::find(tx, id).await?.service),
                None => None,
            };
            let service = service.map(|service| OfService { id: service.id, name: service.name });
            let dates = store::hours::week_dates(tx, of.owner).await?;
            Ok::<_, store::Error>((store::staff::list(tx).await?, dates, service))
        })
        .await?;
    let owner = of.owner.staff_id();
    let of_owner = staff.iter().find(|one| Some(one.id) == owner);
    if owner.is_some() && of_owner.is_none() {
        return Err(Code::NotFound.into());
    }
    let days = days::fill(member, owner, &staff, typed.clone()).await?;
    let tab = |from: Option<NaiveDate>| WeekTab {
        from,
        url: address(WeekOf { from, ..of }),
        is_current: from == of.from,
    };
    let new_from = of.from.filter(|date| !dates.contains(date));
    let own = (of.owner != Owner::Tenant).then(|| "tenant".to_owned());
    let usual = USUAL.iter().map(|usual| usual.name.to_owned());
    let template = |id: String| Choice { id, name: String::new(), is_current: false };
    let others = staff.iter().filter(|one| Some(one.id) != owner).map(|one| Choice {
        id: format!("staff-{}", one.id),
        name: one.name.clone(),
        is_current: false,
    });
    let content = Hours {
        current: if service.is_some() { "services" } else { "hours" },
        week,
        staff_id: owner.map(|id| id.to_string()).unwrap_or_default(),
        is_inherited: of.owner != Owner::Tenant
            && of.from.is_none()
            && dates.is_empty()
            && week.days.iter().all(|day| day.openings.is_empty()),
        timezone: of_owner.and_then(|one| one.timezone).unwrap_or(tenant.timezone).name(),
        owners: staff
            .iter()
            .map(|one| Choice {
                id: one.id.to_string(),
                name: one.name.clone(),
                is_current: Some(one.id) == owner,
            })
            .collect(),
        from: of.from,
        weeks: std::iter::once(None).chain(dates.into_iter().map(Some)).map(tab).collect(),
        new_from,
        templates: own.into_iter().chain(usual).map(template).chain(others).collect(),
        service,
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
    let of = WeekOf::from(Owner::of_staff(owner));
    let week = saved(member, of).await?;
    page(member, frame, tenant, of, &week, typed, told, false).await
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
