//! The badge of a state: a colour with the same meaning everywhere, and always a word beside it.

use super::name::name;
use domain::event::{EventType, Mode};
use domain::lifecycle::contact::ContactState;
use domain::lifecycle::contract::{ContractState, Phase};
use domain::lifecycle::spend::RequisitionState;
use domain::query::outcome::Outcome;
use jiff::civil::Date;
use leptos::prelude::*;

/// A value shown as a badge with a colour and a word.
pub trait Badge {
    /// The colour's name in the style sheet, one of `approved offered accepted notice completed ended deleted accent`.
    fn tone(&self) -> &'static str;
    /// The word beside the colour.
    fn word(&self) -> String;
}

impl Badge for Phase {
    fn tone(&self) -> &'static str {
        match self {
            Self::Known | Self::Deleted => "deleted",
            Self::Approved => "approved",
            Self::Offered => "offered",
            Self::Revoked | Self::Cancelled => "ended",
            Self::Upcoming | Self::Active => "accepted",
            Self::UnderNotice | Self::Ending => "notice",
            Self::Completed => "completed",
        }
    }
    fn word(&self) -> String {
        self.label().to_owned()
    }
}

impl Badge for ContractState {
    fn tone(&self) -> &'static str {
        match self {
            Self::Known | Self::Deleted => "deleted",
            Self::Approved => "approved",
            Self::Offered => "offered",
            Self::Revoked | Self::Cancelled => "ended",
            Self::Accepted => "accepted",
            Self::NoticeServed => "notice",
            Self::EndKnown => "completed",
        }
    }
    fn word(&self) -> String {
        self.label().to_owned()
    }
}

impl Badge for ContactState {
    fn tone(&self) -> &'static str {
        match self {
            Self::Known => "deleted",
            Self::Invited => "offered",
            Self::Registered => "accepted",
            Self::Onboarded => "completed",
        }
    }
    fn word(&self) -> String {
        self.label().to_owned()
    }
}

impl Badge for RequisitionState {
    fn tone(&self) -> &'static str {
        match self {
            Self::Known => "deleted",
            Self::Requested => "offered",
            Self::Approved => "approved",
        }
    }
    fn word(&self) -> String {
        self.label().to_owned()
    }
}

impl Badge for Outcome {
    fn tone(&self) -> &'static str {
        match self {
            Self::Stored => "completed",
            Self::Unreadable => "offered",
            Self::Duplicate => "deleted",
            Self::Refused => "ended",
        }
    }
    fn word(&self) -> String {
        self.label().to_owned()
    }
}

impl Badge for EventType {
    fn tone(&self) -> &'static str {
        match self {
            Self::ContactCreated | Self::ContractOffered | Self::SpendCreated => "offered",
            Self::ContactRegistered | Self::ContractAccepted => "accepted",
            Self::ContactOnboardingCompleted | Self::ContractCompleted => "completed",
            Self::ContractApproved | Self::SpendApproved => "approved",
            Self::ContractRevoked | Self::ContractCancelled => "ended",
            Self::ContractNoticeServed => "notice",
            Self::ContactCustomFieldsUpdated | Self::SpendUpdated | Self::ContractDeleted | Self::Unknown(_) => {
                "deleted"
            }
        }
    }
    fn word(&self) -> String {
        self.label().to_owned()
    }
}

/// Renders the colour alone, which must be beside the word.
pub fn dot(tone: &'static str) -> AnyView {
    view! { <span class="dot" data-tone=tone aria-hidden="true"></span> }.into_any()
}

/// Renders colour and word, in a line of text or a table.
pub fn badge(of: &impl Badge) -> AnyView {
    view! { <span class="mark">{dot(of.tone())}{of.word()}</span> }.into_any()
}

/// Renders the state of a contract, with the day that belongs to its word.
pub fn phase_badge(phase: Phase, ends_on: Option<Date>) -> AnyView {
    view! { <span class="mark">{dot(phase.tone())}{phase.label_on(ends_on)}</span> }.into_any()
}

/// Renders colour and word in a pill, with further text.
pub fn pill(of: &impl Badge, more: Option<String>) -> AnyView {
    view! { <span class="pill">{dot(of.tone())}<b>{of.word()}</b>{more.map(|text| view! { <span>{text}</span> })}</span> }
        .into_any()
}

/// Renders a pill with plain text.
pub fn plain_pill(text: impl Into<String>) -> AnyView {
    view! { <span class="pill">{name(text)}</span> }.into_any()
}

/// Renders a pill with an identifier.
pub fn id_pill(id: &str) -> AnyView {
    view! { <span class="pill"><code>{name(id)}</code></span> }.into_any()
}

/// Renders the tag of test and sample subjects; nothing for live ones.
pub fn mode_tag(mode: Mode) -> AnyView {
    let title = match mode {
        Mode::Live => return ().into_any(),
        Mode::Test => "Test traffic: left out of every total",
        Mode::Sample => "An example of YunoJuno’s documentation, sent as if it were real: left out of every total",
    };
    view! { " " <span class="tag" title=title>{mode.as_str()}</span> }.into_any()
}
