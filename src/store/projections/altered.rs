//! Queries of messages that arrived again with a different body.

use super::row::{DrawingRow, NeighbourRow};
use super::statement::{Statement, fetch_all};
use crate::store::{Store, StoreError, with_reader};
use app::view::moment::{AsOf, Meaning, Moment};
use std::collections::BTreeSet;

/// How many values one `in (…)` takes.
const LIST: usize = 1_000;

impl Store {
    /// The repeats with another body after `position` and up to `until`, in the order of commits: their place in the log
    /// and that of the message they repeat.
    pub async fn list_altered_after(&self, position: i64, until: i64) -> Result<Vec<(i64, i64)>, StoreError> {
        let mut select = Statement::new(
            "select a.seq, m.seq from attempts a join messages m on m.endpoint = a.endpoint \
             and m.message_id = a.message_id where not a.same_body and a.seq > ",
        );
        select.bind(position).push(" and a.seq <= ").bind(until).push(" order by a.seq");
        fetch_all!(self, (i64, i64), select)
    }

    /// Those of the messages that came again with another body, by a place in the log and as far as was known then.
    pub async fn list_altered(&self, seqs: &[i64], until: i64, moment: Moment) -> Result<BTreeSet<i64>, StoreError> {
        let mut found = BTreeSet::new();
        // As good as always there is none, and that is told at once.
        let any: Option<i64> = with_reader!(self, |pool| {
            sqlx::query_scalar("select seq from attempts where not same_body order by seq limit 1")
                .fetch_optional(pool)
                .await?
        });
        if any.is_none_or(|first| first > until) {
            return Ok(found);
        }
        for chunk in seqs.chunks(LIST) {
            let mut select = Statement::new(
                "select m.seq from messages m join attempts a on a.endpoint = m.endpoint \
                 and a.message_id = m.message_id where not a.same_body and a.seq <= ",
            );
            select.bind(until);
            if let Some(AsOf { at, meaning: Meaning::Known }) = moment.as_of {
                select.push(" and a.received_at <= ").bind(at.as_millisecond());
            }
            select.push(" and m.seq").among(chunk.iter().copied());
            found.extend(fetch_all!(self, (i64,), select)?.into_iter().map(|(seq,)| seq));
        }
        Ok(found)
    }

    /// Whose own these messages are: kind and id.
    pub async fn list_owners(&self, seqs: &[i64]) -> Result<Vec<(String, String)>, StoreError> {
        let mut found = Vec::new();
        for chunk in seqs.chunks(LIST) {
            let mut select = Statement::new("select kind, subject_id from mentions where is_own = ");
            select.bind(true).push(" and seq").among(chunk.iter().copied());
            found.extend(fetch_all!(self, (String, String), select)?);
        }
        Ok(found)
    }

    /// The contracts of these contractors, of either mode, in no particular order.
    pub async fn list_neighbours(&self, contractors: &[&str]) -> Result<Vec<NeighbourRow>, StoreError> {
        let mut found = Vec::new();
        for chunk in contractors.chunks(LIST) {
            let mut select = Statement::new(
                "select id, contractor_id, is_test, state, start_on, ends_on, renewal_ids from contracts \
                 where contractor_id",
            );
            select.among(chunk.iter().copied());
            found.extend(fetch_all!(self, NeighbourRow, select)?);
        }
        Ok(found)
    }

    /// The contracts that draw on these requisitions, of either mode, in order of id.
    pub async fn list_drawing(&self, requisitions: &[&str]) -> Result<Vec<DrawingRow>, StoreError> {
        let mut found = Vec::new();
        for chunk in requisitions.chunks(LIST) {
            let mut select = Statement::new(
                "select id, is_test, requisition_id, standing, commitment_amount, commitment_per_day, \
                 commitment_currency from contracts where requisition_id",
            );
            select.among(chunk.iter().copied()).push(" order by id");
            found.extend(fetch_all!(self, DrawingRow, select)?);
        }
        Ok(found)
    }
}
