//! Releases memory when the projector is idle: caches that grew in a burst are given back.

use super::{Projector, StepOutcome};
use std::collections::HashMap;

/// Number of consecutive idle polls, half a second each, after which memory is released.
const QUIET: u32 = 20;

/// The number of consecutive idle polls.
#[derive(Debug, Default)]
pub(super) struct IdlePolls(u32);

impl IdlePolls {
    /// Counts a step; returns true once when an idle period begins.
    pub(super) fn begin_idle(&mut self, step: StepOutcome) -> bool {
        self.0 = if step == StepOutcome::Idle { self.0.saturating_add(1) } else { 0 };
        self.0 == QUIET
    }
}

impl Projector {
    /// Drops cached messages, and has the database release its page cache.
    pub(super) async fn release_memory(&mut self) {
        self.parsed = HashMap::new();
        if let Err(error) = self.store.give_memory_back().await {
            tracing::debug!(%error, "the database keeps its memory");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rest_begins_once_after_a_quiet_while() {
        let mut idle_polls = IdlePolls::default();
        let begun =
            |idle_polls: &mut IdlePolls, count| (0..count).filter(|_| idle_polls.begin_idle(StepOutcome::Idle)).count();
        assert_eq!(begun(&mut idle_polls, QUIET - 1), 0);
        assert!(!idle_polls.begin_idle(StepOutcome::Advanced(1)));
        assert_eq!(begun(&mut idle_polls, QUIET * 3), 1);
        assert!(!idle_polls.begin_idle(StepOutcome::LockedElsewhere));
        assert_eq!(begun(&mut idle_polls, QUIET), 1);
    }
}
