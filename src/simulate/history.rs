//! Generates the messages of a history: every step up to its end, in order of time, with one body each.

use super::body;
use super::calendar::SimTime;
use super::id;
use super::rng::Rng;
use super::world::{SimEvent, World};
use domain::event::{EventType, Mode};
use jiff::Timestamp;

#[cfg(test)]
mod tests;

/// The parameters of a history. The same plan always gives the same messages, byte for byte.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The seed of all random numbers.
    pub seed: u64,
    /// Minimum number of contractors.
    pub contractors: u64,
    /// Length of the history in months.
    pub months: u32,
    /// The end of the history; later events are left out.
    pub until: Timestamp,
    /// Stops after this many messages; the world is made large enough for them.
    pub events: Option<u64>,
    /// Percentage of messages of a type outside the catalog.
    pub unknown_percent: f64,
    /// The `mode` of every body.
    pub mode: Mode,
}

/// A message before it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// `msg_` and a KSUID of [`Message::at`].
    pub id: String,
    /// The time of the event, to 4 ms.
    pub at: Timestamp,
    /// The event type in the body.
    pub event_type: EventType,
    /// The body, compact JSON.
    pub body: Vec<u8>,
}

/// Returns the messages of a plan, oldest first. Bodies are generated one by one, so that a million of them need no
/// memory.
pub fn history(plan: &Plan) -> History {
    let mut world = World::new(plan);
    let steps = std::mem::take(&mut world.steps);
    let (mut told, mut coming): (Vec<SimEvent>, Vec<SimEvent>) =
        steps.into_iter().partition(|step| step.at <= world.until);
    told.sort_by_key(|step| (step.at, step.number));
    coming.sort_by_key(|step| (step.at, step.number));
    if let Some(events) = plan.events {
        told.truncate(usize::try_from(events).unwrap_or(usize::MAX));
    }
    History { world, mode: plan.mode, told: told.into_iter(), coming }
}

/// See [`history`].
#[derive(Debug)]
pub struct History {
    pub(super) world: World,
    pub(super) mode: Mode,
    told: std::vec::IntoIter<SimEvent>,
    /// Events after the end, earliest first.
    pub(super) coming: Vec<SimEvent>,
}

impl Iterator for History {
    type Item = Message;

    fn next(&mut self) -> Option<Message> {
        let step = self.told.next()?;
        Some(message(&self.world, &step, step.at, self.mode))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.told.size_hint()
    }
}

impl ExactSizeIterator for History {}

/// Returns the message of `step`, emitted at `at`.
pub(super) fn message(world: &World, step: &SimEvent, at: SimTime, mode: Mode) -> Message {
    Message {
        id: id::message_id(at, Rng::of(world.seed, "message", step.number)),
        at: at.timestamp(),
        event_type: step.what.clone(),
        body: body::body(world, step, mode),
    }
}
