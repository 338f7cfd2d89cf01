//! The list of findings: what is wrong, where and what to do; and what was dismissed, by whom and why.

use super::lists::test_switch;
use crate::shell::context::{filter, here, viewer, with_moment};
use crate::shell::frame::{Section, page};
use crate::shell::load::load;
use crate::ui::badge::{dot, mode_tag};
use crate::ui::card::{empty, head};
use crate::ui::chips::{choose, in_force, search};
use crate::ui::finding::advice;
use crate::ui::name::name;
use crate::ui::pager::pager;
use crate::ui::time::ago;
use crate::view::Page;
use crate::view::finding::FindingSummary;
use crate::view::viewer::Viewer;
use domain::event::Mode;
use domain::id::SubjectKind;
use domain::lifecycle::finding::{Dismissal, FindingKind, Severity};
use domain::policy::Thing;
use domain::query::filter::FindingFilter;
use domain::query::filter::Query;
use leptos::prelude::*;

const PATH: &str = "/findings";

/// Renders `/findings`, always as of now: past findings of all subjects would need all events to be read again. Each
/// subject's own page shows its past findings.
pub fn findings() -> AnyView {
    let viewer = viewer();
    let filter: FindingFilter = filter();
    let (asked, now, role) = (filter.clone(), viewer.now, viewer.role());
    load(
        Section::Findings,
        move |model| async move { model.findings(&asked, now, role).await },
        move |answer| show(&answer, &filter, &viewer),
    )
}

fn show(of: &Page<FindingSummary>, filter: &FindingFilter, viewer: &Viewer) -> AnyView {
    let severities = Severity::ALL.into_iter().filter(|severity| *severity != Severity::Notice);
    let severities = severities.map(|severity| {
        let text = if severity == Severity::Warning { "Warnings and problems" } else { "Problems" };
        (severity.as_str(), text.to_owned())
    });
    let kinds = FindingKind::ALL.into_iter().filter(|kind| kind.is_listed_for(viewer.role()));
    let kinds = kinds.map(|kind| (kind.as_str(), kind.label().to_owned()));
    let abouts = SubjectKind::ALL.into_iter().map(|about| (about.as_str(), about.label().to_owned()));
    let groups: Vec<AnyView> = of
        .items
        .chunk_by(|a, b| a.finding.severity == b.finding.severity)
        .map(|group| {
            let heading = group.first().map(|first| first.finding.severity.label());
            let items: Vec<AnyView> = group.iter().map(|one| item(one, viewer)).collect();
            view! { <section><h2 class="group">{heading}</h2><ul class="findings">{items}</ul></section> }.into_any()
        })
        .collect();
    let found = count_in_words(of.items.len(), of.next.is_some());
    page(
        Section::Findings,
        "Findings",
        view! {
            {head(None, "Findings", view! { <span class="row" data-swap="">{aside_switch(filter)} {test_switch(PATH, filter)}</span> }, ())}
            {search(PATH, filter, "Contractor, title or id")}
            <div class="stack" data-swap="" data-count=found>
                {choose("Severity", PATH, filter, "severity", severities)}
                {choose("Kind", PATH, filter, "kind", kinds)}
                {choose("About", PATH, filter, "about", abouts)}
                {in_force(PATH, filter, words)}
                {if of.items.is_empty() { nothing(filter) } else { groups.into_any() }}
                {pager(PATH, filter, "after", of.next.as_ref())}
            </div>
        },
    )
}

fn aside_switch(filter: &FindingFilter) -> AnyView {
    let (other, text) = if filter.dismissed {
        (filter.without("dismissed"), "Show open")
    } else {
        (filter.with("dismissed", "1"), "Show dismissed")
    };
    view! { <a class="pill" href=with_moment(format!("{PATH}{}", other.to_query()))>{text}</a> }.into_any()
}

/// Returns the announcement of a search's result.
fn count_in_words(rows: usize, has_more: bool) -> String {
    match (rows, has_more) {
        (0, _) => "No findings".to_owned(),
        (1, false) => "1 finding".to_owned(),
        (rows, false) => format!("{rows} findings"),
        (rows, true) => format!("The first {rows} findings"),
    }
}

fn item(of: &FindingSummary, viewer: &Viewer) -> AnyView {
    let finding = &of.finding;
    let title = name(of.title.clone());
    let title = match of.place() {
        Some(href) => view! { <a class="name" href=with_moment(href)>{title}</a> }.into_any(),
        None => view! { <strong>{title}</strong> }.into_any(),
    };
    let who = of.contractor_name.clone().map(|who| view! { <span class="who">{name(who)}</span> });
    let tone = match finding.severity {
        Severity::Problem => "ended",
        Severity::Warning => "offered",
        Severity::Notice => "deleted",
    };
    let act = match &finding.dismissed {
        Some(dismissal) => laid_aside(of, dismissal, viewer),
        None if viewer.sees(Thing::FindingDismissal) => dismiss(of),
        None => ().into_any(),
    };
    view! {
        <li class="finding-row" data-severity=finding.severity.as_str() data-kind=finding.kind.as_str()>
            <p class="about">
                <span class="mark">{dot(tone)}{finding.kind.label()}</span> {title} {who} {mode_tag(Mode::of_subject(of.is_test, of.subject.id()))}
                <span class="note">{ago(of.at, viewer.now)}</span>
            </p>
            <p>{finding.sentence.clone()}</p>
            <p class="dim">{advice(finding, of.at)}</p>
            {act}
        </li>
    }
    .into_any()
}

fn dismiss(of: &FindingSummary) -> AnyView {
    let label = format!("Dismiss: {}, {}", of.finding.kind.label(), of.title);
    view! {
        <details class="dismiss">
            <summary aria-label=label>"Dismiss"</summary>
            <form method="post" action="/findings/dismiss">
                <input type="hidden" name="key" value=of.key.clone()/>
                <input type="hidden" name="next" value=here()/>
                <label>"Why it may stay as it is" <input class="input" name="reason" required maxlength="500"/></label>
                <button class="button" type="submit">"Dismiss"</button>
            </form>
        </details>
    }
    .into_any()
}

fn laid_aside(of: &FindingSummary, dismissal: &Dismissal, viewer: &Viewer) -> AnyView {
    let undo = viewer.sees(Thing::FindingDismissal).then(|| {
        let label = format!("Undo the dismissal: {}, {}", of.finding.kind.label(), of.title);
        view! {
            <form method="post" action="/findings/restore">
                <input type="hidden" name="key" value=of.key.clone()/>
                <input type="hidden" name="next" value=here()/>
                <button class="button quiet" type="submit" aria-label=label>"Undo"</button>
            </form>
        }
    });
    view! {
        <div class="laid-aside">
            <p>"Dismissed by " <b>{dismissal.by.clone()}</b> ", " {ago(dismissal.at, viewer.now)} ": “"{dismissal.reason.clone()}"”"</p>
            {undo}
        </div>
    }
    .into_any()
}

fn words(key: &str, value: &str) -> String {
    match key {
        "q" => format!("“{value}”"),
        "kind" => FindingKind::parse(value).map_or_else(String::new, |kind| kind.label().to_owned()),
        "severity" => match Severity::parse(value) {
            Some(Severity::Problem) => "Problems".to_owned(),
            Some(Severity::Warning) => "Warnings and problems".to_owned(),
            Some(Severity::Notice) | None => "Everything".to_owned(),
        },
        "about" => SubjectKind::parse(value).map_or_else(String::new, |about| about.label().to_owned()),
        "dismissed" => "Dismissed".to_owned(),
        _ => "Test traffic".to_owned(),
    }
}

fn nothing(filter: &FindingFilter) -> AnyView {
    if filter.filters().is_empty() {
        empty(
            "Nothing is wrong",
            view! { <p>"No event is missing or impossible, no offer waits too long, no budget is passed. What is found is listed here, with what to do about it."</p> },
        )
    } else {
        empty(
            "No finding fits",
            view! { <p>"Try another kind, or fewer letters."</p> <a class="button" href=with_moment(PATH)>"Show all findings"</a> },
        )
    }
}
