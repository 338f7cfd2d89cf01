//! The walk along a lifecycle that classifies each event in turn, shared by all three families.

use super::Fit;
use super::lateness::RETRY_WINDOW_SECONDS;
use super::order::OrderedEvent;
use super::words::{listed, time_in_words};
use crate::event::{Event, EventType};
use crate::lifecycle::finding::Finding;
use crate::lifecycle::rules::Rule;
use crate::lifecycle::transition::Transition;
use jiff::{SignedDuration, Timestamp};

/// A family's lifecycle, as parameters of the walk.
pub(super) struct Lifecycle<S: 'static, A, R> {
    /// The noun, such as "contract".
    pub(super) noun: &'static str,
    /// The initial state.
    pub(super) start: S,
    /// The transition table.
    pub(super) after: A,
    /// Raises the state to the one that the event's own snapshot proves.
    pub(super) raise: R,
    /// Returns the words of a state, to follow "the contract already".
    pub(super) in_words: fn(S) -> &'static str,
}

/// A missing step, and its delivery if that came out of order.
pub(super) struct MissingStep {
    pub(super) event_type: EventType,
    pub(super) reported_by: Option<i64>,
}

/// The effect of one event.
pub(super) struct Effect<S> {
    pub(super) from: S,
    pub(super) to: S,
    pub(super) fit: Fit,
    pub(super) missing_steps: Vec<MissingStep>,
    pub(super) findings: Vec<Finding>,
}

/// Returns the effect of each event.
pub(super) fn walk<S: Copy + PartialEq + 'static>(
    ordered: &[OrderedEvent<'_>],
    lifecycle: &Lifecycle<S, impl Fn(S, &EventType) -> Transition<S>, impl Fn(S, &Event) -> S>,
) -> Vec<Effect<S>> {
    let mut state = lifecycle.start;
    let mut before: Option<Timestamp> = None;
    let mut effects = Vec::with_capacity(ordered.len());
    for (place, item) in ordered.iter().enumerate() {
        let from = state;
        if !item.counts {
            effects.push(Effect { from, to: from, fit: Fit::Neutral, missing_steps: Vec::new(), findings: Vec::new() });
            continue;
        }
        let step = (lifecycle.after)(state, &item.event.event_type);
        let later = ordered.get(place + 1..).unwrap_or_default();
        let here = &item.event.event_type;
        let mut findings = Vec::new();
        let mut missing_steps = Vec::new();
        let fit = match step {
            Transition::To(_) => Fit::Expected,
            Transition::Neutral => Fit::Neutral,
            Transition::Past => {
                let noun = lifecycle.noun;
                let words = (lifecycle.in_words)(state);
                let sentence = format!(
                    "By this time the {noun} {words} already, and stays so. What else the event says counts as the newest \
                     known."
                );
                let rule = here.family().map(Rule::of_order);
                findings.extend(rule.map(|rule| Finding::new(rule, item.seq, here.clone(), sentence)));
                Fit::OutOfOrder
            }
            Transition::Contradiction(rule) => {
                findings.push(Finding::new(rule, item.seq, here.clone(), rule.says()));
                Fit::OutOfOrder
            }
            Transition::Gap(to, missing) => {
                missing_steps = missing_steps_for(missing, to, later, &lifecycle.after);
                let never: Vec<&EventType> = missing_steps
                    .iter()
                    .filter(|step| step.reported_by.is_none())
                    .map(|step| &step.event_type)
                    .collect();
                // The finding is for the nearest missing event; its sentence names them all.
                if let Some(nearest) = never.last() {
                    let missed = |rule| Finding {
                        advice: replay(before, item.occurred_at),
                        ..Finding::new(rule, item.seq, (*nearest).clone(), never_saw(&never, lifecycle.noun))
                    };
                    findings.extend(Rule::that_first_came(nearest).map(missed));
                    Fit::AfterAGap
                } else {
                    Fit::Expected
                }
            }
            Transition::Unless(to, missing, rule) => {
                missing_steps = missing_steps_for(missing, to, later, &lifecycle.after);
                if missing_steps.iter().all(|step| step.reported_by.is_some()) {
                    Fit::Expected
                } else {
                    findings.push(Finding {
                        advice: replay(before, item.occurred_at),
                        ..Finding::new(rule, item.seq, here.clone(), rule.says())
                    });
                    Fit::AfterAGap
                }
            }
        };
        state = (lifecycle.raise)(step.target().unwrap_or(state), item.event);
        // An event that never changes the state may come at any time, so it does not limit when a step was missed.
        if step != Transition::Neutral {
            before = Some(item.occurred_at);
        }
        effects.push(Effect { from, to: state, fit, missing_steps, findings });
    }
    effects
}

/// Returns the missing steps, each with a later event that supplies it, if the table takes that event for one out of
/// order. Where it does not (an offer after a revocation is a new offer), the later event is a step of its own.
fn missing_steps_for<S: Copy + PartialEq + 'static>(
    missing: &[EventType],
    to: S,
    later: &[OrderedEvent<'_>],
    after: impl Fn(S, &EventType) -> Transition<S>,
) -> Vec<MissingStep> {
    let reported_by = |event_type: &EventType| {
        (after(to, event_type) == Transition::Past)
            .then(|| later.iter().find(|item| item.counts && item.event.event_type == *event_type))
            .flatten()
            .map(|item| item.seq)
    };
    missing
        .iter()
        .map(|event_type| MissingStep { event_type: event_type.clone(), reported_by: reported_by(event_type) })
        .collect()
}

fn never_saw(missing: &[&EventType], noun: &str) -> String {
    let words: Vec<String> = missing.iter().map(|event_type| format!("“{}”", event_type.label())).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    format!("Never saw {} for this {noun}.", listed(&words, "or"))
}

/// Returns which time range to replay, and until when a retry may still come. Without an earlier event only the end of
/// the range is known.
fn replay(since: Option<Timestamp>, until: Timestamp) -> String {
    // Rounded up to the minute, so that the range is complete.
    let end = until.saturating_add(SignedDuration::from_secs(59)).map_or_else(|_| String::new(), time_in_words);
    let window = match since {
        Some(since) => format!("from {} until {end}", time_in_words(since)),
        None => format!("from a time before {end}, because nothing earlier was seen"),
    };
    let tries = SignedDuration::from_secs(RETRY_WINDOW_SECONDS);
    // The missing event happened before this one, so its last retry is no later than this one's would be.
    let given_up = until.saturating_add(tries).map_or_else(|_| String::new(), time_in_words);
    format!(
        "In the YunoJuno portal, use Replay Missing (or Recover Failed Messages) {window}. YunoJuno’s own retries end by \
         {given_up}, {} hours after this event: up to then one of them may still bring it, afterwards only a replay.",
        RETRY_WINDOW_SECONDS / 3_600
    )
}
