//! Queries of messages that arrived again, and of those whose body differed then. The exact bytes of a message from
//! Svix's API are unknown, so no attempt is compared with it.

use super::row::{ContractCommitmentRow, ContributionRow, RenewalCandidateRow, Repeat};
use crate::store::statement::{MAX_IN_VALUES, Statement, fetch_all};
use crate::store::{Store, StoreError, with_reader};
use domain::query::moment::{AsOf, Meaning, Moment};
use std::collections::BTreeSet;

impl Store {
    /// Returns the first further attempts after `position` and up to `until`, in commit order.
    pub async fn list_repeats_after(&self, position: i64, until: i64, limit: i64) -> Result<Vec<Repeat>, StoreError> {
        let mut select = Statement::new(
            "select a.seq, a.endpoint, a.received_at, \
             (a.same_body or coalesce(m.imported_from, '') = 'svix') as same_body, m.seq as message_seq, m.event_type, \
             m.mode from attempts a join messages m on m.endpoint = a.endpoint and m.message_id = a.message_id \
             where a.seq > ",
        );
        select.bind(position).push(" and a.seq <= ").bind(until).push(" order by a.seq limit ").bind(limit);
        fetch_all!(self, Repeat, select)
    }

    /// Returns those of the messages that arrived again with another body, up to a sequence number and as known at a
    /// moment.
    pub async fn list_altered(&self, seqs: &[i64], until: i64, moment: Moment) -> Result<BTreeSet<i64>, StoreError> {
        let mut found = BTreeSet::new();
        // Usually there is none, which this query decides at once.
        let any: Option<i64> = with_reader!(self, |pool| {
            sqlx::query_scalar("select seq from attempts where not same_body order by seq limit 1")
                .fetch_optional(pool)
                .await?
        });
        if any.is_none_or(|first| first > until) {
            return Ok(found);
        }
        for chunk in seqs.chunks(MAX_IN_VALUES) {
            let mut select = Statement::new(
                "select m.seq from messages m join attempts a on a.endpoint = m.endpoint \
                 and a.message_id = m.message_id where not a.same_body and coalesce(m.imported_from, '') <> 'svix' \
                 and a.seq <= ",
            );
            select.bind(until);
            if let Some(AsOf { at, meaning: Meaning::Known }) = moment.as_of {
                select.push(" and a.received_at <= ").bind(at.as_millisecond());
            }
            select.push(" and m.seq").push_in(chunk.iter().copied());
            found.extend(fetch_all!(self, (i64,), select)?.into_iter().map(|(seq,)| seq));
        }
        Ok(found)
    }

    /// Returns kind and id of the subjects that these messages are about.
    pub async fn list_owners(&self, seqs: &[i64]) -> Result<Vec<(String, String)>, StoreError> {
        let mut found = Vec::new();
        for chunk in seqs.chunks(MAX_IN_VALUES) {
            let mut select = Statement::new("select kind, subject_id from mentions where is_own = ");
            select.bind(true).push(" and seq").push_in(chunk.iter().copied());
            found.extend(fetch_all!(self, (String, String), select)?);
        }
        Ok(found)
    }

    /// Returns the contracts of these contractors, of either mode, unordered.
    pub async fn list_neighbours(&self, contractors: &[&str]) -> Result<Vec<RenewalCandidateRow>, StoreError> {
        let mut found = Vec::new();
        for chunk in contractors.chunks(MAX_IN_VALUES) {
            let mut select = Statement::select::<RenewalCandidateRow>("contracts");
            select.push(" where contractor_id").push_in(chunk.iter().copied());
            found.extend(fetch_all!(self, RenewalCandidateRow, select)?);
        }
        Ok(found)
    }

    /// Returns title and commitments of the contracts that draw on these requisitions, of either mode, in order of id.
    pub async fn list_contributions(&self, requisitions: &[&str]) -> Result<Vec<ContributionRow>, StoreError> {
        let mut found = Vec::new();
        for chunk in requisitions.chunks(MAX_IN_VALUES) {
            let mut select = Statement::new(
                "select contracts.id, contracts.title, commitments.history from contracts \
                 join commitments on commitments.id = contracts.id where contracts.requisition_id",
            );
            select.push_in(chunk.iter().copied()).push(" order by contracts.id");
            found.extend(fetch_all!(self, ContributionRow, select)?);
        }
        Ok(found)
    }

    /// Returns the contracts that draw on these requisitions, of either mode, in order of id.
    pub async fn list_drawing(&self, requisitions: &[&str]) -> Result<Vec<ContractCommitmentRow>, StoreError> {
        let mut found = Vec::new();
        for chunk in requisitions.chunks(MAX_IN_VALUES) {
            let mut select = Statement::select::<ContractCommitmentRow>("contracts");
            select.push(" where requisition_id").push_in(chunk.iter().copied()).push(" order by id");
            found.extend(fetch_all!(self, ContractCommitmentRow, select)?);
        }
        Ok(found)
    }
}
