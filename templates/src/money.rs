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
}
