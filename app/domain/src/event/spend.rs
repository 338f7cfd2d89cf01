//! The payload of spend-requisition events, and a contract's reference to the requisition it draws on.

use super::contact::{Cleared, CustomField};
use crate::id::RequisitionId;
use crate::money::{Currency, Money};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// One spend requisition as one event showed it. The body never says whether it is approved; only events do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Requisition {
    /// `spend_request_id`
    pub id: RequisitionId,
    /// `external_id`: the client's own number; `None` when unset or empty.
    pub external_id: Option<String>,
    /// `title`
    pub title: Option<String>,
    /// `description`
    pub description: Option<String>,
    /// `amount`
    pub amount: Option<Decimal>,
    /// `currency`
    pub currency: Option<Currency>,
    /// `amount_type`
    pub amount_type: Option<AmountType>,
    /// `custom_fields[]`
    pub custom_fields: Vec<CustomField>,
    /// `url`: the approval on YunoJuno.
    pub url: Option<String>,
    /// What is `null` or empty in it, of [`Requisition::NULLABLE`].
    pub cleared: Cleared,
}

impl Requisition {
    /// What may be `null`, or empty.
    pub const NULLABLE: [&str; 2] = ["external_id", "url"];

    /// More than a reference: it has a title, which every requisition has.
    pub fn is_whole(&self) -> bool {
        self.title.is_some()
    }

    /// Whether it says that there is no such thing as `key`, against what older snapshots had.
    pub fn clears(&self, key: &str) -> bool {
        self.is_whole() && self.cleared.has(key)
    }

    /// The amount with its currency and what it counts, when both are there.
    pub fn priced(&self) -> Option<Priced> {
        Some(Priced { money: self.money()?, kind: self.amount_type.clone() })
    }

    /// The amount with its currency, when both are there.
    pub fn money(&self) -> Option<Money> {
        Some(Money { amount: self.amount?, currency: self.currency.clone()? })
    }
}

/// An amount with what it counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Priced {
    /// How much.
    pub money: Money,
    /// Per day or in total; `None` where no event says so.
    pub kind: Option<AmountType>,
}

impl Priced {
    /// "£25,000.00 in total", "£450.00 a day"
    pub fn in_words(&self) -> String {
        match &self.kind {
            Some(kind) => format!("{} {}", self.money, kind.in_words()),
            None => self.money.to_string(),
        }
    }
}

/// What may be spent: what was approved, or less where the amount was lowered since, as nobody may spend more than it is
/// for. A raised amount was not approved. Without an approval it is what was asked for: a client without an approval flow
/// never sends one. Amounts of two currencies, or that count two things, are not compared: the approved one holds.
pub fn limit<'a>(approved: Option<&'a Priced>, now: Option<&'a Priced>) -> Option<&'a Priced> {
    match (approved, now) {
        (Some(approved), Some(now)) => {
            let is_lower = now.kind == approved.kind
                && now.money.currency == approved.money.currency
                && now.money.amount < approved.money.amount;
            Some(if is_lower { now } else { approved })
        }
        (approved, now) => approved.or(now),
    }
}

/// What the amount counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum AmountType {
    /// `DAY_RATE`: so much a day.
    DayRate,
    /// `TOTAL`: so much in all.
    Total,
    /// A word the documentation does not have.
    Other(String),
}

impl AmountType {
    /// The word on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::DayRate => "DAY_RATE",
            Self::Total => "TOTAL",
            Self::Other(word) => word,
        }
    }

    /// Whether it is for a day's work.
    pub fn is_day_rate(&self) -> bool {
        *self == Self::DayRate
    }

    /// After an amount: "a day", "in total".
    pub fn in_words(&self) -> String {
        match self {
            Self::DayRate => "a day".to_owned(),
            Self::Total => "in total".to_owned(),
            Self::Other(word) => word.to_lowercase().replace('_', " "),
        }
    }
}

impl From<String> for AmountType {
    fn from(word: String) -> Self {
        match word.as_str() {
            "DAY_RATE" => Self::DayRate,
            "TOTAL" => Self::Total,
            _ => Self::Other(word),
        }
    }
}

impl From<AmountType> for String {
    fn from(amount_type: AmountType) -> Self {
        amount_type.as_str().to_owned()
    }
}
