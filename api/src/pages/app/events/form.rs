//! A private event made, changed and taken away: whole days, how it repeats, and which of a series a change is of.

use actix_web::HttpResponse;
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Weekday};
use chrono_tz::Tz;
use domain::id::{PrivateEventId, StaffId};
use domain::private_event::{PrivateEventDraft, Scope};
use domain::recurrence::{End, Ending, Frequency, Pattern, Rule};
use domain::rejection::{Code, Fields, Rejection};
use serde::{Deserialize, Serialize};
use store::private_events::{self, PrivateEvent};
use templates::describe;

use crate::extract::{ManageCatalogue, PageMember, Path, Query};
use crate::pages::app::calendar::parse_date;
use crate::pages::app::told::Told;
use crate::pages::app::typed::{Typed, joined, number};
use crate::pages::form::{Choice, Flaw, Pairs, refuses_a_person};
use crate::pages::frame::Flash;
use crate::pages::{Reader, render, see_with};
use crate::problem::{Problem, Result, failed};

const FIELDS: &[(&str, &str)] = &[
    ("/staff_id", "staff_id"),
    ("/title", "title"),
    ("/starts_on", "starts_on"),
    ("/start", "starts_on"),
    ("/starts_at", "starts_at"),
    ("/ends_on", "ends_on"),
    ("/end", "ends_on"),
    ("/ends_at", "ends_at"),
    ("/every", "every"),
    ("/until", "until"),
    ("/count", "count"),
    ("/recurrence", "repeat"),
    ("/note", "note"),
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Question {
    staff_id: String,
    date: String,
    time: String,
    /// When it ends that day.
    until: String,
    occurrence: String,
}

/// What is typed.
#[derive(Clone, Debug, Default, Serialize)]
struct EventForm {
    staff_id: String,
    title: String,
    note: String,
    all_day: bool,
    starts_on: String,
    starts_at: String,
    ends_on: String,
    ends_at: String,
    /// `never`, `daily`, `weekly`, `monthly`, `yearly`, or `kept`: as it is, which has no simple words.
    repeat: String,
    every: String,
    /// From Monday = 1.
    weekdays: Vec<u32>,
    until: String,
    count: String,
    scope: String,
    occurrence: String,
    version: String,
}

#[derive(Serialize)]
struct Content<'a> {
    current: &'static str,
    id: Option<PrivateEventId>,
    form: &'a EventForm,
    staff: Vec<Choice>,
    repeats: Vec<Choice>,
    scopes: Vec<Choice>,
    weekdays: Vec<u32>,
    /// Its rule in words, of one that recurs.
    recurs: Option<String>,
    zone: &'static str,
    back: String,
    is_imported: bool,
    errors: Vec<Flaw>,
}

impl EventForm {
    fn typed(typed: &Typed) -> Self {
        Self {
            staff_id: typed.text("staff_id"),
            title: typed.text("title"),
            note: typed.text("note"),
            all_day: typed.has("all_day"),
            starts_on: typed.text("starts_on"),
            starts_at: typed.text("starts_at"),
            ends_on: typed.text("ends_on"),
            ends_at: typed.text("ends_at"),
            repeat: typed.text("repeat"),
            every: typed.text("every"),
            weekdays: typed.all("weekday").filter_map(|day| day.parse().ok()).collect(),
            until: typed.text("until"),
            count: typed.text("count"),
            scope: typed.text("scope"),
            occurrence: typed.text("occurrence"),
            version: typed.text("version"),
        }
    }

    /// What is saved, with the times of one occurrence.
    fn of(event: &PrivateEvent, occurrence: Option<NaiveDateTime>) -> Result<Self> {
        let start = occurrence.unwrap_or(event.starts_at_wall);
        let end = start + event.length();
        let last = if event.all_day { end.date().pred_opt().unwrap_or(end.date()) } else { end.date() };
        let time =
            |at: NaiveDateTime| if event.all_day { String::new() } else { at.format("%H:%M").to_string() };
        let mut form = Self {
            staff_id: event.staff_id.to_string(),
            title: event.title.clone(),
            note: event.note.clone().unwrap_or_default(),
            all_day: event.all_day,
            starts_on: start.date().to_string(),
            starts_at: time(start),
            ends_on: last.to_string(),
            ends_at: time(end),
            repeat: "never".to_owned(),
            every: "1".to_owned(),
            scope: if occurrence.is_some() { "this" } else { "all" }.to_owned(),
            occurrence: occurrence
                .map(|wall| wall.format("%Y-%m-%dT%H:%M:%S").to_string())
                .unwrap_or_default(),
            version: event.version.to_string(),
            ..Self::default()
        };
        let Some(rule) = event.rule()? else { return Ok(form) };
        "kept".clone_into(&mut form.repeat);
        let Some(plain) = rule.plain(event.starts_at_wall, event.timezone) else { return Ok(form) };
        let repeat = match plain.pattern {
            Pattern::Days => "daily",
            Pattern::Weeks(days) => {
                form.weekdays = days.iter().map(Weekday::number_from_monday).collect();
                "weekly"
            }
            Pattern::MonthsOn(day) if u32::try_from(day).ok() == Some(event.starts_at_wall.day()) => {
                "monthly"
            }
            Pattern::Years => "yearly",
            Pattern::MonthsOn(_) | Pattern::MonthsOnNth(..) => return Ok(form),
        };
        repeat.clone_into(&mut form.repeat);
        form.every = plain.every.to_string();
        match plain.ending {
            Ending::Never => {}
            Ending::Times(count) => form.count = count.to_string(),
            Ending::On(date) => form.until = date.to_string(),
        }
        Ok(form)
    }

    fn times(&self, fields: &mut Fields) -> (NaiveDateTime, NaiveDateTime) {
        let mut date = |pointer: &str, text: &str| {
            parse_date(text).unwrap_or_else(|| {
                fields.add(pointer, if text.is_empty() { "REQUIRED" } else { "INVALID" }, "must be a date");
                NaiveDate::default()
            })
        };
        let first = date("/starts_on", &self.starts_on);
        // One day alone needs no end.
        let last = if self.ends_on.is_empty() { first } else { date("/ends_on", &self.ends_on) };
        if self.all_day {
            let after = last.checked_add_days(Days::new(1)).unwrap_or(last);
            return (first.and_time(NaiveTime::MIN), after.and_time(NaiveTime::MIN));
        }
        let mut time = |pointer: &str, text: &str| {
            NaiveTime::parse_from_str(text, "%H:%M").unwrap_or_else(|_no_time| {
                fields.add(pointer, if text.is_empty() { "REQUIRED" } else { "INVALID" }, "must be a time");
                NaiveTime::MIN
            })
        };
        (first.and_time(time("/starts_at", &self.starts_at)), last.and_time(time("/ends_at", &self.ends_at)))
    }

    /// The rule that was typed; `kept` is the one that stands there.
    fn rule(&self, fields: &mut Fields, kept: Option<&str>) -> Option<String> {
        let frequency = match self.repeat.as_str() {
            "daily" => Frequency::Daily,
            "weekly" => Frequency::Weekly,
            "monthly" => Frequency::Monthly,
            "yearly" => Frequency::Yearly,
            "kept" => return kept.map(str::to_owned),
            _ => return None,
        };
        let every = if self.every.is_empty() { 1 } else { number(fields, "/every", &self.every, 1_u16) };
        if !(1..=99).contains(&every) {
            fields.add("/every", "OUT_OF_RANGE", "must be between 1 and 99");
        }
        let mut rule = Rule::every(every, frequency);
        if frequency == Frequency::Weekly {
            let days: Vec<Weekday> = self
                .weekdays
                .iter()
                .filter_map(|day| Weekday::try_from(u8::try_from(day.checked_sub(1)?).ok()?).ok())
                .collect();
            rule = rule.on(&days);
        }
        let end = match (self.until.as_str(), self.count.as_str()) {
            ("", "") => End::Never,
            ("", count) => {
                let count = number(fields, "/count", count, 1_u32);
                if !(1..=1_000).contains(&count) {
                    fields.add("/count", "OUT_OF_RANGE", "must be between 1 and 1000");
                }
                End::After(count)
            }
            (until, "") => {
                let date = parse_date(until);
                if date.is_none() {
                    fields.add("/until", "INVALID", "must be a date");
                }
                date.map_or(End::Never, End::OnDate)
            }
            _ => {
                fields.add("/count", "INVALID", "must be empty where a last date is given");
                End::Never
            }
        };
        Some(rule.ending(end).to_string())
    }

    fn draft(
        &self,
        zone: Tz,
        before: Option<&PrivateEvent>,
    ) -> Result<(StaffId, PrivateEventDraft), Rejection> {
        let mut fields = Fields::default();
        let staff_id = self.staff_id.parse::<StaffId>();
        if staff_id.is_err() {
            fields.add("/staff_id", "REQUIRED", "must be named");
        }
        let (mut start, mut end) = self.times(&mut fields);
        // The times are those of the occurrence that was open: all of them move as it does.
        if let (Some(before), "all", Some(occurrence)) = (before, self.scope.as_str(), self.occurrence()) {
            let length = end - start;
            start = before.starts_at_wall + (start - occurrence);
            end = start + length;
        }
        let recurrence = match self.scope.as_str() {
            "this" => None,
            _ => self.rule(&mut fields, before.and_then(|before| before.recurrence.as_deref())),
        };
        let draft = PrivateEventDraft {
            title: self.title.clone(),
            note: Some(self.note.clone()),
            timezone: zone,
            all_day: self.all_day,
            start,
            end,
            recurrence,
            added: Vec::new(),
            left_out: Vec::new(),
        };
        // The weekdays of a weekly rule are those that were chosen, and the first of them is the start.
        let checked = draft.clone().checked().map(|_checked| ());
        joined(fields, checked)?;
        Ok((staff_id.map_err(|_unknown| Rejection::from(Code::Invalid))?, draft))
    }

    fn occurrence(&self) -> Option<NaiveDateTime> {
        self.occurrence.parse().ok()
    }

    fn scope(&self) -> Scope {
        match (self.scope.as_str(), self.occurrence()) {
            ("this", Some(wall)) => Scope::This(wall),
            ("later", Some(wall)) => Scope::Later(wall),
            _ => Scope::All,
        }
    }

    /// The day in the calendar where it is seen.
    fn back(&self) -> String {
        match parse_date(&self.starts_on) {
            Some(date) => format!("/app/calendar?date={date}"),
            None => "/app/events".to_owned(),
        }
    }
}

pub async fn new(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    question: Result<Query<Question>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Query(question) = question?;
            let tenant = member.tenant.read(async |tx| store::tenants::find(tx).await).await?;
            let today = member.now.with_timezone(&tenant.timezone).date_naive();
            let date = parse_date(&question.date).unwrap_or(today);
            let start = NaiveTime::parse_from_str(&question.time, "%H:%M").ok();
            let start = start.or(NaiveTime::from_hms_opt(12, 0, 0)).unwrap_or_default();
            let (later, _) = start.overflowing_add_signed(chrono::TimeDelta::hours(1));
            let until = NaiveTime::parse_from_str(&question.until, "%H:%M").ok();
            let end = until.filter(|until| start < *until).unwrap_or(later);
            let form = EventForm {
                staff_id: question.staff_id,
                starts_on: date.to_string(),
                starts_at: start.format("%H:%M").to_string(),
                ends_on: date.to_string(),
                ends_at: end.format("%H:%M").to_string(),
                repeat: "never".to_owned(),
                every: "1".to_owned(),
                weekdays: vec![date.weekday().number_from_monday()],
                ..EventForm::default()
            };
            page(&reader, &member, None, &form, None).await
        })
        .await
}

pub async fn create(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    pairs: Result<Pairs>,
) -> HttpResponse {
    reader
        .answer(async {
            let form = EventForm::typed(&Typed::from(pairs?));
            match add(&member, &form).await {
                Ok(flash) => Ok(see_with(&form.back(), &flash)),
                Err(problem) if refuses_a_person(&problem) => {
                    page(&reader, &member, None, &form, Some(problem)).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

async fn add(member: &PageMember<ManageCatalogue>, form: &EventForm) -> Result<Flash> {
    let (by, now) = (member.by(), member.now);
    member
        .tenant
        .transaction(async |tx| {
            let tenant = store::tenants::find(tx).await?;
            let own = match form.staff_id.parse() {
                Ok(id) => store::staff::find(tx, id).await?.timezone,
                Err(_nobody) => None,
            };
            let (staff_id, draft) = form.draft(own.unwrap_or(tenant.timezone), None)?;
            let event = private_events::add(tx, staff_id, draft, &by, now).await?;
            told(tx, event.id, now).await
        })
        .await
}

/// Whether bookings lie in it, which is no fault.
async fn told(tx: &store::TenantTx, id: PrivateEventId, now: chrono::DateTime<chrono::Utc>) -> Result<Flash> {
    let overlaps = private_events::overlaps(tx, &[id], now).await?;
    Ok(if overlaps.count == 0 { Flash::ok("events-saved") } else { Flash::bad("events-saved-overlap") })
}

pub async fn edit(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    id: Result<Path<PrivateEventId>>,
    question: Result<Query<Question>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Query(question)) = (*id?, question?);
            let (event, _) = member.tenant.read(async |tx| private_events::find(tx, id).await).await?;
            let occurrence = question.occurrence.parse().ok().filter(|_| event.recurrence.is_some());
            let form = EventForm::of(&event, occurrence)?;
            page(&reader, &member, Some(event), &form, None).await
        })
        .await
}

pub async fn update(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    id: Result<Path<PrivateEventId>>,
    pairs: Result<Pairs>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, typed) = (*id?, Typed::from(pairs?));
            let (form, version) = (EventForm::typed(&typed), typed.version());
            let (by, now) = (member.by(), member.now);
            let changed = member.tenant.transaction(async |tx| {
                let (before, _) = private_events::find(tx, id).await?;
                let change = form.draft(before.timezone, Some(&before))?;
                let update = private_events::update(tx, id, form.scope(), change, version, &by, now);
                let event = Box::pin(update).await?;
                told(tx, event.id, now).await
            });
            match changed.await {
                Ok(flash) => Ok(see_with(&form.back(), &flash)),
                Err(problem) if problem.code() != Code::NotFound && refuses_a_person(&problem) => {
                    let (event, _) =
                        member.tenant.read(async |tx| private_events::find(tx, id).await).await?;
                    page(&reader, &member, Some(event), &form, Some(problem)).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}

pub async fn destroy(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    id: Result<Path<PrivateEventId>>,
    pairs: Result<Pairs>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, form) = (*id?, EventForm::typed(&Typed::from(pairs?)));
            let (by, now) = (member.by(), member.now);
            let remove = async |tx: &mut store::TenantTx| {
                Box::pin(private_events::remove(tx, id, form.scope(), None, &by, now)).await
            };
            member.tenant.transaction(remove).await?;
            Ok(see_with(&form.back(), &Flash::ok("app-removed")))
        })
        .await
}

async fn page(
    reader: &Reader,
    member: &PageMember<ManageCatalogue>,
    event: Option<PrivateEvent>,
    form: &EventForm,
    refused: Option<Problem>,
) -> Result<HttpResponse> {
    let (frame, tenant) = member.frame(reader).await?;
    let staff = member.tenant.read(async |tx| store::staff::list(tx).await).await?;
    let text = reader.text(frame.lang);
    let choice = |value: &str, key: &str| -> Result<Choice> {
        let label = text.t_with("events-repeat", &[("repeat", key)]).map_err(|error| failed(&error))?;
        Ok(Choice { value: value.to_owned(), label })
    };
    let mut repeats = Vec::new();
    let has_kept = form.repeat == "kept";
    for name in ["never", "daily", "weekly", "monthly", "yearly", "kept"] {
        if name != "kept" || has_kept {
            repeats.push(choice(name, name)?);
        }
    }
    let mut scopes = Vec::new();
    if form.occurrence().is_some() {
        for name in ["this", "later", "all"] {
            let label = text.t_with("events-scope", &[("scope", name)]).map_err(|error| failed(&error))?;
            scopes.push(Choice { value: name.to_owned(), label });
        }
    }
    let rule = match &event {
        Some(event) => event.rule()?.map(|rule| (rule, event.starts_at_wall, event.timezone)),
        None => None,
    };
    let recurs = rule.map(|(rule, start, zone)| describe(&rule, start, zone, text));
    let told = Told::by(refused.as_ref(), FIELDS, reader, &frame)?;
    let content = Content {
        current: "calendar",
        id: event.as_ref().map(|event| event.id),
        form,
        staff: staff.into_iter().map(|one| Choice { value: one.id.to_string(), label: one.name }).collect(),
        repeats,
        scopes,
        weekdays: (1..=7).collect(),
        recurs: recurs.transpose().map_err(|error| failed(&error))?,
        zone: event.as_ref().map_or(tenant.timezone, |event| event.timezone).name(),
        back: form.back(),
        is_imported: event.as_ref().is_some_and(|event| event.external_uid.is_some()),
        errors: told.errors,
    };
    render(&member.state, &frame, told.status, "app/event", &content)
}
