//! Numbers as customers type them: with at most three decimals, kept exactly.

use serde::{Deserialize, Serialize};

/// At most a billion either way, in thousandths. Its JSON is a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Decimal(i64);

const MOST: i64 = 1_000_000_000_000;

impl Decimal {
    pub const fn thousandths(self) -> i64 {
        self.0
    }

    pub fn from_thousandths(thousandths: i64) -> Option<Self> {
        (-MOST..=MOST).contains(&thousandths).then_some(Self(thousandths))
    }

    /// As people type it: a comma is a point, and blanks separate nothing.
    pub fn parse(typed: &str) -> Option<Self> {
        let plain: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let plain = plain.replace(',', ".");
        let (is_negative, plain) =
            plain.strip_prefix('-').map_or((false, plain.as_str()), |rest| (true, rest));
        let (whole, rest) = plain.split_once('.').unwrap_or((plain, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 10 || rest.len() > 3 || !is_digits(whole) || !is_digits(rest) {
            return None;
        }
        let thousandths = whole.parse::<i64>().ok()? * 1_000 + format!("{rest:0<3}").parse::<i64>().ok()?;
        Self::from_thousandths(if is_negative { -thousandths } else { thousandths })
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, rest) = (self.0.unsigned_abs() / 1_000, self.0.unsigned_abs() % 1_000);
        let sign = if self.0 < 0 { "-" } else { "" };
        let rest = format!(".{rest:03}");
        write!(f, "{sign}{whole}{}", rest.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl TryFrom<f64> for Decimal {
    type Error = &'static str;

    #[expect(
        clippy::float_arithmetic,
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "the one place where a number leaves the form that JSON has; the range is checked before the cast"
    )]
    fn try_from(number: f64) -> Result<Self, Self::Error> {
        let thousandths = (number * 1_000.0).round();
        if thousandths.abs() <= 1e12 && (thousandths - number * 1_000.0).abs() < 1e-3 {
            Ok(Self(thousandths as i64))
        } else {
            Err("must be a number with at most three decimals")
        }
    }
}

impl From<Decimal> for f64 {
    #[expect(
        clippy::float_arithmetic,
        clippy::as_conversions,
        clippy::cast_precision_loss,
        reason = "the one place where it becomes the number that JSON has: 2^53 is far"
    )]
    fn from(number: Decimal) -> Self {
        number.0 as Self / 1_000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_it_is_written() {
        for (typed, shown) in [
            ("3", "3"),
            (" 3,5 ", "3.5"),
            ("-0.125", "-0.125"),
            ("1 000 000", "1000000"),
            ("0", "0"),
            ("1000000000", "1000000000"),
        ] {
            let number = Decimal::parse(typed).unwrap();
            assert_eq!(number.to_string(), shown);
            assert_eq!(Decimal::try_from(f64::from(number)), Ok(number));
        }
        for typed in ["", "x", "1.2345", "1e3", "NaN", "inf", "--1", "1.2.3", "10000000000", "0x10", "١"] {
            assert_eq!(Decimal::parse(typed), None, "{typed}");
        }
        for number in [f64::NAN, f64::INFINITY, 1e300, 0.000_4] {
            assert!(Decimal::try_from(number).is_err(), "{number}");
        }
    }
}
