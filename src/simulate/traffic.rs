//! The order, repetition and signatures of outgoing messages. Pure: the same seed gives the same traffic.

use super::calendar::Moment;
use super::dice::Dice;
use super::history::Message;
use super::id;
use bytes::Bytes;
use domain::event::EventType;
use std::collections::BTreeMap;

/// Maximum number of places by which a message is delayed: enough to fall behind the next step of its own subject.
const HELD_BACK: u64 = 200;
/// The same for repeats and forgeries.
const REPEATED: u64 = 60;

/// Percentages of messages that are treated specially.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shares {
    /// Sent again later, as by a resend from the portal.
    pub duplicates: f64,
    /// Delayed, so that later ones overtake them.
    pub reorder: f64,
    /// Accompanied by a forgery, which is signed with a wrong key.
    pub bad_signatures: f64,
}

/// The reason why a parcel is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
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
pub struct Parcel {
    /// The message's id.
    pub id: String,
    /// The message's type.
    pub event_type: EventType,
    /// The message's body.
    pub body: Bytes,
    /// The reason why it is sent.
    pub nature: Nature,
}

/// An iterator of parcels in the order in which they are sent.
#[derive(Debug)]
pub struct Traffic<I> {
    source: I,
    shares: Shares,
    dice: Dice,
    /// Number of messages taken from the source.
    place: u64,
    /// Delayed parcels by place; the second number makes keys unique.
    held: BTreeMap<(u64, u64), Parcel>,
    counted: u64,
}

impl<I: Iterator<Item = Message>> Traffic<I> {
    /// Creates the traffic of `messages`.
    pub fn new(messages: I, shares: Shares, seed: u64) -> Self {
        let dice = Dice::of(seed, "traffic", 0);
        Self { source: messages, shares, dice, place: 0, held: BTreeMap::new(), counted: 0 }
    }

    /// Returns the source of messages.
    pub fn into_source(self) -> I {
        self.source
    }

    fn hold(&mut self, after: u64, within: u64, parcel: Parcel) -> u64 {
        let place = after + 1 + self.dice.below(within);
        self.held.insert((place, self.counted), parcel);
        self.counted += 1;
        place
    }

    fn due(&mut self) -> Option<Parcel> {
        let entry = self.held.first_entry()?;
        (entry.key().0 <= self.place).then(|| entry.remove())
    }

    /// Queues a message and what accompanies it, or returns it at once.
    fn place(&mut self, message: Message) -> Option<Parcel> {
        self.place += 1;
        if self.dice.share(self.shares.bad_signatures) {
            let forged = Dice::of(self.dice.next(), "forged", self.place);
            let parcel = Parcel {
                id: id::message_id(Moment::of(message.at), forged),
                event_type: message.event_type.clone(),
                body: Bytes::copy_from_slice(&message.body),
                nature: Nature::BadSignature,
            };
            self.hold(self.place, REPEATED, parcel);
        }
        let repeated = self.dice.share(self.shares.duplicates);
        let held_back = self.dice.share(self.shares.reorder);
        let nature = if held_back { Nature::HeldBack } else { Nature::Fresh };
        let parcel = Parcel { id: message.id, event_type: message.event_type, body: message.body.into(), nature };
        let copy = repeated.then(|| Parcel { nature: Nature::Duplicate, ..parcel.clone() });
        let (goes_at, parcel) =
            if held_back { (self.hold(self.place, HELD_BACK, parcel), None) } else { (self.place, Some(parcel)) };
        if let Some(copy) = copy {
            self.hold(goes_at, REPEATED, copy);
        }
        parcel
    }
}

impl<I: Iterator<Item = Message>> Iterator for Traffic<I> {
    type Item = Parcel;

    fn next(&mut self) -> Option<Parcel> {
        loop {
            if let Some(parcel) = self.due() {
                return Some(parcel);
            }
            let Some(message) = self.source.next() else {
                return self.held.pop_first().map(|(_, parcel)| parcel);
            };
            if let Some(parcel) = self.place(message) {
                return Some(parcel);
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

    fn count(parcels: &[Parcel], nature: Nature) -> usize {
        parcels.iter().filter(|parcel| parcel.nature == nature).count()
    }

    #[test]
    fn without_shares_every_message_goes_out_once_in_order() {
        let parcels: Vec<String> = Traffic::new(messages(500), Shares::default(), 1).map(|p| p.id).collect();
        assert_eq!(parcels, messages(500).map(|message| message.id).collect::<Vec<_>>());
    }

    #[test]
    fn every_message_goes_out_whatever_else_does() {
        let shares = Shares { duplicates: 5.0, reorder: 10.0, bad_signatures: 3.0 };
        let parcels: Vec<Parcel> = Traffic::new(messages(10_000), shares, 1).collect();
        let duplicates = count(&parcels, Nature::Duplicate);
        let forged = count(&parcels, Nature::BadSignature);
        let held_back = count(&parcels, Nature::HeldBack);
        assert!((400..600).contains(&duplicates), "{duplicates}");
        assert!((230..370).contains(&forged), "{forged}");
        assert!((850..1150).contains(&held_back), "{held_back}");
        let first = |parcel: &&Parcel| matches!(parcel.nature, Nature::Fresh | Nature::HeldBack);
        let ids: BTreeSet<&str> = parcels.iter().filter(first).map(|parcel| parcel.id.as_str()).collect();
        assert_eq!(ids.len(), 10_000);
        assert_eq!(parcels.len(), 10_000 + duplicates + forged);
        let again: Vec<Parcel> = Traffic::new(messages(10_000), shares, 1).collect();
        assert_eq!(parcels, again, "the same seed, the same traffic");
    }

    #[test]
    fn a_repetition_follows_its_original_and_a_forgery_has_an_id_of_its_own() {
        let shares = Shares { duplicates: 50.0, reorder: 50.0, bad_signatures: 50.0 };
        let mut seen = BTreeSet::new();
        let mut forged = BTreeSet::new();
        for parcel in Traffic::new(messages(2_000), shares, 9) {
            match parcel.nature {
                Nature::Fresh | Nature::HeldBack => assert!(seen.insert(parcel.id)),
                Nature::Duplicate => assert!(seen.contains(&parcel.id)),
                Nature::BadSignature => assert!(forged.insert(parcel.id)),
            }
        }
        assert!(seen.is_disjoint(&forged));
    }
}
