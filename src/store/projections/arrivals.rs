//! Queries of arrivals: which messages were already counted, and how many reached an endpoint.

use super::row::{EndpointArrivals, HOUR, MINUTE, Message};
use crate::store::statement::{MAX_IN_VALUES, Statement, fetch_all};
use crate::store::{Store, StoreError, with_reader};
use std::collections::{BTreeMap, BTreeSet};

impl Store {
    /// Returns the endpoints that have received genuine messages, in order of name.
    pub async fn list_endpoints(&self) -> Result<Vec<String>, StoreError> {
        // A loose index scan: there are few endpoints, and millions of messages.
        let found: Vec<Option<String>> = with_reader!(self, |pool| {
            sqlx::query_scalar(
                "with recursive names (name) as (select min(endpoint) from messages union all \
                 select (select min(m.endpoint) from messages m where m.endpoint > names.name) from names \
                 where names.name is not null) select name from names where name is not null",
            )
            .fetch_all(pool)
            .await?
        });
        Ok(found.into_iter().flatten().collect())
    }

    /// Returns the sequence numbers of those messages that another endpoint received before: the sender uses one id for
    /// all endpoints, so these are the same messages.
    pub async fn list_seen_elsewhere(&self, messages: &[Message]) -> Result<BTreeSet<i64>, StoreError> {
        let endpoints = self.list_endpoints().await?;
        let mut seen = BTreeSet::new();
        if endpoints.len() < 2 {
            return Ok(seen);
        }
        for chunk in messages.chunks(MAX_IN_VALUES) {
            let mut select = Statement::new("select message_id, min(seq) from messages where endpoint");
            select.push_in(endpoints.iter().map(String::as_str));
            select.push(" and message_id").push_in(chunk.iter().map(|message| message.message_id.as_str()));
            select.push(" group by message_id");
            let firsts: BTreeMap<String, i64> = fetch_all!(self, (String, i64), select)?.into_iter().collect();
            let is_first = |message: &&Message| firsts.get(&message.message_id).is_none_or(|seq| *seq >= message.seq);
            seen.extend(chunk.iter().filter(|message| !is_first(message)).map(|message| message.seq));
        }
        Ok(seen)
    }

    /// Returns the hours in which live messages arrived at this endpoint, from a minute (since 1970) on, oldest first.
    pub async fn list_arrival_hours(&self, endpoint: &str, from: i64) -> Result<Vec<EndpointArrivals>, StoreError> {
        let mut select = Statement::select::<EndpointArrivals>("endpoint_arrivals");
        select
            .push(" where span = ")
            .bind(HOUR)
            .push(" and endpoint = ")
            .bind(endpoint)
            .push(" and start >= ")
            .bind(from);
        select.push(" order by start");
        fetch_all!(self, EndpointArrivals, select)
    }

    /// Returns the arrival of the last live message at this endpoint.
    pub async fn find_last_arrival(&self, endpoint: &str) -> Result<Option<i64>, StoreError> {
        let mut select = Statement::new("select last_at from endpoint_arrivals where span = ");
        select.bind(HOUR).push(" and endpoint = ").bind(endpoint).push(" order by start desc limit 1");
        Ok(fetch_all!(self, (i64,), select)?.pop().map(|(at,)| at))
    }

    /// Counts live messages at this endpoint from a minute on.
    pub async fn count_arrivals_at(&self, endpoint: &str, from: i64) -> Result<i64, StoreError> {
        let mut select =
            Statement::new("select cast(coalesce(sum(live), 0) as bigint) from endpoint_arrivals where span = ");
        select.bind(MINUTE).push(" and endpoint = ").bind(endpoint).push(" and start >= ").bind(from);
        Ok(fetch_all!(self, (i64,), select)?.pop().map_or(0, |(count,)| count))
    }
}
