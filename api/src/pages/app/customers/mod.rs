//! Customers: the list, by words, by tag, or those who are blocked.

pub mod duplicates;
pub mod form;
pub mod imports;
pub mod profile;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, Utc};
use domain::access::Permission;
use domain::customer;
use domain::id::CustomerId;
use futures_util::join;
use serde::{Deserialize, Serialize};
use store::customers::tags::TagCount;
use store::customers::{Filter, Known, blocks};

use crate::extract::{PageMember, Query, Read};
use crate::list::PageQuestion;
use crate::pages::{Reader, next_page, render};
use crate::problem::Result;

const ROWS: i64 = 40;
/// Most tags that the list offers, the most used first.
const MOST_TAGS: usize = 12;
/// Most who are shown as blocked.
const MOST_BLOCKED: i64 = 200;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListQuestion {
    q: String,
    tag: String,
    cursor: Option<String>,
}

#[derive(Serialize)]
struct List {
    current: &'static str,
    q: String,
    /// The one that is asked for, as it is spelled; empty: none.
    tag: String,
    tags: Vec<TagChip>,
    /// Of all customers.
    count: i32,
    rows: Vec<Row>,
    next: String,
    may_write: bool,
    may_manage: bool,
}

#[derive(Serialize)]
struct TagChip {
    name: String,
    /// The list of those who have it.
    href: String,
    customers: i64,
    is_current: bool,
}

#[derive(Serialize)]
struct Row {
    id: CustomerId,
    name: String,
    email: String,
    phone: Option<String>,
    tags: Vec<String>,
    is_blocked: bool,
}

impl From<Known> for Row {
    fn from(Known { customer, tags, block }: Known) -> Self {
        Self {
            id: customer.id,
            name: customer.name,
            email: customer.email,
            phone: customer.phone_e164,
            tags,
            is_blocked: block.is_some(),
        }
    }
}

pub async fn list(
    reader: Reader,
    member: PageMember<Read>,
    question: Result<Query<ListQuestion>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Query(question) = question?;
            let (frame, _tenant) = member.frame(&reader).await?;
            let wanted = PageQuestion::read_kindly(ROWS, question.cursor.as_deref())?;
            let q: String = question.q.chars().take(100).collect();
            let tag: String = question.tag.trim().chars().take(40).collect();
            let tag_key = Some(customer::tag_key(&tag)).filter(|key| !key.is_empty());
            let filter = Filter {
                words: customer::wanted(&q),
                tag_key: tag_key.clone(),
                after: wanted.after,
                ..Filter::default()
            };
            let finds_nothing = filter.words.is_empty() && !q.trim().is_empty();
            let limit = if finds_nothing { 0 } else { wanted.and_one() };
            let read: store::Result<_> = member
                .tenant
                .read(async |tx| {
                    let (found, tags, count) = join!(
                        store::customers::list(tx, &filter, limit),
                        store::customers::tags::in_use(tx),
                        store::customers::count(tx),
                    );
                    Ok((store::customers::known(tx, found?).await?, tags?, count?))
                })
                .await;
            let (found, in_use, count) = read?;
            let page = wanted.page(found, |last| last.customer.id, Row::from);
            let asked = [("q", q.as_str()), ("tag", tag.as_str())];
            let next = page.next_cursor.map(|cursor| next_page("/app/customers", &asked, &cursor));
            let content = List {
                current: "customers",
                q,
                tags: chips(in_use, tag_key.as_deref()),
                tag,
                count,
                rows: page.data,
                next: next.unwrap_or_default(),
                may_write: member.role.may(Permission::ManageBookings),
                may_manage: member.role.may(Permission::ManageCatalogue),
            };
            render(&member.state, &frame, StatusCode::OK, "app/customers", &content)
        })
        .await
}

/// The address of the list of those who have a tag.
fn tagged(tag: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("tag", tag).finish();
    format!("/app/customers?{query}")
}

/// The most used first; the one that is asked for is always there.
fn chips(mut in_use: Vec<TagCount>, asked: Option<&str>) -> Vec<TagChip> {
    in_use.sort_by(|one, other| other.customers.cmp(&one.customers).then(one.tag_key.cmp(&other.tag_key)));
    let is_current = |tag: &TagCount| Some(tag.tag_key.as_str()) == asked;
    let chip = |(place, tag): (usize, TagCount)| {
        let is_current = is_current(&tag);
        let is_shown = place < MOST_TAGS || is_current;
        is_shown.then(|| TagChip {
            href: tagged(&tag.name),
            name: tag.name,
            customers: tag.customers,
            is_current,
        })
    };
    in_use.into_iter().enumerate().filter_map(chip).collect()
}

#[derive(Serialize)]
struct Blocked {
    current: &'static str,
    rows: Vec<BlockedRow>,
    has_more: bool,
    timezone: String,
    may_write: bool,
}

#[derive(Serialize)]
struct BlockedRow {
    id: CustomerId,
    name: String,
    reason: Option<String>,
    since: DateTime<Utc>,
}

pub async fn blocked(reader: Reader, member: PageMember<Read>) -> HttpResponse {
    reader
        .answer(async {
            let (frame, tenant) = member.frame(&reader).await?;
            let mut found = member.tenant.read(async |tx| blocks::list(tx, MOST_BLOCKED + 1).await).await?;
            let most = usize::try_from(MOST_BLOCKED).unwrap_or(0);
            let has_more = found.len() > most;
            found.truncate(most);
            let rows = found
                .into_iter()
                .map(|(customer, block)| BlockedRow {
                    id: customer.id,
                    name: customer.name,
                    reason: block.reason,
                    since: block.created_at,
                })
                .collect();
            let content = Blocked {
                current: "customers",
                rows,
                has_more,
                timezone: tenant.timezone.to_string(),
                may_write: member.role.may(Permission::ManageBookings),
            };
            render(&member.state, &frame, StatusCode::OK, "app/customers_blocked", &content)
        })
        .await
}
