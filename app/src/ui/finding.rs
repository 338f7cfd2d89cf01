//! A finding, shown where it applies.

use super::as_of::with_moment;
use crate::view::viewer::Viewer;
use domain::lifecycle::finding::{Finding, FindingKind};
use domain::replay;
use domain::replay::KeptDays;
use jiff::Timestamp;
use leptos::prelude::*;

/// Returns the advice of a finding whose event happened at this instant, with the last day on which a replay helps.
pub fn advice(of: &Finding, at: Timestamp) -> String {
    if !of.rule.asks_for_replay() {
        return of.advice.clone();
    }
    // The missing event was sent before the one that shows it.
    format!("{} {}", of.advice, replay_note(at))
}

/// Returns a note with the last day on which a message sent at this instant or earlier can be replayed.
pub fn replay_note(sent_by: Timestamp) -> String {
    replay::note(sent_by, kept_days(), real_now())
}

/// Returns how far back a replay reaches today.
pub fn replay_reach() -> String {
    replay::reach(kept_days(), real_now())
}

fn kept_days() -> u16 {
    use_context().map_or(replay::USUAL_DAYS, |KeptDays(days)| days)
}

/// Returns the real time, whatever moment the page shows: advice is followed in the present.
fn real_now() -> Timestamp {
    use_context::<Viewer>().map_or(Timestamp::UNIX_EPOCH, |viewer| viewer.now)
}

/// Renders a finding with its advice, and its dismissal if any. `at` is the time of its event.
pub fn finding(of: &Finding, at: Timestamp) -> AnyView {
    boxed(of, at, false)
}

/// Renders a box; `leads_on` adds a link to its event, where it is shown elsewhere.
fn boxed(of: &Finding, at: Timestamp, leads_on: bool) -> AnyView {
    let event = leads_on.then(|| {
        let href = with_moment(format!("/deliveries/{}", of.seq));
        view! { " " <a href=href>"See the event"</a> }
    });
    let laid_aside = of.dismissed.as_ref().map(|dismissal| {
        let words = format!("Dismissed by {}: {}", dismissal.by, dismissal.reason);
        view! { <span class="aside">{words}</span> }
    });
    view! {
        <p class="finding" data-kind=of.kind.as_str() data-dismissed=of.dismissed.is_some().then_some("")>
            <b>{of.kind.label()}": "</b>
            {of.sentence.clone()}
            {event}
            <span class="advice">{advice(of, at)}</span>
            {laid_aside}
        </p>
    }
    .into_any()
}

/// Renders findings about lasting conditions above a story, as no single event causes them.
pub fn lasting(findings: &[Finding]) -> AnyView {
    // None of these advises a replay, so the time does not matter.
    let lasting = findings.iter().filter(|one| one.is_lasting());
    lasting.map(|one| boxed(one, Timestamp::UNIX_EPOCH, true)).collect_view().into_any()
}

/// Renders a plain sentence in the same box: a warning, with `"error"` a failure, with `"note"` information.
pub fn notice(kind: &'static str, text: impl Into<String>) -> AnyView {
    view! { <p class="finding" data-kind=kind role=(kind == "error").then_some("alert")>{text.into()}</p> }.into_any()
}

/// Counts open findings by kind, for a side box.
pub fn counts(findings: &[Finding]) -> Vec<(&'static str, usize)> {
    let open = || findings.iter().filter(|finding| finding.dismissed.is_none());
    FindingKind::ALL
        .into_iter()
        .map(|kind| (kind.label(), open().filter(|finding| finding.kind == kind).count()))
        .filter(|(_, count)| *count > 0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::viewer::{Theme, Zone};
    use domain::event::EventType;
    use domain::lifecycle::rules::Rule;

    fn advised(rule: Rule, now: &str) -> String {
        let finding = Finding::new(rule, 1, EventType::ContractOffered, "Something is wrong.");
        let now = now.parse().unwrap();
        Owner::new().with(|| {
            provide_context(KeptDays(30));
            provide_context(Viewer { person: None, theme: Theme::default(), zone: Zone::default(), now, as_of: None });
            advice(&finding, "2026-02-01T09:00:00Z".parse().unwrap())
        })
    }

    #[test]
    fn every_advice_to_replay_names_the_last_day() {
        let asking = Rule::ALL.into_iter().filter(|rule| rule.advice().contains("Replay"));
        assert!(asking.clone().count() >= 5);
        for rule in asking {
            assert!(
                advised(rule, "2026-02-02T09:00:00Z").ends_with("this can be done until 3 March 2026 at the latest.")
            );
            assert!(advised(rule, "2026-03-04T00:00:00Z").ends_with("since 3 March 2026 this is no longer possible."));
        }
        for rule in Rule::ALL.into_iter().filter(|rule| !rule.advice().contains("Replay")) {
            assert_eq!(advised(rule, "2026-02-02T09:00:00Z"), rule.advice());
        }
    }
}
