//! Instants as people of a language tell them, always in the appointment's own zone.

use chrono::{DateTime, Offset, Utc};
use chrono_tz::Tz;
use icu_datetime::NoCalendarFormatter;
use icu_datetime::fieldsets::zone::ExemplarCity;
use icu_locale_core::locale;
use icu_time::zone::IanaParser;

use crate::{Locale, days};

thread_local! {
    static CITIES: [NoCalendarFormatter<ExemplarCity>; 2] = [locale!("fr"), locale!("en-GB")].map(|locale| {
        NoCalendarFormatter::try_new(locale.into(), ExemplarCity).expect("the data is compiled in")
    });
}

/// "mardi 24 novembre 2026", "Tuesday 24 November 2026".
pub(crate) fn date(lang: Locale, at: DateTime<Utc>, zone: Tz) -> String {
    days::date(lang, at.with_timezone(&zone).date_naive())
}

/// As [`date`], with a capital, to stand alone: "Mardi 24 novembre 2026".
pub(crate) fn day(lang: Locale, at: DateTime<Utc>, zone: Tz) -> String {
    days::capital(&date(lang, at, zone))
}

/// "10:15", on 24 hours.
pub(crate) fn time(_: Locale, at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%H:%M").to_string()
}

/// "10:15–11:00".
pub(crate) fn time_range(lang: Locale, from: DateTime<Utc>, to: DateTime<Utc>, zone: Tz) -> String {
    format!("{}–{}", time(lang, from, zone), time(lang, to, zone))
}

/// "mardi 24 novembre 2026 à 10:15", "Tuesday 24 November 2026 at 10:15".
pub(crate) fn datetime(lang: Locale, at: DateTime<Utc>, zone: Tz) -> String {
    let preposition = match lang {
        Locale::Fr => "à",
        Locale::En => "at",
    };
    format!("{} {preposition} {}", date(lang, at, zone), time(lang, at, zone))
}

/// "45 min", "1 h", "1 h 35 min": the same in both languages.
pub(crate) fn duration(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}\u{a0}min"),
        (hours, 0) => format!("{hours}\u{a0}h"),
        (hours, minutes) => format!("{hours}\u{a0}h {minutes}\u{a0}min"),
    }
}

/// "heure de Paris", "Paris time". A zone that is no city's is told by its distance from UTC at that time: "UTC−05:00".
pub(crate) fn zone(lang: Locale, at: DateTime<Utc>, zone: Tz) -> String {
    let name = zone.name();
    let has_city = name.contains('/') && !name.starts_with("Etc/") && !name.starts_with("SystemV/");
    let known = IanaParser::new().parse(name);
    if !has_city || known.is_unknown() {
        let offset = at.with_timezone(&zone).offset().fix().to_string();
        return if offset == "+00:00" {
            "UTC".to_owned()
        } else {
            format!("UTC{}", offset.replacen('-', "−", 1))
        };
    }
    let city = CITIES.with(|[fr, en]| {
        let city = known.without_offset();
        match lang {
            Locale::Fr => fr.format(&city).to_string(),
            Locale::En => en.format(&city).to_string(),
        }
    });
    match lang {
        Locale::Fr => format!("heure {}", of_city(&city)),
        Locale::En => format!("{city} time"),
    }
}

/// French contracts "de" with the city's first letters: d’Athènes, du Caire.
fn of_city(city: &str) -> String {
    if let Some(rest) = city.strip_prefix("Le ") {
        return format!("du {rest}");
    }
    let starts_with_vowel = city
        .to_lowercase()
        .starts_with(['a', 'à', 'â', 'å', 'e', 'é', 'è', 'ê', 'i', 'î', 'o', 'ô', 'ö', 'u', 'ù', 'û']);
    // An h is silent here, aspirated in Hanoï or Hong Kong.
    if starts_with_vowel || matches!(city, "Helsinki" | "Honolulu" | "Hermosillo") {
        format!("d’{city}")
    } else {
        format!("de {city}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn dates_are_written_as_their_readers_do() {
        let (at, paris) = (at("2026-11-24T09:15:00Z"), Tz::Europe__Paris);
        assert_eq!(datetime(Locale::Fr, at, paris), "mardi 24 novembre 2026 à 10:15");
        assert_eq!(datetime(Locale::En, at, paris), "Tuesday 24 November 2026 at 10:15");
        assert_eq!(day(Locale::Fr, at, paris), "Mardi 24 novembre 2026");
        assert_eq!(zone(Locale::Fr, at, paris), "heure de Paris");
        assert_eq!(zone(Locale::En, at, paris), "Paris time");
        assert_eq!(time_range(Locale::Fr, at, at + chrono::TimeDelta::minutes(45), paris), "10:15–11:00");
    }

    #[test]
    fn durations_are_told_in_hours_and_minutes() {
        for (minutes, text) in [(45, "45 min"), (60, "1 h"), (95, "1 h 35 min"), (480, "8 h")] {
            assert_eq!(duration(minutes).replace('\u{a0}', " "), text);
        }
    }

    #[test]
    fn the_day_is_the_one_of_the_appointments_zone() {
        let late = at("2026-12-31T23:30:00Z");
        assert_eq!(date(Locale::Fr, late, Tz::Europe__Paris), "vendredi 1er janvier 2027");
        assert_eq!(datetime(Locale::En, late, Tz::America__New_York), "Thursday 31 December 2026 at 18:30");
        // The night when clocks go back has 02:30 twice: both are said as the clock shows them.
        assert_eq!(time(Locale::Fr, at("2026-10-25T00:30:00Z"), Tz::Europe__Paris), "02:30");
        assert_eq!(time(Locale::Fr, at("2026-10-25T01:30:00Z"), Tz::Europe__Paris), "02:30");
    }

    #[test]
    fn each_zone_has_a_label_people_understand() {
        let at = at("2026-07-01T12:00:00Z");
        for (tz, fr, en) in [
            (Tz::Europe__Athens, "heure d’Athènes", "Athens time"),
            (Tz::Africa__Cairo, "heure du Caire", "Cairo time"),
            (Tz::Europe__London, "heure de Londres", "London time"),
            (Tz::America__New_York, "heure de New York", "New York time"),
            (Tz::Asia__Calcutta, "heure de Calcutta", "Kolkata time"),
            (Tz::Indian__Reunion, "heure de La Réunion", "Réunion time"),
            (Tz::UTC, "UTC", "UTC"),
            (Tz::Etc__GMTPlus5, "UTC−05:00", "UTC−05:00"),
        ] {
            assert_eq!(
                (zone(Locale::Fr, at, tz).as_str(), zone(Locale::En, at, tz).as_str()),
                (fr, en),
                "{tz}"
            );
        }
        for tz in chrono_tz::TZ_VARIANTS {
            for lang in Locale::ALL {
                let label = zone(lang, at, tz);
                assert!(
                    !label.contains('/') && !label.contains('_') && !label.contains("nknown"),
                    "{tz}: {label}"
                );
            }
        }
    }
}
