//! The versions of a requisition: each creation and update, with its changes.

use super::card::card;
use super::changes::under_sentence;
use super::time::short;
use crate::view::detail::RequisitionDetail;
use domain::diff::EventChanges;
use domain::timeline::Entry;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Returns the changes of events that are no versions, for the story.
pub fn other_changes(of: &RequisitionDetail) -> BTreeMap<i64, EventChanges> {
    let others = of.entries.iter().filter(|entry| !entry.event_type.is_requisition_version());
    others.filter_map(|entry| Some((entry.seq, of.changes.get(&entry.seq)?.clone()))).collect()
}

/// Renders the versions, newest first; nothing if there are none.
pub fn versions(of: &RequisitionDetail) -> AnyView {
    let sent: Vec<&Entry> = of.entries.iter().filter(|entry| entry.event_type.is_requisition_version()).collect();
    if sent.is_empty() {
        return ().into_any();
    }
    let items: Vec<AnyView> = sent
        .iter()
        .enumerate()
        .map(|(place, entry)| {
            let number = format!("Version {}", sent.len() - place);
            let what = of
                .changes
                .get(&entry.seq)
                .filter(|changes| changes.since.is_some())
                .map_or_else(|| view! { <p class="detail">"As it was first sent."</p> }.into_any(), under_sentence);
            view! {
                <li>
                    <p class="between"><b>{number}</b><span class="dim">{short(entry.occurred_at)}</span></p>
                    {what}
                </li>
            }
            .into_any()
        })
        .collect();
    card("Versions", Some("what each update changed".to_owned()), view! { <ol class="versions">{items}</ol> })
}
