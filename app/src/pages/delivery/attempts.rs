//! The attempts of a message, with the time between them.

use super::spot::Spot;
use crate::shell::context::with_moment;
use crate::ui::badge::badge;
use crate::ui::card::card;
use crate::ui::table::table;
use crate::ui::time::to_the_second;
use crate::view::delivery::{Attempt, DeliveryDetail};
use domain::query::filter::{DeliveryFilter, Query as _};
use domain::query::outcome::Outcome;
use domain::query::search::{Expr, Query, Term};
use domain::timeline::words::gap_in_words;
use leptos::prelude::*;

/// Number of attempts shown from either end, on a page of its own and beside the list; between them stand this one and the
/// one that was stored.
const ENDS: (usize, usize) = (4, 2);

/// Returns the bytes of HTML of the rows, about.
pub(super) fn size(of: &DeliveryDetail, spot: &Spot) -> usize {
    650 * of.attempts.len().min(2 * spot.either(ENDS.0, ENDS.1) + 3)
}

pub(super) fn attempts(of: &DeliveryDetail, spot: &Spot) -> AnyView {
    let all = &of.attempts;
    if all.is_empty() {
        return ().into_any();
    }
    let ends = spot.either(ENDS.0, ENDS.1);
    let stored = of.stored_on().map(|(number, _)| number - 1);
    let is_shown = |place: usize| {
        let is_end = place < ends || place + ends >= all.len();
        is_end || Some(place) == stored || all.get(place).is_some_and(|one| one.seq == of.summary.seq)
    };
    let mut rows = Vec::new();
    let mut left_out = 0;
    for (place, one) in all.iter().enumerate() {
        if !is_shown(place) {
            left_out += 1;
            continue;
        }
        rows.extend(gap_row(std::mem::take(&mut left_out)));
        let previous = place.checked_sub(1).and_then(|place| all.get(place));
        rows.push(row(place, one, previous, of.summary.seq, spot));
    }
    let columns =
        [("Attempt", ""), ("Received", ""), ("Signed for", "wide"), ("Outcome", ""), ("Body, or why refused", "wide")];
    let table = table("Attempts", &columns, rows);
    let all = (all.len() > 2 * ends + 2).then(|| all_of(of)).flatten();
    card("Attempts", Some("of this message at this endpoint".to_owned()), view! { {table} {all} })
}

/// Renders a link to the list of all requests with this message id.
fn all_of(of: &DeliveryDetail) -> Option<AnyView> {
    let id = of.summary.message_id.clone()?;
    let search = Query { root: Some(Expr::Term(Term::Id(vec![id]))) };
    let href =
        with_moment(format!("/deliveries{}", DeliveryFilter::default().with("q", &search.to_string()).to_query()));
    let words = format!("All {} attempts", of.attempts.len());
    Some(view! { <p class="body"><a href=href>{words}</a></p> }.into_any())
}

fn gap_row(left_out: usize) -> Option<AnyView> {
    let words = match left_out {
        0 => return None,
        1 => "1 more".to_owned(),
        many => format!("{many} more"),
    };
    Some(view! { <tr><td colspan="5" class="dim">{words}</td></tr> }.into_any())
}

fn row(place: usize, one: &Attempt, previous: Option<&Attempt>, this: i64, spot: &Spot) -> AnyView {
    let name = format!("Attempt {}", place + 1);
    let name = if one.seq == this {
        view! { <b>{name}", this one"</b> }.into_any()
    } else {
        view! { <a href=spot.to(one.seq)>{name}</a> }.into_any()
    };
    let gap = previous.map(|previous| {
        let milliseconds = one.received_at.as_millisecond() - previous.received_at.as_millisecond();
        view! { <span class="below dim">{format!("{} later", gap_in_words(milliseconds))}</span> }
    });
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
            <td>{to_the_second(one.received_at)} " " {gap}</td>
            <td class="wide">{signed_for}</td>
            <td>{badge(&one.outcome)} {unproven} {unchecked}</td>
            <td class="wide">{body}</td>
        </tr>
    }
    .into_any()
}
