//! Several services in one visit: what was chosen, and what can be added or taken away.

use domain::booking::{Next, Then};
use serde::Serialize;
use store::availability::Wish;

use super::{Chosen, time_url};

/// What was chosen.
#[derive(Serialize)]
pub(super) struct Basket {
    chosen: Vec<Item>,
    /// What can be done right after it.
    more: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    name: String,
    duration_minutes: i32,
    price_cents: i64,
    currency: String,
    /// Adds it, or takes it away; none: it is all there is.
    url: Option<String>,
}

impl Basket {
    pub(super) fn new(chosen: &Chosen, wish: Wish) -> Self {
        let first = Next { service_id: wish.service_id, staff_id: wish.staff_id };
        let all: Vec<Next> = std::iter::once(first).chain(wish.then.iter()).collect();
        let url = |services: Vec<Next>| {
            let mut services = services.into_iter();
            let first = services.next()?;
            let then = Then::new(services).ok()?;
            let wish = Wish::for_service(first.service_id).with_any(first.staff_id).followed_by(then);
            Some(time_url(&chosen.base, wish, None, None))
        };
        let item = |line: &super::Line, url| Item {
            name: line.name.clone(),
            duration_minutes: line.duration_minutes,
            price_cents: line.price_cents,
            currency: line.currency.clone(),
            url,
        };
        let without = |place: usize| {
            let rest = all.iter().enumerate().filter(|(at, _)| *at != place).map(|(_, next)| *next);
            url(rest.collect())
        };
        // Seats are of sessions, which have their own time.
        let is_single = chosen.line.capacity <= 1;
        let is_new = |line: &&super::Line| {
            line.capacity <= 1
                && line.location == chosen.line.location
                && all.iter().all(|next| next.service_id != line.id)
        };
        let more = chosen.services.iter().filter(is_new).filter(|_| is_single && !wish.then.is_full());
        Self {
            more: more
                .map(|line| {
                    let staff_id = wish.staff_id.filter(|id| line.is_done_by(*id));
                    let next = Next { service_id: line.id, staff_id };
                    item(line, url(all.iter().copied().chain([next]).collect()))
                })
                .collect(),
            chosen: chosen.lines.iter().enumerate().map(|(at, line)| item(line, without(at))).collect(),
        }
    }
}
