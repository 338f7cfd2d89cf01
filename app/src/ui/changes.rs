//! The changes of an event, field by field: old values struck out, new ones beside them, each marked by a word as well.

use super::as_of::with_moment;
use super::card::card;
use domain::diff::{Change, Diff, EventChanges, Since};
use domain::event::EventType;
use leptos::prelude::*;

/// Number of changes shown at first; the rest can be expanded.
const SHOWN: usize = 3;

/// Returns an event type in words, for readers who know no event types.
pub fn event_words(of: &EventType) -> &str {
    if of.is_known() { of.label() } else { "Another event" }
}

/// Renders changes under an event's sentence; nothing without an event to compare with.
pub fn under_sentence(of: &EventChanges) -> AnyView {
    let Some(since) = &of.since else { return stated(&of.stated) };
    if of.is_reference {
        return stated(&of.stated);
    }
    let since = event_words(&since.event_type).to_owned();
    if of.diff.is_empty() {
        let words = format!("No field changed since “{since}”.");
        return view! { {stated(&of.stated)} <p class="detail">{words}</p> }.into_any();
    }
    let unchanged = unchanged(&of.diff, &since);
    view! { {stated(&of.stated)} <div class="changed">{list(&of.diff)} <p class="detail">{unchanged}</p></div> }
        .into_any()
}

/// Renders changes as a section of a delivery's page.
pub fn section(of: Option<&EventChanges>) -> AnyView {
    let Some(of) = of else { return ().into_any() };
    let since = of.since.as_ref().map(|Since { seq, event_type }| {
        let name = event_words(event_type).to_owned();
        view! { "Compared with " <a href=with_moment(format!("/deliveries/{seq}"))>{name}</a> ", the event before it about the same subject." }
    });
    let body = match &of.since {
        _ if of.is_reference => {
            view! { <p>"It only names its subject and says nothing of its fields."</p> {stated(&of.stated)} }.into_any()
        }
        None => view! {
            {stated(&of.stated)}
            <p class="dim">"The first event about its subject: there is nothing to compare it with."</p>
        }
        .into_any(),
        Some(_) if of.diff.is_empty() => {
            view! { {stated(&of.stated)} <p>"No field changed."</p> <p class="dim">{since}</p> }.into_any()
        }
        Some(before) => {
            let unchanged = unchanged(&of.diff, event_words(&before.event_type));
            view! { {stated(&of.stated)} {list(&of.diff)} <p class="dim">{unchanged} " " {since}</p> }.into_any()
        }
    };
    card("What changed", None, view! { <div class="body">{body}</div> })
}

/// Renders the changes that the event itself states.
fn stated(of: &Diff) -> AnyView {
    if of.is_empty() {
        return ().into_any();
    }
    view! { <div class="changed">{list(of)}</div> }.into_any()
}

/// "26 fields unchanged since “Contract offered”."
fn unchanged(of: &Diff, since: &str) -> String {
    let fields = match of.unchanged {
        1 => "1 field".to_owned(),
        many => format!("{many} fields"),
    };
    format!("{fields} unchanged since “{since}”.")
}

/// Renders the first few changes, and the others in a disclosure that needs no script.
fn list(of: &Diff) -> AnyView {
    let pairs = |changes: &[Change]| {
        let rows: Vec<_> = changes
            .iter()
            .map(|change| view! { <div><dt>{change.label.clone()}</dt><dd>{values(change)}</dd></div> })
            .collect();
        view! { <dl class="differences">{rows}</dl> }
    };
    let withheld = (of.withheld > 0).then(|| {
        let words = match of.withheld {
            1 => "A field Junoscope does not know".to_owned(),
            many => format!("{many} fields Junoscope does not know"),
        };
        view! { <dl class="differences"><div><dt>{words}</dt><dd class="dim">"changed; which and how is shown to admins"</dd></div></dl> }
    });
    let (first, others) = of.changes.split_at(of.changes.len().min(SHOWN));
    let count = others.len() + of.more;
    let rest = (count > 0).then(|| {
        let words = if count == 1 { "1 more change".to_owned() } else { format!("{count} more changes") };
        let more =
            (of.more > 0).then(|| view! { <p class="dim">{format!("and {} more that are not shown", of.more)}</p> });
        view! { <details><summary>{words}</summary>{pairs(others)} {more}</details> }
    });
    let first = (!first.is_empty()).then(|| pairs(first));
    view! { {first} {rest} {withheld} }.into_any()
}

/// Renders both sides of a change. The words before and after are for readers who see neither colours nor
/// strike-through.
fn values(of: &Change) -> AnyView {
    match (of.before.clone(), of.after.clone()) {
        (Some(before), Some(after)) => view! {
            <del><span class="visually-hidden">"was "</span>{before}</del>
            " "
            <ins><span class="visually-hidden">"now "</span>{after}</ins>
        }
        .into_any(),
        (None, Some(after)) => view! { <ins>{after}</ins> <span class="dim">" added"</span> }.into_any(),
        (Some(before), None) => view! { <del>{before}</del> <span class="dim">" removed"</span> }.into_any(),
        (None, None) => ().into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(label: &str, before: Option<&str>, after: Option<&str>) -> Change {
        Change {
            path: label.to_owned(),
            label: label.to_owned(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
            is_undescribed: false,
        }
    }

    fn html(changes: Vec<Change>, more: usize) -> String {
        let diff = Diff { changes, more, unchanged: 26, ..Diff::default() };
        let since = Some(Since { seq: 4, event_type: EventType::ContractOffered });
        let of = EventChanges { since, diff, ..EventChanges::default() };
        Owner::new().with(|| under_sentence(&of).to_html())
    }

    #[test]
    fn what_was_and_what_is_stand_side_by_side_with_words() {
        let html =
            html(vec![change("End date", Some("1 May"), Some("<2 May>")), change("Hirers", None, Some("Lea"))], 0);
        assert!(html.contains("End date") && html.contains("was ") && html.contains("added"), "{html}");
        assert!(html.contains("&lt;2 May&gt;") && !html.contains("<2 May>"), "{html}");
        assert!(html.contains("26 fields unchanged since “Contract offered”."), "{html}");
        assert!(!html.contains("<details"), "{html}");
    }

    #[test]
    fn more_than_a_few_changes_wait_behind_a_line() {
        let many = (0..5).map(|n| change(&format!("Field {n}"), None, Some("x"))).collect();
        let html = html(many, 7);
        assert!(html.contains("9 more changes") && html.contains("and 7 more that are not shown"), "{html}");
    }

    #[test]
    fn what_is_undescribed_is_told_to_others_without_its_name_and_value() {
        let secret = Change { is_undescribed: true, ..change("Bank account", Some("GB33BUKB1"), Some("GB33BUKB2")) };
        let diff = Diff { changes: vec![change("End date", None, Some("2 May")), secret], ..Diff::default() };
        let since = Some(Since { seq: 4, event_type: EventType::ContractOffered });
        let of = EventChanges { since, stated: diff.clone(), diff, ..EventChanges::default() };
        let html =
            |of: &EventChanges| Owner::new().with(|| view! { {under_sentence(of)} {section(Some(of))} }.to_html());
        assert!(html(&of).contains("GB33BUKB2") && html(&of).contains("Bank account"));
        let told = html(&of.seen_by(Some(domain::account::Role::Hirer)));
        assert!(told.contains("A field Junoscope does not know") && told.contains("End date"), "{told}");
        assert!(!told.contains("GB33BUKB") && !told.contains("Bank account"), "{told}");
    }

    #[test]
    fn names_of_events_nobody_described_are_not_shown_to_readers() {
        assert_eq!(event_words(&EventType::parse("client.contract.teleported")), "Another event");
    }
}
