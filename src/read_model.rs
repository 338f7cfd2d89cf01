//! The read model: answers the queries of pages. Only here are both the store and the views known.

mod beginning;
mod changes;
mod check;
mod choices;
mod contractor;
mod delivery;
mod export;
mod findings;
mod genuine;
mod list;
mod live;
mod overview;
mod past;
mod search;
mod story;
mod subject;
mod summaries;
mod volume;

pub use export::Export;
pub(crate) use search::{RequestTerms, terms_between};

pub use genuine::GenuineMessage;

use crate::config::LinkHosts;
use crate::store::people::Email;
use crate::store::{Store, StoreError};
use app::api::{ApiError, ReadModel};
use app::view::Page;
use app::view::catalog::EventTally;
use app::view::choices::Choices;
use app::view::delivery::{DeliveryDetail, DeliveryPage, DeliveryView, RefusedCount};
use app::view::detail::{ContractDetail, ContractorDetail, RequisitionDetail};
use app::view::finding::FindingSummary;
use app::view::first_event::FirstEvent;
use app::view::overview::Overview;
use app::view::summary::{ContractSummary, ContractorSummary, RequisitionSummary};
use async_trait::async_trait;
use domain::account::{Role, SessionSummary};
use domain::diff::Diff;
use domain::health::CannotStore;
use domain::id::{ContractId, ContractorId, RequisitionId, Subject};
use domain::lifecycle::rules::Limits;
use domain::policy::{Thing, sees};
use domain::progress::MakingProgress;
use domain::query::feed::Feed;
use domain::query::filter::{
    ContractFilter, ContractorFilter, Cursor, DeliveryFilter, FindingFilter, RequisitionFilter,
};
use domain::query::moment::Moment;
use domain::query::volume::Volume;
use jiff::Timestamp;
use jiff::civil::Date;
use std::time::{Duration, Instant};
use tokio::sync::watch;

#[cfg(test)]
mod tests;

/// Rows per page.
const PAGE: usize = 50;
/// Maximum number of contracts in a range of the calendar; more fit on no readable page.
const MONTH: i64 = 500;
/// One row more than a page, which tells whether there is a next one.
const ASKED: i64 = 51;

/// The read model over the store.
#[derive(Clone, Debug)]
pub struct StoreReadModel {
    store: Store,
    webhook_url: String,
    warnings: Vec<String>,
    limits: Limits,
    storage: Option<watch::Receiver<Option<CannotStore>>>,
    link_hosts: LinkHosts,
    endpoints: Vec<String>,
    search_time: Duration,
}

impl StoreReadModel {
    /// Returns a URL from a body, if it may become a link.
    fn outward(&self, address: Option<String>) -> Option<String> {
        address.and_then(|address| self.link_hosts.allowed(&address))
    }

    /// Sets the hosts that links from bodies may lead to.
    #[must_use]
    pub fn with_link_hosts(mut self, link_hosts: LinkHosts) -> Self {
        self.link_hosts = link_hosts;
        self
    }

    /// Returns the contracts of a calendar feed, those with a relevant day in the range, and whether there are more
    /// than `most`: then the earliest of them.
    pub(crate) async fn feed_contracts(
        &self,
        filter: &ContractFilter,
        (first, last): (Date, Date),
        moment: Moment,
        most: usize,
    ) -> Result<(Vec<ContractSummary>, bool), ApiError> {
        let asked = i64::try_from(most.saturating_add(1)).unwrap_or(i64::MAX);
        let mut rows =
            answered("feed_contracts", self.store.list_contracts_between(filter, moment, first, last, asked).await)?;
        let has_more = rows.len() > most;
        rows.truncate(most);
        Ok((answered("feed_contracts", summaries::contracts(&rows, moment.today()))?, has_more))
    }

    /// Creates a read model. `webhook_url` is shown for the YunoJuno portal; `warnings` are shown to admins verbatim.
    pub fn new(store: Store, webhook_url: String, warnings: Vec<String>) -> Self {
        Self {
            store,
            webhook_url,
            warnings,
            limits: Limits::default(),
            storage: None,
            link_hosts: LinkHosts::default(),
            endpoints: Vec::new(),
            search_time: Duration::from_millis(250),
        }
    }

    /// Sets the time after which a search of deliveries looks at no further request.
    #[must_use]
    #[cfg(test)]
    pub fn with_search_time(self, search_time: Duration) -> Self {
        Self { search_time, ..self }
    }

    /// Sets the endpoints whose health is shown; by default those that have received a message.
    #[must_use]
    pub fn with_endpoints(mut self, endpoints: Vec<String>) -> Self {
        self.endpoints = endpoints;
        self
    }

    /// Sets the day limits of findings.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the storage state that the overview reports.
    #[must_use]
    pub fn with_storage(mut self, storage: watch::Receiver<Option<CannotStore>>) -> Self {
        self.storage = Some(storage);
        self
    }

    fn cannot_store(&self) -> Option<CannotStore> {
        self.storage.as_ref().and_then(|storage| storage.borrow().clone())
    }

    /// Returns the sequence number of the newest request in the log; 0 before the first.
    pub async fn last_seq(&self) -> Result<i64, ApiError> {
        answered("last_seq", self.store.last_seq().await)
    }

    /// Returns whether every message of the log has been projected.
    pub async fn is_caught_up(&self) -> Result<bool, StoreError> {
        Ok(self.store.count_waiting(1).await? == 0)
    }

    /// Returns the exact bytes of a request's body.
    pub async fn body(&self, seq: i64, role: Option<Role>) -> Result<Option<Vec<u8>>, ApiError> {
        allowed(role, Thing::RawDelivery)?;
        answered("body", self.store.find_delivery(seq).await.map(|found| found.map(|(_, kept)| kept.body)))
    }
}

/// Converts a store error, and logs its cause with the name of the question, here and nowhere else.
fn answered<T>(question: &'static str, result: Result<T, StoreError>) -> Result<T, ApiError> {
    result.map_err(|error| {
        tracing::error!(question, %error, "a question was not answered");
        ApiError::Unavailable
    })
}

/// Refuses what a role does not see.
fn allowed(role: Option<Role>, thing: Thing) -> Result<(), ApiError> {
    sees(role, thing).then_some(()).ok_or(ApiError::Refused)
}

fn found<T>(question: &'static str, result: Result<Option<T>, StoreError>) -> Result<T, ApiError> {
    answered(question, result)?.ok_or(ApiError::NotFound)
}

/// Cuts the extra row off, and returns the cursor of the next page.
fn page<T>(mut items: Vec<T>, rows: usize, cursor: impl Fn(&T) -> Cursor) -> Page<T> {
    let has_more = items.len() > rows;
    items.truncate(rows);
    Page { next: items.last().filter(|_| has_more).map(cursor), items }
}

fn instant_key(last_at: Timestamp, id: &str) -> Cursor {
    Cursor { key: last_at.as_millisecond().to_string(), id: id.to_owned() }
}

#[async_trait]
impl ReadModel for StoreReadModel {
    async fn overview(&self, now: Timestamp, role: Option<Role>) -> Result<Overview, ApiError> {
        answered("overview", overview::overview(self, now, role).await)
    }

    async fn contractors(
        &self,
        filter: &ContractorFilter,
        moment: Moment,
    ) -> Result<Page<ContractorSummary>, ApiError> {
        answered("contractors", list::contractors(&self.store, filter, moment, PAGE).await)
    }

    async fn contractor(&self, id: &ContractorId, moment: Moment) -> Result<ContractorDetail, ApiError> {
        let mut of = found("contractor", contractor::contractor(&self.store, id, moment, self.limits).await)?;
        of.url = self.outward(of.url);
        Ok(of)
    }

    async fn contracts(&self, filter: &ContractFilter, moment: Moment) -> Result<Page<ContractSummary>, ApiError> {
        answered("contracts", list::contracts_tagged(&self.store, filter, moment, PAGE, self.limits).await)
    }

    async fn contract(&self, id: &ContractId, moment: Moment, role: Option<Role>) -> Result<ContractDetail, ApiError> {
        let mut of = found("contract", subject::contract(&self.store, id, moment, self.limits).await)?;
        of.url = self.outward(of.url);
        of.changes = changes::seen_by(role, of.changes);
        Ok(of)
    }

    async fn requisitions(
        &self,
        filter: &RequisitionFilter,
        moment: Moment,
    ) -> Result<Page<RequisitionSummary>, ApiError> {
        answered("requisitions", list::requisitions(&self.store, filter, moment, PAGE).await)
    }

    async fn requisition(
        &self,
        id: &RequisitionId,
        moment: Moment,
        role: Option<Role>,
    ) -> Result<RequisitionDetail, ApiError> {
        let mut of = found("requisition", subject::requisition(&self.store, id, moment, self.limits).await)?;
        of.url = self.outward(of.url);
        of.changes = changes::seen_by(role, of.changes);
        Ok(of)
    }

    async fn findings(
        &self,
        filter: &FindingFilter,
        now: Timestamp,
        role: Option<Role>,
    ) -> Result<Page<FindingSummary>, ApiError> {
        answered("findings", findings::list(&self.store, filter, now, role).await)
    }

    async fn making(&self) -> Result<Option<MakingProgress>, ApiError> {
        answered("making", self.store.making_progress().await)
    }

    async fn attention(&self, now: Timestamp, role: Option<Role>) -> Result<u64, ApiError> {
        answered("attention", findings::count(&self.store, now, role).await)
    }

    async fn first_event(&self, subject: &Subject) -> Result<FirstEvent, ApiError> {
        found("first_event", beginning::of(&self.store, subject).await)
    }

    async fn first_event_of_any(&self, kind: &'static str, is_test: bool) -> Result<Option<FirstEvent>, ApiError> {
        answered("first_event_of_any", beginning::of_any(&self.store, kind, is_test).await)
    }

    async fn compare(
        &self,
        subject: &Subject,
        events: [i64; 2],
        moment: Moment,
        role: Option<Role>,
    ) -> Result<Diff, ApiError> {
        if matches!(subject, Subject::Contractor(_)) {
            allowed(role, Thing::ContactChanges)?;
        }
        Ok(found("compare", changes::compare(&self.store, subject, events, moment).await)?.seen_by(role))
    }

    async fn deliveries(
        &self,
        filter: &DeliveryFilter,
        now: Timestamp,
        role: Option<Role>,
    ) -> Result<DeliveryPage, ApiError> {
        allowed(role, Thing::DeliveryList)?;
        let deadline = Instant::now() + self.search_time;
        answered("deliveries", search::deliveries(&self.store, &filter.as_of(now), now, deadline).await)
    }

    async fn volume(&self, filter: &DeliveryFilter, now: Timestamp, role: Option<Role>) -> Result<Volume, ApiError> {
        allowed(role, Thing::DeliveryList)?;
        answered("volume", volume::volume(self, filter, now).await)
    }

    async fn delivery_views(
        &self,
        email: &str,
        now: Timestamp,
        role: Option<Role>,
    ) -> Result<Vec<DeliveryView>, ApiError> {
        allowed(role, Thing::DeliveryViews)?;
        match Email::parse(email) {
            Some(email) => answered("delivery_views", volume::views(&self.store, &email, now).await),
            None => Ok(Vec::new()),
        }
    }

    async fn refused(&self, role: Option<Role>) -> Result<RefusedCount, ApiError> {
        allowed(role, Thing::DeliveryList)?;
        answered("refused", delivery::refused(&self.store).await)
    }

    async fn delivery(&self, seq: i64, role: Option<Role>) -> Result<DeliveryDetail, ApiError> {
        let of = found("delivery", delivery::find(&self.store, seq).await)?;
        allowed(role, delivery::thing(&of))?;
        Ok(delivery::seen_by(role, of))
    }

    async fn contracts_between(
        &self,
        filter: &ContractFilter,
        first: Date,
        last: Date,
        moment: Moment,
    ) -> Result<Vec<ContractSummary>, ApiError> {
        let rows = self.store.list_contracts_between(filter, moment, first, last, MONTH).await;
        answered("contracts_between", rows.and_then(|rows| summaries::contracts(&rows, moment.today())))
    }

    async fn feeds(&self, email: &str) -> Result<Vec<Feed>, ApiError> {
        match Email::parse(email) {
            Some(email) => answered("feeds", self.store.list_feeds(&email).await),
            None => Ok(Vec::new()),
        }
    }

    async fn sessions(&self, email: &str, now: Timestamp) -> Result<Vec<SessionSummary>, ApiError> {
        match Email::parse(email) {
            Some(email) => answered("sessions", self.store.list_sessions(&email, now).await),
            None => Ok(Vec::new()),
        }
    }

    async fn choices(&self, moment: Moment) -> Result<Choices, ApiError> {
        answered("choices", choices::choices(&self.store, moment).await)
    }

    async fn tallies(&self) -> Result<Vec<EventTally>, ApiError> {
        answered("tallies", overview::tallies(self).await)
    }
}
