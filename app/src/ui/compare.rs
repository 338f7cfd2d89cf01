//! The comparison of any two events of a story: a form whose choice is in the URL, and a table of differences.

use super::as_of::moment_pairs;
use super::card::card;
use super::changes::event_words;
use super::finding::notice;
use super::table::table;
use super::time::{day, utc_day};
use domain::diff::{Change, Diff};
use domain::timeline::Entry;
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

/// The query keys of the two events.
const KEYS: [&str; 2] = ["from", "to"];

/// Returns the two events to compare, by their sequence numbers.
pub fn asked() -> Option<[i64; 2]> {
    use_query_map().with_untracked(|query| {
        let [from, to] = KEYS.map(|key| query.get(key).and_then(|seq| seq.parse().ok()));
        Some([from?, to?])
    })
}

/// The comparison; `None` when none was requested.
pub type Answer = Option<([i64; 2], Option<Diff>)>;

/// Renders form and comparison. Stories of one event have nothing to compare.
pub fn compare(entries: &[Entry], answer: &Answer) -> AnyView {
    let (Some(newest), Some(before)) = (entries.first(), entries.get(1)) else { return ().into_any() };
    let path = use_location().pathname.get_untracked();
    let kept: Vec<_> =
        moment_pairs().into_iter().map(|(key, value)| view! { <input type="hidden" name=key value=value/> }).collect();
    let chosen = answer.as_ref().map_or([before.seq, newest.seq], |(chosen, _)| *chosen);
    let [from, to] = chosen;
    let shown = answer.as_ref().map(|(_, diff)| result(entries, chosen, diff.as_ref()));
    let body = view! {
        <form class="compare" method="get" action=format!("{path}#compare")>
            {kept}
            {choice("From", "from", entries, from)}
            {choice("To", "to", entries, to)}
            <button class="button" type="submit">"Compare"</button>
        </form>
        {shown}
    };
    view! { <div id="compare">{card("Compare two events", None, body)}</div> }.into_any()
}

fn choice(label: &'static str, name: &'static str, entries: &[Entry], chosen: i64) -> AnyView {
    let options: Vec<_> = entries
        .iter()
        .map(
            |entry| view! { <option value=entry.seq.to_string() selected=entry.seq == chosen>{option(entry)}</option> },
        )
        .collect();
    view! { <label class="field"><span>{label}</span><select class="input" name=name>{options}</select></label> }
        .into_any()
}

/// Returns "3 Feb 2026, 09:15 UTC · Notice served": an option contains text alone, so its time stays in UTC.
fn option(of: &Entry) -> String {
    let (day, time) = (day(utc_day(of.occurred_at)), of.occurred_at.strftime("%H:%M").to_string());
    format!("{day}, {time} UTC · {}", event_words(&of.event_type))
}

fn result(entries: &[Entry], [from, to]: [i64; 2], diff: Option<&Diff>) -> AnyView {
    let Some(diff) = diff else {
        let text = "These two cannot be compared: one of them only names its subject, or is no part of this story.";
        return view! { <div class="body">{notice("note", text)}</div> }.into_any();
    };
    let same = match diff.unchanged {
        1 => "1 field is the same.".to_owned(),
        many => format!("{many} fields are the same."),
    };
    if diff.is_empty() {
        return view! { <div class="body"><p>"Nothing differs. " <span class="dim">{same}</span></p></div> }.into_any();
    }
    let name = |seq: i64| {
        let entry = entries.iter().find(|entry| entry.seq == seq);
        entry
            .map(|entry| format!("{}, {}", event_words(&entry.event_type), day(utc_day(entry.occurred_at))))
            .unwrap_or_default()
    };
    let rows = diff.changes.iter().map(row).collect();
    let (before, after) = (name(from), name(to));
    let more = (diff.more > 0).then(|| format!("{} more differences are not shown. ", diff.more));
    let withheld = match diff.withheld {
        0 => None,
        1 => Some("A field Junoscope does not know differs, too: which and how is shown to admins. ".to_owned()),
        many => Some(format!("{many} fields Junoscope does not know differ, too: which and how is shown to admins. ")),
    };
    view! {
        {table("What differs", &[("Field", ""), (&before, ""), (&after, "")], rows)}
        <div class="body"><p class="dim">{more}{withheld}{same}</p></div>
    }
    .into_any()
}

fn row(of: &Change) -> AnyView {
    let was = match &of.before {
        Some(text) => view! { <del>{text.clone()}</del> }.into_any(),
        None => view! { <span class="dim">"not there"</span> }.into_any(),
    };
    let is = match (&of.before, &of.after) {
        (Some(_), Some(text)) => view! { <ins>{text.clone()}</ins> }.into_any(),
        (None, Some(text)) => view! { <ins>{text.clone()}</ins> <span class="dim">" added"</span> }.into_any(),
        (_, None) => view! { <span class="dim">"removed"</span> }.into_any(),
    };
    view! { <tr><th scope="row">{of.label.clone()}</th><td>{was}</td><td>{is}</td></tr> }.into_any()
}
