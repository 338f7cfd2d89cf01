//! The effect of an event on a state: the types that the three transition tables share.

use crate::event::EventType;

/// What the table says of one event in one state. `S` is the family's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move<S: 'static> {
    /// The step is due from here; it may lead back to the same state (notice served again with another date).
    To(S),
    /// The step can be taken, but these must have happened first, oldest first.
    Gap(S, &'static [EventType]),
    /// The subject is past this step: nothing is undone.
    Past,
    /// It contradicts what was said before, for the reason given as a sentence. Nothing is undone.
    Contradiction(&'static str),
    /// It contradicts what was said before unless the events named are still to come, out of order. It is believed all
    /// the same, because ignoring it would hide something weightier than what it contradicts.
    Unless(S, &'static [EventType], &'static str),
    /// It changes no state by its nature, or belongs to another family.
    Neutral,
}

impl<S: Copy + 'static> Move<S> {
    /// Where it leads; `None` when the state stays as it was.
    pub fn target(self) -> Option<S> {
        match self {
            Self::To(state) | Self::Gap(state, _) | Self::Unless(state, _, _) => Some(state),
            Self::Past | Self::Contradiction(_) | Self::Neutral => None,
        }
    }
}

/// The row of `state` and the column of `event` in a table; an event without a column is neutral.
pub(super) fn look_up<S: Copy + PartialEq + 'static, const N: usize>(
    columns: &[EventType; N],
    table: &[(S, [Move<S>; N])],
    state: S,
    event: &EventType,
) -> Move<S> {
    let row = table.iter().find(|(from, _)| *from == state);
    let column = columns.iter().position(|column| column == event);
    row.zip(column).and_then(|((_, moves), column)| moves.get(column)).copied().unwrap_or(Move::Neutral)
}
