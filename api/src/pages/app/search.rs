//! One question over bookings, customers and services, as a page and within the dialog of Ctrl K.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use domain::id::{CustomerId, ServiceId};
use serde::{Deserialize, Serialize};
use store::search::Found;

use super::bookings::Sheet;
use crate::extract::{PageMember, Query, Read};
use crate::pages::{Reader, render};
use crate::problem::Result;

/// Most of each kind.
const MOST: i64 = 8;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Question {
    q: String,
}

#[derive(Serialize)]
struct Content {
    current: &'static str,
    q: String,
    bookings: Vec<Sheet>,
    customers: Vec<FoundCustomer>,
    services: Vec<FoundService>,
    is_empty: bool,
}

#[derive(Serialize)]
struct FoundCustomer {
    id: CustomerId,
    name: String,
    email: String,
    phone: Option<String>,
}

#[derive(Serialize)]
struct FoundService {
    id: ServiceId,
    name: String,
    duration_minutes: i32,
    price_minor: i64,
    currency: String,
}

pub async fn show(
    reader: Reader,
    member: PageMember<Read>,
    question: Result<Query<Question>>,
) -> HttpResponse {
    reader
        .answer(async {
            let Query(question) = question?;
            let q: String = question.q.chars().take(100).collect();
            let (frame, tenant) = member.frame(&reader).await?;
            let found = member.tenant.read(async |tx| store::search::search(tx, &q, MOST).await).await?;
            let Found { bookings, customers, services } = found;
            let currency = &tenant.currency;
            let content = Content {
                current: "search",
                is_empty: bookings.is_empty() && customers.is_empty() && services.is_empty(),
                q,
                bookings: bookings.into_iter().map(|one| Sheet::new(&member, one, String::new())).collect(),
                customers: customers
                    .into_iter()
                    .map(|one| FoundCustomer {
                        id: one.id,
                        name: one.name,
                        email: one.email,
                        phone: one.phone_e164,
                    })
                    .collect(),
                services: services
                    .into_iter()
                    .map(|one| FoundService {
                        id: one.id,
                        name: one.name,
                        duration_minutes: one.duration_minutes,
                        price_minor: one.price_cents,
                        currency: currency.clone(),
                    })
                    .collect(),
            };
            render(&member.state, &frame, StatusCode::OK, "app/search", &content)
        })
        .await
}
