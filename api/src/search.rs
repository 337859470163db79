//! One question over bookings, customers and services.

use actix_web::HttpResponse;
use domain::id::ServiceId;
use domain::rejection::Fields;
use serde::{Deserialize, Serialize};
use store::search::Found;
use utoipa::{IntoParams, ToSchema};

use crate::bookings::MemberBookingView;
use crate::customers::CustomerView;
use crate::extract::{Caller, Query, Read};
use crate::problem::Result;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct SearchQuestion {
    /// Beginnings of words, or of a booking's code; at most 100 characters.
    q: String,
    /// Most of each kind, 1..=20; 8.
    limit: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub struct SearchAnswer {
    /// By code or customer, the latest first.
    bookings: Vec<MemberBookingView>,
    customers: Vec<CustomerView>,
    services: Vec<FoundService>,
}

#[derive(Serialize, ToSchema)]
pub struct FoundService {
    id: ServiceId,
    name: String,
    duration_minutes: i32,
    price_cents: i64,
}

pub async fn show(caller: Caller<Read>, Query(question): Query<SearchQuestion>) -> Result<HttpResponse> {
    let limit = question.limit.unwrap_or(8);
    let mut fields = Fields::default();
    fields.range("?limit", limit, 1, 20);
    if question.q.chars().nth(100).is_some() {
        fields.add("?q", "TOO_LONG", "must have at most 100 characters");
    }
    fields.finish()?;
    let found: store::Result<_> = caller
        .tenant
        .read(async |tx| {
            let Found { bookings, customers, services } =
                store::search::search(tx, &question.q, limit).await?;
            Ok((bookings, store::customers::known(tx, customers).await?, services))
        })
        .await;
    let (bookings, customers, services) = found?;
    let booking = |one| caller.view(one);
    let service = |service: store::services::Service| FoundService {
        id: service.id,
        name: service.name,
        duration_minutes: service.duration_minutes,
        price_cents: service.price_cents,
    };
    Ok(HttpResponse::Ok().json(SearchAnswer {
        bookings: bookings.into_iter().map(booking).collect(),
        customers: customers.into_iter().map(CustomerView::from).collect(),
        services: services.into_iter().map(service).collect(),
    }))
}
