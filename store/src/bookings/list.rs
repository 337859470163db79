//! Bookings in lists: narrowed, searched, page after page.

use chrono::{DateTime, Utc};
use diesel::dsl::{AsSelect, IntoBoxed};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::booking::Status;
use domain::id::{BookingId, CustomerId, GroupSessionId, StaffId};

use super::{Appointment, Booking, with_staff};
use crate::TenantTx;
use crate::customers::terms;
use crate::error::Result;
use crate::explain::explain;
use crate::intake::answers::answered;
use crate::schema::{bookings, staff};

/// What a list of bookings is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
    /// That are not over then.
    pub not_over_at: Option<DateTime<Utc>>,
    pub status: Option<Status>,
    pub staff_id: Option<StaffId>,
    pub customer_id: Option<CustomerId>,
    pub group_session_id: Option<GroupSessionId>,
    /// Beginnings of words, all of which the customer has, or the answers: see [`domain::customer::wanted`].
    pub words: Vec<String>,
    /// Or this is how the code begins.
    pub code: Option<String>,
    /// From the last to the first.
    pub latest_first: bool,
    /// The last one of the page before.
    pub after: Option<(DateTime<Utc>, BookingId)>,
}

/// By start and id, at most `limit`.
pub async fn list(tx: &TenantTx, filter: &Filter, limit: i64) -> Result<Vec<Appointment>> {
    load(tx, list_query(tx, filter, limit)).await
}

/// The same without what was cancelled or has expired.
pub async fn list_standing(tx: &TenantTx, filter: &Filter, limit: i64) -> Result<Vec<Appointment>> {
    load(tx, list_query(tx, filter, limit).filter(bookings::status.eq_any(Status::STANDING))).await
}

async fn load(tx: &TenantTx, query: Boxed) -> Result<Vec<Appointment>> {
    let rows: Vec<(Booking, String)> = query.load(&mut tx.conn()).await?;
    Ok(rows.into_iter().map(|(booking, staff_name)| Appointment::of(booking, staff_name)).collect())
}

/// PostgreSQL's plan for a list.
#[doc(hidden)]
pub async fn explain_list(tx: &TenantTx, filter: &Filter, limit: i64) -> Result<Vec<String>> {
    explain(tx, list_query(tx, filter, limit)).await
}

type Boxed = IntoBoxed<'static, Listed, Pg>;

/// Of those whose customer has all the words, or whose answers have them, or whose code begins like that; without any,
/// nothing is narrowed.
fn matching(query: Boxed, tx: &TenantTx, words: &[String], code: Option<&str>) -> Boxed {
    let known = |word: &String| terms::known_as(tx.tenant(), word.clone(), terms::end_of(word));
    let said = |word: &String| answered(tx.tenant(), word.clone(), terms::end_of(word));
    // Nothing lies from a text to the same text.
    let code_end = code.map(terms::end_of).unwrap_or_default();
    let by_code =
        bookings::public_code.ge(code.unwrap_or_default().to_owned()).and(bookings::public_code.lt(code_end));
    match words {
        [] if code.is_none() => query,
        [] => query.filter(by_code),
        [word] => {
            let found = bookings::customer_id.eq_any(known(word)).or(bookings::id.eq_any(said(word)));
            query.filter(found.or(by_code))
        }
        [first, others @ ..] => {
            // There are at most four: see `domain::customer::wanted`.
            let other = |place: usize| known(others.get(place).or(others.last()).unwrap_or(first));
            let all = bookings::customer_id
                .eq_any(known(first))
                .and(bookings::customer_id.eq_any(other(0)))
                .and(bookings::customer_id.eq_any(other(1)))
                .and(bookings::customer_id.eq_any(other(2)));
            let answers = bookings::id
                .eq_any(said(first))
                .and(bookings::id.eq_any(said(others.first().unwrap_or(first))))
                .and(bookings::id.eq_any(said(others.get(1).or(others.last()).unwrap_or(first))))
                .and(bookings::id.eq_any(said(others.get(2).or(others.last()).unwrap_or(first))));
            query.filter(all.or(answers).or(by_code))
        }
    }
}

/// The latest of those whose customer or answers have all the words, or whose code begins like that.
pub async fn search(
    tx: &TenantTx,
    words: &[String],
    code: Option<&str>,
    limit: i64,
) -> Result<Vec<Appointment>> {
    let query = with_staff()
        .filter(bookings::tenant_id.eq(tx.tenant()))
        .order((bookings::starts_at.desc(), bookings::id))
        .select((Booking::as_select(), staff::name))
        .limit(limit)
        .into_boxed();
    load(tx, matching(query, tx, words, code)).await
}

type Listed = diesel::dsl::Select<with_staff, (AsSelect<Booking, Pg>, staff::name)>;

fn list_query(tx: &TenantTx, filter: &Filter, limit: i64) -> Boxed {
    let mut query = with_staff()
        .filter(bookings::tenant_id.eq(tx.tenant()))
        .order((bookings::starts_at, bookings::id))
        .select((Booking::as_select(), staff::name))
        .limit(limit)
        .into_boxed();
    if let Some(from) = filter.from {
        query = query.filter(bookings::starts_at.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(bookings::starts_at.lt(to));
    }
    if let Some(at) = filter.not_over_at {
        query = query.filter(bookings::ends_at.gt(at));
    }
    if let Some(status) = filter.status {
        query = query.filter(bookings::status.eq(status));
    }
    if let Some(staff_id) = filter.staff_id {
        query = query.filter(bookings::staff_id.eq(staff_id));
    }
    if let Some(customer_id) = filter.customer_id {
        query = query.filter(bookings::customer_id.eq(customer_id));
    }
    if let Some(id) = filter.group_session_id {
        query = query.filter(bookings::group_session_id.eq(id));
    }
    query = matching(query, tx, &filter.words, filter.code.as_deref());
    if filter.latest_first {
        query = query.order((bookings::starts_at.desc(), bookings::id.desc()));
    }
    match filter.after {
        Some((start, id)) if filter.latest_first => {
            let same_start = bookings::starts_at.eq(start).and(bookings::id.lt(id));
            query = query.filter(bookings::starts_at.lt(start).or(same_start));
        }
        Some((start, id)) => {
            let same_start = bookings::starts_at.eq(start).and(bookings::id.gt(id));
            query = query.filter(bookings::starts_at.gt(start).or(same_start));
        }
        None => {}
    }
    query
}
