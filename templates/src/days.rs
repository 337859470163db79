//! Dates as people of a language write them: days, months, weekdays, ranges.

use chrono::{Datelike, NaiveDate};
use icu_calendar::types::Weekday;
use icu_calendar::{Date, Gregorian};
use icu_datetime::FixedCalendarDateTimeFormatter as Formatter;
use icu_datetime::fieldsets::{E, MD, MDE, YM, YMD, YMDE};
use icu_locale_core::locale;

use crate::Locale;

struct Formats {
    long: Formatter<Gregorian, YMDE>,
    without_weekday: Formatter<Gregorian, YMD>,
    without_year: Formatter<Gregorian, MD>,
    short: Formatter<Gregorian, MDE>,
    month: Formatter<Gregorian, YM>,
    weekdays: [Formatter<Gregorian, E>; 2],
}

/// How much of a weekday's name is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    /// "mardi", "Tuesday"
    Long,
    /// "mar.", "Tue"
    Short,
    /// "M", "T"
    Narrow,
}

thread_local! {
    // British English: dates are written for readers in Europe.
    static FORMATS: [Formats; 2] = [locale!("fr"), locale!("en-GB")].map(|locale| {
        const DATA: &str = "the data is compiled in";
        Formats {
            long: Formatter::try_new((&locale).into(), YMDE::long()).expect(DATA),
            without_weekday: Formatter::try_new((&locale).into(), YMD::long()).expect(DATA),
            without_year: Formatter::try_new((&locale).into(), MD::long()).expect(DATA),
            short: Formatter::try_new((&locale).into(), MDE::medium()).expect(DATA),
            month: Formatter::try_new((&locale).into(), YM::long()).expect(DATA),
            weekdays: [E::long(), E::medium()]
                .map(|fields| Formatter::try_new((&locale).into(), fields).expect(DATA)),
        }
    });
}

fn with_formats<T>(lang: Locale, format: impl FnOnce(&Formats) -> T) -> T {
    FORMATS.with(|[fr, en]| match lang {
        Locale::Fr => format(fr),
        Locale::En => format(en),
    })
}

/// A date beyond the years that the calendar of the formats knows is written as in ISO 8601.
fn written(
    lang: Locale,
    date: NaiveDate,
    format: impl FnOnce(&Formats, &Date<Gregorian>) -> String,
) -> String {
    let (Ok(month), Ok(day)) = (u8::try_from(date.month()), u8::try_from(date.day())) else {
        return date.to_string();
    };
    let Ok(gregorian) = Date::try_new_gregorian(date.year(), month, day) else {
        return date.to_string();
    };
    let text = with_formats(lang, |formats| format(formats, &gregorian));
    match lang {
        // French has an ordinal for the first of a month only.
        Locale::Fr if day == 1 => first_as_ordinal(&text),
        Locale::Fr => text,
        Locale::En => text.replacen(',', "", 1),
    }
}

fn first_as_ordinal(text: &str) -> String {
    match text.strip_prefix("1 ") {
        Some(rest) => format!("1er {rest}"),
        None => text.replacen(" 1 ", " 1er ", 1),
    }
}

/// "mardi 24 novembre 2026", "Tuesday 24 November 2026".
pub(crate) fn date(lang: Locale, date: NaiveDate) -> String {
    written(lang, date, |formats, date| formats.long.format(date).to_string())
}

/// "mar. 24 nov.", "Tue 24 Nov".
pub(crate) fn short_date(lang: Locale, date: NaiveDate) -> String {
    written(lang, date, |formats, date| formats.short.format(date).to_string())
}

/// "novembre 2026", "November 2026".
pub(crate) fn month(lang: Locale, date: NaiveDate) -> String {
    let Some(first) = date.with_day(2) else { return date.to_string() };
    written(lang, first, |formats, date| formats.month.format(date).to_string())
}

/// "novembre – décembre 2026", "December 2026 – January 2027"; within one month its name alone.
pub(crate) fn month_range(lang: Locale, first: NaiveDate, last: NaiveDate) -> String {
    let (from, to) = (month(lang, first), month(lang, last));
    if from == to {
        return to;
    }
    let year = format!(" {}", first.year());
    let name = from.strip_suffix(&year).filter(|_| first.year() == last.year());
    format!("{} – {to}", name.unwrap_or(&from))
}

/// The name of the weekday on which a date falls.
pub(crate) fn weekday(lang: Locale, date: NaiveDate, width: Width) -> String {
    let weekday = Weekday::from_days_since_sunday(
        isize::try_from(date.weekday().num_days_from_sunday()).unwrap_or_default(),
    );
    with_formats(lang, |Formats { weekdays: [long, short], .. }| match width {
        Width::Long => long.format(&weekday).to_string(),
        Width::Short => short.format(&weekday).to_string(),
        // Neither language has two letters for a sound here, so the first stands for the name.
        Width::Narrow => capital(&long.format(&weekday).to_string()).chars().take(1).collect(),
    })
}

/// "hier", "aujourd’hui", "demain"; of other days as [`short_date`].
pub(crate) fn relative_day(lang: Locale, date: NaiveDate, today: NaiveDate) -> String {
    let words = match lang {
        Locale::Fr => ["hier", "aujourd’hui", "demain"],
        Locale::En => ["yesterday", "today", "tomorrow"],
    };
    let [yesterday, same, tomorrow] = words;
    match date.signed_duration_since(today).num_days() {
        -1 => yesterday.to_owned(),
        0 => same.to_owned(),
        1 => tomorrow.to_owned(),
        _ => short_date(lang, date),
    }
}

/// From the first to the last of some days: "du 24 au 26 décembre 2026", "24–26 December 2026". What both have in
/// common is said once.
pub(crate) fn day_range(lang: Locale, first: NaiveDate, last: NaiveDate) -> String {
    let whole = |date| written(lang, date, |formats, date| formats.without_weekday.format(date).to_string());
    if first == last {
        return whole(last);
    }
    let is_same_month = (first.year(), first.month()) == (last.year(), last.month());
    let start = if is_same_month {
        match lang {
            Locale::Fr if first.day() == 1 => "1er".to_owned(),
            _ => first.day().to_string(),
        }
    } else if first.year() == last.year() {
        written(lang, first, |formats, date| formats.without_year.format(date).to_string())
    } else {
        whole(first)
    };
    match lang {
        Locale::Fr => format!("du {start} au {}", whole(last)),
        Locale::En if is_same_month => format!("{start}–{}", whole(last)),
        Locale::En => format!("{start} – {}", whole(last)),
    }
}

/// With a capital, to stand alone.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn dates_are_short_where_room_is() {
        assert_eq!(short_date(Locale::Fr, on("2026-11-24")), "mar. 24 nov.");
        assert_eq!(short_date(Locale::En, on("2026-11-24")), "Tue 24 Nov");
        assert_eq!(short_date(Locale::Fr, on("2026-05-01")), "ven. 1er mai");
        assert_eq!(date(Locale::Fr, on("2027-01-01")), "vendredi 1er janvier 2027");
        assert_eq!(date(Locale::En, on("2027-01-01")), "Friday 1 January 2027");
    }

    #[test]
    fn months_have_their_year_and_weekdays_three_widths() {
        assert_eq!(month(Locale::Fr, on("2026-08-01")), "août 2026");
        assert_eq!(month(Locale::En, on("2026-11-30")), "November 2026");
        assert_eq!(capital("août 2026"), "Août 2026");
        for (first, last, fr, en) in [
            ("2026-11-02", "2026-11-30", "novembre 2026", "November 2026"),
            ("2026-11-23", "2026-12-27", "novembre – décembre 2026", "November – December 2026"),
            ("2026-12-07", "2027-01-10", "décembre 2026 – janvier 2027", "December 2026 – January 2027"),
        ] {
            assert_eq!(month_range(Locale::Fr, on(first), on(last)), fr);
            assert_eq!(month_range(Locale::En, on(first), on(last)), en);
        }
        let monday = on("2026-11-23");
        for (lang, width, names) in [
            (
                Locale::Fr,
                Width::Long,
                ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
            ),
            (
                Locale::En,
                Width::Long,
                ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
            ),
            (Locale::Fr, Width::Short, ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."]),
            (Locale::En, Width::Short, ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]),
            (Locale::Fr, Width::Narrow, ["L", "M", "M", "J", "V", "S", "D"]),
            (Locale::En, Width::Narrow, ["M", "T", "W", "T", "F", "S", "S"]),
        ] {
            let week = monday.iter_days().map(|day| weekday(lang, day, width));
            assert_eq!(week.take(7).collect::<Vec<_>>(), names);
        }
    }

    #[test]
    fn near_days_have_names() {
        let today = on("2026-12-31");
        for (day, fr, en) in [
            ("2026-12-30", "hier", "yesterday"),
            ("2026-12-31", "aujourd’hui", "today"),
            ("2027-01-01", "demain", "tomorrow"),
            ("2027-01-02", "sam. 2 janv.", "Sat 2 Jan"),
        ] {
            assert_eq!(relative_day(Locale::Fr, on(day), today), fr);
            assert_eq!(relative_day(Locale::En, on(day), today), en);
        }
    }

    #[test]
    fn a_range_says_once_what_its_ends_share() {
        for (first, last, fr, en) in [
            ("2026-12-24", "2026-12-24", "24 décembre 2026", "24 December 2026"),
            ("2026-12-24", "2026-12-26", "du 24 au 26 décembre 2026", "24–26 December 2026"),
            ("2026-12-01", "2026-12-02", "du 1er au 2 décembre 2026", "1–2 December 2026"),
            (
                "2026-11-30",
                "2026-12-01",
                "du 30 novembre au 1er décembre 2026",
                "30 November – 1 December 2026",
            ),
            (
                "2026-12-01",
                "2027-01-01",
                "du 1er décembre 2026 au 1er janvier 2027",
                "1 December 2026 – 1 January 2027",
            ),
        ] {
            assert_eq!(day_range(Locale::Fr, on(first), on(last)), fr);
            assert_eq!(day_range(Locale::En, on(first), on(last)), en);
        }
    }

    #[test]
    fn a_date_beyond_the_calendar_is_still_written() {
        for lang in Locale::ALL {
            assert!(!date(lang, NaiveDate::MAX).is_empty());
            assert!(!month(lang, NaiveDate::MIN).is_empty());
        }
    }
}
