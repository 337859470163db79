//! What was answered: on the booking, and by which words it is found.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::TenantId;
use domain::intake::{self, Answer, Said};
use domain::plan::Plan;
use futures_util::join;

use super::files;
use crate::TenantTx;
use crate::bookings::Booking;
use crate::error::Result;
use crate::schema::{booking_terms as terms, bookings};

/// Keeps the answers of a booking that was just made, and takes their files for it.
pub(crate) async fn keep(
    tx: &TenantTx,
    booking: &mut Booking,
    mut answers: Vec<Answer>,
    plan: Plan,
    now: DateTime<Utc>,
) -> Result<()> {
    if answers.is_empty() {
        return Ok(());
    }
    for answer in &mut answers {
        let pointer = answer.pointer();
        if let Said::File(sent) = &mut answer.said {
            *sent = files::claim(tx, sent.id, answer.question_id, booking.id, &pointer, plan, now).await?;
        }
    }
    let kept = serde_json::to_value(&answers).ok();
    let found_by: Vec<_> = intake::terms(&answers)
        .into_iter()
        .map(|term| {
            (terms::tenant_id.eq(tx.tenant()), terms::booking_id.eq(booking.id), terms::term.eq(term))
        })
        .collect();
    let mut conn = tx.conn();
    let update = diesel::update(bookings::table.find((tx.tenant(), booking.id)))
        .set(bookings::answers.eq(&kept))
        .execute(&mut conn);
    let mut conn = tx.conn();
    let insert = diesel::insert_into(terms::table).values(found_by).execute(&mut conn);
    let (updated, inserted) = join!(update, insert);
    updated?;
    inserted?;
    booking.answers = kept;
    Ok(())
}

/// The bookings that have a term in this range: `from` is what it begins with.
#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn answered(tenant_id: TenantId, from: String, to: String) -> _ {
    terms::table
        .filter(terms::tenant_id.eq(tenant_id))
        .filter(terms::term.ge(from))
        .filter(terms::term.lt(to))
        .select(terms::booking_id)
}

impl Booking {
    /// What the service asked, and what was answered.
    pub fn answers(&self) -> Vec<Answer> {
        let Some(kept) = &self.answers else { return Vec::new() };
        serde_json::from_value(kept.clone()).unwrap_or_else(|error| {
            tracing::error!(%error, "answers that can't be read");
            Vec::new()
        })
    }
}
