//! Harmony's own front page: what it is, for whom, and what it costs.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use domain::plan::{Feature, Limit, Plan};
use serde::Serialize;

use super::head::Head;
use crate::pages::{Reader, render};

#[derive(Serialize)]
struct Welcome {
    head: Head,
    plans: Vec<PlanCard>,
}

/// A plan as it is sold.
#[derive(Serialize)]
struct PlanCard {
    name: &'static str,
    price_cents: i64,
    /// None: as many as one likes.
    bookings: Option<i64>,
    members: Option<i64>,
    /// Names of what it has.
    features: Vec<&'static str>,
    is_advised: bool,
}

/// What is told of a plan, of all that plans have: what can be used today.
const TOLD: [Feature; 2] = [Feature::Email, Feature::PublicApi];

impl From<Plan> for PlanCard {
    fn from(plan: Plan) -> Self {
        Self {
            name: plan.name(),
            price_cents: plan.price_cents(),
            bookings: plan.allowance(Limit::BookingsPerMonth),
            members: plan.allowance(Limit::Members),
            features: TOLD.into_iter().filter(|feature| plan.has(*feature)).map(Feature::name).collect(),
            is_advised: plan == Plan::Pro,
        }
    }
}

pub async fn show(reader: Reader) -> HttpResponse {
    let frame = reader.frame(reader.lang());
    let content = Welcome {
        head: Head::of(&frame.origin, "/"),
        plans: Plan::ALL.into_iter().map(PlanCard::from).collect(),
    };
    reader.answer(async { render(&reader.state, &frame, StatusCode::OK, "public/welcome", &content) }).await
}
