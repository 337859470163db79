//! When customers are reminded: on the eve, in the evening of the tenant's own clock.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::wall_clock::{date_of, start_instant};

/// Minutes from midnight: 18:00.
const EVENING: u16 = 18 * 60;
/// Who booked so shortly before has just been told.
pub const JUST_BOOKED: TimeDelta = TimeDelta::hours(2);

/// The dates whose 18:00 in `zone` came after `since` and not after `until`. 18:00 stays 18:00 over changes of the clock;
/// where it comes twice the first counts, where it is left out the time it moves to, and a date that the zone skips has
/// none. Consecutive intervals give each date once.
pub fn evenings(zone: Tz, since: DateTime<Utc>, until: DateTime<Utc>) -> Vec<NaiveDate> {
    let (Some(first), Some(last)) = (date_of(zone, since), date_of(zone, until)) else { return Vec::new() };
    let came = |date: &NaiveDate| {
        start_instant(zone, *date, EVENING).is_some_and(|evening| since < evening && evening <= until)
    };
    first.iter_days().take_while(|date| *date <= last).filter(came).collect()
}

/// The date that is reminded of in the evening of `date`.
pub fn reminded_in_the_evening_of(date: NaiveDate) -> Option<NaiveDate> {
    date.checked_add_days(Days::new(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Timelike;

    /// A year of ticks, a quarter of an hour apart, as the schedule makes them.
    #[test]
    fn each_day_of_a_year_has_one_evening_at_18_00_on_the_wall() {
        // Changes of an hour and of half an hour, on both sides of the equator, none, and odd offsets.
        for zone in [
            Tz::Europe__Paris,
            Tz::America__New_York,
            Tz::Australia__Lord_Howe,
            Tz::America__Santiago,
            Tz::Africa__Casablanca,
            Tz::Asia__Kathmandu,
            Tz::Pacific__Chatham,
            Tz::Pacific__Apia,
            Tz::UTC,
        ] {
            let start: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
            let mut dates = Vec::new();
            for n in 0..365 * 96 {
                let until = start + TimeDelta::minutes(15 * (n + 1));
                for date in evenings(zone, until - TimeDelta::minutes(15), until) {
                    let local = until.with_timezone(&zone);
                    assert_eq!((local.date_naive(), local.hour(), local.minute()), (date, 18, 0), "{zone}");
                    dates.push(date);
                }
            }
            assert_eq!(dates.len(), 365, "{zone}");
            assert!(dates.windows(2).all(|pair| pair[0].succ_opt() == Some(pair[1])), "{zone}");
        }
    }

    #[test]
    fn an_outage_leaves_no_evening_out() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let dates = evenings(Tz::Europe__Paris, at("2026-03-27T17:00:00Z"), at("2026-03-29T16:00:00Z"));
        // The clock changed in the night of the 29th: its evening is an hour earlier by UTC.
        assert_eq!(dates, ["2026-03-28".parse().unwrap(), "2026-03-29".parse::<NaiveDate>().unwrap()]);
        assert!(
            evenings(Tz::Europe__Paris, at("2026-03-27T17:00:00Z"), at("2026-03-28T16:59:59Z")).is_empty()
        );
    }
}
