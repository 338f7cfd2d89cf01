//! Sentences of contractor events: "Amara Okoye was invited to join Northwind Studios."

use super::super::Sentence;
use super::super::order::OrderedEvent;
use super::{SentenceBuilder, fields_in_words, joined, unknown};
use crate::event::contact::{Contact, CustomField};
use crate::event::{EventType, Payload};
use crate::id::Subject;
use crate::lifecycle::contact::{ContactState, shown_by};

/// An event of a contractor, with facts of the story.
pub(in crate::timeline) struct ContactEventContext<'a> {
    pub(in crate::timeline) item: &'a OrderedEvent<'a>,
    /// The final facts, for what the event omits.
    pub(in crate::timeline) facts: &'a Contact,
    /// The custom fields before this event.
    pub(in crate::timeline) fields_before: Option<&'a [CustomField]>,
    /// The custom fields in this event; `None` if it carries a bare reference.
    pub(in crate::timeline) fields_now: Option<&'a [CustomField]>,
}

/// Returns the contractor's snapshot, if the event has one.
pub(in crate::timeline) fn snapshot<'a>(item: &OrderedEvent<'a>) -> Option<&'a Contact> {
    match &item.event.payload {
        Payload::Contact(contact) => Some(contact),
        _ => None,
    }
}

impl<'a> ContactEventContext<'a> {
    fn known<R>(&self, pick: impl Fn(&'a Contact) -> Option<R>) -> Option<R> {
        snapshot(self.item).and_then(&pick).or_else(|| pick(self.facts))
    }

    /// Returns their name; their id if it is unknown.
    fn name(&self) -> String {
        let name = self.known(|contact| contact.person.name.as_ref().or(contact.person.first_name.as_ref()));
        name.cloned().unwrap_or_else(|| self.facts.id.to_string())
    }

    pub(in crate::timeline) fn sentence(&self) -> Sentence {
        let subject = Subject::Contractor(self.facts.id.clone());
        let opening = || SentenceBuilder::default().name(self.name(), subject.clone());
        let client = self.known(|contact| contact.client.as_ref()?.called());
        match &self.item.event.event_type {
            EventType::ContactCreated if self.is_invitation() => match client {
                Some(client) => opening().text(format!(" was invited to join {client}.")),
                None => opening().text(" was invited to join."),
            },
            EventType::ContactCreated => match client {
                Some(client) => opening().text(format!(" was added to the directory of {client}.")),
                None => opening().text(" was added to the directory."),
            },
            EventType::ContactRegistered => opening().text(" registered on YunoJuno."),
            EventType::ContactOnboardingCompleted => opening().text(" finished onboarding."),
            EventType::ContactCustomFieldsUpdated => SentenceBuilder::default()
                .text("The custom fields of ")
                .name(self.name(), subject)
                .text(" were updated."),
            _ => return unknown(self.item, &self.name(), subject),
        }
        .done()
    }

    /// Returns whether it is an invitation. `created` is also sent for people who are on the platform already: only a
    /// status that says otherwise makes it an invitation.
    fn is_invitation(&self) -> bool {
        snapshot(self.item)
            .is_some_and(|contact| contact.registration_state.is_some() && shown_by(contact) == ContactState::Known)
    }

    pub(in crate::timeline) fn detail(&self) -> Option<String> {
        let now = snapshot(self.item)?;
        if self.item.event.event_type == EventType::ContactCustomFieldsUpdated {
            return fields_in_words(self.fields_before, self.fields_now?);
        }
        let said = |label: &str, state: &Option<String>| {
            state.as_deref().map(|state| format!("{label}: {}", state.to_lowercase().replace('_', " ")))
        };
        let parts = [
            said("Registration", &now.registration_state),
            said("Onboarding", &now.onboarding_state),
            said("Bookability", &now.bookability_state),
        ];
        joined(parts, " · ")
    }
}
