//! The fold of a spend requisition's events into its story.

use super::newest;
use super::order::{Turn, in_order, is_test, last_at};
use super::tell::entry;
use super::tell::spend::{Scene, snapshot};
use super::walk::{Lifecycle, walk};
use super::{Amount, Happening, RequisitionStory};
use crate::event::spend::{Priced, Requisition, limit};
use crate::event::{Event, EventType, Payload};
use crate::id::{RequisitionId, Subject};
use crate::lifecycle::spend::{RequisitionState, after, rank};

pub(super) fn fold(id: &RequisitionId, happenings: &[Happening]) -> Option<RequisitionStory> {
    let turns = in_order(happenings, rank, |event| names(event, id));
    let last_at = last_at(&turns)?;
    let is_test = is_test(&turns);
    let snapshots: Vec<&Requisition> = turns.iter().rev().filter(|turn| turn.counts).filter_map(carried).collect();
    let facts = newest::requisition(id.clone(), &snapshots);
    let (limits, approved) = limits(&turns);
    let own: Vec<Turn<'_>> = turns.into_iter().filter(|turn| is_own(turn.event)).collect();

    let lifecycle = Lifecycle {
        noun: "spend requisition",
        start: RequisitionState::Known,
        after,
        raise: |state, _: &Event| state,
        in_words: RequisitionState::in_words,
    };
    let passages = walk(&own, &lifecycle);
    let state = passages.last().map_or(RequisitionState::Known, |passage| passage.to);

    let is_version = |turn: &&Turn<'_>| {
        turn.counts && matches!(turn.event.event_type, EventType::SpendCreated | EventType::SpendUpdated)
    };
    let versions = own.iter().filter(is_version).count();
    let mut before = None;
    let mut entries = Vec::with_capacity(own.len());
    for (turn, passage) in own.iter().zip(passages) {
        let scene = Scene { turn, facts: &facts, before };
        let subject = Subject::Requisition(id.clone());
        entries.push(entry(turn, subject, passage.fit, passage.findings, scene.sentence(), scene.detail()));
        before = snapshot(turn).filter(|_| turn.counts).or(before);
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

fn carried<'a>(turn: &Turn<'a>) -> Option<&'a Requisition> {
    match &turn.event.payload {
        Payload::Requisition(requisition) => Some(&**requisition),
        Payload::Contract(contract) => contract.requisition.as_ref(),
        Payload::Contact(_) | Payload::Unrecognised(_) => None,
    }
}

/// Returns the amount that may be spent after each event that changed it, and the amount approved last. An approval is
/// for the amount known by then, or without one, for the first known.
fn limits(turns: &[Turn<'_>]) -> (Vec<Amount>, Option<Priced>) {
    let mut all: Vec<Amount> = Vec::new();
    let (mut now, mut approved, mut is_approved) = (None, None, false);
    for turn in turns.iter().filter(|turn| turn.counts) {
        // A new amount replaces currency and type as well; without an amount these are ignored.
        if let Some(snapshot) = carried(turn).filter(|snapshot| snapshot.amount.is_some()) {
            now = snapshot.priced();
        }
        let is_approval = turn.event.event_type == EventType::SpendApproved;
        is_approved |= is_approval;
        if is_approval || (is_approved && approved.is_none()) {
            approved.clone_from(&now);
        }
        let next = limit(approved.as_ref(), now.as_ref());
        let (money, kind) = next.map(|next| (next.money.clone(), next.kind.clone())).unzip();
        let kind = kind.flatten();
        if all.last().map_or(money.is_some(), |last| last.money != money || last.kind != kind) {
            all.push(Amount { at: turn.occurred_at, seq: turn.seq, money, kind });
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
