//! The projector: follows the log in batches, folds each outside any lock, and writes its list rows in one transaction.

mod batch;
mod examine;
mod idle;
mod making;
mod rebuild;
mod version;
mod volume;

pub use rebuild::{Rebuilt, apply_limits, days, rebuild, rebuild_within};

use crate::blocking::spawn_blocking;
use crate::load::LoadGate;
use crate::store::projections::row::{Changes, CurrentRows, Message, Repeat, VolumeRow};
use crate::store::{Store, StoreError};
use crate::stories::commitments;
use crate::stories::list_rows;
use crate::stories::messages::messages_of;
use crate::stories::parse::happening;
use batch::Batch;
use domain::event::Mode;
use domain::id::SubjectKind;
use domain::lifecycle::rules::Limits;
use domain::query::moment::Moment;
use domain::timeline::{self, StoredEvent};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use volume::Volume;

#[cfg(test)]
mod tests;

/// Maximum number of messages in a batch.
const BATCH: usize = 512;
/// The same while lists are made: larger batches write fewer pages twice.
const REBUILD_BATCH: usize = 2_048;
/// Maximum number of parsed messages cached between batches, as events of a subject arrive close together.
const PARSED_CACHE: usize = 8_192;
/// Polling interval for commits of other instances.
const POLL: Duration = Duration::from_millis(500);
/// Pause after a batch: messages accumulate, which costs less than many small batches, and their rate can be measured
/// without background work. Lists may be a second late; at a thousand messages a second a batch takes two or three
/// times as long as this.
const BATCH_PAUSE: Duration = Duration::from_millis(90);
/// Delay before that pause, in which the backlog is processed.
const DRAIN_DELAY: Duration = Duration::from_millis(30);
/// Maximum time without such a pause while the projector is behind.
const MAX_TIME_WITHOUT_PAUSE: Duration = Duration::from_secs(1);
/// Delay after a wake-up, as messages seldom come alone.
const WAKE_DELAY: Duration = Duration::from_millis(25);
/// The longest delay after a failure.
const MAX_BACKOFF: Duration = Duration::from_secs(10);

/// A moment after every message, as list rows include all that have arrived.
const ALL_EVENTS: Moment = Moment { now: Timestamp::MAX, as_of: None };

/// Follows the log from a stored position.
pub struct Projector {
    store: Store,
    batch: usize,
    limits: Limits,
    parsed: HashMap<i64, Arc<StoredEvent>>,
    making: Option<making::Making>,
}

/// The outcome of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepOutcome {
    /// This many messages, or further attempts where these are more, were projected.
    Advanced(usize),
    /// There was nothing new.
    Idle,
    /// Another instance is projecting.
    LockedElsewhere,
}

impl Projector {
    /// Creates a projector that continues from the stored position.
    pub fn new(store: Store) -> Self {
        Self { store, batch: BATCH, limits: Limits::default(), parsed: HashMap::new(), making: None }
    }

    /// Sets the day limits of findings. Other limits than those in force need a rebuild.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the maximum number of messages per step; rows do not depend on it.
    #[must_use]
    pub fn with_batch(mut self, messages: usize) -> Self {
        self.batch = messages.max(1);
        self
    }

    /// Projects the next batch, if there is one.
    pub async fn step(&mut self) -> Result<StepOutcome, StoreError> {
        let Some(lease) = self.store.acquire_lease().await? else { return Ok(StepOutcome::LockedElsewhere) };
        // The limits in force apply to all instances, whoever set them.
        self.limits = lease.limits.unwrap_or(self.limits);
        self.follow_making(lease.making).await?;
        if lease.making.is_some_and(|making| making.position >= making.target) {
            return self.finish_making(lease).await;
        }
        let limit = i64::try_from(self.batch).unwrap_or(i64::MAX);
        // The end of the log is read first, so that everything up to it is visible to the queries that follow.
        let head = self.store.last_seq().await?;
        let mut messages = self.store.list_messages_after(lease.position, limit).await?;
        let last = messages.last().map_or(lease.position, |message| message.seq);
        let until = if messages.len() == self.batch { last } else { last.max(head) };
        let repeats = self.store.list_repeats_after(lease.position, until, limit).await?;
        let mut to = last;
        if let Some(repeat) = repeats.last() {
            to = last.max(repeat.seq);
            if repeats.len() == self.batch {
                // More may follow it.
                to = repeat.seq;
                messages.retain(|message| message.seq <= to);
            }
        }
        let count = messages.len().max(repeats.len());
        if to == lease.position {
            if lease.making.is_some() {
                // The numbers that are left are those of requests that are not folded.
                return self.finish_making(lease).await;
            }
            lease.release().await?;
            return Ok(StepOutcome::Idle);
        }
        let again = self.store.list_seen_elsewhere(&messages).await?;
        let batch = spawn_blocking(move || batch::read(&messages, &again)).await;
        let (before, changes) = self.fold(batch, &repeats, to).await?;
        let was_ours = self.store.commit_batch(lease, to, &before, &changes).await?;
        Ok(if was_ours { StepOutcome::Advanced(count) } else { StepOutcome::LockedElsewhere })
    }

    /// Folds a batch; returns the stored rows of its subjects, and the new ones. `repeats` are further attempts; `to` is
    /// the position after it.
    async fn fold(&mut self, batch: Batch, repeats: &[Repeat], to: i64) -> Result<(CurrentRows, Changes), StoreError> {
        let altered: Vec<i64> =
            repeats.iter().filter(|repeat| !repeat.same_body).map(|repeat| repeat.message_seq).collect();
        let owners = self.store.list_owners(&altered).await?;
        let mut stories = Vec::new();
        for kind in [SubjectKind::Contractor, SubjectKind::Contract, SubjectKind::Requisition] {
            let mut ids = batch.touched(kind.as_str());
            ids.extend(owners.iter().filter(|(of, _)| of == kind.as_str()).map(|(_, id)| id.as_str()));
            let ids: Vec<&str> = ids.into_iter().collect();
            let messages = messages_of(&self.store, kind, &ids, &batch.changes.mentions, ALL_EVENTS).await?;
            stories.push((kind, messages));
        }
        let Batch { happenings, mut changes } = batch;
        let fresh: BTreeSet<i64> = happenings.keys().copied().collect();
        self.parsed.extend(happenings);
        changes.volume.extend(self.count_repeats(repeats).await?);
        let mut needed: BTreeSet<i64> = stories.iter().flat_map(|(_, of)| of.values().flatten().copied()).collect();
        self.parse(&needed).await?;
        let parsed = std::mem::take(&mut self.parsed);
        let (changes, stories, parsed) = spawn_blocking(move || {
            for (kind, messages) in &stories {
                fold_kind(*kind, messages, &parsed, &fresh, &mut changes);
            }
            (changes, stories, parsed)
        })
        .await;
        self.parsed = parsed;

        let ids = |kind: SubjectKind| -> Vec<&str> {
            let of_kind = stories.iter().filter(|(of, _)| *of == kind);
            of_kind.flat_map(|(_, messages)| messages.keys().map(String::as_str)).collect()
        };
        let mut before = self
            .store
            .current_rows(&ids(SubjectKind::Contractor), &ids(SubjectKind::Contract), &ids(SubjectKind::Requisition))
            .await?;
        let subjects = examine::gather(&self.store, &before.contracts, &changes, stories).await?;
        needed.extend(subjects.seqs());
        self.parse(&needed).await?;
        let seqs: Vec<i64> = needed.iter().copied().collect();
        let altered = self.store.list_altered(&seqs, to, ALL_EVENTS).await?;
        let parsed = std::mem::take(&mut self.parsed);
        let limits = self.limits;
        let (changes, mut parsed) = spawn_blocking(move || {
            let mut changes = changes;
            examine::examine(&subjects, &parsed, &altered, limits, &mut changes);
            (changes, parsed)
        })
        .await;
        before.findings = self.store.list_findings_of(&changes.examined).await?;
        if parsed.len() > PARSED_CACHE {
            parsed.retain(|seq, _| needed.contains(seq));
        }
        if parsed.len() > PARSED_CACHE {
            parsed.clear();
        }
        self.parsed = parsed;
        Ok((before, changes))
    }

    /// Counts further attempts, by the mode of their messages as parsed today.
    async fn count_repeats(&mut self, repeats: &[Repeat]) -> Result<Vec<VolumeRow>, StoreError> {
        self.parse(&repeats.iter().map(|repeat| repeat.message_seq).collect()).await?;
        let mut volume = Volume::default();
        for repeat in repeats {
            let filed = || repeat.mode.as_deref().map(Mode::parse).unwrap_or_default();
            let mode = self.parsed.get(&repeat.message_seq).map_or_else(filed, |happening| happening.event.mode);
            volume.add_repeat(repeat, mode);
        }
        Ok(volume.into_rows().collect())
    }

    /// Parses the needed messages that are not cached yet.
    async fn parse(&mut self, needed: &BTreeSet<i64>) -> Result<(), StoreError> {
        let missing: Vec<i64> = needed.iter().copied().filter(|seq| !self.parsed.contains_key(seq)).collect();
        let found = self.store.list_messages(&missing).await?;
        let read = spawn_blocking(move || found.iter().filter_map(read).collect::<Vec<_>>()).await;
        self.parsed.extend(read);
        Ok(())
    }

    /// Follows the log until `shutdown`: at once when `wake` signals a commit here, and by polling for commits of other
    /// instances. At the closed gate it waits.
    pub async fn run(mut self, mut wake: watch::Receiver<i64>, gate: LoadGate, shutdown: CancellationToken) {
        let mut failures = 0_u32;
        let mut is_woken = true;
        let full = self.batch;
        let mut last_pause = Instant::now();
        let mut idle_polls = idle::IdlePolls::default();
        while !shutdown.is_cancelled() {
            self.batch = gate.batch(self.full_batch(full));
            let wait = match self.step().await {
                Ok(step) => {
                    if failures > 0 {
                        tracing::info!("lists are being kept up to date again");
                    }
                    failures = 0;
                    if idle_polls.begin_idle(step) {
                        self.release_memory().await;
                    }
                    match step {
                        StepOutcome::Advanced(count)
                            if count == self.batch && last_pause.elapsed() < MAX_TIME_WITHOUT_PAUSE =>
                        {
                            Duration::ZERO
                        }
                        StepOutcome::Advanced(_) => BATCH_PAUSE,
                        StepOutcome::Idle | StepOutcome::LockedElsewhere => POLL,
                    }
                }
                Err(error) => {
                    if failures == 0 && error.is_damage() {
                        tracing::error!(%error, "the lists are damaged: restart Junoscope, and it makes them anew");
                    } else if failures == 0 {
                        tracing::error!(%error, "lists are not being kept up to date; trying again");
                    }
                    self.parsed.clear();
                    failures = failures.saturating_add(1);
                    POLL.saturating_mul(failures).min(MAX_BACKOFF)
                }
            };
            let is_quiet = wait == POLL && failures == 0;
            if wait == BATCH_PAUSE {
                // The backlog is processed first.
                sleep(DRAIN_DELAY).await;
            }
            let pause = gate.begin();
            tokio::select! {
                () = shutdown.cancelled() => {}
                changed = wake.changed(), if is_quiet && is_woken => {
                    is_woken = changed.is_ok();
                    sleep(WAKE_DELAY).await;
                }
                () = sleep(wait) => {}
            }
            gate.wait(&shutdown).await;
            if wait == BATCH_PAUSE {
                gate.end_pause(pause);
                last_pause = Instant::now();
            } else if wait > BATCH_PAUSE {
                gate.forget_pauses();
            }
        }
    }
}

fn read(message: &Message) -> Option<(i64, Arc<StoredEvent>)> {
    Some((message.seq, Arc::new(happening(message, 1)?)))
}

fn fold_kind(
    kind: SubjectKind,
    messages: &BTreeMap<String, BTreeSet<i64>>,
    parsed: &HashMap<i64, Arc<StoredEvent>>,
    fresh: &BTreeSet<i64>,
    changes: &mut Changes,
) {
    for (id, seqs) in messages {
        let told: Vec<StoredEvent> = seqs.iter().filter_map(|seq| parsed.get(seq)).map(|one| (**one).clone()).collect();
        match kind {
            SubjectKind::Contractor => {
                let Some(story) = timeline::contractor(&id.as_str().into(), &told) else { continue };
                changes.facets.extend(list_rows::contractor_facets(&story));
                changes.contractors.push(list_rows::contractor(&story));
            }
            SubjectKind::Contract => {
                let Some(story) = timeline::contract(&told) else { continue };
                let row = list_rows::contract(&story);
                changes.facets.extend(list_rows::contract_facets(&story));
                changes.contract_versions.extend(version::contract(&told, fresh, &row));
                changes.commitments.extend(commitments::of(&story.facts.id, &told));
                changes.contracts.push(row);
            }
            SubjectKind::Requisition => {
                let Some(story) = timeline::requisition(&id.as_str().into(), &told) else { continue };
                changes.facets.extend(list_rows::requisition_facets(&story));
                changes.requisitions.push(list_rows::requisition(&story));
            }
        }
    }
}
