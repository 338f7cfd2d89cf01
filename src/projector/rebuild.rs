//! Makes all lists again: on request, and when the day limits of findings have changed.

use super::{BATCH_PAUSE, Projector, REBUILD_BATCH, StepOutcome};
use crate::store::projections::limits::LimitsChange;
use crate::store::{Store, StoreError};
use domain::lifecycle::rules::Limits;
use jiff::Timestamp;
use tokio::time::sleep;

/// The outcome of a rebuild.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    /// Number of messages read.
    pub messages: i64,
    /// Number of contractors found in them.
    pub contractors: i64,
    /// Number of contracts found in them.
    pub contracts: i64,
    /// Number of requisitions found in them.
    pub requisitions: i64,
}

/// Puts these limits into force: lists that were folded with others are made anew.
pub async fn apply_limits(store: &Store, limits: Limits) -> Result<(), StoreError> {
    if let LimitsChange::Changed { from } = store.apply_limits(limits).await? {
        tracing::info!(
            now = %days(limits),
            before = %from.map_or_else(|| "not known".to_owned(), days),
            "the days after which something is a finding have changed: the lists are made anew"
        );
    }
    Ok(())
}

/// Describes the limits by the names of their settings.
pub fn days(limits: Limits) -> String {
    let Limits { offer_days, ending_days, unused_days } = limits;
    format!("offer {offer_days}, ending {ending_days}, unused {unused_days}")
}

/// Like [`rebuild_within`], with the default limits.
pub async fn rebuild(store: &Store, progress: impl FnMut(i64, i64)) -> Result<Rebuilt, StoreError> {
    rebuild_within(store, Limits::default(), None, progress).await
}

/// Makes the lists anew and folds the whole log. `progress` gets the number of messages done, and of all; `now` is for
/// the estimate that pages show.
///
/// Lists are incomplete until it ends; the log is not touched, and a server may go on receiving meanwhile.
pub async fn rebuild_within(
    store: &Store,
    limits: Limits,
    now: Option<Timestamp>,
    mut progress: impl FnMut(i64, i64),
) -> Result<Rebuilt, StoreError> {
    store.remake_lists(Some(limits)).await?;
    if let Some(now) = now {
        store.resume_making(now).await?;
    }
    let total = store.count_waiting(i64::MAX).await?;
    let mut projector = Projector::new(store.clone()).with_limits(limits).with_batch(REBUILD_BATCH);
    let mut done = 0_i64;
    progress(done, total);
    loop {
        match projector.step().await? {
            StepOutcome::Advanced(count) => {
                done = done.saturating_add(i64::try_from(count).unwrap_or(i64::MAX));
                progress(done.min(total), total);
            }
            StepOutcome::Idle => break,
            // A running server took the batch, which counts as progress.
            StepOutcome::LockedElsewhere => sleep(BATCH_PAUSE).await,
        }
    }
    let [contractors, contracts, requisitions] = store.count_rows().await?;
    Ok(Rebuilt { messages: total, contractors, contracts, requisitions })
}
