//! Numbers as people of a language write them.

use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_locale_core::locale;

use crate::Locale;

thread_local! {
    static FORMATS: [DecimalFormatter; 2] = [locale!("fr"), locale!("en-GB")].map(|locale| {
        DecimalFormatter::try_new(locale.into(), icu_decimal::options::DecimalFormatterOptions::default())
            .expect("the data is compiled in")
    });
}

/// "1 234,5", "1,234.5": as many decimals as it has.
pub(crate) fn number(lang: Locale, value: &Decimal) -> String {
    let text = FORMATS.with(|[fr, en]| match lang {
        Locale::Fr => fr.format(value).to_string(),
        Locale::En => en.format(value).to_string(),
    });
    // A minus is as wide as a plus; the data has a hyphen.
    text.replacen('-', "−", 1)
}

/// `value` of a hundred: "25 %", "25%".
pub(crate) fn percent(lang: Locale, value: &Decimal) -> String {
    let number = number(lang, value);
    match lang {
        Locale::Fr => format!("{number}\u{202f}%"),
        Locale::En => format!("{number}%"),
    }
}

/// Bytes in the unit that leaves the fewest digits, by powers of a thousand: "3,2 Mo", "3.2 MB".
pub(crate) fn bytes(lang: Locale, count: i64) -> String {
    let units = match lang {
        Locale::Fr => ["octets", "ko", "Mo", "Go", "To"],
        Locale::En => ["bytes", "kB", "MB", "GB", "TB"],
    };
    let size = count.unsigned_abs();
    let (mut unit, mut scale) = (0_usize, 1_u64);
    // Rounded before it is judged: 999 960 bytes are 1 MB and not 1000 kB.
    while unit < 4 && rounded(size, scale) >= 1_000 {
        unit += 1;
        scale *= 1_000;
    }
    // Three digits are enough.
    let tenths = rounded(size.saturating_mul(10), scale);
    let mut value = if tenths < 1_000 { Decimal::from(tenths) } else { Decimal::from(rounded(size, scale)) };
    if tenths < 1_000 {
        value.multiply_pow10(-1);
        value.trim_end();
    }
    format!("{}\u{a0}{}", number(lang, &value), units.get(unit).unwrap_or(&""))
}

fn rounded(value: u64, scale: u64) -> u64 {
    value / scale + u64::from(scale > 1 && value % scale >= scale / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        for (value, fr, en) in [
            ("0", "0", "0"),
            ("999", "999", "999"),
            ("1234567", "1\u{202f}234\u{202f}567", "1,234,567"),
            ("1234.50", "1\u{202f}234,50", "1,234.50"),
            ("-1", "−1", "−1"),
        ] {
            assert_eq!(number(Locale::Fr, &decimal(value)), fr);
            assert_eq!(number(Locale::En, &decimal(value)), en);
        }
        assert_eq!(percent(Locale::Fr, &decimal("12.5")), "12,5\u{202f}%");
        assert_eq!(percent(Locale::En, &decimal("100")), "100%");
    }

    #[test]
    fn sizes_have_at_most_three_digits() {
        for (count, fr, en) in [
            (0, "0 octets", "0 bytes"),
            (999, "999 octets", "999 bytes"),
            (1_000, "1 ko", "1 kB"),
            (3_249_000, "3,2 Mo", "3.2 MB"),
            (100_000_000, "100 Mo", "100 MB"),
            (999_960, "1 Mo", "1 MB"),
            (123_456_789, "123 Mo", "123 MB"),
            (50_000_000_000, "50 Go", "50 GB"),
        ] {
            assert_eq!(bytes(Locale::Fr, count).replace('\u{a0}', " "), fr);
            assert_eq!(bytes(Locale::En, count).replace('\u{a0}', " "), en);
        }
    }
}
