//! One customer: their contact, what members keep of them, and what they booked.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use chrono::{DateTime, Utc};
use domain::access::Permission;
use domain::id::CustomerId;
use domain::rejection::Code;
use futures_util::join;
use serde::{Deserialize, Serialize};
use store::bookings::{self, Appointment};
use store::customers::consents::{self, Consent};
use store::customers::{Block, Figures, Known, duplicates, erasure, figures, merges};

use super::super::bookings::Sheet;
use super::super::done;
use super::{Row, tagged};
use crate::extract::{ManageBookings, ManageTenant, PageMember, Path, Read};
use crate::pages::form::Form;
use crate::pages::frame::Flash;
use crate::pages::{Reader, render, see, see_with};
use crate::problem::{Problem, Result};

/// Most bookings that the page of a customer shows.
const MOST_BOOKINGS: i64 = 50;

#[derive(Serialize)]
struct Detail {
    current: &'static str,
    customer: Row,
    tags: Vec<TagLink>,
    note: Option<String>,
    locale: &'static str,
    blocks: Vec<BlockSheet>,
    consents: Vec<ConsentSheet>,
    /// Who may be the same.
    alike: Vec<Row>,
    figures: FiguresSheet,
    bookings: Vec<Sheet>,
    has_more: bool,
    timezone: String,
    since: DateTime<Utc>,
    may: May,
}

/// What the reader may do with them.
#[derive(Serialize)]
struct May {
    write: bool,
    merge: bool,
    erase: bool,
}

#[derive(Serialize)]
struct TagLink {
    name: String,
    href: String,
}

#[derive(Serialize)]
struct BlockSheet {
    reason: Option<String>,
    since: DateTime<Utc>,
}

/// One line of what they agreed to and took back.
#[derive(Serialize)]
struct ConsentSheet {
    kind: &'static str,
    /// `yes` or `no`: it was taken back.
    given: &'static str,
    source: &'static str,
    at: DateTime<Utc>,
}

impl From<Consent> for ConsentSheet {
    fn from(consent: Consent) -> Self {
        Self {
            kind: consent.kind.name(),
            given: if consent.is_given { "yes" } else { "no" },
            source: consent.source.name(),
            at: consent.recorded_at,
        }
    }
}

impl From<Block> for BlockSheet {
    fn from(block: Block) -> Self {
        Self { reason: block.reason, since: block.created_at }
    }
}

#[derive(Serialize)]
struct FiguresSheet {
    bookings: i64,
    cancelled: i64,
    no_shows: i64,
    spent_minor: i64,
    currency: String,
    last: Option<DateTime<Utc>>,
    next: Option<DateTime<Utc>>,
    terms: Option<DateTime<Utc>>,
    marketing: Option<DateTime<Utc>>,
}

impl FiguresSheet {
    fn new(figures: &Figures, currency: String) -> Self {
        Self {
            bookings: figures.bookings,
            cancelled: figures.cancelled,
            no_shows: figures.no_shows,
            spent_minor: figures.spent_cents,
            currency,
            last: figures.last_at,
            next: figures.next_at,
            terms: figures.terms_at,
            marketing: figures.marketing_at,
        }
    }
}

pub async fn show(reader: Reader, member: PageMember<Read>, id: Result<Path<CustomerId>>) -> HttpResponse {
    reader
        .answer(async {
            let id = *id?;
            let (frame, tenant) = member.frame(&reader).await?;
            let filter =
                bookings::Filter { customer_id: Some(id), latest_first: true, ..bookings::Filter::default() };
            let read: store::Result<_> = member
                .tenant
                .read(async |tx| {
                    let known = match store::customers::find_known(tx, id).await {
                        Err(error) if error.code() == Some(Code::NotFound) => {
                            // A duplicate leads to whom it became.
                            let kept = merges::find(tx, id).await?;
                            return kept.map(Err).ok_or(error);
                        }
                        known => known?,
                    };
                    let (booked, figures, alike, said) = join!(
                        bookings::list(tx, &filter, MOST_BOOKINGS + 1),
                        figures(tx, id, &tenant.currency, member.now),
                        duplicates::of(tx, &known.customer),
                        consents::list(tx, id),
                    );
                    Ok(Ok((known, booked?, figures?, alike?, said?)))
                })
                .await;
            let (known, mut booked, figures, alike, said) = match read? {
                Ok(read) => read,
                Err(kept) => return Ok(see(&format!("/app/customers/{kept}"))),
            };
            let most = usize::try_from(MOST_BOOKINGS).unwrap_or(0);
            let has_more = booked.len() > most;
            booked.truncate(most);
            let sheet = |one: Appointment| Sheet::new(&member, one, format!("/app/customers/{id}"));
            let content = Detail {
                current: "customers",
                note: known.customer.note.clone(),
                locale: known.customer.locale.name(),
                since: known.customer.created_at,
                blocks: known.block.clone().map(BlockSheet::from).into_iter().collect(),
                consents: said.into_iter().map(ConsentSheet::from).collect(),
                tags: known
                    .tags
                    .iter()
                    .map(|name| TagLink { name: name.clone(), href: tagged(name) })
                    .collect(),
                customer: Row::from(known),
                alike: alike
                    .into_iter()
                    .map(|customer| Row::from(Known { customer, tags: Vec::new(), block: None }))
                    .collect(),
                figures: FiguresSheet::new(&figures, tenant.currency.clone()),
                bookings: booked.into_iter().map(sheet).collect(),
                has_more,
                timezone: tenant.timezone.to_string(),
                may: May {
                    write: member.role.may(Permission::ManageBookings),
                    merge: member.role.may(Permission::ManageCatalogue),
                    erase: member.role.may(Permission::ManageTenant),
                },
            };
            render(&member.state, &frame, StatusCode::OK, "app/customer", &content)
        })
        .await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct BlockForm {
    reason: String,
}

pub async fn block(
    reader: Reader,
    member: PageMember<ManageBookings>,
    id: Result<Path<CustomerId>>,
    form: Result<Form<BlockForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Form(form)) = (*id?, form?);
            let (now, by) = (member.now, member.by());
            // What is too long is cut: a person is kept out by it, not refused for its length.
            let reason: String = form.reason.chars().take(500).collect();
            let blocks = async |tx: &mut store::TenantTx| {
                store::customers::blocks::add(tx, id, Some(&reason), &by, now).await
            };
            member.tenant.transaction(blocks).await?;
            Ok(done(&format!("/app/customers/{id}"), "customers-flash-blocked"))
        })
        .await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct UnblockForm {
    /// `list`: the page of all who are blocked.
    back: String,
}

pub async fn unblock(
    reader: Reader,
    member: PageMember<ManageBookings>,
    id: Result<Path<CustomerId>>,
    form: Result<Form<UnblockForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Form(form)) = (*id?, form?);
            let (now, by) = (member.now, member.by());
            let unblocks =
                async |tx: &mut store::TenantTx| store::customers::blocks::remove(tx, id, &by, now).await;
            member.tenant.transaction(unblocks).await?;
            let own = format!("/app/customers/{id}");
            let back = if form.back == "list" { "/app/customers/blocked" } else { own.as_str() };
            Ok(done(back, "customers-flash-unblocked"))
        })
        .await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ConsentForm {
    /// Not empty: they agree.
    given: String,
}

/// Writes down that they want other messages, or no more.
pub async fn consent(
    reader: Reader,
    member: PageMember<ManageBookings>,
    id: Result<Path<CustomerId>>,
    form: Result<Form<ConsentForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Form(form)) = (*id?, form?);
            let (by, now, is_given) = (member.by(), member.now, !form.given.is_empty());
            member
                .tenant
                .transaction(async |tx| consents::set_marketing(tx, id, is_given, &by, now).await)
                .await?;
            Ok(done(&format!("/app/customers/{id}"), "customers-consent-noted"))
        })
        .await
}

/// All that is known of them, as a file.
pub async fn data(
    reader: Reader,
    member: PageMember<ManageTenant>,
    id: Result<Path<CustomerId>>,
) -> HttpResponse {
    reader
        .answer(async {
            let id = *id?;
            let data = member.tenant.read(async |tx| erasure::data(tx, id).await).await?;
            let name = format!("attachment; filename=\"customer-{id}.json\"");
            Ok(HttpResponse::Ok().insert_header((CONTENT_DISPOSITION, name)).json(data))
        })
        .await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ErasureForm {
    sure: String,
}

/// Forgets who they were. Nothing happens to whoever is not sure.
pub async fn erase(
    reader: Reader,
    member: PageMember<ManageTenant>,
    id: Result<Path<CustomerId>>,
    form: Result<Form<ErasureForm>>,
) -> HttpResponse {
    reader
        .answer(async {
            let (id, Form(form)) = (*id?, form?);
            let page = format!("/app/customers/{id}");
            if form.sure.is_empty() {
                member.tenant.read(async |tx| store::customers::find_known(tx, id).await).await?;
                return Ok(see_with(&page, &Flash::bad("customers-erase-unsure")));
            }
            let (by, now) = (member.by(), member.now);
            let erased = member.tenant.transaction(async |tx| erasure::erase(tx, id, &by, now).await).await;
            match erased.map_err(Problem::from) {
                Ok(()) => Ok(done("/app/customers", "customers-erased")),
                Err(problem) if problem.code() == Code::CustomerExpected => {
                    Ok(see_with(&page, &Flash::bad("customers-erase-expected")))
                }
                Err(problem) => Err(problem),
            }
        })
        .await
}
