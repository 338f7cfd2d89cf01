//! The traits through which pages query and act. The server implements them; the browser never sees them.

use crate::view::Page;
use crate::view::beginning::Beginning;
use crate::view::catalog::EventTally;
use crate::view::choices::Choices;
use crate::view::contractor::{ContractDetail, ContractSummary, ContractorDetail, ContractorSummary};
use crate::view::delivery::{DeliveryDetail, DeliveryPage, RefusedCount};
use crate::view::finding::FindingSummary;
use crate::view::overview::Overview;
use crate::view::spend::{RequisitionDetail, RequisitionSummary};
use async_trait::async_trait;
use domain::account::Person;
use domain::account::SessionSummary;
use domain::diff::Diff;
use domain::id::{ContractId, ContractorId, RequisitionId, Subject};
use domain::query::feed::Feed;
use domain::query::filter::FindingFilter;
use domain::query::filter::{ContractFilter, ContractorFilter, DeliveryFilter, RequisitionFilter};
use domain::query::moment::Moment;
use jiff::Timestamp;
use jiff::civil::Date;
use std::sync::Arc;

/// Why a question has no answer. The words are for the reader; the cause is logged where it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// There is no such thing.
    #[error("There is nothing at this address.")]
    NotFound,
    /// The store could not answer.
    #[error("Junoscope could not read this from its database.")]
    Unavailable,
}

impl ApiError {
    /// The HTTP status of a page that ends in this error.
    pub fn status(self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::Unavailable => 503,
        }
    }
}

/// Every question the pages ask. `now` is the instant against which "today" is told; where a page can be asked about the
/// past, the moment says which instant that is, and no event it leaves out is part of the answer.
#[async_trait]
pub trait ReadModel: Send + Sync {
    /// The first page; without findings of transport unless `sees_all`.
    async fn overview(&self, now: Timestamp, sees_all: bool) -> Result<Overview, ApiError>;
    /// Contractors by name.
    async fn contractors(&self, filter: &ContractorFilter, moment: Moment)
    -> Result<Page<ContractorSummary>, ApiError>;
    /// One contractor.
    async fn contractor(&self, id: &ContractorId, moment: Moment) -> Result<ContractorDetail, ApiError>;
    /// Contracts, newest event first.
    async fn contracts(&self, filter: &ContractFilter, moment: Moment) -> Result<Page<ContractSummary>, ApiError>;
    /// One contract.
    async fn contract(&self, id: &ContractId, moment: Moment) -> Result<ContractDetail, ApiError>;
    /// Requisitions, newest event first.
    async fn requisitions(
        &self,
        filter: &RequisitionFilter,
        moment: Moment,
    ) -> Result<Page<RequisitionSummary>, ApiError>;
    /// One requisition.
    async fn requisition(&self, id: &RequisitionId, moment: Moment) -> Result<RequisitionDetail, ApiError>;
    /// What is wrong now, the gravest first. `sees_all` is for admins: the kinds that tell of transport are for them.
    async fn findings(
        &self,
        filter: &FindingFilter,
        now: Timestamp,
        sees_all: bool,
    ) -> Result<Page<FindingSummary>, ApiError>;
    /// How many findings need a person.
    async fn attention(&self, now: Timestamp, sees_all: bool) -> Result<u64, ApiError>;
    /// When a subject was first heard of. Not found when nothing names it.
    async fn first_heard(&self, subject: &Subject) -> Result<Beginning, ApiError>;
    /// When any live subject of a kind, or any test one, was first heard of; `None` before the first. `kind` is a word of
    /// [`Subject::kind`].
    async fn first_heard_of_any(&self, kind: &'static str, is_test: bool) -> Result<Option<Beginning>, ApiError>;
    /// What differs between two events of one subject's story, given by their places in the log. Not found when one of
    /// them is not in the story, or says nothing of the subject's fields.
    async fn compare(&self, subject: &Subject, events: [i64; 2], moment: Moment) -> Result<Diff, ApiError>;
    /// Every request, newest first.
    async fn deliveries(&self, filter: &DeliveryFilter) -> Result<DeliveryPage, ApiError>;
    /// How many requests were ever refused, and how many of them are kept.
    async fn refused(&self) -> Result<RefusedCount, ApiError>;
    /// One request, by its place in the log.
    async fn delivery(&self, seq: i64) -> Result<DeliveryDetail, ApiError>;
    /// Contracts that start, end or have their notice deadline between two days, at most a thousand.
    async fn contracts_between(
        &self,
        filter: &ContractFilter,
        first: Date,
        last: Date,
        moment: Moment,
    ) -> Result<Vec<ContractSummary>, ApiError>;
    /// The calendar links of one person, newest first.
    async fn feeds(&self, email: &str) -> Result<Vec<Feed>, ApiError>;
    /// The sessions of one person that have not ended, the one used last first.
    async fn sessions(&self, email: &str, now: Timestamp) -> Result<Vec<SessionSummary>, ApiError>;
    /// What lists can be narrowed to, at a moment.
    async fn choices(&self, moment: Moment) -> Result<Choices, ApiError>;
    /// What was received of every type: the 15 of the catalog in its order, then unknown ones by name.
    async fn tallies(&self) -> Result<Vec<EventTally>, ApiError>;
}

/// Every act the pages ask for. Who may do it is asked before, where the form comes in.
#[async_trait]
pub trait Commands: Send + Sync {
    /// Lays a finding aside with a reason. One that is laid aside keeps its first reason.
    async fn dismiss(&self, key: &str, reason: &str, by: &Person, now: Timestamp) -> Result<(), ApiError>;
    /// Takes that back; it stays known that it was there.
    async fn restore(&self, key: &str, by: &Person, now: Timestamp) -> Result<(), ApiError>;
}

/// What the server puts into Leptos context under this type.
pub type SharedReadModel = Arc<dyn ReadModel>;

/// How a page sets the status line: the server puts it into Leptos context, so that `app` need not know axum.
#[derive(Clone)]
pub struct StatusLine(pub Arc<dyn Fn(u16) + Send + Sync>);
