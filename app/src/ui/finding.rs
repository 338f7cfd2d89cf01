//! What is wrong or missing, said where it belongs.

use crate::lifecycle::finding::{Finding, FindingKind};
use leptos::prelude::*;

/// One finding in a box: what is wrong, and what to do. One that was laid aside says by whom and why.
pub fn finding(of: &Finding) -> AnyView {
    let laid_aside = of.dismissed.as_ref().map(|dismissal| {
        let words = format!("Dismissed by {}: {}", dismissal.by, dismissal.reason);
        view! { <span class="aside">{words}</span> }
    });
    view! {
        <p class="finding" data-kind=of.kind.as_str() data-dismissed=of.dismissed.is_some().then_some("")>
            <b>{of.kind.label()}": "</b>
            {of.sentence.clone()}
            <span class="advice">{of.advice.clone()}</span>
            {laid_aside}
        </p>
    }
    .into_any()
}

/// What the clock found, or more than one story: told above a story, because no single event of it is wrong.
pub fn standing(findings: &[Finding]) -> AnyView {
    findings.iter().filter(|one| one.is_standing()).map(finding).collect_view().into_any()
}

/// A plain sentence in the same box: a warning, or with `"error"` what failed, with `"note"` something good to know.
pub fn notice(kind: &'static str, text: impl Into<String>) -> AnyView {
    view! { <p class="finding" data-kind=kind role=(kind == "error").then_some("alert")>{text.into()}</p> }.into_any()
}

/// How many of each kind nobody has dismissed, for a side box.
pub fn counts(findings: &[Finding]) -> Vec<(&'static str, usize)> {
    let open = || findings.iter().filter(|finding| finding.dismissed.is_none());
    FindingKind::ALL
        .into_iter()
        .map(|kind| (kind.label(), open().filter(|finding| finding.kind == kind).count()))
        .filter(|(_, count)| *count > 0)
        .collect()
}
