//! What is done right after a service, in the same visit: as it is asked for and as it is told.

use chrono::{DateTime, Utc};
use domain::booking::{Next, NextDraft, Then};
use domain::id::{BookingId, ServiceId, StaffId};
use domain::intake::{AllGiven, Given};
use domain::rejection::Rejection;
use serde::{Deserialize, Serialize};
use store::bookings::VisitService;
use utoipa::ToSchema;

use super::view::{BookedService, BookedStaff};
use crate::problem::Result;

/// A service that follows another without a pause.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NextService {
    service_id: ServiceId,
    /// Without it whoever does the one before, else anybody who is free.
    staff_id: Option<StaffId>,
    /// As of the first service.
    #[schema(value_type = Option<std::collections::HashMap<String, Given>>)]
    answers: Option<AllGiven>,
}

/// As the operation takes them.
pub(super) fn drafts(then: Option<&Vec<NextService>>) -> Vec<NextDraft> {
    let draft = |one: &NextService| NextDraft {
        next: Next { service_id: one.service_id, staff_id: one.staff_id },
        answers: one.answers.clone().unwrap_or_default(),
    };
    then.into_iter().flatten().map(draft).collect()
}

/// What follows, as an address says it: `service,service:staff`.
pub(crate) fn asked(then: Option<&str>) -> Result<Then, Rejection> {
    then.unwrap_or_default().parse::<Then>().map_err(|why| why.at("?then"))
}

/// One of the services of a visit.
#[derive(Serialize, ToSchema)]
pub(super) struct VisitServiceView {
    booking_id: BookingId,
    service: BookedService,
    staff: BookedStaff,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    price_cents: i64,
}

impl From<VisitService> for VisitServiceView {
    fn from(service: VisitService) -> Self {
        Self {
            booking_id: service.booking_id,
            service: BookedService {
                id: service.service_id,
                name: service.service_name,
                duration_minutes: i32::try_from((service.ends_at - service.starts_at).num_minutes())
                    .unwrap_or(i32::MAX),
            },
            staff: BookedStaff { id: service.staff_id, name: service.staff_name },
            start: service.starts_at,
            end: service.ends_at,
            price_cents: service.price_cents,
        }
    }
}
