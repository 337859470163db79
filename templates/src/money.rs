//! Amounts as people of a language write them.

use icu_decimal::input::Decimal;

use crate::{Locale, numbers};

/// `minor` in the smallest unit of `currency` (ISO 4217): "1 234,50 €", "€1,234.50".
pub(crate) fn format(lang: Locale, minor: i64, currency: &str) -> String {
    let digits = minor_digits(currency);
    let mut amount = Decimal::from(minor.unsigned_abs());
    amount.multiply_pow10(-digits);
    amount.pad_end(-digits);
    let amount = numbers::number(lang, &amount);
    let sign = if minor < 0 { "−" } else { "" };
    match (lang, symbol(currency)) {
        (Locale::Fr, symbol) => format!("{sign}{amount}\u{a0}{}", symbol.unwrap_or(currency)),
        (Locale::En, Some(symbol)) => format!("{sign}{symbol}{amount}"),
        (Locale::En, None) => format!("{sign}{currency}\u{a0}{amount}"),
    }
}

/// `minor` as it stands in an input: `48` or `48.50`.
pub fn typed_amount(minor: i64, currency: &str) -> String {
    let digits = u32::try_from(minor_digits(currency)).unwrap_or(2);
    let unit = 10_i64.pow(digits);
    let (whole, rest) = (minor / unit, minor % unit);
    let width = usize::try_from(digits).unwrap_or_default();
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:0width$}") }
}

/// An amount as people type it, with a point or a comma, spaces between thousands, the currency or not. In the smallest
/// unit; none: it is no amount, or finer than that.
pub fn parse_amount(text: &str, currency: &str) -> Option<i64> {
    let plain = text.replace(currency, "").replace(symbol(currency).unwrap_or(currency), "");
    let plain: String = plain.chars().filter(|c| !c.is_whitespace()).collect();
    let (whole, rest) = match plain.rfind([',', '.']) {
        Some(at) => (plain.get(..at)?, plain.get(at + 1..)?),
        None => (plain.as_str(), ""),
    };
    let digits = usize::try_from(minor_digits(currency)).ok()?;
    let groups: Vec<&str> = whole.split([',', '.']).collect();
    let is_grouped = groups.iter().skip(1).all(|group| group.len() == 3);
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let whole = groups.concat();
    if whole.is_empty() || whole.len() > 12 || !is_grouped || rest.len() > digits {
        return None;
    }
    if !is_number(&whole) || !is_number(rest) {
        return None;
    }
    format!("{whole}{rest:0<digits$}").parse().ok()
}

/// An amount for programs: digits with a point, "1234.50".
pub fn decimal(minor: i64, currency: &str) -> String {
    let digits = minor_digits(currency);
    let mut amount = Decimal::from(minor);
    amount.multiply_pow10(-digits);
    amount.pad_end(-digits);
    amount.to_string()
}

/// ISO 4217, table A.1: the currencies whose minor unit is not a hundredth.
fn minor_digits(currency: &str) -> i16 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI"
        | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// Only where it cannot be mistaken for another country's.
fn symbol(currency: &str) -> Option<&'static str> {
    match currency {
        "EUR" => Some("€"),
        "GBP" => Some("£"),
        "USD" => Some("$"),
        "JPY" => Some("¥"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_their_readers_do() {
        for (minor, currency, fr, en) in [
            (4_800, "EUR", "48,00\u{a0}€", "€48.00"),
            (5, "EUR", "0,05\u{a0}€", "€0.05"),
            (0, "EUR", "0,00\u{a0}€", "€0.00"),
            (-123_456, "EUR", "−1\u{202f}234,56\u{a0}€", "−€1,234.56"),
            (100_000_000, "USD", "1\u{202f}000\u{202f}000,00\u{a0}$", "$1,000,000.00"),
            (12_000, "XPF", "12\u{202f}000\u{a0}XPF", "XPF\u{a0}12,000"),
            (1_500, "TND", "1,500\u{a0}TND", "TND\u{a0}1.500"),
            (9_900, "CHF", "99,00\u{a0}CHF", "CHF\u{a0}99.00"),
        ] {
            assert_eq!(format(Locale::Fr, minor, currency), fr);
            assert_eq!(format(Locale::En, minor, currency), en);
        }
        for (minor, currency, text) in
            [(4_800, "EUR", "48.00"), (5, "EUR", "0.05"), (12_000, "XPF", "12000"), (-1_500, "TND", "-1.500")]
        {
            assert_eq!(decimal(minor, currency), text);
        }
        assert_eq!(format(Locale::En, i64::MIN, "EUR"), "−€92,233,720,368,547,758.08");
    }

    #[test]
    fn an_amount_is_read_as_people_type_it() {
        for (text, currency, minor) in [
            ("48", "EUR", 4_800),
            ("48,5", "EUR", 4_850),
            ("48.50 €", "EUR", 4_850),
            ("1\u{202f}234,50\u{a0}€", "EUR", 123_450),
            ("1,234.50", "GBP", 123_450),
            ("500", "JPY", 500),
            ("0", "EUR", 0),
        ] {
            assert_eq!(parse_amount(text, currency), Some(minor), "{text}");
        }
        for text in ["", "x", "-1", "1.234", "4.8.0", ",5", "1e3", "9999999999999"] {
            assert_eq!(parse_amount(text, "EUR"), None, "{text}");
        }
        assert_eq!((typed_amount(4_800, "EUR"), typed_amount(4_805, "EUR")), ("48".into(), "48.05".into()));
        assert_eq!((typed_amount(500, "JPY"), typed_amount(1_005, "TND")), ("500".into(), "1.005".into()));
    }
}
