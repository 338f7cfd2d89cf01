//! The payload of spend-requisition events, and a contract's reference to the requisition it draws on.

use super::contact::{CustomField, NulledFields};
use crate::id::RequisitionId;
use crate::money::{Currency, Money};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A spend requisition, as in one event. The body never says whether it is approved; only events do.
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
    /// The fields of [`Requisition::NULLABLE`] that are `null` or empty.
    pub cleared: NulledFields,
}

impl Requisition {
    /// The fields that may be `null` or empty.
    pub const NULLABLE: [&str; 2] = ["external_id", "url"];

    /// Returns whether it is more than a reference: every requisition has a title.
    pub fn is_whole(&self) -> bool {
        self.title.is_some()
    }

    /// Returns whether it states that `key` has no value, overriding older snapshots.
    pub fn clears(&self, key: &str) -> bool {
        self.is_whole() && self.cleared.has(key)
    }

    /// Returns the amount with its currency and type, if amount and currency are known.
    pub fn priced(&self) -> Option<TypedAmount> {
        Some(TypedAmount { money: self.money()?, kind: self.amount_type.clone() })
    }

    /// Returns the amount with its currency, if both are known.
    pub fn money(&self) -> Option<Money> {
        Some(Money { amount: self.amount?, currency: self.currency.clone()? })
    }
}

/// An amount with its type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedAmount {
    /// The amount.
    pub money: Money,
    /// Per day or in total; `None` if unknown.
    pub kind: Option<AmountType>,
}

impl TypedAmount {
    /// "£25,000.00 in total", "£450.00 a day"
    pub fn in_words(&self) -> String {
        match &self.kind {
            Some(kind) => format!("{} {}", self.money, kind.in_words()),
            None => self.money.to_string(),
        }
    }
}

/// Returns the amount that may be spent: the approved one, or less where it was lowered since. A raised amount is not
/// approved. Without an approval it is the requested amount, as a client without an approval flow never sends one.
/// Amounts of different currencies or types are not compared: the approved one holds.
pub fn limit<'a>(approved: Option<&'a TypedAmount>, now: Option<&'a TypedAmount>) -> Option<&'a TypedAmount> {
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

/// The type of an amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum AmountType {
    /// `DAY_RATE`: per day.
    DayRate,
    /// `TOTAL`: in total.
    Total,
    /// An undocumented value.
    Other(String),
}

impl AmountType {
    /// Returns the value on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::DayRate => "DAY_RATE",
            Self::Total => "TOTAL",
            Self::Other(word) => word,
        }
    }

    /// Returns whether it is per day.
    pub fn is_day_rate(&self) -> bool {
        *self == Self::DayRate
    }

    /// Returns the words after an amount: "a day", "in total".
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
