//! The versions of a contract's list row at each moment of its past. Pure: a function of the set of its events.
//!
//! Every event begins a version on two time lines: when it happened, and when it arrived. The version in force at a
//! moment is the newest that began by then. Versions have no end that would have to be updated, so a late event
//! rewrites only those that begin with it or after it.

use crate::store::projections::row::{ContractRow, ContractVersion};
use crate::stories::list_rows;
use domain::query::moment::Meaning;
use domain::timeline::{self, StoredEvent};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Returns the time of an event on one of the two time lines.
fn on(line: Meaning, happening: &StoredEvent) -> Timestamp {
    match line {
        Meaning::Happened => happening.occurred_at,
        Meaning::Known => happening.received_at,
    }
}

/// Returns the versions that the `fresh` events of a contract add or change. `whole` is the row of all events.
pub(crate) fn contract(told: &[StoredEvent], fresh: &BTreeSet<i64>, whole: &ContractRow) -> Vec<ContractVersion> {
    let mut versions = Vec::new();
    for line in Meaning::ALL {
        let Some(first) = told.iter().filter(|one| fresh.contains(&one.seq)).map(|one| on(line, one)).min() else {
            continue;
        };
        let mut beginnings = BTreeMap::<Timestamp, usize>::new();
        for happening in told {
            *beginnings.entry(on(line, happening)).or_default() += 1;
        }
        let mut count = 0;
        for (from, events) in beginnings {
            count += events;
            if from < first {
                continue;
            }
            // The version of the last event equals the list row, which is the usual case.
            let row = if count == told.len() {
                Some(whole.clone())
            } else {
                let then: Vec<StoredEvent> = told.iter().filter(|one| on(line, one) <= from).cloned().collect();
                timeline::contract(&then).as_ref().map(list_rows::contract)
            };
            versions.extend(row.map(|row| ContractVersion {
                is_known: line == Meaning::Known,
                from_at: from.as_millisecond(),
                row,
            }));
        }
    }
    versions
}
