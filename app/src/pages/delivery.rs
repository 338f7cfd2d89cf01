//! The page of one delivery: its event, its body, and its verification. Viewers who may not see raw deliveries get here
//! by links in sentences, and see when the event happened, how it came and what it changed.

use crate::api::ApiError;
use crate::islands::PayloadTools;
use crate::shell::context::{param, viewer, with_moment};
use crate::shell::frame::{Section, page};
use crate::shell::load::{failed, load};
use crate::ui::badge::{badge, id_pill, mode_tag, pill};
use crate::ui::card::{card, head};
use crate::ui::changes;
use crate::ui::count::grouped;
use crate::ui::facts::Facts;
use crate::ui::finding::notice;
use crate::ui::name::name;
use crate::ui::payload::{pretty, tree};
use crate::ui::table::table;
use crate::ui::time::{moment, to_the_second};
use crate::view::delivery::{Attempt, Body, BodyKept, CheckStep, ClaimedMessage, DeliveryDetail, LabelledSubject};
use domain::event::EventType;
use domain::id::in_path;
use domain::policy::Thing;
use domain::query::outcome::Outcome;
use domain::timeline::TimeOrigin;
use domain::timeline::words::duration_in_words;
use leptos::prelude::*;

/// Renders `/deliveries/{seq}`.
pub fn delivery() -> AnyView {
    let viewer = viewer();
    let role = viewer.role();
    let Ok(seq) = param().parse() else { return failed(Section::Deliveries, ApiError::NotFound) };
    load(
        Section::Deliveries,
        move |model| async move { model.delivery(seq, role).await },
        move |answer| if viewer.sees(Thing::RawDelivery) { show(&answer) } else { show_in_words(&answer) },
    )
}

/// Renders the page without what was sent.
fn show_in_words(of: &DeliveryDetail) -> AnyView {
    let summary = &of.summary;
    let Some(event_type) = &summary.event_type else { return failed(Section::Deliveries, ApiError::Refused) };
    let event_type = changes::event_words(event_type).to_owned();
    let about = Facts::default()
        .maybe("What it is about", (!summary.about.is_empty()).then(|| subjects(&summary.about)))
        .maybe("Happened", happened(of))
        .with("Received", received(of))
        .show();
    let times: Vec<AnyView> =
        of.genuine_attempts().map(|one| view! { <li>{to_the_second(one.received_at)}</li> }.into_any()).collect();
    let came = match (of.imported_from, times.len()) {
        (Some(source), _) => view! { <p>{source.sentence()}</p> }.into_any(),
        (None, 0 | 1) => view! { <p>"It came once, and its signature proved that YunoJuno sent it."</p> }.into_any(),
        (None, many) => view! {
            <p>{format!("It came {many} times, each with a signature that proved that YunoJuno sent it. Once is enough: the others change nothing.")}</p>
            <ul>{times}</ul>
        }
        .into_any(),
    };
    page(
        Section::Deliveries,
        event_type.clone(),
        view! {
            {head(None, event_type, (), view! { <div class="row">{summary.mode.map(mode_tag)}</div> })}
            {card("About", None, view! { <div class="body">{about}</div> })}
            {changes::section(of.changed.as_ref())}
            {card("How it came", None, view! {
                <div class="body prose">
                    {came}
                    <p class="dim">"What was sent, to the letter, is shown to admins: this page’s address leads them to it."</p>
                </div>
            })}
        },
    )
}

fn show(of: &DeliveryDetail) -> AnyView {
    let summary = &of.summary;
    let title = summary.title().to_owned();
    let pills = view! {
        <div class="row">
            {pill(&summary.outcome, None)}
            {summary.message_id.as_deref().map(id_pill)}
            {summary.mode.map(mode_tag)}
        </div>
    };
    let reason = summary
        .reason
        .clone()
        .map(|text| notice(if summary.outcome == Outcome::Refused { "error" } else { "warning" }, text));
    let imported = of.imported_from.map(|source| notice("warning", source.sentence()));
    let is_read = !matches!(of.body_kept, BodyKept::NotRead(_));
    let download = is_read.then(|| {
        view! { <a class="pill" href=format!("/deliveries/{}/body", summary.seq) download="">"Download the body"</a> }
    });
    page(
        Section::Deliveries,
        title.clone(),
        view! {
            {head(Some(("/deliveries", "Deliveries")), title, download, pills)}
            {reason}
            {imported}
            {claimed(of)}
            {card("About", None, view! { <div class="body">{about(of)}</div> })}
            {changes::section(of.changed.as_ref())}
            {card("Signature check", Some("what was looked at, in this order".to_owned()), checks(&of.checks))}
            {skipped_fields(&of.skipped_fields)}
            {body(of)}
            {attempts(&of.attempts, summary.seq)}
            {headers(&of.headers)}
        },
    )
}

/// Renders, for a refused request, whether the message it claims to be was accepted by another attempt.
fn claimed(of: &DeliveryDetail) -> AnyView {
    let Some(message) = of.claimed_message() else { return ().into_any() };
    let attempt =
        |of: &Attempt| view! { <a href=format!("/deliveries/{}", of.seq)>{to_the_second(of.received_at)}</a> };
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

fn about(of: &DeliveryDetail) -> AnyView {
    let summary = &of.summary;
    let kind = summary.event_type.as_ref().filter(|_| summary.outcome != Outcome::Refused).map(event_type);
    Facts::default()
        .maybe("Event", kind)
        .maybe("What it is about", (!summary.about.is_empty()).then(|| subjects(&summary.about)))
        .with("Received", received(of))
        .maybe("Happened", happened(of))
        .with("Endpoint", summary.endpoint.clone())
        .maybe("Sender’s address", of.remote.clone())
        .show()
}

fn happened(of: &DeliveryDetail) -> Option<AnyView> {
    let origin = of.occurred_from.map(|from| match from {
        TimeOrigin::MessageId => "from the message id: the moment YunoJuno sent the event, the same on every replay",
        TimeOrigin::FirstAttempt => "from the timestamp of the first attempt seen; the message id holds no time",
        TimeOrigin::Arrival => "the moment it arrived; nothing better is known",
    });
    of.summary.occurred_at.map(|at| view! { {moment(at)} <div class="dim">{origin}</div> }.into_any())
}

fn received(of: &DeliveryDetail) -> AnyView {
    let summary = &of.summary;
    let late = summary.occurred_at.and_then(|at| {
        let seconds = summary.received_at.as_second() - at.as_second();
        (seconds > 60).then(|| format!("{} after it happened", duration_in_words(seconds)))
    });
    view! { {moment(summary.received_at)} {late.map(|words| view! { <div class="dim">{words}</div> })} }.into_any()
}

fn event_type(of: &EventType) -> AnyView {
    let name = view! { <code>{name(of.as_str())}</code> };
    if of.is_known() {
        view! { <a href=with_moment(format!("/catalog/{}", in_path(of.as_str())))>{name}</a> }.into_any()
    } else {
        view! { {name} <div class="dim">"Not in the catalog: stored whole, and not interpreted."</div> }.into_any()
    }
}

fn subjects(of: &[LabelledSubject]) -> AnyView {
    of.iter()
        .map(|about| {
            let kind = about.subject.kind();
            let label = name(about.label.clone());
            let label = match about.subject.path() {
                Some(path) => view! { <a href=with_moment(path)>{label}</a> }.into_any(),
                None => label,
            };
            view! { <div>{label} " " <span class="dim">{kind}</span></div> }
        })
        .collect_view()
        .into_any()
}

fn checks(of: &[CheckStep]) -> AnyView {
    let items: Vec<AnyView> = of
        .iter()
        .map(|step| {
            let (tone, sign, word) = match step.passed {
                Some(true) => ("completed", "✓", "passed"),
                Some(false) => ("ended", "✗", "failed"),
                None => ("deleted", "–", "not reached"),
            };
            view! {
                <li data-tone=tone>
                    <span class="sign" aria-hidden="true">{sign}</span>
                    <b>{step.name.clone()}<span class="visually-hidden">{format!(": {word}")}</span></b>
                    <p>{step.explanation.clone()}</p>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ol class="checks">{items}</ol> }.into_any()
}

fn skipped_fields(of: &[String]) -> AnyView {
    if of.is_empty() {
        return ().into_any();
    }
    let items: Vec<_> = of.iter().map(|text| view! { <li>{text.clone()}</li> }).collect();
    let list = view! { <div class="body prose"><ul>{items}</ul></div> };
    card("Skipped while reading", Some("an undocumented shape; the event still counts".to_owned()), list)
}

fn body(of: &DeliveryDetail) -> AnyView {
    let is_refused = of.summary.outcome == Outcome::Refused;
    let shown = match &of.body {
        Body::Withheld => view! { <div class="body"><p class="dim">"Not shown to you."</p></div> }.into_any(),
        Body::Bytes { hex, length } => view! {
            <div class="body"><p class="dim">{format!("{length} bytes that are no text; the first of them:")}</p></div>
            <pre class="code" tabindex="0">{hex.clone()}</pre>
        }
        .into_any(),
        Body::Text(text) if is_refused => view! { <pre class="code wrap" tabindex="0">{text.clone()}</pre> }.into_any(),
        Body::Text(text) => text_body(text),
    };
    let length = match of.body_kept {
        BodyKept::NotRead(Some(length)) => {
            format!("It was not read. Its sender said that it had {} bytes.", grouped(length))
        }
        BodyKept::NotRead(None) => "It was not read.".to_owned(),
        BodyKept::FirstOf(length) => format!("The first bytes of {}; the rest was not kept.", grouped(length)),
        BodyKept::Whole => String::new(),
    };
    if let BodyKept::NotRead(_) = of.body_kept {
        let none = view! { <div class="body"><p class="dim">{length}</p></div> };
        return card("Body", Some("not an event".to_owned()), none);
    }
    if is_refused {
        let hidden = view! {
            <div class="body">
                {(!length.is_empty()).then(|| view! { <p class="dim">{length.clone()}</p> })}
                <details>
                    <summary>"Show what was sent. Nothing in it was verified: anybody can have written it."</summary>
                    {shown}
                </details>
            </div>
        };
        return card("Body", Some("not an event".to_owned()), hidden);
    }
    card("Payload", None, shown)
}

fn text_body(text: &str) -> AnyView {
    let raw = text.to_owned();
    let tree = tree(text).map(|tree| view! { <PayloadTools>{tree}</PayloadTools> });
    let has_tree = tree.is_some();
    let indented = has_tree.then(|| {
        view! { <details class="body"><summary>"As indented text"</summary><pre class="code" tabindex="0">{pretty(text)}</pre></details> }
    });
    let bytes = if has_tree {
        view! { <details class="body"><summary>"Raw, byte for byte"</summary><pre class="code wrap" tabindex="0">{raw}</pre></details> }
            .into_any()
    } else {
        view! { <pre class="code wrap" tabindex="0">{raw}</pre> }.into_any()
    };
    view! { {tree} {indented} {bytes} }.into_any()
}

fn attempts(of: &[Attempt], this: i64) -> AnyView {
    if of.is_empty() {
        return ().into_any();
    }
    let rows: Vec<AnyView> = of
        .iter()
        .enumerate()
        .map(|(place, one)| {
            let name = format!("Attempt {}", place + 1);
            let name = if one.seq == this {
                view! { <b>{name}", this one"</b> }.into_any()
            } else {
                view! { <a href=with_moment(format!("/deliveries/{}", one.seq))>{name}</a> }.into_any()
            };
            let is_refused = one.outcome == Outcome::Refused;
            let unproven = is_refused.then(|| view! { <span class="below dim">" id claimed, not proven"</span> });
            let unchecked = one.is_unchecked.then(|| view! { <span class="below dim">" imported, not checked"</span> });
            let signed_for = one.sent_at.map_or_else(|| "not proven".into_any(), to_the_second);
            let body = match (&one.reason, one.same_body) {
                (Some(reason), _) => reason.clone(),
                (None, true) => "the same".to_owned(),
                (None, false) => "differs from the first".to_owned(),
            };
            view! {
                <tr>
                    <td>{name}</td>
                    <td>{to_the_second(one.received_at)}</td>
                    <td class="wide">{signed_for}</td>
                    <td>{badge(&one.outcome)} {unproven} {unchecked}</td>
                    <td class="wide">{body}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let columns =
        [("Attempt", ""), ("Received", ""), ("Signed for", "wide"), ("Outcome", ""), ("Body, or why refused", "wide")];
    let table = table("Attempts", &columns, rows);
    card("Attempts", Some("of this message at this endpoint".to_owned()), table)
}

fn headers(of: &[(String, String)]) -> AnyView {
    let rows: Vec<_> = of
        .iter()
        .map(|(name, value)| view! { <div><dt><code>{name.clone()}</code></dt><dd><code>{value.clone()}</code></dd></div> })
        .collect();
    card(
        "Headers",
        Some("secrets are masked".to_owned()),
        view! { <div class="body"><dl class="facts">{rows}</dl></div> },
    )
}
