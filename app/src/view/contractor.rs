//! The views of contractors and contracts, in lists and on pages.

use crate::chart::ChartData;
use crate::view::spend::RequisitionSummary;
use domain::diff::EventChanges;
use domain::estimate::{CommitmentState, Estimate};
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
    /// The state of joining.
    pub state: ContactState,
    /// `status.bookability_state`, verbatim.
    pub bookability: Option<String>,
    /// Number of contracts running today.
    pub active_contracts: u32,
    /// Number of unanswered offers.
    pub open_offers: u32,
    /// The earliest last day among the signed contracts, started or not.
    pub next_end_on: Option<Date>,
    /// The client's own fields, each as `Name:Value`.
    pub custom_fields: Vec<String>,
    /// The estimated cost of their signed contracts, ended ones included: one sum for each currency.
    pub committed: Vec<Money>,
    /// Number of signed contracts without an estimate, or with a partial one, which the sums lack.
    pub unestimated: u32,
    /// Whether only test events mention them.
    pub is_test: bool,
    /// Time of the last event about them.
    pub last_at: Timestamp,
}

/// The page of one contractor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContractorDetail {
    /// The row of the list.
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
    /// The data of their chart: the newest 200 of their contracts, and the money.
    pub chart: ChartData,
    /// Every event about them, their contracts and the requisitions these draw on, newest first.
    pub entries: Vec<Entry>,
    /// All findings.
    pub findings: Vec<Finding>,
}

impl ContractorDetail {
    /// Returns when the oldest open offer was made: of a contract offered twice, the second offer counts.
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
    /// The contractor's role.
    pub job_title: Option<String>,
    /// The id of its contractor.
    pub contractor_id: Option<ContractorId>,
    /// Their name; their id when no event carried one.
    pub contractor_name: Option<String>,
    /// The client.
    pub client: Option<String>,
    /// The names of the hirers.
    pub hirers: Vec<String>,
    /// The ids of the hirers, if known.
    pub hirer_ids: Vec<String>,
    /// The state by events.
    pub state: ContractState,
    /// The phase today.
    pub phase: Phase,
    /// First day.
    pub start_on: Option<Date>,
    /// The known last day.
    pub ends_on: Option<Date>,
    /// The planned last day, if notice or completion moved it.
    pub planned_end_on: Option<Date>,
    /// The last day to give notice so that it ends as planned; only while notice can be given.
    pub notice_by: Option<Date>,
    /// The rate.
    pub rate: Option<Rate>,
    /// The requisition it draws on.
    pub requisition_id: Option<RequisitionId>,
    /// The client's own fields, each as `Name:Value`.
    pub custom_fields: Vec<String>,
    /// Whether it commits money.
    pub standing: CommitmentState,
    /// The estimated cost; `None` for a withdrawn contract, and without an estimate.
    pub estimate: Option<Money>,
    /// Whether `estimate` is a lower bound, as it has no working day.
    pub is_at_least: bool,
    /// Number of findings of its story.
    pub findings: u32,
    /// Whether only test events mention it.
    pub is_test: bool,
    /// Time of its last event.
    pub last_at: Timestamp,
}

impl ContractSummary {
    /// Returns whether its last day is before its first.
    pub fn ends_before_start(&self) -> bool {
        self.start_on.zip(self.ends_on).is_some_and(|(first, last)| last < first)
    }

    /// Returns whether it has a start but no end.
    pub fn has_no_end(&self) -> bool {
        self.start_on.is_some() && self.ends_on.is_none()
    }
}

/// Sums up the cost of signed contracts, by currency in order of its code. Sums that overflow are left out, as are
/// contracts without an estimate.
pub fn committed<'a>(contracts: impl IntoIterator<Item = &'a ContractSummary>) -> Vec<Money> {
    let mut sums: BTreeMap<&'a Currency, Option<Money>> = BTreeMap::new();
    for one in contracts {
        let Some(cost) = one.estimate.as_ref().filter(|_| one.standing == CommitmentState::Committed) else { continue };
        let sum = sums.entry(&cost.currency).or_insert_with(|| Some(Money::zero(cost.currency.clone())));
        *sum = sum.as_ref().and_then(|sum| sum.plus(cost));
    }
    sums.into_values().flatten().collect()
}

/// Counts signed contracts without an estimate, or with a partial one.
pub fn unestimated<'a>(contracts: impl IntoIterator<Item = &'a ContractSummary>) -> usize {
    let is_untold = |one: &&ContractSummary| {
        one.standing == CommitmentState::Committed && (one.estimate.is_none() || one.is_at_least)
    };
    contracts.into_iter().filter(is_untold).count()
}

/// The page of one contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContractDetail {
    /// The row of the list.
    pub summary: ContractSummary,
    /// What the work is.
    pub description: Option<String>,
    /// The hirers.
    pub hirers: Vec<Hirer>,
    /// The fee periods.
    pub fee_periods: Vec<FeePeriod>,
    /// The notice period, in days.
    pub notice_period_days: Option<u32>,
    /// `work_location`, verbatim.
    pub work_location: Option<String>,
    /// `work_time_type`, verbatim.
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
    /// Its estimate in its present state.
    pub estimate: Estimate,
    /// The requisition it draws on.
    pub requisition: Option<RequisitionSummary>,
    /// The contract this one renews.
    pub renews: Option<ContractLink>,
    /// The contract that renews this one.
    pub renewed_by: Option<ContractLink>,
    /// The steps so far, oldest first.
    pub steps: Vec<Step>,
    /// Every event, newest first.
    pub entries: Vec<Entry>,
    /// The changes of each event by sequence number; the newest 200 that could be parsed.
    pub changes: BTreeMap<i64, EventChanges>,
    /// All findings.
    pub findings: Vec<Finding>,
}

/// A contract linked from another one's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractLink {
    /// `ct_…`
    pub id: ContractId,
    /// Its title.
    pub title: String,
    /// First day.
    pub start_on: Option<Date>,
    /// Whether the link is stated by `renewal_meta`, rather than inferred from adjoining dates.
    pub is_stated: bool,
    /// Its state.
    pub state: ContractState,
}
