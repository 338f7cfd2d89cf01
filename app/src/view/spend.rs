//! The views of spend requisitions, in lists and on pages.

use super::contractor::ContractSummary;
use domain::budget::Budget;
use domain::diff::WhatChanged;
use domain::event::contact::CustomField;
use domain::event::spend::{AmountType, Priced};
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
    /// How much it is for now.
    pub amount: Option<Money>,
    /// Per day or in total.
    pub amount_type: Option<AmountType>,
    /// What was approved last, which may be another amount; `None` where no approval was seen.
    pub approved: Option<Priced>,
    /// What the signed contracts that draw on it are estimated to bind, or for a day rate the dearest day of them.
    pub committed: Option<Money>,
    /// What may be spent less what is committed; below zero where it is passed. `None` where that cannot be told.
    pub remaining: Option<Money>,
    /// Whether more is committed than could be told: a contract in another currency, or one that cannot be estimated.
    pub is_partial: bool,
    /// How far it has come.
    pub state: RequisitionState,
    /// How many versions of it were sent.
    pub versions: u32,
    /// How many contracts draw on it.
    pub contracts: u32,
    /// The client's own fields, each as `Name:Value`.
    pub custom_fields: Vec<String>,
    /// Only test events name it.
    pub is_test: bool,
    /// When its last event happened.
    pub last_at: Timestamp,
}

impl RequisitionSummary {
    /// The amount it is for now, with what it counts.
    pub fn now(&self) -> Option<Priced> {
        Some(Priced { money: self.amount.clone()?, kind: self.amount_type.clone() })
    }

    /// What was approved, where it is for another amount now.
    pub fn approved_otherwise(&self) -> Option<&Priced> {
        self.approved.as_ref().filter(|approved| self.now().as_ref() != Some(*approved))
    }

    /// What may be spent.
    pub fn limit(&self) -> Option<Priced> {
        domain::event::spend::limit(self.approved.as_ref(), self.now().as_ref()).cloned()
    }

    /// Whether it is compared day by day: its sums are of a day then.
    pub fn is_by_day(&self) -> bool {
        self.limit().and_then(|limit| limit.kind).is_some_and(|kind| kind.is_day_rate())
    }
}

/// One requisition, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequisitionDetail {
    /// What the list shows.
    pub summary: RequisitionSummary,
    /// What it is for.
    pub description: Option<String>,
    /// The client's own fields.
    pub custom_fields: Vec<CustomField>,
    /// The approval on YunoJuno.
    pub url: Option<String>,
    /// The contracts that draw on it, latest start first.
    pub contracts: Vec<ContractSummary>,
    /// Approved against committed.
    pub budget: Budget,
    /// Every event, newest first.
    pub entries: Vec<Entry>,
    /// What each event changed, by its place in the log; the newest 200 that could be read.
    pub changes: BTreeMap<i64, WhatChanged>,
    /// Everything that is wrong or missing.
    pub findings: Vec<Finding>,
}
