//! Releases memory when the projector is idle: caches that grew in a burst are given back.

use super::{Projector, Step};
use std::collections::HashMap;

/// Number of consecutive idle polls, half a second each, after which memory is released.
const QUIET: u32 = 20;

/// The number of consecutive idle polls.
#[derive(Debug, Default)]
pub(super) struct Looks(u32);

impl Looks {
    /// Counts a step; returns true once when an idle period begins.
    pub(super) fn begin_rest(&mut self, step: Step) -> bool {
        self.0 = if step == Step::Idle { self.0.saturating_add(1) } else { 0 };
        self.0 == QUIET
    }
}

impl Projector {
    /// Drops cached messages, and has the database release its page cache.
    pub(super) async fn rest(&mut self) {
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
        let mut looks = Looks::default();
        let begun = |looks: &mut Looks, count| (0..count).filter(|_| looks.begin_rest(Step::Idle)).count();
        assert_eq!(begun(&mut looks, QUIET - 1), 0);
        assert!(!looks.begin_rest(Step::Advanced(1)));
        assert_eq!(begun(&mut looks, QUIET * 3), 1);
        assert!(!looks.begin_rest(Step::Elsewhere));
        assert_eq!(begun(&mut looks, QUIET), 1);
    }
}
