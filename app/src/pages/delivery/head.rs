//! The beginning of a delivery: its outcome, what it did, and the events before and after it.

use super::spot::Spot;
use crate::islands::CurlCommand;
use crate::shell::context::{viewer, with_moment};
use crate::ui::badge::{id_pill, mode_tag, pill};
use crate::ui::changes::event_words;
use crate::ui::entries::anchor;
use crate::ui::finding::notice;
use crate::ui::sentence::sentence;
use crate::ui::time::to_the_second;
use crate::view::delivery::{Attempt, BodyKept, ClaimedMessage, DeliveryDetail, Neighbour, Told};
use domain::id::Subject;
use domain::policy::Thing;
use domain::query::outcome::Outcome;
use leptos::prelude::*;

/// Renders outcome, message id and mode.
pub(super) fn pills(of: &DeliveryDetail) -> AnyView {
    let summary = &of.summary;
    view! {
        <div class="row">
            {pill(&summary.outcome, None)}
            {summary.message_id.as_deref().map(id_pill)}
            {summary.mode.map(mode_tag)}
        </div>
    }
    .into_any()
}

/// Renders why it was refused or could not be read, what it did to its subject, and whether it needed several attempts.
pub(super) fn outcome(of: &DeliveryDetail, spot: &Spot) -> AnyView {
    let summary = &of.summary;
    let kind = if summary.outcome == Outcome::Refused { "error" } else { "warning" };
    let reason = summary.reason.clone().map(|text| notice(kind, text));
    let imported = of.imported_from.map(|source| notice("warning", source.sentence()));
    view! { {reason} {imported} {claimed(of, spot)} {of.told.as_ref().map(told)} {stored_on(of)} }.into_any()
}

/// Renders the sentence of the event as the story of its subject has it, with a link to it there.
fn told(of: &Told) -> AnyView {
    let path = of.entry.subject.as_ref().and_then(Subject::path);
    let there = path.map(|path| {
        let href = with_moment(format!("{path}#{}", anchor(of.entry.seq)));
        view! { " " <a href=href>"See it in the timeline"</a> }
    });
    view! { <p class="told">{sentence(&of.entry.sentence)} {there}</p> }.into_any()
}

fn stored_on(of: &DeliveryDetail) -> AnyView {
    let Some((number, attempt)) = of.stored_on() else { return ().into_any() };
    let words = format!("Stored on attempt {number} of {}, at ", of.attempts.len());
    view! { <p class="dim">{words}{to_the_second(attempt.received_at)} "."</p> }.into_any()
}

/// Renders, for a refused request, whether the message it claims to be was accepted by another attempt.
fn claimed(of: &DeliveryDetail, spot: &Spot) -> AnyView {
    let Some(message) = of.claimed_message() else { return ().into_any() };
    let attempt = |of: &Attempt| view! { <a href=spot.to(of.seq)>{to_the_second(of.received_at)}</a> };
    let words = match message {
        ClaimedMessage::AcceptedLater(by) => {
            view! { "A message with the id it claims was accepted later, at " {attempt(by)} "." }.into_any()
        }
        ClaimedMessage::AcceptedBefore(by) => {
            view! { "A message with the id it claims had been accepted before, at " {attempt(by)} "; none has come since." }
                .into_any()
        }
        ClaimedMessage::NeverAccepted => {
            "No message with the id it claims has been accepted, before or since.".into_any()
        }
    };
    view! { <p class="finding" data-kind="note">{words}</p> }.into_any()
}

/// Renders links to the events before and after it about the same subject.
pub(super) fn neighbours(of: &DeliveryDetail, spot: &Spot) -> AnyView {
    let Some(told) = &of.told else { return ().into_any() };
    let link = |one: &Neighbour, rel, words: &str| {
        let name = event_words(&one.event_type).to_owned();
        let label = format!("{words} event about the same: {name}");
        let text = if rel == "prev" { format!("← {name}") } else { format!("{name} →") };
        view! { <a class="pill" rel=rel href=spot.to(one.seq) aria-label=label>{text}</a> }
    };
    let previous = told.previous.as_ref().map(|one| link(one, "prev", "Previous"));
    let next = told.next.as_ref().map(|one| link(one, "next", "Next"));
    if previous.is_none() && next.is_none() {
        return ().into_any();
    }
    view! { <nav class="row neighbours" aria-label="Events about the same subject">{previous} {next}</nav> }.into_any()
}

/// Renders what can be done with it: its bytes as a file, and a command that sends it again.
pub(super) fn actions(of: &DeliveryDetail) -> AnyView {
    let seq = of.summary.seq;
    let is_read = !matches!(of.body_kept, BodyKept::NotRead(_));
    let download = is_read
        .then(|| view! { <a class="pill" href=format!("/deliveries/{seq}/body") download="">"Download the body"</a> });
    let is_genuine = of.summary.outcome != Outcome::Refused;
    let curl = (is_genuine && viewer().sees(Thing::SignedRequest)).then(|| {
        view! {
            <CurlCommand>
                <form class="curl" method="post" action=format!("/deliveries/{seq}/curl")>
                    <button class="pill" type="submit" aria-describedby="curl-note">"Copy as curl"</button>
                </form>
            </CurlCommand>
            <p class="dim small no-print" id="curl-note">
                "The command sends the same bytes and id again, signed anew for five minutes. Junoscope stores that as a repeat."
            </p>
        }
    });
    view! { <div class="actions">{download} {curl}</div> }.into_any()
}
