//! Days unlike the others: dates off, and hours of one date alone.

use actix_web::HttpResponse;
use chrono::{Days as Count, NaiveDate};
use domain::hours::Owner;
use domain::id::{ClosureId, OpeningId, StaffId};
use domain::rejection::{Code, Fields};
use serde::Serialize;
use store::hours::{Closure, Opening};
use store::staff::StaffMember;

use super::hours::{address, owner, page_with_days, range, shown};
use super::told::Told;
use super::typed::Typed;
use crate::extract::{Allows, ManageCatalogue, PageMember, Path};
use crate::pages::form::{Pairs, refuses_a_person};
use crate::pages::frame::Flash;
use crate::pages::{Reader, see_with};
use crate::problem::{Problem, Result};

const FIELDS: &[(&str, &str)] = &[
    ("/starts_on", "starts_on"),
    ("/ends_on", "ends_on"),
    ("/reason", "reason"),
    ("/date", "date"),
    ("/start", "opens_at"),
    ("/end", "closes_at"),
];

/// What is typed and what is saved of such days.
#[derive(Clone, Default, Serialize)]
pub struct Days {
    starts_on: String,
    ends_on: String,
    reason: String,
    date: String,
    opens_at: String,
    closes_at: String,
    closures: Vec<ClosureLine>,
    openings: Vec<OpeningLine>,
}

#[derive(Clone, Serialize)]
struct ClosureLine {
    id: ClosureId,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    reason: Option<String>,
    /// Whose; none: everybody's.
    staff_name: Option<String>,
}

#[derive(Clone, Serialize)]
struct OpeningLine {
    id: OpeningId,
    date: NaiveDate,
    start: String,
    end: String,
    staff_name: Option<String>,
}

/// Adds what is saved for an owner; the tenant's page shows everybody's.
pub(super) async fn fill<P: Allows>(
    member: &PageMember<P>,
    owner: Option<StaffId>,
    staff: &[StaffMember],
    typed: Days,
) -> Result<Days> {
    let today = member.now.date_naive();
    let from = today.checked_sub_days(Count::new(1)).unwrap_or(today);
    let (closures, openings): (Vec<Closure>, Vec<Opening>) = member
        .tenant
        .read(async |tx| {
            let closures = store::hours::closures(tx, from).await?;
            Ok::<_, store::Error>((closures, store::hours::openings(tx, from).await?))
        })
        .await?;
    let name = |id: Option<StaffId>| staff.iter().find(|one| Some(one.id) == id).map(|one| one.name.clone());
    let is_shown = |id: Option<StaffId>| owner.is_none() || id == owner;
    let closures = closures.into_iter().filter(|closure| is_shown(closure.staff_id));
    let openings = openings.into_iter().filter(|opening| is_shown(opening.staff_id));
    Ok(Days {
        closures: closures
            .map(|closure| ClosureLine {
                staff_name: name(closure.staff_id),
                id: closure.id,
                starts_on: closure.starts_on,
                ends_on: closure.ends_on,
                reason: closure.reason,
            })
            .collect(),
        openings: openings
            .map(|opening| {
                let range = opening.range()?;
                Ok(OpeningLine {
                    id: opening.id,
                    date: opening.date,
                    start: shown(range.start()),
                    end: shown(range.end()),
                    staff_name: name(opening.staff_id),
                })
            })
            .collect::<Result<_>>()?,
        ..typed
    })
}

fn date(fields: &mut Fields, pointer: &str, text: &str) -> NaiveDate {
    text.parse().unwrap_or_else(|_no_date| {
        fields.add(pointer, if text.is_empty() { "REQUIRED" } else { "INVALID" }, "must be a date");
        NaiveDate::default()
    })
}

pub async fn create_closure(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    pairs: Result<Pairs>,
) -> HttpResponse {
    reader
        .answer(async {
            let typed = Typed::from(pairs?);
            let owner = owner(&typed.text("staff_id"))?;
            let days = Days {
                starts_on: typed.text("starts_on"),
                ends_on: typed.text("ends_on"),
                reason: typed.text("reason"),
                ..Days::default()
            };
            let added = add_closure(&member, owner, &days).await;
            answer(&reader, &member, owner, &days, added, "app-closure-added").await
        })
        .await
}

async fn add_closure(
    member: &PageMember<ManageCatalogue>,
    owner: Option<StaffId>,
    days: &Days,
) -> Result<()> {
    let mut fields = Fields::default();
    let starts_on = date(&mut fields, "/starts_on", &days.starts_on);
    // One day alone needs no end.
    let ends_on =
        if days.ends_on.is_empty() { starts_on } else { date(&mut fields, "/ends_on", &days.ends_on) };
    fields.finish()?;
    let (by, now) = (member.by(), member.now);
    let add = async |tx: &mut store::TenantTx| {
        store::hours::add_closure(tx, owner, (starts_on, ends_on), Some(&days.reason), &by, now).await
    };
    member.tenant.transaction(add).await?;
    Ok(())
}

pub async fn create_opening(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    pairs: Result<Pairs>,
) -> HttpResponse {
    reader
        .answer(async {
            let typed = Typed::from(pairs?);
            let owner = owner(&typed.text("staff_id"))?;
            let days = Days {
                date: typed.text("date"),
                opens_at: typed.text("opens_at"),
                closes_at: typed.text("closes_at"),
                ..Days::default()
            };
            let added = add_opening(&member, owner, &days).await;
            answer(&reader, &member, owner, &days, added, "app-opening-added").await
        })
        .await
}

async fn add_opening(
    member: &PageMember<ManageCatalogue>,
    owner: Option<StaffId>,
    days: &Days,
) -> Result<()> {
    let mut fields = Fields::default();
    let date = date(&mut fields, "/date", &days.date);
    let range = range(&days.opens_at, &days.closes_at);
    if range.is_none() {
        fields.add("/end", "BACKWARDS", "must end after it starts");
    }
    fields.finish()?;
    let range = range.ok_or(Code::Invalid)?;
    let (by, now) = (member.by(), member.now);
    let add =
        async |tx: &mut store::TenantTx| store::hours::add_opening(tx, owner, date, range, &by, now).await;
    member.tenant.transaction(add).await?;
    Ok(())
}

async fn answer(
    reader: &Reader,
    member: &PageMember<ManageCatalogue>,
    owner: Option<StaffId>,
    days: &Days,
    added: Result<(), Problem>,
    flash: &'static str,
) -> Result<HttpResponse> {
    match added {
        Ok(()) => Ok(see_with(&address(Owner::of_staff(owner).into()), &Flash::ok(flash))),
        Err(problem) if problem.code() != Code::NotFound && refuses_a_person(&problem) => {
            let (frame, tenant) = member.frame(reader).await?;
            let told = Told::by(Some(&problem), FIELDS, reader, &frame)?;
            page_with_days(member, &frame, &tenant, owner, days, told).await
        }
        Err(problem) => Err(problem),
    }
}

pub async fn destroy_closure(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    id: Result<Path<ClosureId>>,
    pairs: Result<Pairs>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, by, now) = (*id?, member.by(), member.now);
            let owner = owner(&Typed::from(pairs?).text("staff_id"))?;
            member
                .tenant
                .transaction(async |tx| store::hours::remove_closure(tx, id, &by, now).await)
                .await?;
            Ok(see_with(&address(Owner::of_staff(owner).into()), &Flash::ok("app-removed")))
        })
        .await
}

pub async fn destroy_opening(
    reader: Reader,
    member: PageMember<ManageCatalogue>,
    id: Result<Path<OpeningId>>,
    pairs: Result<Pairs>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, by, now) = (*id?, member.by(), member.now);
            let owner = owner(&Typed::from(pairs?).text("staff_id"))?;
            member
                .tenant
                .transaction(async |tx| store::hours::remove_opening(tx, id, &by, now).await)
                .await?;
            Ok(see_with(&address(Owner::of_staff(owner).into()), &Flash::ok("app-removed")))
        })
        .await
}
