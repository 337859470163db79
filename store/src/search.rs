//! One question over bookings, customers and services.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::customer;

use crate::TenantTx;
use crate::bookings::{self, Appointment};
use crate::customers::{self, Customer};
use crate::error::Result;
use crate::schema::services;
use crate::services::Service;

/// What was found, at most so many of each as were asked for.
#[derive(Debug, Default)]
pub struct Found {
    /// The latest first.
    pub bookings: Vec<Appointment>,
    pub customers: Vec<Customer>,
    pub services: Vec<Service>,
}

/// Finds what begins with the words of `typed`: bookings by code or customer, customers, services by name.
pub async fn search(tx: &TenantTx, typed: &str, limit: i64) -> Result<Found> {
    let words = customer::wanted(typed);
    let code = domain::booking::beginning_of_code(typed);
    if words.is_empty() && code.is_none() {
        return Ok(Found::default());
    }
    let filter = customers::Filter { words: words.clone(), ..customers::Filter::default() };
    Ok(Found {
        bookings: bookings::search(tx, &words, code.as_deref(), limit).await?,
        customers: if words.is_empty() { Vec::new() } else { customers::list(tx, &filter, limit).await? },
        services: services_of(tx, &words, limit).await?,
    })
}

/// A tenant has few: they are read whole.
async fn services_of(tx: &TenantTx, words: &[String], limit: i64) -> Result<Vec<Service>> {
    let all: Vec<Service> = services::table
        .filter(services::tenant_id.eq(tx.tenant()))
        .filter(services::archived_at.is_null())
        .order((services::position, services::id))
        .select(Service::as_select())
        .load(&mut tx.conn())
        .await?;
    let has = |service: &Service| {
        let own = domain::text::words(&service.name);
        !words.is_empty() && words.iter().all(|word| own.iter().any(|term| term.starts_with(word.as_str())))
    };
    Ok(all.into_iter().filter(has).take(usize::try_from(limit).unwrap_or(0)).collect())
}
