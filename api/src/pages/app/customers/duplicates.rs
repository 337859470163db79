//! Customers who may be one: found, compared, merged.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, Utc};
use domain::id::CustomerId;
use domain::rejection::{Code, Rejection};
use futures_util::join;
use serde::{Deserialize, Serialize};
use store::customers::merges::{self, Merge};
use store::customers::{Figures, Known, duplicates, figures};

use super::super::done;
use super::super::told::Told;
use super::super::typed::shown_version;
use super::Row;
use crate::extract::{ByOwnPeople, ManageCatalogue, PageMember, Query};
use crate::pages::form::{Flaw, Form, refuses_a_person};
use crate::pages::{Reader, render};
use crate::problem::{Problem, Result};

const FIELDS: [(&str, &str); 4] =
    [("/keep", "keep"), ("/sure", "sure"), ("/note", "note"), ("/tags*", "tags")];

#[derive(Serialize)]
struct Suggestions {
    current: &'static str,
    groups: Vec<GroupSheet>,
}

#[derive(Serialize)]
struct GroupSheet {
    is_by_phone: bool,
    /// The longest known.
    first: Row,
    others: Vec<Row>,
}

fn row(customer: store::customers::Customer) -> Row {
    Row::from(Known { customer, tags: Vec::new(), block: None })
}

pub async fn list(reader: Reader, member: PageMember<ByOwnPeople<ManageCatalogue>>) -> HttpResponse {
    reader
        .answer(async {
            let (frame, _tenant) = member.frame(&reader).await?;
            let groups = member.tenant.read(async |tx| duplicates::list(tx).await).await?;
            let sheet = |group: duplicates::Group| {
                let mut customers = group.customers.into_iter().map(row);
                let first = customers.next()?;
                Some(GroupSheet { is_by_phone: group.is_by_phone, first, others: customers.collect() })
            };
            let content =
                Suggestions { current: "customers", groups: groups.into_iter().filter_map(sheet).collect() };
            render(&member.state, &frame, StatusCode::OK, "app/customers_duplicates", &content)
        })
        .await
}

#[derive(Debug, Deserialize)]
pub struct Pair {
    one: CustomerId,
    other: CustomerId,
}

/// What the form says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct MergeForm {
    one: String,
    other: String,
    one_version: String,
    other_version: String,
    /// The id of the one who is kept.
    keep: String,
    sure: String,
}

#[derive(Serialize)]
struct Compare {
    current: &'static str,
    /// Both.
    sides: Vec<Side>,
    keep: String,
    timezone: String,
    currency: String,
    errors: Vec<Flaw>,
}

#[derive(Serialize)]
struct Side {
    row: Row,
    note: Option<String>,
    locale: &'static str,
    version: i64,
    since: DateTime<Utc>,
    bookings: i64,
    no_shows: i64,
    spent_minor: i64,
    last: Option<DateTime<Utc>>,
    next: Option<DateTime<Utc>>,
}

impl Side {
    fn new(known: Known, figures: &Figures) -> Self {
        Self {
            note: known.customer.note.clone(),
            locale: known.customer.locale.name(),
            version: known.customer.version,
            since: known.customer.created_at,
            row: Row::from(known),
            bookings: figures.bookings,
            no_shows: figures.no_shows,
            spent_minor: figures.spent_cents,
            last: figures.last_at,
            next: figures.next_at,
        }
    }
}

async fn compare(
    reader: &Reader,
    member: &PageMember<ByOwnPeople<ManageCatalogue>>,
    pair: &Pair,
    keep: String,
    refused: Option<&Problem>,
) -> Result<HttpResponse> {
    let (frame, tenant) = member.frame(reader).await?;
    let now = member.now;
    let side = async |tx: &store::TenantTx, id: CustomerId| {
        let (known, figures) =
            join!(store::customers::find_known(tx, id), figures(tx, id, &tenant.currency, now));
        Ok::<_, store::Error>(Side::new(known?, &figures?))
    };
    let read: store::Result<_> =
        member.tenant.read(async |tx| Ok(vec![side(tx, pair.one).await?, side(tx, pair.other).await?])).await;
    let sides = read?;
    let told = Told::by(refused, &FIELDS, reader, &frame)?;
    // Who has booked more often is likely the one to keep.
    let likely = sides.iter().max_by_key(|side| (side.bookings, std::cmp::Reverse(side.since)));
    let likely = likely.map(|side| side.row.id.to_string()).unwrap_or_default();
    let content = Compare {
        current: "customers",
        keep: if keep.is_empty() { likely } else { keep },
        sides,
        timezone: tenant.timezone.to_string(),
        currency: tenant.currency.clone(),
        errors: told.errors,
    };
    render(&member.state, &frame, told.status, "app/customers_merge", &content)
}

pub async fn ask(
    reader: Reader,
    member: PageMember<ByOwnPeople<ManageCatalogue>>,
    pair: Result<Query<Pair>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Query(pair) = pair.map_err(|_no_pair| Problem::from(Code::NotFound))?;
            if pair.one == pair.other {
                return Err(Code::NotFound.into());
            }
            compare(&reader, &member, &pair, String::new(), None).await
        })
        .await
}

fn read(form: &MergeForm) -> Result<(Pair, Merge)> {
    let id = |text: &str| text.parse::<CustomerId>().map_err(|_nobody| Problem::from(Code::NotFound));
    let pair = Pair { one: id(&form.one)?, other: id(&form.other)? };
    let (one, other) = ((pair.one, &form.one_version), (pair.other, &form.other_version));
    let (kept, duplicate) = if form.keep == form.other { (other, one) } else { (one, other) };
    let wanted = Merge {
        kept: kept.0,
        duplicate: duplicate.0,
        kept_version: shown_version(kept.1),
        duplicate_version: shown_version(duplicate.1),
    };
    Ok((pair, wanted))
}

/// What is missing in the form, told at its place.
fn check(form: &MergeForm) -> Result<(), Rejection> {
    if form.keep != form.one && form.keep != form.other {
        return Err(Rejection::invalid("/keep", "REQUIRED", "must be one of both"));
    }
    if form.sure.is_empty() {
        return Err(Rejection::invalid("/sure", "REQUIRED", "must be checked"));
    }
    Ok(())
}

pub async fn merge(
    reader: Reader,
    member: PageMember<ByOwnPeople<ManageCatalogue>>,
    form: Result<Form<MergeForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Form(form) = form?;
            let (pair, wanted) = read(&form)?;
            let (now, by) = (member.now, member.by());
            let merged = match check(&form) {
                Ok(()) => {
                    let merges = async |tx: &mut store::TenantTx| merges::merge(tx, wanted, &by, now).await;
                    let merged: store::Result<Known> = member.tenant.transaction(merges).await;
                    merged.map_err(Problem::from)
                }
                Err(refusal) => Err(refusal.into()),
            };
            match merged {
                Ok(merged) => {
                    Ok(done(&format!("/app/customers/{}", merged.customer.id), "customers-flash-merged"))
                }
                Err(problem) if problem.code() != Code::NotFound && refuses_a_person(&problem) => {
                    compare(&reader, &member, &pair, form.keep.clone(), Some(&problem)).await
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}
