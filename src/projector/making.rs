//! Lists that are being made: larger batches, and a line in the log from time to time.

use super::{Projector, REBUILD_BATCH};
use crate::store::StoreError;
use crate::store::projections::follow::ProjectionLease;
use crate::store::projections::making::MakingProgress;
use std::time::{Duration, Instant};

/// Time between two lines of progress.
const REPORT_INTERVAL: Duration = Duration::from_secs(10);

/// The making as seen by this process.
#[derive(Debug)]
pub(super) struct Making {
    began: Instant,
    reported: Instant,
    made_from: i64,
}

impl Projector {
    /// Follows a making that has begun, goes on or has ended, according to the lease.
    pub(super) async fn follow_making(&mut self, lease: &ProjectionLease) -> Result<(), StoreError> {
        let is_making = lease.making_to.is_some();
        if is_making != self.making.is_some() {
            self.store.set_making(is_making).await?;
            let now = Instant::now();
            self.making = is_making.then_some(Making { began: now, reported: now, made_from: lease.position });
            tracing::info!(
                position = lease.position,
                "{}",
                if is_making { "lists are being made" } else { "lists are made" }
            );
        }
        if let (Some(making), Some(target)) = (&mut self.making, lease.making_to)
            && making.reported.elapsed() >= REPORT_INTERVAL
        {
            making.reported = Instant::now();
            let (position, made_from) = (lease.position, making.made_from);
            let progress = MakingProgress { position, target, made_from, began_at: None };
            tracing::info!(
                percent = progress.percent(),
                done = position,
                total = target,
                left_s = progress.left_s(making.began.elapsed()),
                "lists are being made"
            );
        }
        Ok(())
    }

    /// Returns the maximum number of messages in the next batch, before the gate.
    pub(super) fn full_batch(&self, usual: usize) -> usize {
        if self.making.is_some() { usual.max(REBUILD_BATCH) } else { usual }
    }
}
