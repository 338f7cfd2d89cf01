//! The fold of a contractor's events into their story.

use super::newest::{self, newest};
use super::order::{OrderedEvent, in_order, is_test, last_at};
use super::sentences::contact::{ContactEventContext, snapshot};
use super::sentences::entry;
use super::walk::{Lifecycle, walk};
use super::{ContractorStory, StoredEvent};
use crate::event::contact::{Contact, ContractorPerson, CustomField};
use crate::event::contract::Contract;
use crate::event::{Event, Payload};
use crate::id::{ContractorId, Subject};
use crate::lifecycle::contact::{ContactState, FINISHED, REGISTERED, after, rank, shown_by};

pub(super) fn fold(id: &ContractorId, stored_events: &[StoredEvent]) -> Option<ContractorStory> {
    let ordered = in_order(stored_events, rank, |event| names(event, id));
    let last_at = last_at(&ordered)?;
    let is_test = is_test(&ordered);
    let facts = facts(id, &ordered);
    let own: Vec<OrderedEvent<'_>> = ordered.into_iter().filter(|item| is_own(item.event)).collect();

    let lifecycle = Lifecycle {
        noun: "contractor",
        start: ContactState::Known,
        after,
        raise: |state: ContactState, event: &Event| match &event.payload {
            Payload::Contact(contact) => state.max(shown_by(contact)),
            _ => state,
        },
        in_words: ContactState::in_words,
    };
    let effects = walk(&own, &lifecycle);
    let state = effects.last().map_or(ContactState::Known, |effect| effect.to);

    let mut fields_before: Option<Vec<CustomField>> = None;
    let mut entries = Vec::with_capacity(own.len());
    for (item, effect) in own.iter().zip(effects) {
        let mut fields_now = carried(item).map(<[CustomField]>::to_vec);
        if !item.event.changes.is_empty() {
            let mut known = fields_now.or_else(|| fields_before.clone()).unwrap_or_default();
            newest::change(&mut known, &item.event.changes);
            fields_now = Some(known);
        }
        let (before, now) = (fields_before.as_deref(), fields_now.as_deref());
        let context = ContactEventContext { item, facts: &facts, fields_before: before, fields_now: now };
        let subject = Subject::Contractor(id.clone());
        entries.push(entry(item, subject, effect.fit, effect.findings, context.sentence(), context.detail()));
        if item.counts {
            fields_before = fields_now.or(fields_before);
        }
    }
    Some(ContractorStory {
        state,
        findings: entries.iter().flat_map(|entry| entry.findings.iter().cloned()).collect(),
        entries,
        facts,
        is_test,
        last_at,
    })
}

fn names(event: &Event, id: &ContractorId) -> bool {
    match &event.payload {
        Payload::Contact(contact) => contact.id == *id,
        Payload::Contract(contract) => contract.contractor_id.as_ref() == Some(id),
        Payload::Unrecognised(subjects) => subjects.iter().any(|subject| is_contractor(subject, id)),
        Payload::Requisition(_) => false,
    }
}

fn is_contractor(subject: &Subject, id: &ContractorId) -> bool {
    matches!(subject, Subject::Contractor(named) if named == id)
}

/// Returns whether an event is about the contractor; for an unrecognised one its first subject counts.
fn is_own(event: &Event) -> bool {
    match &event.payload {
        Payload::Contact(_) => true,
        Payload::Unrecognised(subjects) => matches!(subjects.first(), Some(Subject::Contractor(_))),
        Payload::Contract(_) | Payload::Requisition(_) => false,
    }
}

/// Returns whether it is more than a reference: only then do absent custom fields mean that there are none.
fn is_whole(contact: &Contact) -> bool {
    contact.registration_state.is_some()
        || contact.onboarding_state.is_some()
        || contact.bookability_state.is_some()
        || contact.person.name.is_some()
}

fn carried<'a>(item: &OrderedEvent<'a>) -> Option<&'a [CustomField]> {
    let carries = |contact: &&Contact| is_whole(contact) || !contact.custom_fields.is_empty();
    snapshot(item).filter(carries).map(|contact| contact.custom_fields.as_slice())
}

fn facts(id: &ContractorId, ordered: &[OrderedEvent<'_>]) -> Contact {
    let counting = || ordered.iter().rev().filter(|item| item.counts);
    let own: Vec<&Contact> = counting().filter_map(snapshot).collect();
    let signed: Vec<&Contract> = counting().filter_map(super::sentences::contract::snapshot).collect();
    let people: Vec<&ContractorPerson> = counting()
        .filter_map(|item| match &item.event.payload {
            Payload::Contact(contact) => Some(&contact.person),
            Payload::Contract(contract) => Some(&contract.person),
            Payload::Requisition(_) | Payload::Unrecognised(_) => None,
        })
        .collect();

    // A status is never lost: no event reports a way back, so an older value that came late is ignored.
    let state = |pick: fn(&Contact) -> &Option<String>, reached: &str| {
        let is_reached =
            |contact: &&&Contact| pick(contact).as_deref().is_some_and(|s| s.eq_ignore_ascii_case(reached));
        let best = own.iter().find(is_reached).and_then(|contact| pick(contact).clone());
        best.or_else(|| newest(&own, |contact| pick(contact).as_ref()))
    };
    let told: Vec<&OrderedEvent<'_>> = ordered.iter().filter(|item| item.counts && is_own(item.event)).collect();
    let email = newest(&own, |contact| contact.person.email.as_ref());
    Contact {
        id: id.clone(),
        freelancer_id: newest(&own, |contact| contact.freelancer_id.as_ref()),
        person: ContractorPerson {
            name: newest(&people, |person| person.name.as_ref()),
            first_name: newest(&people, |person| person.first_name.as_ref()),
            email: email.or_else(|| newest(&signed, |contract| contract.person.email.as_ref())),
        },
        client: newest::client(&own, |contact| contact.client.as_ref())
            .or_else(|| newest::client(&signed, |contract| contract.client.as_ref())),
        registration_state: state(|contact| &contact.registration_state, REGISTERED),
        onboarding_state: state(|contact| &contact.onboarding_state, FINISHED),
        bookability_state: newest(&own, |contact| contact.bookability_state.as_ref()),
        custom_fields: newest::custom_fields(&told, carried),
        url: newest(&own, |contact| contact.url.as_ref()),
    }
}
