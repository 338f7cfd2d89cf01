//! How each event fitted when its turn came: the walk along a lifecycle, the same for all three families.

use super::Fit;
use super::order::Turn;
use super::words::{listed, time_in_words};
use crate::event::{Event, EventType};
use crate::lifecycle::finding::{Finding, FindingKind};
use crate::lifecycle::transition::Move;
use jiff::Timestamp;

/// A family's lifecycle, as the walk needs it.
pub(super) struct Lifecycle<S: 'static, A, R> {
    /// "contract"
    pub(super) noun: &'static str,
    /// Before any event.
    pub(super) start: S,
    /// The transition table.
    pub(super) after: A,
    /// What the event's own snapshot makes of the state the table led to.
    pub(super) raise: R,
    /// How a state follows "the contract already" in a sentence.
    pub(super) in_words: fn(S) -> &'static str,
}

/// A step that must have happened, and the delivery that tells of it where it came out of order.
pub(super) struct Owed {
    pub(super) event_type: EventType,
    pub(super) told_by: Option<i64>,
}

/// What one turn did.
pub(super) struct Passage<S> {
    pub(super) from: S,
    pub(super) to: S,
    pub(super) fit: Fit,
    pub(super) owed: Vec<Owed>,
    pub(super) findings: Vec<Finding>,
}

/// One passage for each turn.
pub(super) fn walk<S: Copy + PartialEq + 'static>(
    turns: &[Turn<'_>],
    lifecycle: &Lifecycle<S, impl Fn(S, &EventType) -> Move<S>, impl Fn(S, &Event) -> S>,
) -> Vec<Passage<S>> {
    let mut state = lifecycle.start;
    let mut before: Option<Timestamp> = None;
    let mut passages = Vec::with_capacity(turns.len());
    for (place, turn) in turns.iter().enumerate() {
        let from = state;
        if !turn.counts {
            passages.push(Passage { from, to: from, fit: Fit::Neutral, owed: Vec::new(), findings: Vec::new() });
            continue;
        }
        let step = (lifecycle.after)(state, &turn.event.event_type);
        let later = turns.get(place + 1..).unwrap_or_default();
        let finding = |kind, event_type: &EventType, sentence| Finding {
            kind,
            seq: turn.seq,
            event_type: event_type.clone(),
            sentence,
        };
        let mut findings = Vec::new();
        let mut owed = Vec::new();
        let fit = match step {
            Move::To(_) => Fit::Expected,
            Move::Neutral => Fit::Neutral,
            Move::Past => {
                let noun = lifecycle.noun;
                let words = (lifecycle.in_words)(state);
                let sentence =
                    format!("By this time the {noun} {words} already. The event is shown, and changes nothing.");
                findings.push(finding(FindingKind::OutOfOrder, &turn.event.event_type, sentence));
                Fit::OutOfOrder
            }
            Move::Contradiction(why) => {
                findings.push(finding(FindingKind::Impossible, &turn.event.event_type, why.to_owned()));
                Fit::OutOfOrder
            }
            Move::Gap(to, missing) => {
                owed = owed_for(missing, to, later, &lifecycle.after);
                let never: Vec<&EventType> =
                    owed.iter().filter(|owed| owed.told_by.is_none()).map(|owed| &owed.event_type).collect();
                // The nearest one names the finding; its sentence names them all.
                if let Some(nearest) = never.last() {
                    let sentence = never_saw(&never, lifecycle.noun, before, turn.occurred_at);
                    findings.push(finding(FindingKind::Missing, nearest, sentence));
                    Fit::AfterAGap
                } else {
                    Fit::Expected
                }
            }
            Move::Unless(to, missing, why) => {
                owed = owed_for(missing, to, later, &lifecycle.after);
                if owed.iter().all(|owed| owed.told_by.is_some()) {
                    Fit::Expected
                } else {
                    let sentence = format!("{why} {}", replay(before, turn.occurred_at));
                    findings.push(finding(FindingKind::Impossible, &turn.event.event_type, sentence));
                    Fit::AfterAGap
                }
            }
        };
        state = (lifecycle.raise)(step.target().unwrap_or(state), turn.event);
        before = Some(turn.occurred_at);
        passages.push(Passage { from, to: state, fit, owed, findings });
    }
    passages
}

/// A missing step may still be told by an event that sorts later, where the table takes that event for one out of
/// order. Where it does not (an offer after a revocation is a new offer), the later event is a step of its own.
fn owed_for<S: Copy + PartialEq + 'static>(
    missing: &[EventType],
    to: S,
    later: &[Turn<'_>],
    after: impl Fn(S, &EventType) -> Move<S>,
) -> Vec<Owed> {
    let told_by = |event_type: &EventType| {
        (after(to, event_type) == Move::Past)
            .then(|| later.iter().find(|turn| turn.counts && turn.event.event_type == *event_type))
            .flatten()
            .map(|turn| turn.seq)
    };
    missing.iter().map(|event_type| Owed { event_type: event_type.clone(), told_by: told_by(event_type) }).collect()
}

fn never_saw(missing: &[&EventType], noun: &str, since: Option<Timestamp>, until: Timestamp) -> String {
    let words: Vec<String> = missing.iter().map(|event_type| format!("“{}”", short_name(event_type))).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    format!("Never saw {} for this {noun}. {}", listed(&words, "or"), replay(since, until))
}

/// Where nothing was seen before, no moment can be named to start from: only that it lies before this event.
fn replay(since: Option<Timestamp>, until: Timestamp) -> String {
    match since {
        Some(since) => {
            format!("Replay missing messages from {} in the YunoJuno portal to fill the gap.", time_in_words(since))
        }
        None => format!(
            "Nothing earlier was seen: replay missing messages from a time before {} in the YunoJuno portal to fill the gap.",
            time_in_words(until)
        ),
    }
}

/// "notice served": the last part of the wire name, which is also how the portal lists it.
fn short_name(event_type: &EventType) -> String {
    let name = event_type.as_str();
    name.rsplit('.').next().unwrap_or(name).replace('_', " ")
}
