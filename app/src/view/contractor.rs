//! The views of contractors and contracts, in lists and on pages.

use crate::picture::Scene;
use crate::view::spend::RequisitionSummary;
use domain::diff::WhatChanged;
use domain::estimate::{Estimate, Standing};
use domain::event::contact::CustomField;
use domain::event::contract::{FeePeriod, Hirer, Jurisdiction, Rate};
use domain::event::{EventType, Mode};
use domain::id::{ContractId, ContractorId, RequisitionId, Subject};
use domain::lifecycle::contact::ContactState;
use domain::lifecycle::contract::{ContractState, Phase};
use domain::lifecycle::finding::Finding;
use domain::money::{Currency, Money};
use domain::timeline::{Entry, Step};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One row of the contractor list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContractorSummary {
    /// `clct_…`
    pub id: ContractorId,
    /// Their name; the id when no event carried one.
    pub name: String,
    /// Their e-mail address.
    pub email: Option<String>,
    /// The client they work for.
    pub client: Option<String>,
    /// How far they have come.
    pub state: ContactState,
    /// `status.bookability_state` as sent.
    pub bookability: Option<String>,
    /// Contracts running today.
    pub active_contracts: u32,
    /// Offers they have not answered.
    pub open_offers: u32,
    /// The next last day among the signed contracts, begun or not.
    pub next_end_on: Option<Date>,
    /// The client's own fields, each as `Name:Value`.
    pub custom_fields: Vec<String>,
    /// What their signed contracts are estimated to cost, ended ones included: one sum for each currency.
    pub committed: Vec<Money>,
    /// Signed contracts that cannot be estimated, or not in full: the sums lack what they cost.
    pub unestimated: u32,
    /// Only test events name them.
    pub is_test: bool,
    /// When the last event about them happened.
    pub last_at: Timestamp,
}

/// One contractor, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContractorDetail {
    /// What the list shows.
    pub summary: ContractorSummary,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their directory page on YunoJuno.
    pub url: Option<String>,
    /// The client's own fields.
    pub custom_fields: Vec<CustomField>,
    /// Their contracts, latest start first.
    pub contracts: Vec<ContractSummary>,
    /// The requisitions their contracts draw on.
    pub requisitions: Vec<RequisitionSummary>,
    /// What their picture is drawn from: the newest 200 of their contracts, and the money.
    pub picture: Scene,
    /// Every event about them, their contracts and the requisitions these draw on, newest first.
    pub entries: Vec<Entry>,
    /// Everything that is wrong or missing.
    pub findings: Vec<Finding>,
}

impl ContractorDetail {
    /// When the oldest of the open offers was made: of a contract offered twice, the second offer is the one that waits.
    pub fn oldest_open_offer(&self) -> Option<Timestamp> {
        let open = self.contracts.iter().filter(|contract| contract.state == ContractState::Offered);
        let made = open.filter_map(|contract| {
            let is_offer = |entry: &&Entry| {
                entry.event_type == EventType::ContractOffered
                    && (contract.is_test || entry.mode == Mode::Live)
                    && entry.subject.as_ref().is_some_and(|subject| *subject == Subject::Contract(contract.id.clone()))
            };
            self.entries.iter().filter(is_offer).map(|offer| offer.occurred_at).max()
        });
        made.min()
    }
}

/// One row of the contract list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContractSummary {
    /// `ct_…`
    pub id: ContractId,
    /// Its title; the id when no event carried one.
    pub title: String,
    /// What the contractor does.
    pub job_title: Option<String>,
    /// Whose it is.
    pub contractor_id: Option<ContractorId>,
    /// Their name; their id when no event carried one.
    pub contractor_name: Option<String>,
    /// The client.
    pub client: Option<String>,
    /// The names of those who act for it.
    pub hirers: Vec<String>,
    /// Their ids, as far as they have some.
    pub hirer_ids: Vec<String>,
    /// What events have said.
    pub state: ContractState,
    /// What that means today.
    pub phase: Phase,
    /// First day.
    pub start_on: Option<Date>,
    /// The last day as far as it is known.
    pub ends_on: Option<Date>,
    /// The last day as planned, when notice or completion moved it.
    pub planned_end_on: Option<Date>,
    /// The last day on which notice can end it by its end; only while there is something to give notice of.
    pub notice_by: Option<Date>,
    /// What it pays.
    pub rate: Option<Rate>,
    /// The requisition it draws on.
    pub requisition_id: Option<RequisitionId>,
    /// The client's own fields, each as `Name:Value`.
    pub custom_fields: Vec<String>,
    /// Whether it binds money.
    pub standing: Standing,
    /// What it is estimated to cost; `None` where it was taken back, and where it cannot be told.
    pub estimate: Option<Money>,
    /// Whether it costs more than `estimate`, as none of its days is a working day.
    pub is_at_least: bool,
    /// How many findings its story has.
    pub findings: u32,
    /// Only test events name it.
    pub is_test: bool,
    /// When its last event happened.
    pub last_at: Timestamp,
}

impl ContractSummary {
    /// Whether its last day is said to lie before its first.
    pub fn ends_before_start(&self) -> bool {
        self.start_on.zip(self.ends_on).is_some_and(|(first, last)| last < first)
    }

    /// Whether it is said when it starts and not when it ends.
    pub fn has_no_end(&self) -> bool {
        self.start_on.is_some() && self.ends_on.is_none()
    }
}

/// What signed contracts cost: one sum for each currency, in order of its code. A sum too large to compute is left out,
/// as are contracts that cannot be estimated.
pub fn committed<'a>(contracts: impl IntoIterator<Item = &'a ContractSummary>) -> Vec<Money> {
    let mut sums: BTreeMap<&'a Currency, Option<Money>> = BTreeMap::new();
    for one in contracts {
        let Some(cost) = one.estimate.as_ref().filter(|_| one.standing == Standing::Committed) else { continue };
        let sum = sums.entry(&cost.currency).or_insert_with(|| Some(Money::zero(cost.currency.clone())));
        *sum = sum.as_ref().and_then(|sum| sum.plus(cost));
    }
    sums.into_values().flatten().collect()
}

/// Signed contracts whose cost cannot be told, or not in full.
pub fn unestimated<'a>(contracts: impl IntoIterator<Item = &'a ContractSummary>) -> usize {
    let is_untold =
        |one: &&ContractSummary| one.standing == Standing::Committed && (one.estimate.is_none() || one.is_at_least);
    contracts.into_iter().filter(is_untold).count()
}

/// One contract, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContractDetail {
    /// What the list shows.
    pub summary: ContractSummary,
    /// What the work is.
    pub description: Option<String>,
    /// Who acts for the client.
    pub hirers: Vec<Hirer>,
    /// What a unit costs, period by period.
    pub fee_periods: Vec<FeePeriod>,
    /// Days of notice.
    pub notice_period_days: Option<u32>,
    /// As sent.
    pub work_location: Option<String>,
    /// As sent.
    pub work_time_type: Option<String>,
    /// Length of a working day in minutes.
    pub minutes_in_working_day: Option<u32>,
    /// Where the contractor operates.
    pub operating_jurisdiction: Option<Jurisdiction>,
    /// Where the contractor pays personal taxes.
    pub tax_jurisdiction: Option<Jurisdiction>,
    /// The client's own fields.
    pub custom_fields: Vec<CustomField>,
    /// The contract on YunoJuno.
    pub url: Option<String>,
    /// What it costs in its present state, and how that was worked out.
    pub estimate: Estimate,
    /// The requisition it draws on.
    pub requisition: Option<RequisitionSummary>,
    /// The contract this one renews.
    pub renews: Option<ContractLink>,
    /// The contract that renews this one.
    pub renewed_by: Option<ContractLink>,
    /// The states it went through, oldest first.
    pub steps: Vec<Step>,
    /// Every event, newest first.
    pub entries: Vec<Entry>,
    /// What each event changed, by its place in the log; the newest 200 that could be read.
    pub changes: BTreeMap<i64, WhatChanged>,
    /// Everything that is wrong or missing.
    pub findings: Vec<Finding>,
}

/// A contract named on another one's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractLink {
    /// `ct_…`
    pub id: ContractId,
    /// Its title.
    pub title: String,
    /// First day.
    pub start_on: Option<Date>,
    /// Whether the link was read from `renewal_meta` (true) or from dates that touch (false).
    pub is_stated: bool,
    /// How far it has come.
    pub state: ContractState,
}
