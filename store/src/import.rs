//! Bookings that were kept elsewhere: written as they stand. Nobody is told of them and no plan counts them.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Uuid};
use diesel_async::RunQueryDsl;
use domain::booking::{self, Policy, Status};
use domain::contact::Email;
use domain::id::{AllocationId, BookingId, CustomerId, ServiceId, StaffId};
use domain::rejection::Code;

use crate::TenantTx;
use crate::audit::By;
use crate::bookings::Booking;
use crate::customers;
use crate::error::{OnConstraint, Result};
use crate::schema::{allocations, bookings};

/// A booking as it was kept.
#[derive(Clone, Debug)]
pub struct Imported {
    pub service_id: ServiceId,
    pub staff_id: StaffId,
    pub starts_at: DateTime<Utc>,
    pub status: Status,
    pub name: String,
    pub email: Email,
    pub phone_e164: Option<String>,
    pub note: Option<String>,
    pub created_at: DateTime<Utc>,
    /// Makes the public code.
    pub random: u32,
}

/// Writes them all or none. One whose service is not there, or whose time is taken, is refused.
pub async fn bookings(tx: &TenantTx, imported: &[Imported], by: &By, now: DateTime<Utc>) -> Result<()> {
    let tenant = crate::tenants::find(tx).await?;
    let offers = crate::services::list(tx).await?;
    let people = meet(tx, imported, tenant.locale).await?;
    let mut rows = Vec::with_capacity(imported.len());
    let mut taken = Vec::with_capacity(imported.len());
    for one in imported {
        let offer = offers.iter().find(|offer| offer.service.id == one.service_id).ok_or(Code::NotFound)?;
        let service = &offer.service;
        let customer = people.get(&one.email.key).copied().ok_or(Code::NotFound)?;
        let is_cancelled = one.status == Status::Cancelled;
        let booking = Booking {
            tenant_id: tx.tenant(),
            id: BookingId::mint(one.created_at),
            public_code: booking::public_code(&tenant.code_prefix, one.random),
            status: one.status,
            service_id: service.id,
            staff_id: one.staff_id,
            room_id: None,
            group_session_id: None,
            series_id: None,
            visit_id: None,
            seats: 1,
            customer_id: customer,
            starts_at: one.starts_at,
            ends_at: one.starts_at + TimeDelta::minutes(i64::from(service.duration_minutes)),
            timezone: tenant.timezone,
            service_name: service.name.clone(),
            told_name: None,
            duration_minutes: service.duration_minutes,
            buffer_before_minutes: service.buffer_before_minutes + service.travel_minutes,
            buffer_after_minutes: service.buffer_after_minutes + service.travel_minutes,
            price_cents: service.price_cents,
            deposit_cents: booking::deposit_cents(service.price_cents, service.deposit_basis_points),
            currency: tenant.currency.clone(),
            contact_name: one.name.clone(),
            contact_email: one.email.address.clone(),
            contact_email_key: one.email.key.clone(),
            contact_phone: one.phone_e164.clone(),
            locale: tenant.locale,
            customer_timezone: None,
            notify_email: true,
            notify_sms: false,
            terms_accepted_at: Some(one.created_at),
            marketing_accepted_at: None,
            address: None,
            note: one.note.clone(),
            internal_note: None,
            assigned: None,
            answers: None,
            held_until: None,
            agreed_at: Some(one.created_at),
            deposit_paid_at: None,
            // Nobody agreed to one here.
            policy: Policy::FREE,
            fee_cents: 0,
            sequence: i32::from(is_cancelled),
            cancelled_at: is_cancelled.then_some(one.created_at),
            cancellation_reason: None,
            version: 1,
            created_at: one.created_at,
            updated_at: one.created_at,
            created_by: by.user(),
        };
        if !is_cancelled {
            let (starts_at, ends_at) = booking::taken(
                booking.starts_at,
                booking.ends_at,
                booking.buffer_before_minutes,
                booking.buffer_after_minutes,
            );
            taken.push((
                allocations::tenant_id.eq(tx.tenant()),
                allocations::id.eq(AllocationId::mint(now)),
                allocations::resource_id.eq(booking.staff_id),
                allocations::starts_at.eq(starts_at),
                allocations::ends_at.eq(ends_at),
                allocations::owner_kind.eq("booking"),
                allocations::owner_id.eq(booking.id),
                allocations::counted_at.eq(booking.starts_at),
            ));
        }
        rows.push((booking, bookings::customer_id.eq(customer)));
    }
    // All of the team: the times of any may be among them.
    crate::staff::raise_all_schedules(tx).await?;
    let ids: Vec<BookingId> = rows.iter().map(|(booking, _customer)| booking.id).collect();
    diesel::insert_into(bookings::table)
        .values(rows)
        .execute(&mut tx.conn())
        .await
        .on_constraint("bookings_public_code", Code::PublicCodeTaken)?;
    diesel::insert_into(allocations::table)
        .values(taken)
        .execute(&mut tx.conn())
        .await
        .on_constraint("allocations_no_overlap", Code::SlotUnavailable)?;
    let agreed = sql_query(AGREED).bind::<Uuid, _>(tx.tenant()).bind::<Array<Uuid>, _>(ids);
    agreed.execute(&mut tx.conn()).await?;
    Ok(())
}

/// Whoever booked has agreed to the terms.
const AGREED: &str = "\
INSERT INTO consents (tenant_id, id, customer_id, kind, is_given, source, subject_id, recorded_at)
SELECT tenant_id, id, customer_id, 'terms', true, 'booking', id, terms_accepted_at
FROM bookings WHERE tenant_id = $1 AND id = ANY ($2) AND terms_accepted_at IS NOT NULL";

/// Makes their addresses known; the customers by address.
async fn meet(
    tx: &TenantTx,
    imported: &[Imported],
    locale: domain::locale::Locale,
) -> Result<HashMap<String, CustomerId>> {
    let first: HashMap<&str, &Imported> =
        imported.iter().rev().map(|one| (one.email.key.as_str(), one)).collect();
    for one in first.values() {
        let phone = one.phone_e164.as_deref();
        customers::meet(tx, &one.name, &one.email, phone, locale, one.created_at).await?;
    }
    let keys: Vec<&str> = first.into_keys().collect();
    customers::of_addresses(tx, &keys).await
}
