//! Decimal numbers in any notation, equal and ordered by their digits, so nothing is rounded, whatever its size.

use std::cmp::Ordering;
use std::fmt;

/// A number as its digits without leading and trailing zeros, and the exponent of the last digit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Number {
    is_negative: bool,
    digits: String,
    power: i64,
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}e{}", if self.is_negative { "-" } else { "" }, self.digits, self.power)
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |of: &Self| if of.digits.is_empty() { 0 } else { 1 - 2 * i8::from(of.is_negative) };
        // The place of the first digit decides before the digits, which have no leading zeros.
        let size =
            |of: &Self| i128::from(of.power).saturating_add(i128::try_from(of.digits.len()).unwrap_or(i128::MAX));
        let by_size = size(self).cmp(&size(other)).then_with(|| self.digits.cmp(&other.digits));
        sign(self).cmp(&sign(other)).then(if self.is_negative { by_size.reverse() } else { by_size })
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Decimal places that [`Number::scaled`] keeps.
const SCALE: i64 = 4;

impl Number {
    /// Returns ten thousand times the number without its further places, or the nearest integer there is: of two numbers,
    /// the smaller one has no larger result.
    pub(crate) fn scaled(&self) -> i64 {
        let length =
            i64::try_from(self.digits.len()).unwrap_or(i64::MAX).saturating_add(self.power).saturating_add(SCALE);
        let size = match usize::try_from(length) {
            Ok(length @ 0..=18) => {
                let kept = self.digits.get(..length).unwrap_or(&self.digits);
                let zeros = u32::try_from(length - kept.len()).unwrap_or_default();
                // At most 18 digits fit.
                kept.bytes().fold(0_i64, |number, digit| number * 10 + i64::from(digit - b'0')) * 10_i64.pow(zeros)
            }
            Ok(_) => i64::MAX,
            Err(_) => 0,
        };
        if self.is_negative { -size } else { size }
    }
}

/// Parses a number; `None` for what is not in the notation of JSON or a decimal field, or whose exponent is too large.
pub(crate) fn read(text: &str) -> Option<Number> {
    let text = text.trim();
    let (is_negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let exponent: i64 = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?;
    let places = i64::try_from(fraction.len()).ok()?;
    let all = format!("{whole}{fraction}");
    let digits = all.trim_start_matches('0').trim_end_matches('0').to_owned();
    if digits.is_empty() {
        return Some(Number { is_negative: false, digits, power: 0 });
    }
    let zeros = i64::try_from(all.len() - all.trim_end_matches('0').len()).ok()?;
    let power = exponent.checked_sub(places)?.checked_add(zeros)?;
    Some(Number { is_negative, digits, power })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    #[test]
    fn a_scaled_number_has_four_places() {
        for (text, scaled) in [
            ("0", 0),
            ("450", 4_500_000),
            ("-450.25", -4_502_500),
            ("0.00009", 0),
            ("1.23456", 12_345),
            ("1e-400", 0),
            ("1e400", i64::MAX),
            ("-1e400", -i64::MAX),
            ("99999999999999.9999", 999_999_999_999_999_999),
            ("100000000000000", i64::MAX),
        ] {
            assert_eq!(read(text).unwrap().scaled(), scaled, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_smaller_number_has_no_larger_scaled_one(
            one in "-?[0-9]{1,16}(\\.[0-9]{1,6})?(e-?[0-9]{1,2})?", other in "-?[0-9]{1,16}(\\.[0-9]{1,6})?(e-?[0-9]{1,2})?",
        ) {
            let (one, other) = (read(&one).unwrap(), read(&other).unwrap());
            let (less, more) = if one <= other { (one, other) } else { (other, one) };
            prop_assert!(less.scaled() <= more.scaled());
        }
    }

    #[test]
    fn a_number_is_the_same_however_it_is_spelled() {
        for (one, other) in [
            ("1", "1.0"),
            ("450.00", "450"),
            ("1e3", "1000"),
            ("1.5E+2", "150.0"),
            ("0", "-0.00"),
            ("007", "7"),
            ("12345678901234567890123456789.10", "12345678901234567890123456789.1"),
            ("10e399", "1e400"),
        ] {
            assert_eq!(read(one), read(other), "{one} and {other}");
            assert!(read(one).is_some());
        }
        for (one, other) in [("1", "-1"), ("1", "10"), ("0.1", "0.10000000000000000000000000000000000001")] {
            assert_ne!(read(one), read(other), "{one} and {other}");
        }
        for text in ["", "-", "1_000", "£1", "1.2.3", "NaN", ".5", "1e", "1e99999999999999999999"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_ordered_whatever_their_size() {
        let ascending = [
            "-1e9223372036854775807",
            "-10",
            "-9.5",
            "-1e-30",
            "0.00",
            "1e-9223372036854775807",
            "0.1",
            "9",
            "10",
            "10.0001",
            "11",
            "99999999999999999999999999999999",
            "1e40",
        ];
        for (place, text) in ascending.iter().enumerate() {
            for (other, smaller) in ascending.iter().enumerate() {
                assert_eq!(read(text).unwrap().cmp(&read(smaller).unwrap()), place.cmp(&other), "{text} and {smaller}");
            }
        }
    }

    proptest! {
        #[test]
        fn numbers_are_ordered_as_decimals_are(one in any::<(i32, u8)>(), other in any::<(i32, u8)>()) {
            let [one, other] = [one, other].map(|(digits, scale)| Decimal::new(digits.into(), u32::from(scale % 12)));
            let [first, second] = [one, other].map(|number| read(&number.to_string()).unwrap());
            prop_assert_eq!(first.cmp(&second), one.cmp(&other));
        }
    }
}
