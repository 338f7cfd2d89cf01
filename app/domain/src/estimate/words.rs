//! Descriptions in words of how a line of an estimate was calculated.

use super::{Basis, Estimate, Line, Unit};
use crate::timeline::words::counted;
use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

impl Estimate {
    /// "£29,260.00", "at least £0.00", or "cannot be estimated".
    pub fn in_words(&self) -> String {
        let before = if self.at_least.is_some() { "at least " } else { "" };
        self.total.as_ref().map_or_else(|| "cannot be estimated".to_owned(), |total| format!("{before}{total}"))
    }
}

impl Line {
    /// "1 Dec 2025 to 13 Feb 2026: 55 working days × £532.00 (£475.00 and £57.00 fees) = £29,260.00"
    pub fn in_words(&self) -> String {
        let note = self.note().map(|note| format!("; {note}")).unwrap_or_default();
        format!("{}: {} × {} = {}{note}", self.span(), self.work(), self.each(), self.sum)
    }

    /// "1 Dec 2025 to 13 Feb 2026"
    pub fn span(&self) -> String {
        if self.from == self.to { day(self.from) } else { format!("{} to {}", day(self.from), day(self.to)) }
    }

    /// "55 working days", "412 hours 30 minutes (55 working days)", "11 weeks (55 working days)", "once"
    pub fn work(&self) -> String {
        let days = counted(self.working_days, "working day");
        match self.unit {
            Unit::Day => days,
            Unit::Hour => format!("{} ({days})", self.hours()),
            Unit::Week => {
                let weeks = self.units.normalize();
                format!("{weeks} week{} ({days})", if weeks == Decimal::ONE { "" } else { "s" })
            }
            Unit::FixedPrice => "once".to_owned(),
        }
    }

    fn hours(&self) -> String {
        let minutes = (self.units * Decimal::from(60)).round().to_u64().unwrap_or_default();
        let hours = counted(minutes / 60, "hour");
        if minutes.is_multiple_of(60) { hours } else { format!("{hours} {}", counted(minutes % 60, "minute")) }
    }

    /// "£532.00 (£475.00 and £57.00 fees)"
    pub fn each(&self) -> String {
        let cost = &self.cost_per_unit;
        self.parts().map_or_else(|| cost.to_string(), |parts| format!("{cost} ({parts})"))
    }

    /// Returns the parts of a unit's cost: "£475.00 and £57.00 fees". `None` without fees, or where they exceed the
    /// stated cost.
    pub fn parts(&self) -> Option<String> {
        let fees = self.fees_per_unit.as_ref().filter(|fees| !fees.amount.is_zero())?;
        let rate = self.cost_per_unit.minus(fees).filter(|rate| rate.amount.is_sign_positive())?;
        Some(format!("{rate} and {fees} fees"))
    }

    /// Returns a remark for readers who check the line.
    pub fn note(&self) -> Option<&'static str> {
        match self.basis {
            Basis::Period => None,
            Basis::FirstPeriod => Some("no fee period covers these days, so the first one is taken"),
            Basis::RateAlone => Some("no fees were sent, so the rate stands alone"),
        }
    }
}

fn day(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}
