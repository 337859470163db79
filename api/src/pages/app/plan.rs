//! The plan: how much of it is used, and what it has.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, Utc};
use domain::plan::{self, Feature, Limit, Plan};
use serde::Serialize;

use crate::extract::{PageMember, Read};
use crate::pages::{Reader, render};
use crate::tenant::used;

#[derive(Serialize)]
struct PlanPage {
    current: &'static str,
    plan: &'static str,
    limits: Vec<Usage>,
    resets_at: Option<DateTime<Utc>>,
    timezone: &'static str,
    plans: Vec<Column>,
    rows: Vec<FeatureRow>,
}

#[derive(Serialize)]
struct Usage {
    limit: &'static str,
    used: i64,
    /// None: as many as one likes.
    max: Option<i64>,
}

#[derive(Serialize)]
struct Column {
    plan: &'static str,
    price_cents: i64,
    is_current: bool,
    limits: Vec<Included>,
}

#[derive(Serialize)]
struct Included {
    limit: &'static str,
    max: Option<i64>,
}

#[derive(Serialize)]
struct FeatureRow {
    feature: &'static str,
    /// By plan, as the columns.
    is_in: Vec<bool>,
}

/// Those that are counted and worth a bar.
const COUNTED: [Limit; 4] =
    [Limit::BookingsPerMonth, Limit::SmsPerMonth, Limit::Members, Limit::StorageBytes];

pub async fn show(reader: Reader, member: PageMember<Read>) -> HttpResponse {
    reader
        .answer(async {
            let (frame, tenant) = member.frame(&reader).await?;
            let month = plan::month_of(member.now, tenant.timezone);
            let used = used(&member.state, &member.tenant, month, member.now).await?;
            let usage = |limit: Limit| Usage {
                limit: limit.name(),
                used: used(limit),
                max: tenant.plan.allowance(limit),
            };
            let column = |plan: Plan| Column {
                plan: plan.name(),
                price_cents: plan.price_cents(),
                is_current: plan == tenant.plan,
                limits: COUNTED
                    .map(|limit| Included { limit: limit.name(), max: plan.allowance(limit) })
                    .into_iter()
                    .collect(),
            };
            let row = |feature: Feature| FeatureRow {
                feature: feature.name(),
                is_in: Plan::ALL.map(|plan| plan.has(feature)).to_vec(),
            };
            let content = PlanPage {
                current: "plan",
                plan: tenant.plan.name(),
                limits: COUNTED.map(usage).into_iter().collect(),
                resets_at: plan::month_resets_at(month, tenant.timezone),
                timezone: tenant.timezone.name(),
                plans: Plan::ALL.map(column).into_iter().collect(),
                rows: Feature::ALL.map(row).into_iter().collect(),
            };
            render(&member.state, &frame, StatusCode::OK, "app/plan", &content)
        })
        .await
}
