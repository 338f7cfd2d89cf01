//! The lifecycle section of a contract's page: the steps so far, the time between them, and what may come next.

use crate::ui::badge::{Badge, dot};
use crate::ui::entries::anchor;
use crate::ui::facts::Facts;
use crate::ui::time::{day, days_from, short};
use crate::view::detail::ContractDetail;
use crate::view::viewer::Viewer;
use domain::lifecycle::contract::{ContractState, Phase};
use domain::lifecycle::outlook::outlook;
use domain::timeline::Step;
use domain::timeline::words::{date_in_words, duration_in_words};
use jiff::Timestamp;
use jiff::civil::Date;
use leptos::prelude::*;

/// Renders the steps so far, and what may follow.
pub(super) fn lifecycle(of: &ContractDetail, viewer: &Viewer) -> AnyView {
    let summary = &of.summary;
    let today = viewer.today();
    let ahead =
        summary.ends_on.filter(|last| summary.phase.is_bound() && *last >= today).map(|last| last_day(last, today));
    let steps: Vec<AnyView> = of
        .steps
        .iter()
        .enumerate()
        .map(|(place, one)| step(one, of.steps.get(place + 1..).unwrap_or_default(), viewer.now))
        .chain(ahead)
        .chain(summary.ends_on.filter(|_| summary.phase == Phase::Completed).map(|last| ended(last, today)))
        .collect();
    view! {
        <ol class="steps" tabindex="0" aria-label="Steps of this contract">{steps}</ol>
        <div class="body outlook">{ahead_of(of, today).show()}</div>
    }
    .into_any()
}

fn step(of: &Step, later: &[Step], now: Timestamp) -> AnyView {
    // The time in a step ends with the next known step; the last one continues, unless it is final.
    let spent = of.at.and_then(|at| match later.iter().find_map(|next| Some((next, next.at?))) {
        Some((next, until)) => {
            let length = duration_in_words(until.as_second() - at.as_second());
            let again = if next.state == of.state { " again" } else { "" };
            Some(format!("{length} until {}{again}", entered(next.state)))
        }
        None if later.is_empty() && !is_final(of.state) => {
            Some(format!("{} so far", duration_in_words(now.as_second() - at.as_second())))
        }
        None => None,
    });
    let when = match (of.at, of.seq) {
        (Some(at), _) => short(at),
        (None, Some(_)) => "out of order".into_any(),
        (None, None) => "never seen".into_any(),
    };
    let word = of.state.word();
    let name = match of.seq {
        Some(seq) => view! { <a href=format!("#{}", anchor(seq))>{word}</a> }.into_any(),
        None => word.into_any(),
    };
    view! {
        <li data-tone=of.state.tone() class=(of.at.is_none() && of.seq.is_none()).then_some("missing")>
            {dot(of.state.tone())} <b>{name}</b> <span>{when}</span> {spent.map(|words| view! { <span>{words}</span> })}
        </li>
    }
    .into_any()
}

/// Returns the event that led to a state, to follow "until".
fn entered(state: ContractState) -> &'static str {
    match state {
        ContractState::Known => "first seen",
        ContractState::Approved => "approved",
        ContractState::Offered => "offered",
        ContractState::Revoked => "revoked",
        ContractState::Accepted => "signed",
        ContractState::Cancelled => "cancelled",
        ContractState::NoticeServed => "notice was served",
        ContractState::EndKnown => "its end date was settled",
        ContractState::Deleted => "deleted",
    }
}

/// Renders the end of a contract whose last day has passed, for which there is no event.
fn ended(last: Date, today: Date) -> AnyView {
    let tone = Phase::Completed.tone();
    view! {
        <li data-tone=tone>{dot(tone)} <b>{Phase::Completed.label()}</b> <span>{day(last)}</span> <span>{days_from(today, last)}</span></li>
    }
    .into_any()
}

fn is_final(state: ContractState) -> bool {
    match state {
        ContractState::Cancelled | ContractState::Deleted | ContractState::EndKnown => true,
        ContractState::Known
        | ContractState::Approved
        | ContractState::Offered
        | ContractState::Revoked
        | ContractState::Accepted
        | ContractState::NoticeServed => false,
    }
}

/// Renders the coming last day.
fn last_day(last: Date, today: Date) -> AnyView {
    view! {
        <li class="ahead">{dot("deleted")} <b>"Last day"</b> <span>{day(last)}</span> <span>{days_from(today, last)}</span></li>
    }
    .into_any()
}

fn ahead_of(of: &ContractDetail, today: Date) -> Facts {
    let summary = &of.summary;
    let outlook = outlook(summary.state, summary.phase);
    let end = summary.ends_on.filter(|_| summary.state.is_signed()).map(|last| {
        let verb = if last < today { "Its last day was" } else { "Its last day is" };
        format!("{verb} {}, {}.", date_in_words(last), days_from(today, last))
    });
    let notice = summary.notice_by.filter(|_| summary.phase.is_bound()).map(|by| notice(by, today));
    Facts::default()
        .maybe("Next", outlook.next)
        .maybe("Also possible", outlook.possible)
        .maybe("The end", end)
        .maybe("Notice", notice)
        .maybe("Unusual now", (!outlook.unusual.is_empty()).then(|| outlook.unusual.join(" ")))
}

fn notice(by: Date, today: Date) -> String {
    let (date, distance) = (date_in_words(by), days_from(today, by));
    if by < today {
        format!("To end on that day, notice had to be served by {date}, {distance}.")
    } else {
        format!("To end on that day, notice has to be served by {date}, {distance}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_came_out_of_order_was_seen_and_one_without_a_delivery_never_was() {
        let now: Timestamp = "2026-02-09T12:00:00Z".parse().unwrap();
        let html = |at: Option<&str>, seq: Option<i64>, later: &[Step]| {
            let one = Step { state: ContractState::Offered, at: at.and_then(|at| at.parse().ok()), seq };
            Owner::new().with(|| step(&one, later, now).to_html())
        };
        let out_of_order = html(None, Some(3), &[]);
        assert!(out_of_order.contains("out of order") && out_of_order.contains("#event-3"), "{out_of_order}");
        assert!(html(None, None, &[]).contains("never seen"));
        let again = Step { state: ContractState::Offered, at: "2026-02-08T12:00:00Z".parse().ok(), seq: Some(4) };
        let first = html(Some("2026-02-07T12:00:00Z"), Some(3), &[again]);
        assert!(first.contains("1 day until offered again"), "{first}");
    }
}
