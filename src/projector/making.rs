//! Lists that are being made: larger batches, and a line in the log from time to time.

use super::{Projector, REBUILD_BATCH, StepOutcome};
use crate::store::StoreError;
use crate::store::projections::follow::ProjectionLease;
use domain::progress::MakingProgress;
use jiff::SignedDuration;
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
    /// Follows a making that begins, goes on or has ended.
    pub(super) async fn follow_making(&mut self, progress: Option<MakingProgress>) -> Result<(), StoreError> {
        if progress.is_some() != self.making.is_some() {
            self.store.set_making(progress.is_some()).await?;
            let now = Instant::now();
            self.making = progress.map(|of| Making { began: now, reported: now, made_from: of.position });
        }
        if let (Some(making), Some(progress)) = (&mut self.making, progress)
            && making.reported.elapsed() >= REPORT_INTERVAL
        {
            making.reported = Instant::now();
            let elapsed = SignedDuration::try_from(making.began.elapsed()).unwrap_or(SignedDuration::MAX);
            tracing::info!(
                percent = progress.percent(),
                done = progress.position,
                total = progress.target,
                left_s = MakingProgress { made_from: making.made_from, ..progress }.left_s(elapsed),
                "lists are being made"
            );
        }
        Ok(())
    }

    /// Ends the making of lists into which the log is folded.
    pub(super) async fn finish_making(&self, lease: ProjectionLease) -> Result<StepOutcome, StoreError> {
        self.store.finish_lists(lease).await?;
        Ok(StepOutcome::Advanced(0))
    }

    /// Returns the maximum number of messages in the next batch, before the gate.
    pub(super) fn full_batch(&self, usual: usize) -> usize {
        if self.making.is_some() { usual.max(REBUILD_BATCH) } else { usual }
    }
}
