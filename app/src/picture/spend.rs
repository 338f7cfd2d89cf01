//! Committed against approved money, as two step lines in one currency.

mod gather;

pub use gather::gather;

use super::axis::{Axis, WIDTH};
use super::label;
use domain::money::{Currency, Money};
use domain::timeline::words::day_of;
use jiff::Timestamp;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Serialize};

/// One currency's money, over time. Currencies are never added, nor are amounts a day to amounts in total.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spend {
    /// Of which currency.
    pub currency: Currency,
    /// What is compared with what.
    pub against: Against,
    /// What signed contracts were estimated to cost, from each event on that changed it, oldest first.
    pub committed: Vec<Level>,
    /// What the requisitions they draw on are for, likewise.
    pub approved: Vec<Level>,
    /// Whether all of these requisitions are approved, or some only asked for.
    pub is_approved: bool,
    /// Where more is committed than that: since which event.
    pub breaches: Vec<Breach>,
}

/// What the committed amounts are compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// The requisitions for a total that these contracts draw on, together.
    Totals,
    /// One requisition for a day's work, by its title: the dearest day of its contracts counts.
    Day(String),
    /// Nothing: no total was asked for. What these contracts cost is committed all the same.
    Nothing,
}

/// An amount that holds from an event on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// When the event happened.
    pub at: Timestamp,
    /// Its delivery.
    pub seq: i64,
    /// What holds from then on.
    pub amount: Decimal,
    /// What the event was about, as a table names it.
    pub cause: String,
}

/// More is committed than a requisition is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// When the event that caused it happened.
    pub at: Timestamp,
    /// Its delivery.
    pub seq: i64,
    /// By how much.
    pub over: Money,
    /// Of which requisition.
    pub requisition: String,
}

impl Spend {
    /// What is committed in the end.
    pub fn committed_now(&self) -> Money {
        self.money(self.committed.last())
    }

    /// What the requisitions are for in the end; `None` where none is drawn on.
    pub fn approved_now(&self) -> Option<Money> {
        (!self.approved.is_empty()).then(|| self.money(self.approved.last()))
    }

    /// An amount of this currency.
    pub fn money(&self, level: Option<&Level>) -> Money {
        let amount = level.map_or(Decimal::ZERO, |level| level.amount);
        Money { amount, currency: self.currency.clone() }
    }

    /// " a day" behind an amount that is one of a day's work.
    pub fn per_day(&self) -> &'static str {
        if matches!(self.against, Against::Day(_)) { " a day" } else { "" }
    }

    /// "approved", or where no approval was seen "requested".
    pub fn approval_word(&self) -> &'static str {
        if self.is_approved { "approved" } else { "requested" }
    }
}

/// How high the lane of one currency is.
pub const HEIGHT: i64 = 96;
const CEILING: i64 = 26;
const FLOOR: i64 = 88;

/// A currency's lane, laid out. Corners are from left to right, each step a corner of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpendLane {
    /// Its upper edge.
    pub y: i64,
    /// Where zero is.
    pub floor: i64,
    /// The line of what is committed, until now.
    pub committed: Vec<(i64, i64)>,
    /// The line of what is approved.
    pub approved: Vec<(i64, i64)>,
    /// What the approved line says, and where its words end.
    pub approved_says: Option<(i64, i64, String)>,
    /// Breaches within the stretch shown, with the middle of their words.
    pub breaches: Vec<Mark>,
}

/// A breach, laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Where it happened.
    pub x: i64,
    /// On the line.
    pub y: i64,
    /// The middle of its words.
    pub words_x: i64,
    /// Their line.
    pub words_y: i64,
    /// "over by £1,560.00 on 13 Feb"
    pub says: String,
    /// The delivery that caused it.
    pub seq: i64,
}

/// Lays out one currency at a height.
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
        // Below its line, where the other line does not run.
        let is_below = of.committed_now().amount >= money.amount || *line - y < CEILING;
        (WIDTH - 4, if is_below { line + 13 } else { line - 5 }, says)
    });
    SpendLane { y, floor: y + FLOOR, committed, approved, approved_says, breaches }
}

/// A stepped line from the first level (or the left edge, where it holds already) to `end`.
fn corners(levels: &[Level], axis: Axis, end: i64, height: impl Fn(Decimal) -> i64) -> Vec<(i64, i64)> {
    let mut corners: Vec<(i64, i64)> = Vec::new();
    for level in levels {
        let (x, y) = (axis.within(level.at.as_second()), height(level.amount));
        if axis.x(level.at.as_second()) > end {
            break;
        }
        match corners.last().copied() {
            // Several before the edge or on one spot: the last one holds.
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
