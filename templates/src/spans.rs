//! How long something took or waits, and how many there are, as people of a language write it.

use icu_decimal::input::Decimal;

use crate::{Locale, numbers};

/// A span of milliseconds in one or two units, roughly: "850 ms", "3.2 s", "42 s", "4 min 10 s", "2 h 5 min", "3 d 4 h".
/// A negative one counts as none.
pub fn span(lang: Locale, ms: i64) -> String {
    let ms = ms.max(0);
    let (seconds, minutes, hours) = (ms / 1_000, ms / 60_000, ms / 3_600_000);
    let day = match lang {
        Locale::Fr => "j",
        Locale::En => "d",
    };
    let two = |(many, unit): (i64, &str), (few, other): (i64, &str)| {
        let first = format!("{}\u{a0}{unit}", count(lang, many));
        if few == 0 { first } else { format!("{first} {few}\u{a0}{other}") }
    };
    match ms {
        ..1_000 => format!("{ms}\u{a0}ms"),
        1_000..10_000 => {
            let mut tenths = Decimal::from(ms / 100);
            tenths.multiply_pow10(-1);
            tenths.trim_end();
            format!("{}\u{a0}s", numbers::number(lang, &tenths))
        }
        10_000..60_000 => format!("{seconds}\u{a0}s"),
        60_000..600_000 => two((minutes, "min"), (seconds % 60, "s")),
        600_000..3_600_000 => format!("{minutes}\u{a0}min"),
        3_600_000..172_800_000 => two((hours, "h"), (minutes % 60, "min")),
        _ => two((hours / 24, day), (hours % 24, "h")),
    }
}

/// A count, grouped by three.
pub fn count(lang: Locale, value: i64) -> String {
    numbers::number(lang, &Decimal::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_at_most_two_units() {
        for (ms, fr, en) in [
            (-5, "0 ms", "0 ms"),
            (999, "999 ms", "999 ms"),
            (1_000, "1 s", "1 s"),
            (3_249, "3,2 s", "3.2 s"),
            (59_999, "59 s", "59 s"),
            (60_000, "1 min", "1 min"),
            (250_000, "4 min 10 s", "4 min 10 s"),
            (750_000, "12 min", "12 min"),
            (7_500_000, "2 h 5 min", "2 h 5 min"),
            (273_600_000, "3 j 4 h", "3 d 4 h"),
        ] {
            assert_eq!(span(Locale::Fr, ms).replace('\u{a0}', " "), fr);
            assert_eq!(span(Locale::En, ms).replace('\u{a0}', " "), en);
        }
        assert_eq!(count(Locale::En, 1_234_567), "1,234,567");
    }
}
