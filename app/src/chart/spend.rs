//! Committed against approved money, as two step lines in one currency.

mod collect;

pub use collect::gather;

use super::axis::{Axis, WIDTH};
use super::label;
use domain::money::{Currency, Money};
use domain::timeline::words::day_of;
use jiff::Timestamp;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Serialize};

/// The money in one currency, over time. Currencies are never added, nor day rates to totals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spend {
    /// The currency.
    pub currency: Currency,
    /// What the committed amounts are compared with.
    pub against: Against,
    /// The estimated cost of signed contracts, from each event that changed it, oldest first.
    pub committed: Vec<Level>,
    /// The amount of the requisitions they draw on, in the same form.
    pub approved: Vec<Level>,
    /// Whether all of these requisitions are approved, or some only requested.
    pub is_approved: bool,
    /// The breaches of requisitions.
    pub breaches: Vec<Breach>,
}

/// What committed amounts are compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// The sum of the requisitions of type total that these contracts draw on.
    Totals,
    /// One requisition of type day rate, by its title: the most expensive day of its contracts counts.
    Day(String),
    /// Nothing: these contracts draw on no requisition of type total.
    Nothing,
}

/// An amount from an event on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// Time of the event.
    pub at: Timestamp,
    /// The sequence number of its delivery.
    pub seq: i64,
    /// The amount.
    pub amount: Decimal,
    /// The subject of the event, for the table.
    pub cause: String,
}

/// A breach of a requisition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// Time of the event that caused it.
    pub at: Timestamp,
    /// The sequence number of its delivery.
    pub seq: i64,
    /// The excess.
    pub over: Money,
    /// The requisition.
    pub requisition: String,
}

impl Spend {
    /// Returns the current commitment.
    pub fn committed_now(&self) -> Money {
        self.money(self.committed.last())
    }

    /// Returns the current amount of the requisitions; `None` if there are none.
    pub fn approved_now(&self) -> Option<Money> {
        (!self.approved.is_empty()).then(|| self.money(self.approved.last()))
    }

    /// Returns a level as money in this currency.
    pub fn money(&self, level: Option<&Level>) -> Money {
        let amount = level.map_or(Decimal::ZERO, |level| level.amount);
        Money { amount, currency: self.currency.clone() }
    }

    /// Returns " a day" for a day rate, to follow an amount.
    pub fn per_day(&self) -> &'static str {
        if matches!(self.against, Against::Day(_)) { " a day" } else { "" }
    }

    /// Returns "approved", or "requested" without an approval.
    pub fn approval_word(&self) -> &'static str {
        if self.is_approved { "approved" } else { "requested" }
    }
}

/// The height of a money lane.
pub const HEIGHT: i64 = 96;
const CEILING: i64 = 26;
const FLOOR: i64 = 88;

/// A laid-out money lane. Lines are corners from left to right, with a corner at each step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpendLane {
    /// The upper edge.
    pub y: i64,
    /// The position of zero.
    pub floor: i64,
    /// The line of commitments, until now.
    pub committed: Vec<(i64, i64)>,
    /// The line of approved amounts.
    pub approved: Vec<(i64, i64)>,
    /// The label of the approved line, with its right end.
    pub approved_says: Option<(i64, i64, String)>,
    /// The visible breaches.
    pub breaches: Vec<Mark>,
}

/// A laid-out breach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its position in time.
    pub x: i64,
    /// Its position on the line.
    pub y: i64,
    /// The middle of its label.
    pub words_x: i64,
    /// The baseline of its label.
    pub words_y: i64,
    /// "over by £1,560.00 on 13 Feb"
    pub says: String,
    /// The sequence number of the delivery that caused it.
    pub seq: i64,
}

/// Lays out a money lane at this height.
pub fn lay(of: &Spend, axis: Axis, now: Timestamp, y: i64) -> SpendLane {
    let levels = || of.committed.iter().chain(&of.approved);
    let most = levels().map(|level| level.amount).max().unwrap_or_default().max(Decimal::ONE);
    let height = |amount: Decimal| {
        let share = (amount / most * Decimal::from(FLOOR - CEILING)).round().to_i64().unwrap_or_default();
        y + FLOOR - share.clamp(0, FLOOR - CEILING)
    };
    let today = axis.within(now.as_second());
    let committed = corners(&of.committed, axis, today, height);
    let approved = corners(&of.approved, axis, WIDTH, height);
    let breaches = of
        .breaches
        .iter()
        .filter(|breach| (0..=WIDTH).contains(&axis.x(breach.at.as_second())))
        .map(|breach| {
            let x = axis.within(breach.at.as_second());
            let then = of.committed.iter().rfind(|level| level.at <= breach.at).map(|level| level.amount);
            let line = height(then.unwrap_or_default());
            let says = format!(
                "over by {}{} on {}",
                breach.over,
                of.per_day(),
                super::day_beside(day_of(breach.at), day_of(now))
            );
            let half = label::width(&says) / 2 + 2;
            let words_x = x.clamp(half.min(WIDTH / 2), (WIDTH - half).max(WIDTH / 2));
            Mark { x, y: line, words_x, words_y: line - 10, says, seq: breach.seq }
        })
        .collect();
    let approved_says = of.approved_now().zip(approved.last()).map(|(money, (_, line))| {
        let says = format!("{} {money}{}", of.approval_word(), of.per_day());
        // Below its line, where the other line is not.
        let is_below = of.committed_now().amount >= money.amount || *line - y < CEILING;
        (WIDTH - 4, if is_below { line + 13 } else { line - 5 }, says)
    });
    SpendLane { y, floor: y + FLOOR, committed, approved, approved_says, breaches }
}

/// Returns a step line from the first level (or the left edge, if it holds there) to `end`.
fn corners(levels: &[Level], axis: Axis, end: i64, height: impl Fn(Decimal) -> i64) -> Vec<(i64, i64)> {
    let mut corners: Vec<(i64, i64)> = Vec::new();
    for level in levels {
        let (x, y) = (axis.within(level.at.as_second()), height(level.amount));
        if axis.x(level.at.as_second()) > end {
            break;
        }
        match corners.last().copied() {
            // Of several levels before the edge or at one position the last one holds.
            Some((at, _)) if at == x && corners.len() == 1 => corners.clear(),
            Some((_, before)) => corners.push((x, before)),
            None => {}
        }
        corners.push((x, y));
    }
    if let Some((_, y)) = corners.last().copied() {
        corners.push((end, y));
    }
    corners
}
