//! The views of spend requisitions, in lists and on pages.

use super::contractor::ContractSummary;
use domain::budget::Budget;
use domain::diff::EventChanges;
use domain::event::contact::CustomField;
use domain::event::spend::{AmountType, TypedAmount};
use domain::id::RequisitionId;
use domain::lifecycle::finding::Finding;
use domain::lifecycle::spend::RequisitionState;
use domain::money::Money;
use domain::timeline::Entry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One row of the spend list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequisitionSummary {
    /// `spreq_…`
    pub id: RequisitionId,
    /// Its title; the id when no event carried one.
    pub title: String,
    /// The client's own number.
    pub external_id: Option<String>,
    /// The current amount.
    pub amount: Option<Money>,
    /// Per day or in total.
    pub amount_type: Option<AmountType>,
    /// The amount approved last, which may differ; `None` without an approval.
    pub approved: Option<TypedAmount>,
    /// The estimated cost of the signed contracts that draw on it, or for a day rate their most expensive day.
    pub committed: Option<Money>,
    /// The amount that may be spent minus what is committed; negative for an excess. `None` if unknown.
    pub remaining: Option<Money>,
    /// Whether `committed` is a lower bound: a contract is in another currency or has no estimate.
    pub is_partial: bool,
    /// The state.
    pub state: RequisitionState,
    /// Number of versions received.
    pub versions: u32,
    /// Number of contracts that draw on it.
    pub contracts: u32,
    /// The client's own fields, each as `Name:Value`.
    pub custom_fields: Vec<String>,
    /// Whether only test events mention it.
    pub is_test: bool,
    /// Time of its last event.
    pub last_at: Timestamp,
}

impl RequisitionSummary {
    /// Returns the current amount with its type.
    pub fn now(&self) -> Option<TypedAmount> {
        Some(TypedAmount { money: self.amount.clone()?, kind: self.amount_type.clone() })
    }

    /// Returns the approved amount, if it differs from the current one.
    pub fn approved_otherwise(&self) -> Option<&TypedAmount> {
        self.approved.as_ref().filter(|approved| self.now().as_ref() != Some(*approved))
    }

    /// Returns the amount that may be spent.
    pub fn limit(&self) -> Option<TypedAmount> {
        domain::event::spend::limit(self.approved.as_ref(), self.now().as_ref()).cloned()
    }

    /// Returns whether it is compared per day, so that its sums are day rates.
    pub fn is_by_day(&self) -> bool {
        self.limit().and_then(|limit| limit.kind).is_some_and(|kind| kind.is_day_rate())
    }
}

/// The page of one requisition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequisitionDetail {
    /// The row of the list.
    pub summary: RequisitionSummary,
    /// The description.
    pub description: Option<String>,
    /// The client's own fields.
    pub custom_fields: Vec<CustomField>,
    /// The approval on YunoJuno.
    pub url: Option<String>,
    /// The contracts that draw on it, latest start first.
    pub contracts: Vec<ContractSummary>,
    /// The comparison of approved and committed amounts.
    pub budget: Budget,
    /// Every event, newest first.
    pub entries: Vec<Entry>,
    /// The changes of each event by sequence number; the newest 200 that could be parsed.
    pub changes: BTreeMap<i64, EventChanges>,
    /// All findings.
    pub findings: Vec<Finding>,
}
