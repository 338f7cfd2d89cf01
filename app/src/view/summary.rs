//! Contractors, contracts and spend requisitions as rows of their lists.

use domain::commitment::CommitmentState;
use domain::event::contract::Rate;
use domain::event::spend::{AmountType, TypedAmount};
use domain::id::{ContractId, ContractorId, RequisitionId};
use domain::lifecycle::contact::ContactState;
use domain::lifecycle::contract::{ContractState, Phase};
use domain::lifecycle::spend::RequisitionState;
use domain::money::{Currency, Money};
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
