//! The order, repetition and signatures of outgoing messages. Pure: the same seed gives the same traffic.

use super::calendar::SimTime;
use super::history::Message;
use super::id;
use super::rng::Rng;
use bytes::Bytes;
use domain::event::EventType;
use std::collections::BTreeMap;

/// Maximum number of places by which a message is delayed: enough to fall behind the next step of its own subject.
const HELD_BACK: u64 = 200;
/// The same for repeats and forgeries.
const REPEATED: u64 = 60;

/// Percentages of messages that are treated specially.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TrafficMix {
    /// Sent again later, as by a resend from the portal.
    pub duplicates: f64,
    /// Delayed, so that later ones overtake them.
    pub reorder: f64,
    /// Accompanied by a forgery, which is signed with a wrong key.
    pub bad_signatures: f64,
}

/// The reason why a message is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A message in order.
    Fresh,
    /// A delayed message.
    HeldBack,
    /// A repeat.
    Duplicate,
    /// A forgery, signed with a wrong key; attempted once.
    BadSignature,
}

/// A message to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The message's id.
    pub id: String,
    /// The message's type.
    pub event_type: EventType,
    /// The message's body.
    pub body: Bytes,
    /// The reason why it is sent.
    pub reason: Reason,
}

/// An iterator of messages in the order in which they are sent.
#[derive(Debug)]
pub struct Traffic<I> {
    source: I,
    shares: TrafficMix,
    rng: Rng,
    /// Number of messages taken from the source.
    place: u64,
    /// Delayed messages by place; the second number makes keys unique.
    held: BTreeMap<(u64, u64), Outgoing>,
    counted: u64,
}

impl<I: Iterator<Item = Message>> Traffic<I> {
    /// Creates the traffic of `messages`.
    pub fn new(messages: I, shares: TrafficMix, seed: u64) -> Self {
        let rng = Rng::of(seed, "traffic", 0);
        Self { source: messages, shares, rng, place: 0, held: BTreeMap::new(), counted: 0 }
    }

    /// Returns the source of messages.
    pub fn into_source(self) -> I {
        self.source
    }

    fn hold(&mut self, after: u64, within: u64, outgoing: Outgoing) -> u64 {
        let place = after + 1 + self.rng.below(within);
        self.held.insert((place, self.counted), outgoing);
        self.counted += 1;
        place
    }

    fn due(&mut self) -> Option<Outgoing> {
        let entry = self.held.first_entry()?;
        (entry.key().0 <= self.place).then(|| entry.remove())
    }

    /// Queues a message and what accompanies it, or returns it at once.
    fn place(&mut self, message: Message) -> Option<Outgoing> {
        self.place += 1;
        if self.rng.share(self.shares.bad_signatures) {
            let forged = Rng::of(self.rng.next(), "forged", self.place);
            let outgoing = Outgoing {
                id: id::message_id(SimTime::of(message.at), forged),
                event_type: message.event_type.clone(),
                body: Bytes::copy_from_slice(&message.body),
                reason: Reason::BadSignature,
            };
            self.hold(self.place, REPEATED, outgoing);
        }
        let repeated = self.rng.share(self.shares.duplicates);
        let held_back = self.rng.share(self.shares.reorder);
        let reason = if held_back { Reason::HeldBack } else { Reason::Fresh };
        let outgoing = Outgoing { id: message.id, event_type: message.event_type, body: message.body.into(), reason };
        let copy = repeated.then(|| Outgoing { reason: Reason::Duplicate, ..outgoing.clone() });
        let (goes_at, outgoing) =
            if held_back { (self.hold(self.place, HELD_BACK, outgoing), None) } else { (self.place, Some(outgoing)) };
        if let Some(copy) = copy {
            self.hold(goes_at, REPEATED, copy);
        }
        outgoing
    }
}

impl<I: Iterator<Item = Message>> Iterator for Traffic<I> {
    type Item = Outgoing;

    fn next(&mut self) -> Option<Outgoing> {
        loop {
            if let Some(outgoing) = self.due() {
                return Some(outgoing);
            }
            let Some(message) = self.source.next() else {
                return self.held.pop_first().map(|(_, outgoing)| outgoing);
            };
            if let Some(outgoing) = self.place(message) {
                return Some(outgoing);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn messages(count: u64) -> impl Iterator<Item = Message> {
        (0..count).map(|number| Message {
            id: format!("msg_{number:05}"),
            at: jiff::Timestamp::from_second(1_700_000_000).unwrap(),
            event_type: EventType::ContractOffered,
            body: number.to_string().into_bytes(),
        })
    }

    fn count(outgoing_messages: &[Outgoing], reason: Reason) -> usize {
        outgoing_messages.iter().filter(|outgoing| outgoing.reason == reason).count()
    }

    #[test]
    fn without_shares_every_message_goes_out_once_in_order() {
        let outgoing_messages: Vec<String> =
            Traffic::new(messages(500), TrafficMix::default(), 1).map(|p| p.id).collect();
        assert_eq!(outgoing_messages, messages(500).map(|message| message.id).collect::<Vec<_>>());
    }

    #[test]
    fn every_message_goes_out_whatever_else_does() {
        let shares = TrafficMix { duplicates: 5.0, reorder: 10.0, bad_signatures: 3.0 };
        let outgoing_messages: Vec<Outgoing> = Traffic::new(messages(10_000), shares, 1).collect();
        let duplicates = count(&outgoing_messages, Reason::Duplicate);
        let forged = count(&outgoing_messages, Reason::BadSignature);
        let held_back = count(&outgoing_messages, Reason::HeldBack);
        assert!((400..600).contains(&duplicates), "{duplicates}");
        assert!((230..370).contains(&forged), "{forged}");
        assert!((850..1150).contains(&held_back), "{held_back}");
        let first = |outgoing: &&Outgoing| matches!(outgoing.reason, Reason::Fresh | Reason::HeldBack);
        let ids: BTreeSet<&str> = outgoing_messages.iter().filter(first).map(|outgoing| outgoing.id.as_str()).collect();
        assert_eq!(ids.len(), 10_000);
        assert_eq!(outgoing_messages.len(), 10_000 + duplicates + forged);
        let again: Vec<Outgoing> = Traffic::new(messages(10_000), shares, 1).collect();
        assert_eq!(outgoing_messages, again, "the same seed, the same traffic");
    }

    #[test]
    fn a_repetition_follows_its_original_and_a_forgery_has_an_id_of_its_own() {
        let shares = TrafficMix { duplicates: 50.0, reorder: 50.0, bad_signatures: 50.0 };
        let mut seen = BTreeSet::new();
        let mut forged = BTreeSet::new();
        for outgoing in Traffic::new(messages(2_000), shares, 9) {
            match outgoing.reason {
                Reason::Fresh | Reason::HeldBack => assert!(seen.insert(outgoing.id)),
                Reason::Duplicate => assert!(seen.contains(&outgoing.id)),
                Reason::BadSignature => assert!(forged.insert(outgoing.id)),
            }
        }
        assert!(seen.is_disjoint(&forged));
    }
}
