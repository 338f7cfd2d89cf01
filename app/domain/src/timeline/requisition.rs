//! The fold of a spend requisition's events into its story.

use super::newest;
use super::order::{OrderedEvent, in_order, is_test, last_at};
use super::sentences::entry;
use super::sentences::spend::{SpendEventContext, snapshot};
use super::walk::{Lifecycle, walk};
use super::{Amount, RequisitionStory, StoredEvent};
use crate::event::spend::{Requisition, TypedAmount, limit};
use crate::event::{Event, EventType, Payload};
use crate::id::{RequisitionId, Subject};
use crate::lifecycle::spend::{RequisitionState, after, rank};

pub(super) fn fold(id: &RequisitionId, stored_events: &[StoredEvent]) -> Option<RequisitionStory> {
    let ordered = in_order(stored_events, rank, |event| names(event, id));
    let last_at = last_at(&ordered)?;
    let is_test = is_test(&ordered);
    let snapshots: Vec<&Requisition> = ordered.iter().rev().filter(|item| item.counts).filter_map(carried).collect();
    let facts = newest::requisition(id.clone(), &snapshots);
    let (limits, approved) = limits(&ordered);
    let own: Vec<OrderedEvent<'_>> = ordered.into_iter().filter(|item| is_own(item.event)).collect();

    let lifecycle = Lifecycle {
        noun: "spend requisition",
        start: RequisitionState::Known,
        after,
        raise: |state, _: &Event| state,
        in_words: RequisitionState::in_words,
    };
    let effects = walk(&own, &lifecycle);
    let state = effects.last().map_or(RequisitionState::Known, |effect| effect.to);

    let is_version = |item: &&OrderedEvent<'_>| item.counts && item.event.event_type.is_requisition_version();
    let versions = own.iter().filter(is_version).count();
    let mut before = None;
    let mut entries = Vec::with_capacity(own.len());
    for (item, effect) in own.iter().zip(effects) {
        let context = SpendEventContext { item, facts: &facts, before };
        let subject = Subject::Requisition(id.clone());
        entries.push(entry(item, subject, effect.fit, effect.findings, context.sentence(), context.detail()));
        before = snapshot(item).filter(|_| item.counts).or(before);
    }
    Some(RequisitionStory {
        state,
        findings: entries.iter().flat_map(|entry| entry.findings.iter().cloned()).collect(),
        entries,
        facts,
        limits,
        approved,
        versions: u32::try_from(versions).unwrap_or(u32::MAX),
        is_test,
        last_at,
    })
}

fn carried<'a>(item: &OrderedEvent<'a>) -> Option<&'a Requisition> {
    match &item.event.payload {
        Payload::Requisition(requisition) => Some(&**requisition),
        Payload::Contract(contract) => contract.requisition.as_ref(),
        Payload::Contact(_) | Payload::Unrecognised(_) => None,
    }
}

/// Returns the amount that may be spent after each event that changed it, and the amount approved last. An approval is
/// for the amount known by then, or without one, for the first known.
fn limits(ordered: &[OrderedEvent<'_>]) -> (Vec<Amount>, Option<TypedAmount>) {
    let mut all: Vec<Amount> = Vec::new();
    let (mut now, mut approved, mut is_approved) = (None, None, false);
    for item in ordered.iter().filter(|item| item.counts) {
        // A new amount replaces currency and type as well; without an amount these are ignored.
        if let Some(snapshot) = carried(item).filter(|snapshot| snapshot.amount.is_some()) {
            now = snapshot.priced();
        }
        let is_approval = item.event.event_type == EventType::SpendApproved;
        is_approved |= is_approval;
        if is_approval || (is_approved && approved.is_none()) {
            approved.clone_from(&now);
        }
        let next = limit(approved.as_ref(), now.as_ref());
        let (money, kind) = next.map(|next| (next.money.clone(), next.kind.clone())).unzip();
        let kind = kind.flatten();
        if all.last().map_or(money.is_some(), |last| last.money != money || last.kind != kind) {
            let event_type = item.event.event_type.clone();
            all.push(Amount { at: item.occurred_at, seq: item.seq, event_type, money, kind });
        }
    }
    (all, approved)
}

fn names(event: &Event, id: &RequisitionId) -> bool {
    match &event.payload {
        Payload::Requisition(requisition) => requisition.id == *id,
        Payload::Contract(contract) => contract.requisition.as_ref().is_some_and(|embedded| embedded.id == *id),
        Payload::Unrecognised(subjects) => {
            subjects.iter().any(|subject| matches!(subject, Subject::Requisition(named) if named == id))
        }
        Payload::Contact(_) => false,
    }
}

/// Returns whether an event is about the requisition; for an unrecognised one its first subject counts.
fn is_own(event: &Event) -> bool {
    match &event.payload {
        Payload::Requisition(_) => true,
        Payload::Unrecognised(subjects) => matches!(subjects.first(), Some(Subject::Requisition(_))),
        Payload::Contract(_) | Payload::Contact(_) => false,
    }
}
