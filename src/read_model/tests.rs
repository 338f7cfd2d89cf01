//! Tests of the read model, on both databases.

mod counts;
mod deliveries;
mod export;
mod findings;
mod interleaved;
mod listing;
mod lists;
mod moments;
mod money;
mod names;
mod paging;
mod past;
mod refused;
mod search;
mod subjects;
mod volume;

use super::*;
use crate::tests::support::database::each_database;
use crate::tests::support::history::{
    BOUNDS, START, TestMessage, at, body, contact, contract, history, log, log_and_project, project, refused,
    requisition,
};
use serde_json::json;

/// The current time of tests that do not depend on it.
const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// The viewer who sees all.
const ADMIN: Option<Role> = Some(Role::Admin);

fn reader(store: &Store) -> StoreReadModel {
    StoreReadModel::new(
        store.clone(),
        "https://hooks.example.com/webhooks/yunojuno".to_owned(),
        vec!["Mind the gap.".to_owned()],
    )
    .with_search_time(Duration::from_mins(1))
}
