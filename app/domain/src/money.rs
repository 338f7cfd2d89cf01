//! Amounts of money in a currency: exact decimals, never floats, never added across currencies.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;

/// An ISO 4217 code as the sender wrote it, in capitals. The sender's list grows, so none is refused.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Currency(String);

impl Currency {
    /// Parses any non-empty text; letters are capitalised so that `gbp` and `GBP` are one currency.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_ascii_uppercase()))
    }

    /// Returns the code, such as `GBP`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the number of decimals of its smallest coin, by ISO 4217. Unknown codes, and those without coins such as
    /// gold, have two, as most do.
    pub fn minor_digits(&self) -> u32 {
        let known = iso_currency::Currency::from_code(&self.0);
        known.and_then(iso_currency::Currency::exponent).map_or(2, u32::from)
    }

    /// Returns an amount with the decimals of its smallest coin, and more only where they are not zero. None is lost.
    pub fn written(&self, amount: Decimal) -> Decimal {
        let mut amount = amount.normalize();
        if amount.scale() < self.minor_digits() {
            amount.rescale(self.minor_digits());
        }
        amount
    }

    fn sign(&self) -> Option<&'static str> {
        Some(match self.0.as_str() {
            "GBP" => "£",
            "EUR" => "€",
            "USD" => "US$",
            "AUD" => "A$",
            "CAD" => "C$",
            "NZD" => "NZ$",
            "HKD" => "HK$",
            "SGD" => "S$",
            _ => return None,
        })
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An exact amount in one currency. `Display` is readable: `£25,000.00`, `CHF 1,200.50`, `JPY 52,000`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// The amount in the currency's main unit (pounds, not pence).
    pub amount: Decimal,
    /// The currency.
    pub currency: Currency,
}

/// Returns text whose byte order is that of amounts: first by currency, then by number, exactly and for any scale.
///
/// A numeric column would be a float on SQLite. Here the whole part is padded to the 29 digits of a decimal; below zero
/// every digit is complemented, so that the order holds there too.
pub fn sort_key(amount: Decimal, currency: Option<&Currency>) -> String {
    let currency: String = currency.map(Currency::as_str).unwrap_or_default().chars().take(12).collect();
    let text = amount.abs().normalize().to_string();
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), ""), |(whole, fraction)| (whole, fraction));
    let point = if fraction.is_empty() { "" } else { "." };
    let digits = format!("{whole:0>29}{point}{fraction}");
    if amount.is_sign_negative() && !amount.is_zero() {
        let turned: String = digits
            .chars()
            .map(|digit| digit.to_digit(10).and_then(|value| char::from_digit(9 - value, 10)).unwrap_or(digit))
            .collect();
        format!("{currency} n{turned}~")
    } else {
        format!("{currency} p{digits}")
    }
}

impl Money {
    /// Returns the number alone, for files that programs read: "-1250.50", "52000".
    pub fn plain(&self) -> String {
        self.currency.written(self.amount).to_string()
    }

    /// Returns zero in this currency.
    pub fn zero(currency: Currency) -> Self {
        Self { amount: Decimal::ZERO, currency }
    }

    /// Returns whether it is negative; a zero may carry a sign too.
    pub fn is_below_zero(&self) -> bool {
        self.amount.is_sign_negative() && !self.amount.is_zero()
    }

    /// Returns the exact sum; `None` across currencies and on overflow.
    pub fn plus(&self, other: &Self) -> Option<Self> {
        self.with(other, i128::checked_add)
    }

    /// Returns the exact difference, which may be negative; `None` as for [`Money::plus`].
    pub fn minus(&self, other: &Self) -> Option<Self> {
        self.with(other, i128::checked_sub)
    }

    fn with(&self, other: &Self, join: fn(i128, i128) -> Option<i128>) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        // Decimal's own sum drops digits on overflow; here that is an error.
        let scale = self.amount.scale().max(other.amount.scale());
        let at_scale =
            |amount: Decimal| amount.mantissa().checked_mul(power_of_ten(scale.checked_sub(amount.scale())?)?);
        let joined = join(at_scale(self.amount)?, at_scale(other.amount)?)?;
        let amount = Decimal::try_from_i128_with_scale(joined, scale).ok()?;
        Some(Self { amount, currency: self.currency.clone() })
    }

    /// Returns the amount times `count`, divided by `per`, rounded once at the end to the currency's smallest coin,
    /// half to even, so that many lines do not all err to one side. `None` on overflow and for a zero divisor.
    pub fn times(&self, count: u64, per: u32) -> Option<Self> {
        let digits = self.currency.minor_digits();
        let (scale, whole) = (self.amount.scale(), self.amount.mantissa().checked_mul(i128::from(count))?);
        let (whole, per) = if scale > digits {
            (whole, i128::from(per).checked_mul(power_of_ten(scale.checked_sub(digits)?)?)?)
        } else {
            (whole.checked_mul(power_of_ten(digits.checked_sub(scale)?)?)?, i128::from(per))
        };
        let (coins, rest) = (whole.checked_div_euclid(per)?, whole.checked_rem_euclid(per)?);
        let is_up = match rest.cmp(&per.checked_sub(rest)?) {
            Ordering::Less => false,
            Ordering::Equal => coins % 2 != 0,
            Ordering::Greater => true,
        };
        let coins = coins.checked_add(i128::from(is_up))?;
        let amount = Decimal::try_from_i128_with_scale(coins, digits).ok()?;
        Some(Self { amount, currency: self.currency.clone() })
    }
}

fn power_of_ten(digits: u32) -> Option<i128> {
    10_i128.checked_pow(digits)
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.currency.written(self.amount.abs()).to_string();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let minus = if self.is_below_zero() { "−" } else { "" };
        f.write_str(minus)?;
        match self.currency.sign() {
            Some(sign) => f.write_str(sign)?,
            None => write!(f, "{}\u{a0}", self.currency)?,
        }
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        if fraction.is_empty() { Ok(()) } else { write!(f, ".{fraction}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn money(amount: &str, currency: &str) -> String {
        Money { amount: amount.parse().unwrap(), currency: Currency::parse(currency).unwrap() }.to_string()
    }

    #[test]
    fn money_prints_as_people_write_it() {
        assert_eq!(money("25000.00", "GBP"), "£25,000.00");
        assert_eq!(money("450", "gbp"), "£450.00");
        assert_eq!(money("1200.5", "CHF"), "CHF\u{a0}1,200.50");
        assert_eq!(money("0.125", "EUR"), "€0.125");
        assert_eq!(money("-1560", "GBP"), "−£1,560.00");
        assert_eq!(money("-0", "GBP"), "£0.00");
        assert_eq!(money("999", "USD"), "US$999.00");
    }

    #[test]
    fn money_has_the_coins_of_its_currency() {
        for spelled in ["52000", "52000.0", "52000.00"] {
            assert_eq!(money(spelled, "JPY"), "JPY\u{a0}52,000");
        }
        assert_eq!(money("120.5", "KWD"), "KWD\u{a0}120.500");
        assert_eq!(money("450.000", "GBP"), "£450.00");
        // Amounts below a coin are still shown.
        assert_eq!(money("0.5", "JPY"), "JPY\u{a0}0.5");
        assert_eq!(money("1", "CLF"), "CLF\u{a0}1.0000");
        // Gold and unknown codes have no coins: two decimals, as most have.
        assert_eq!([money("1", "XAU"), money("1", "NOPE")], ["XAU\u{a0}1.00", "NOPE\u{a0}1.00"]);
        let plain = |amount: &str, currency: &str| of(amount, currency).plain();
        assert_eq!(
            [plain("52000.00", "JPY"), plain("-120.5", "KWD"), plain("0", "GBP")],
            ["52000", "-120.500", "0.00"]
        );
    }

    #[test]
    fn coins_are_those_of_the_standard() {
        let digits = |code: &str| Currency::parse(code).unwrap().minor_digits();
        for code in
            ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XPF"]
        {
            assert_eq!(digits(code), 0, "{code}");
        }
        for code in ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"] {
            assert_eq!(digits(code), 3, "{code}");
        }
        for code in "AUD CAD CHF CZK DKK EUR GBP HKD NOK NZD PLN SEK SGD AED USD ZAR HUF MGA MRU".split(' ') {
            assert_eq!(digits(code), 2, "{code}");
        }
    }

    fn of(amount: &str, currency: &str) -> Money {
        Money { amount: amount.parse().unwrap(), currency: Currency::parse(currency).unwrap() }
    }

    #[test]
    fn currencies_are_never_added() {
        assert_eq!(of("1.00", "GBP").plus(&of("2.5", "GBP")), Some(of("3.50", "GBP")));
        assert_eq!(of("1.00", "GBP").plus(&of("1.00", "EUR")), None);
        assert_eq!(of("1.00", "GBP").minus(&of("2.005", "GBP")), Some(of("-1.005", "GBP")));
    }

    #[test]
    fn a_sum_that_would_lose_a_digit_is_none() {
        let much = of("79228162514264337593543950335", "GBP");
        assert_eq!(much.plus(&of("0.01", "GBP")), None);
        assert_eq!(much.plus(&of("1", "GBP")), None);
        assert_eq!(much.times(2, 1), None);
    }

    #[test]
    fn a_product_is_rounded_once_to_the_coin_and_the_middle_goes_to_the_even_one() {
        // 10 days of 440 minutes at 60.00 an hour: 4400 / 60 × 60.00 = 4,400.00 exactly.
        assert_eq!(of("60.00", "GBP").times(4_400, 60), Some(of("4400.00", "GBP")));
        // 1 × 0.125 = 0.12|5 → 0.12; 1 × 0.135 = 0.13|5 → 0.14; 1/3 = 0.33.
        assert_eq!(of("0.125", "GBP").times(1, 1), Some(of("0.12", "GBP")));
        assert_eq!(of("0.135", "GBP").times(1, 1), Some(of("0.14", "GBP")));
        assert_eq!(of("1", "GBP").times(1, 3), Some(of("0.33", "GBP")));
        assert_eq!(of("1.5", "JPY").times(1, 1), Some(of("2", "JPY")));
        assert_eq!(of("1", "KWD").times(2, 3), Some(of("0.667", "KWD")));
        assert_eq!(of("1", "GBP").times(1, 0), None);
    }

    proptest! {
        #[test]
        fn keys_sort_as_their_amounts(
            a in -10_000_000_i64..10_000_000, b in -10_000_000_i64..10_000_000, x in 0_u32..7, y in 0_u32..7,
        ) {
            let (a, b) = (Decimal::new(a, x), Decimal::new(b, y));
            let currency = Currency::parse("GBP");
            prop_assert_eq!(sort_key(a, currency.as_ref()).cmp(&sort_key(b, currency.as_ref())), a.cmp(&b));
        }

        #[test]
        fn no_digit_is_lost_in_print(units in -10_000_000_000_i64..10_000_000_000, scale in 2_u32..6) {
            let amount = Decimal::new(units, scale);
            let printed = money(&amount.to_string(), "GBP");
            let digits: String = printed.replace('−', "-").chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | '-')).collect();
            prop_assert_eq!(digits.parse::<Decimal>().unwrap(), amount);
        }
    }
}
