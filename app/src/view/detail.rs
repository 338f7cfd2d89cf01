//! Contractors, contracts and spend requisitions as their pages show them, whole.

use super::summary::{ContractSummary, ContractorSummary, RequisitionSummary};
use crate::chart::ChartData;
use domain::budget::Budget;
use domain::diff::EventChanges;
use domain::estimate::Estimate;
use domain::event::contact::CustomField;
use domain::event::contract::{FeePeriod, Hirer, Jurisdiction};
use domain::event::{EventType, Mode};
use domain::id::{ContractId, Subject};
use domain::lifecycle::contract::ContractState;
use domain::lifecycle::finding::Finding;
use domain::timeline::{Entry, Step};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
        let open = self.contracts.iter().filter(|contract| contract.state.is_open_offer());
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
