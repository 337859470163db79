//! What the slot engine costs, for `make bench`: thirty days of a team of fifty, by how many bookings each has. No I/O: the
//! figures are the engine's alone. One line of JSON for each size; times in milliseconds, of a hundred runs.
#![expect(
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::unwrap_used,
    reason = "a tool for figures, not a part of the product"
)]

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::hours::{Calendar, Hours, MinuteRange, Weekday, WeeklyRange};
use domain::id::StaffId;
use domain::slots::{Agenda, Demand, SlotRules};
use domain::wall_clock::Interval;
use std::hint::black_box;
use std::time::{Duration, Instant};

const STAFF: u128 = 50;
const DAYS: i64 = 30;
const RUNS: usize = 100;

fn main() {
    let start: DateTime<Utc> = "2030-03-04T00:00:00Z".parse().unwrap();
    let window = Interval::new(start, start + TimeDelta::days(DAYS));
    let hours = week();
    let rules = SlotRules {
        duration_minutes: 30,
        buffer_before_minutes: 0,
        buffer_after_minutes: 5,
        step_minutes: 15,
        min_notice_minutes: 60,
        horizon_days: 90,
    };
    let demand = Demand::from(rules);
    for bookings in [0, 125, 250, 500, 1_000, 2_000] {
        let busy: Vec<Vec<Interval>> = (0..STAFF).map(|member| booked(member, bookings, window)).collect();
        let calendar = Calendar { hours: &hours, closures: &[] };
        let team: Vec<Agenda<'_>> = (1..)
            .zip(&busy)
            .map(|(number, busy)| Agenda {
                staff: StaffId(uuid::Uuid::from_u128(number)),
                calendar,
                busy,
                max_daily_bookings: None,
                booking_starts: &[],
                sessions: &[],
            })
            .collect();
        let listed = demand.slots(&team, window, start).len();
        let list = middle(|| demand.slots(&team, window, start).len());
        let count =
            middle(|| demand.count_by_date(&team, Tz::Europe__Paris, start.date_naive(), 30, start).len());
        println!(
            "{{\"bookings_each\":{bookings},\"slots\":{listed},\"slots_ms\":{list:.3},\"days_ms\":{count:.3}}}"
        );
    }
}

/// Monday to Saturday, with a pause.
fn week() -> Hours {
    let weekly = |start: i32, end: i32| -> Vec<WeeklyRange> {
        let range = MinuteRange::new(start, end).unwrap();
        Weekday::all().take(6).map(|weekday| WeeklyRange { weekday, range }).collect()
    };
    Hours::new(Tz::Europe__Paris, weekly(8 * 60, 20 * 60), weekly(12 * 60, 13 * 60), Vec::new())
}

/// So many bookings of ten minutes, spread evenly, each member's a little later than the last one's.
fn booked(member: u128, count: i32, window: Interval) -> Vec<Interval> {
    let step = (window.end - window.start) / count.max(1);
    let shift = TimeDelta::minutes(i64::try_from(member % 15).unwrap());
    let start = |n: i32| window.start + step * n + shift;
    (0..count).map(|n| Interval::new(start(n), start(n) + TimeDelta::minutes(10))).collect()
}

/// Milliseconds, the median of all runs.
fn middle(run: impl Fn() -> usize) -> f64 {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let began = Instant::now();
            black_box(run());
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    times.get(RUNS / 2).unwrap().as_secs_f64() * 1_000.0
}
