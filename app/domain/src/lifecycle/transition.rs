//! The effect of an event on a state: the types that the three transition tables share.

use super::rules::Rule;
use crate::event::EventType;

/// A cell of a transition table: the effect of one event in one state. `S` is the family's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition<S: 'static> {
    /// The expected step; it may lead back to the same state (a second notice with another date).
    To(S),
    /// The step is possible, but these must have happened before, oldest first.
    Gap(S, &'static [EventType]),
    /// The subject is already past this step: the state stays.
    Past,
    /// It contradicts earlier events, and breaks this rule. The state stays.
    Contradiction(Rule),
    /// It contradicts earlier events unless the named ones are still to arrive, out of order. The state changes all the
    /// same, because ignoring it would hide something more important than what it contradicts.
    Unless(S, &'static [EventType], Rule),
    /// It never changes a state, or belongs to another family.
    Neutral,
}

impl<S: Copy + 'static> Transition<S> {
    /// Returns the new state; `None` when the state stays.
    pub fn target(self) -> Option<S> {
        match self {
            Self::To(state) | Self::Gap(state, _) | Self::Unless(state, _, _) => Some(state),
            Self::Past | Self::Contradiction(_) | Self::Neutral => None,
        }
    }
}

/// Returns the cell of `state` and `event`; an event without a column is neutral.
pub(super) fn look_up<S: Copy + PartialEq + 'static, const N: usize>(
    columns: &[EventType; N],
    table: &[(S, [Transition<S>; N])],
    state: S,
    event: &EventType,
) -> Transition<S> {
    let row = table.iter().find(|(from, _)| *from == state);
    let column = columns.iter().position(|column| column == event);
    row.zip(column)
        .and_then(|((_, transitions), column)| transitions.get(column))
        .copied()
        .unwrap_or(Transition::Neutral)
}
