//! The fold of a contractor's events into their story.

use super::newest::{self, newest};
use super::order::{Turn, in_order, is_test, last_at};
use super::tell::contact::{Scene, snapshot};
use super::tell::entry;
use super::walk::{Lifecycle, walk};
use super::{ContractorStory, Happening};
use crate::event::contact::{Contact, CustomField, Person};
use crate::event::contract::Contract;
use crate::event::{Event, Payload};
use crate::id::{ContractorId, Subject};
use crate::lifecycle::contact::{ContactState, FINISHED, REGISTERED, after, rank, shown_by};

pub(super) fn fold(id: &ContractorId, happenings: &[Happening]) -> Option<ContractorStory> {
    let turns = in_order(happenings, rank, |event| names(event, id));
    let last_at = last_at(&turns)?;
    let is_test = is_test(&turns);
    let facts = facts(id, &turns);
    let own: Vec<Turn<'_>> = turns.into_iter().filter(|turn| is_own(turn.event)).collect();

    let lifecycle = Lifecycle {
        noun: "contractor",
        start: ContactState::Known,
        after,
        raise: |state: ContactState, event: &Event| match &event.payload {
            Payload::Contact(contact) => state.max(shown_by(contact)),
            Payload::Contract(_) | Payload::Requisition(_) | Payload::Unrecognised(_) => state,
        },
        in_words: ContactState::in_words,
    };
    let passages = walk(&own, &lifecycle);
    let state = passages.last().map_or(ContactState::Known, |passage| passage.to);

    let mut fields_before: Option<Vec<CustomField>> = None;
    let mut entries = Vec::with_capacity(own.len());
    for (turn, passage) in own.iter().zip(passages) {
        let mut fields_now = carried(turn).map(<[CustomField]>::to_vec);
        if !turn.event.changes.is_empty() {
            let mut known = fields_now.or_else(|| fields_before.clone()).unwrap_or_default();
            newest::change(&mut known, &turn.event.changes);
            fields_now = Some(known);
        }
        let (before, now) = (fields_before.as_deref(), fields_now.as_deref());
        let scene = Scene { turn, facts: &facts, fields_before: before, fields_now: now };
        let subject = Subject::Contractor(id.clone());
        entries.push(entry(turn, subject, passage.fit, passage.findings, scene.sentence(), scene.detail()));
        if turn.counts {
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

fn carried<'a>(turn: &Turn<'a>) -> Option<&'a [CustomField]> {
    let carries = |contact: &&Contact| is_whole(contact) || !contact.custom_fields.is_empty();
    snapshot(turn).filter(carries).map(|contact| contact.custom_fields.as_slice())
}

fn facts(id: &ContractorId, turns: &[Turn<'_>]) -> Contact {
    let counting = || turns.iter().rev().filter(|turn| turn.counts);
    let own: Vec<&Contact> = counting().filter_map(snapshot).collect();
    let signed: Vec<&Contract> = counting().filter_map(super::tell::contract::snapshot).collect();
    let people: Vec<&Person> = counting()
        .filter_map(|turn| match &turn.event.payload {
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
    let told: Vec<&Turn<'_>> = turns.iter().filter(|turn| turn.counts && is_own(turn.event)).collect();
    let email = newest(&own, |contact| contact.person.email.as_ref());
    Contact {
        id: id.clone(),
        freelancer_id: newest(&own, |contact| contact.freelancer_id.as_ref()),
        person: Person {
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
