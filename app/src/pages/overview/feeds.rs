//! The state of each endpoint: its last event, how often one usually comes, and how many requests it refused.

use crate::ui::badge::dot;
use crate::ui::time::{ago, moment};
use crate::view::overview::Overview;
use crate::view::viewer::Viewer;
use domain::health::{EndpointHealth, UsualRate, Verdict};
use domain::policy::Thing;
use domain::timeline::words::duration_in_words;
use leptos::prelude::*;

/// Returns colour, word and sentence for all endpoints together, by the worst of them.
pub(super) fn verdict(of: &[EndpointHealth]) -> (&'static str, &'static str, String) {
    let worst = of.iter().map(|one| one.verdict).max().unwrap_or(Verdict::Waiting);
    let (tone, word) = mark(worst);
    let words = match worst {
        Verdict::Healthy => "Events arrive as usual and can be read.",
        Verdict::Waiting => "No live event has arrived yet.",
        Verdict::Quiet => "It has been silent for longer than usual. That may be right; the portal says what was sent.",
        Verdict::RefusingSome => "A share of the requests is refused: their reasons are in the list of refused ones.",
        Verdict::RefusingAll => "Every request of the last day was refused: look at the signing secret.",
    };
    (tone, word, words.to_owned())
}

fn mark(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Healthy => ("completed", "Feed healthy"),
        Verdict::Waiting => ("deleted", "Waiting for events"),
        Verdict::Quiet => ("offered", "Unusually quiet"),
        Verdict::RefusingSome => ("offered", "Refusing some"),
        Verdict::RefusingAll => ("ended", "Refusing everything"),
    }
}

/// Renders one line per endpoint. Every figure links to the list of exactly what it counts; viewers who may not
/// see that list get the figure alone.
pub(super) fn list(of: &Overview, viewer: &Viewer) -> AnyView {
    let lines: Vec<AnyView> = of.endpoints.iter().map(|one| line(one, of, viewer)).collect();
    view! { <ul class="feeds" aria-label="Endpoints">{lines}</ul> }.into_any()
}

fn line(one: &EndpointHealth, of: &Overview, viewer: &Viewer) -> AnyView {
    let link = |query: &str, words: AnyView| {
        if !viewer.sees(Thing::DeliveryList) {
            return words;
        }
        let pairs = vec![("endpoint", one.endpoint.as_str())];
        let endpoint = serde_urlencoded::to_string(pairs).unwrap_or_default();
        view! { <a href=format!("/deliveries?{query}&{endpoint}")>{words}</a> }.into_any()
    };
    let since = format!("&arrived_since={}", of.since);
    let (tone, word) = mark(one.verdict);
    let last = match one.last_at {
        Some(at) => view! {
            "last event " {link("mode=live&once=1", ago(at, viewer.now))} " (" {moment(at)} ")"
        }
        .into_any(),
        None => "no live event yet".into_any(),
    };
    let usual = match one.usual {
        UsualRate::Every(seconds) => format!(", usually every {} at this hour of the week", period(seconds)),
        UsualRate::Nothing => ", usually none at this hour of the week".to_owned(),
        UsualRate::NotKnown if one.last_at.is_some() => ", what is usual is known after four weeks".to_owned(),
        UsualRate::NotKnown => String::new(),
    };
    let figure = |count: u64, query: &str, words: &str| {
        let shown = count.to_string().into_any();
        let shown = if count > 0 { link(&format!("{query}{since}"), shown) } else { shown };
        view! { " · " {shown} " " {words.to_owned()} }
    };
    view! {
        <li data-verdict=word>
            <span class="mark">{dot(tone)}<b>{one.endpoint.clone()}</b><span class="visually-hidden">{format!(": {word}")}</span></span>
            <span class="words">
                {last}{usual}
                {figure(one.received, "mode=live&once=1", "received")}
                {figure(one.refused, "outcome=refused", "refused in 24 hours")}
            </span>
        </li>
    }
    .into_any()
}

/// Returns a period, "20 minutes" or "minute".
fn period(seconds: i64) -> String {
    let words = duration_in_words(seconds);
    words.strip_prefix("1 ").filter(|rest| !rest.contains(' ')).map_or(words.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(verdict: Verdict) -> EndpointHealth {
        let endpoint = "yunojuno".to_owned();
        EndpointHealth { endpoint, last_at: None, usual: UsualRate::NotKnown, received: 0, refused: 0, verdict }
    }

    #[test]
    fn one_endpoint_that_is_not_well_is_enough() {
        let of = |verdicts: &[Verdict]| verdict(&verdicts.iter().copied().map(endpoint).collect::<Vec<_>>()).1;
        assert_eq!(of(&[Verdict::Healthy, Verdict::Healthy]), "Feed healthy");
        assert_eq!(of(&[Verdict::Healthy, Verdict::Quiet]), "Unusually quiet");
        assert_eq!(of(&[Verdict::RefusingAll, Verdict::Quiet, Verdict::Healthy]), "Refusing everything");
        assert_eq!(of(&[Verdict::Waiting, Verdict::Healthy]), "Feed healthy");
        assert_eq!((of(&[Verdict::Waiting]), of(&[])), ("Waiting for events", "Waiting for events"));
    }

    #[test]
    fn a_period_is_said_as_people_say_it() {
        assert_eq!(period(1_200), "20 minutes");
        assert_eq!(period(60), "minute");
        assert_eq!(period(3_600), "hour");
        assert_eq!(period(3_900), "1 hour 5 minutes");
    }
}
