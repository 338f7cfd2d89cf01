//! The states of a client contact, and which event leads from which to which: see `docs/yunojuno.md`, Client contact
//! lifecycle.

use super::transition::{Transition, look_up};
use crate::event::EventType;
use crate::event::contact::Contact;
use serde::{Deserialize, Serialize};

/// The state of a contractor's joining.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactState {
    /// Mentioned by contracts only, without a contact event.
    Known,
    /// Invited, not registered.
    Invited,
    /// Registered on YunoJuno.
    Registered,
    /// Onboarding finished.
    Onboarded,
}

impl ContactState {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Known, Self::Invited, Self::Registered, Self::Onboarded];

    /// Returns the value in the database and in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Invited => "invited",
            Self::Registered => "registered",
            Self::Onboarded => "onboarded",
        }
    }

    /// The inverse of [`ContactState::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Returns the words after "the contractor" in a sentence.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Known => "was known from contracts",
            Self::Invited => "was invited",
            Self::Registered => "was registered",
            Self::Onboarded => "was onboarded",
        }
    }

    /// Returns the label of its badge.
    pub fn label(self) -> &'static str {
        match self {
            Self::Known => "Known from contracts",
            Self::Invited => "Invited",
            Self::Registered => "Registered",
            Self::Onboarded => "Onboarded",
        }
    }
}

const COLUMNS: [EventType; 3] =
    [EventType::ContactCreated, EventType::ContactRegistered, EventType::ContactOnboardingCompleted];

const CREATION: &[EventType] = &[EventType::ContactCreated];
const REGISTRATION: &[EventType] = &[EventType::ContactRegistered];
const JOINING: &[EventType] = &[EventType::ContactCreated, EventType::ContactRegistered];

/// See `docs/yunojuno.md`, Client contact lifecycle. The state never falls: no event tells of a way back.
const TABLE: [(ContactState, [Transition<ContactState>; 3]); 4] = {
    use ContactState::{Invited, Known, Onboarded, Registered};
    use Transition::{Gap, Past, To};
    [
        // created, registered, onboarding completed
        (Known, [To(Invited), Gap(Registered, CREATION), Gap(Onboarded, JOINING)]),
        (Invited, [Past, To(Registered), Gap(Onboarded, REGISTRATION)]),
        (Registered, [Past, To(Registered), To(Onboarded)]),
        (Onboarded, [Past, Past, To(Onboarded)]),
    ]
};

/// Returns the transition of a contractor by an event, before its snapshot is read: see [`shown_by`].
pub fn after(state: ContactState, event: &EventType) -> Transition<ContactState> {
    look_up(&COLUMNS, &TABLE, state, event)
}

/// Returns the minimum state that a snapshot's status proves. A `created` for someone who is on the platform already
/// shows `REGISTERED` or `FINISHED`, and the events for those steps are then never sent.
pub fn shown_by(contact: &Contact) -> ContactState {
    let says = |state: &Option<String>, word: &str| state.as_deref().is_some_and(|s| s.eq_ignore_ascii_case(word));
    if says(&contact.onboarding_state, FINISHED) {
        ContactState::Onboarded
    } else if says(&contact.registration_state, REGISTERED) {
        ContactState::Registered
    } else {
        ContactState::Known
    }
}

/// The only documented value of `status.registration_state`.
pub const REGISTERED: &str = "REGISTERED";
/// The only documented value of `status.onboarding_state`.
pub const FINISHED: &str = "FINISHED";

/// Returns the rank of an event among those of the same instant. Events that change no state come last.
pub fn rank(event: &EventType) -> u8 {
    match event {
        EventType::ContactCreated => 0,
        EventType::ContactRegistered => 1,
        EventType::ContactOnboardingCompleted => 2,
        _ => 3,
    }
}
