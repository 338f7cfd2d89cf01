//! The indexer: follows the projector through the log, and keeps the index of the search of deliveries.
//!
//! Ingest never waits for it, nor does the projector: it works at the lowest priority, and not at all while requests
//! arrive fast or lists are being made. What it has not reached is searched without the index.

use crate::blocking::spawn_blocking;
use crate::index::segment::{Builder, Level, Segment, merged};
use crate::load::LoadGate;
use crate::read_model::{RequestTerms, terms_between};
use crate::store::search_index::{IndexLease, NewSegment};
use crate::store::{Store, StoreError};
use std::ops::RangeInclusive;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

#[cfg(test)]
mod tests;

/// Interval at which the position of the projector is looked at, if nothing else wakes the indexer.
const POLL: Duration = Duration::from_secs(2);
/// Pause after a step while there is more to do, so that pages and the projector get their turn.
const PAUSE: Duration = Duration::from_millis(5);
/// The longest delay after a failure.
const MAX_BACKOFF: Duration = Duration::from_secs(30);
/// Number of blocks that are merged at once: of eight segments they have a few hundred kilobytes.
const BLOCKS_AT_ONCE: i64 = 16;

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexStep {
    /// A segment was written.
    Written,
    /// There is nothing to do yet.
    Idle,
    /// Another instance is at it.
    LockedElsewhere,
}

/// Follows the projector.
pub struct Indexer {
    store: Store,
}

impl Indexer {
    /// Creates an indexer that continues after the stored segments.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Writes the next segment, or merges segments, if there are enough requests.
    pub async fn step(&mut self) -> Result<IndexStep, StoreError> {
        if self.store.making_progress().await?.is_some() {
            return Ok(IndexStep::Idle);
        }
        let Some(lease) = self.store.acquire_index_lease().await? else { return Ok(IndexStep::LockedElsewhere) };
        let segments = self.store.list_segments().await?;
        let new = match segments.last() {
            Some(last) if last.completes().is_some() => self.merge(last, &segments).await?,
            last => self.next(last.map_or(0, Segment::end_seq)).await?,
        };
        let Some(new) = new else {
            lease.release().await?;
            return Ok(IndexStep::Idle);
        };
        self.write(lease, new).await
    }

    async fn write(&self, lease: IndexLease, new: NewSegment) -> Result<IndexStep, StoreError> {
        let is_written = self.store.write_segment(lease, new).await?;
        Ok(if is_written { IndexStep::Written } else { IndexStep::LockedElsewhere })
    }

    /// Makes the segment that begins at a sequence number; `None` until the projector has passed its end.
    async fn next(&self, first: i64) -> Result<Option<NewSegment>, StoreError> {
        let level = Level::SMALL;
        let size = i64::try_from(level.size()).unwrap_or(i64::MAX);
        let segment = Segment::empty(level, first.div_euclid(size));
        // What a message is about is known once it is projected.
        if self.store.projected_position().await? < segment.end_seq() - 1 {
            return Ok(None);
        }
        let requests = terms_between(&self.store, segment.first_seq(), segment.end_seq()).await?;
        Ok(Some(spawn_blocking(move || made(segment, &requests)).await))
    }

    /// Merges a segment and those before it into one of the next level.
    async fn merge(&self, last: &Segment, segments: &[Segment]) -> Result<Option<NewSegment>, StoreError> {
        let Some((into, number, numbers)) = last.completes() else { return Ok(None) };
        let mut segment = Segment::empty(into, number);
        for part in segments.iter().filter(|part| part.level == last.level && numbers.contains(&part.number)) {
            segment.include(part.from_at, part.until_at);
        }
        let mut blocks = Vec::new();
        let all = last.level.blocks();
        let mut first = 0;
        while first < all {
            let range = first..=(first + BLOCKS_AT_ONCE - 1).min(all - 1);
            blocks.extend(self.merge_blocks(last.level, &numbers, range).await?);
            first += BLOCKS_AT_ONCE;
        }
        Ok(Some(NewSegment { segment, blocks, replaced: Some((last.level, numbers)) }))
    }

    async fn merge_blocks(
        &self,
        level: Level,
        numbers: &RangeInclusive<i64>,
        range: RangeInclusive<i64>,
    ) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
        let rows = self.store.list_blocks_between(level, numbers, &range).await?;
        let first = *numbers.start();
        Ok(spawn_blocking(move || {
            let mut blocks = Vec::new();
            for of_block in rows.chunk_by(|one, other| one.block == other.block) {
                let Some(block) = of_block.first().map(|row| row.block) else { continue };
                let parts: Vec<(i64, &[u8])> =
                    of_block.iter().map(|row| (row.number - first, row.terms.as_slice())).collect();
                blocks.extend(merged(level, block, &parts).unwrap_or_default());
            }
            blocks
        })
        .await)
    }

    /// Follows the log until `shutdown`. `committed` signals commits.
    pub async fn run(mut self, mut committed: watch::Receiver<i64>, gate: LoadGate, shutdown: CancellationToken) {
        let mut failures = 0_u32;
        while !shutdown.is_cancelled() {
            gate.wait(&shutdown).await;
            let wait = match self.step().await {
                Ok(step) => {
                    if failures > 0 {
                        tracing::info!("the index of the search is being kept up to date again");
                    }
                    failures = 0;
                    match step {
                        IndexStep::Written => PAUSE,
                        IndexStep::Idle | IndexStep::LockedElsewhere => POLL,
                    }
                }
                Err(error) => {
                    if failures == 0 {
                        tracing::error!(%error, "the index of the search is not being kept up to date; trying again");
                    }
                    failures = failures.saturating_add(1);
                    POLL.saturating_mul(failures).min(MAX_BACKOFF)
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = sleep(wait) => {}
            }
            if wait >= POLL {
                // Without new requests there is nothing to look at.
                tokio::select! {
                    () = shutdown.cancelled() => {}
                    _ = committed.changed() => {}
                    () = sleep(POLL) => {}
                }
            }
        }
    }
}

/// Makes a new segment of its requests.
fn made(mut segment: Segment, requests: &[RequestTerms]) -> NewSegment {
    let mut builder = Builder::default();
    for request in requests {
        let Ok(doc) = u16::try_from(request.seq - segment.first_seq()) else { continue };
        builder.add(doc, &request.terms);
        segment.include(request.received_at, request.received_at);
    }
    NewSegment { segment, blocks: builder.blocks(segment.level), replaced: None }
}
