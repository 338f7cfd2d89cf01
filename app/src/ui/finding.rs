//! What is wrong or missing, said where it belongs.

use crate::lifecycle::finding::{Finding, FindingKind};
use leptos::prelude::*;

fn kind(of: FindingKind) -> &'static str {
    match of {
        FindingKind::Missing => "missing",
        FindingKind::Late => "late",
        FindingKind::OutOfOrder => "out-of-order",
        FindingKind::Impossible => "impossible",
    }
}

/// One finding in a box.
pub fn finding(of: &Finding) -> AnyView {
    view! {
        <p class="finding" data-kind=kind(of.kind)>
            <b>{of.kind.label()}": "</b>
            {of.sentence.clone()}
        </p>
    }
    .into_any()
}

/// A plain sentence in the same box: a warning, or with `"error"` what failed, with `"note"` something good to know.
pub fn notice(kind: &'static str, text: impl Into<String>) -> AnyView {
    view! { <p class="finding" data-kind=kind role=(kind == "error").then_some("alert")>{text.into()}</p> }.into_any()
}

/// How many of each kind, for a side box.
pub fn counts(findings: &[Finding]) -> Vec<(&'static str, usize)> {
    [FindingKind::Missing, FindingKind::Late, FindingKind::OutOfOrder, FindingKind::Impossible]
        .into_iter()
        .map(|kind| (kind.label(), findings.iter().filter(|finding| finding.kind == kind).count()))
        .filter(|(_, count)| *count > 0)
        .collect()
}
