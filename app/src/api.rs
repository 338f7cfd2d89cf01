//! The traits through which pages query and act. The server implements them; the browser never sees them.

use crate::view::Page;
use crate::view::catalog::EventTally;
use crate::view::choices::Choices;
use crate::view::delivery::{DeliveryDetail, DeliveryPage, DeliveryView, RefusedCount};
use crate::view::detail::RequisitionDetail;
use crate::view::detail::{ContractDetail, ContractorDetail};
use crate::view::finding::FindingSummary;
use crate::view::first_event::FirstEvent;
use crate::view::overview::Overview;
use crate::view::summary::RequisitionSummary;
use crate::view::summary::{ContractSummary, ContractorSummary};
use async_trait::async_trait;
use domain::account::{Person, Role, SessionSummary};
use domain::diff::Diff;
use domain::id::{ContractId, ContractorId, RequisitionId, Subject};
use domain::progress::MakingProgress;
use domain::query::feed::Feed;
use domain::query::filter::FindingFilter;
use domain::query::filter::{ContractFilter, ContractorFilter, DeliveryFilter, RequisitionFilter};
use domain::query::moment::Moment;
use domain::query::volume::Volume;
use jiff::Timestamp;
use jiff::civil::Date;
use std::sync::Arc;

/// The reason why a query has no answer, in words for the reader. The cause is logged where it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The subject does not exist.
    #[error("There is nothing at this address.")]
    NotFound,
    /// The viewer's role does not see it.
    #[error("Your role does not see this.")]
    Refused,
    /// The store failed.
    #[error("Junoscope could not read this from its database.")]
    Unavailable,
}

impl ApiError {
    /// Returns the HTTP status of a page with this error.
    pub fn status(self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::Refused => 403,
            Self::Unavailable => 503,
        }
    }
}

/// The queries of pages. "Today" is the day of `now`; where a page can show the past, the moment gives its instant, and
/// events that it excludes are not part of the answer. Where the answer depends on the viewer, `role` is theirs, and what
/// they may not see by [`domain::policy`] is not in it.
#[async_trait]
pub trait ReadModel: Send + Sync {
    /// Returns the overview page.
    async fn overview(&self, now: Timestamp, role: Option<Role>) -> Result<Overview, ApiError>;
    /// Returns one page of contractors. At a past moment they are always in order of name.
    async fn contractors(&self, filter: &ContractorFilter, moment: Moment)
    -> Result<Page<ContractorSummary>, ApiError>;
    /// Returns one contractor.
    async fn contractor(&self, id: &ContractorId, moment: Moment) -> Result<ContractorDetail, ApiError>;
    /// Returns one page of contracts.
    async fn contracts(&self, filter: &ContractFilter, moment: Moment) -> Result<Page<ContractSummary>, ApiError>;
    /// Returns one contract.
    async fn contract(&self, id: &ContractId, moment: Moment, role: Option<Role>) -> Result<ContractDetail, ApiError>;
    /// Returns one page of requisitions. At a past moment they are always in order of title.
    async fn requisitions(
        &self,
        filter: &RequisitionFilter,
        moment: Moment,
    ) -> Result<Page<RequisitionSummary>, ApiError>;
    /// Returns one requisition.
    async fn requisition(
        &self,
        id: &RequisitionId,
        moment: Moment,
        role: Option<Role>,
    ) -> Result<RequisitionDetail, ApiError>;
    /// Returns current findings, the most severe first.
    async fn findings(
        &self,
        filter: &FindingFilter,
        now: Timestamp,
        role: Option<Role>,
    ) -> Result<Page<FindingSummary>, ApiError>;
    /// Returns how far lists that are being made have come; `None` when they are made.
    async fn making(&self) -> Result<Option<MakingProgress>, ApiError>;
    /// Counts the open findings.
    async fn attention(&self, now: Timestamp, role: Option<Role>) -> Result<u64, ApiError>;
    /// Returns the first event of a subject. Not found when no event mentions it.
    async fn first_event(&self, subject: &Subject) -> Result<FirstEvent, ApiError>;
    /// Returns the first event of any live subject of a kind, or of any test one; `None` before the first. `kind` is a
    /// value of [`Subject::kind`].
    async fn first_event_of_any(&self, kind: &'static str, is_test: bool) -> Result<Option<FirstEvent>, ApiError>;
    /// Returns the differences between two events of one subject's story, given by their sequence numbers. Not found
    /// when one of them is not in the story, or has no snapshot of the subject.
    async fn compare(
        &self,
        subject: &Subject,
        events: [i64; 2],
        moment: Moment,
        role: Option<Role>,
    ) -> Result<Diff, ApiError>;
    /// Returns one page of requests, newest first. A search may look at so many that it ends before the page is full.
    async fn deliveries(
        &self,
        filter: &DeliveryFilter,
        now: Timestamp,
        role: Option<Role>,
    ) -> Result<DeliveryPage, ApiError>;
    /// Counts the requests of the stretch of time that a filter asks for, over time and by the values of each filter.
    async fn volume(&self, filter: &DeliveryFilter, now: Timestamp, role: Option<Role>) -> Result<Volume, ApiError>;
    /// Returns the views of that list that a person sees: those that are always there, then saved ones.
    async fn delivery_views(
        &self,
        email: &str,
        now: Timestamp,
        role: Option<Role>,
    ) -> Result<Vec<DeliveryView>, ApiError>;
    /// Counts all requests ever refused, and those still kept.
    async fn refused(&self, role: Option<Role>) -> Result<RefusedCount, ApiError>;
    /// Returns one request by its sequence number.
    async fn delivery(&self, seq: i64, role: Option<Role>) -> Result<DeliveryDetail, ApiError>;
    /// Returns at most 500 contracts whose start, end or notice deadline is between two days.
    async fn contracts_between(
        &self,
        filter: &ContractFilter,
        first: Date,
        last: Date,
        moment: Moment,
    ) -> Result<Vec<ContractSummary>, ApiError>;
    /// Returns the calendar links of one person, newest first.
    async fn feeds(&self, email: &str) -> Result<Vec<Feed>, ApiError>;
    /// Returns the valid sessions of one person, most recently used first.
    async fn sessions(&self, email: &str, now: Timestamp) -> Result<Vec<SessionSummary>, ApiError>;
    /// Returns the values that filters offer at a moment.
    async fn choices(&self, moment: Moment) -> Result<Choices, ApiError>;
    /// Returns counts of every type: the 15 of the catalog in its order, then unknown ones by name.
    async fn tallies(&self) -> Result<Vec<EventTally>, ApiError>;
}

/// The write operations of pages. Permissions are checked before, in the form handlers.
#[async_trait]
pub trait Commands: Send + Sync {
    /// Dismisses a finding with a reason. One that is already dismissed keeps its first reason.
    async fn dismiss(&self, key: &str, reason: &str, by: &Person, now: Timestamp) -> Result<(), ApiError>;
    /// Undoes a dismissal, which stays in the history.
    async fn restore(&self, key: &str, by: &Person, now: Timestamp) -> Result<(), ApiError>;
}

/// The type under which the server puts the read model into Leptos context.
pub type SharedReadModel = Arc<dyn ReadModel>;

/// The id of a request in the server's log, which the server puts into Leptos context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub Arc<str>);

/// A callback that sets the status code: the server puts it into Leptos context, so that `app` is independent of axum.
#[derive(Clone)]
pub struct StatusLine(pub Arc<dyn Fn(u16) + Send + Sync>);
