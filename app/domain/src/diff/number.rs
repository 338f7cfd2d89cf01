//! Equality of decimal numbers in any notation. Digits are compared, so nothing is rounded, whatever its size.

use std::fmt;

/// A number as its digits without leading and trailing zeros, and the exponent of the last digit.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Number {
    is_negative: bool,
    digits: String,
    power: i64,
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}e{}", if self.is_negative { "-" } else { "" }, self.digits, self.power)
    }
}

/// Parses a number; `None` for what is not in the notation of JSON or a decimal field, or whose exponent is too large.
pub(super) fn read(text: &str) -> Option<Number> {
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
}
