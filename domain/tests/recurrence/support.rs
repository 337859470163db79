//! Series and windows in few words.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use domain::recurrence::{Rule, Series};
use domain::wall_clock::Interval;

pub(crate) fn wall(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
}

pub(crate) fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(crate) fn rule(text: &str) -> Rule {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub(crate) fn series(start: &str, zone: Tz, text: &str) -> Series {
    Series::once(wall(start), zone).by(rule(text))
}

pub(crate) fn window(from: &str, to: &str) -> Interval {
    Interval::new(instant(from), instant(to))
}

/// The wall times of a series in the years that it is asked for.
pub(crate) fn walls(series: &Series, within: Interval) -> Vec<String> {
    let found = series.occurrences(within, 10_000).unwrap();
    found.iter().map(|one| one.wall.format("%Y-%m-%d %H:%M").to_string()).collect()
}
