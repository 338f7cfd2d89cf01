//! A currency's lane: the sums beside it, its two lines, and the same as a table.

use super::Links;
use crate::chart::axis::WIDTH;
use crate::chart::spend::{Against, Level, Spend, SpendLane};
use crate::ui::time::day;
use domain::money::Money;
use domain::timeline::words::day_of;
use leptos::prelude::*;

fn heading(of: &Spend) -> String {
    match &of.against {
        Against::Day(_) => format!("A day’s cost, {}", of.currency),
        Against::Totals | Against::Nothing => format!("Committed, {}", of.currency),
    }
}

/// Renders the short label beside the lane; the table has the details.
pub(super) fn summary(of: &Spend) -> AnyView {
    let approved = match (&of.against, of.approved_now()) {
        (Against::Nothing, _) | (_, None) => "no total approved".to_owned(),
        (_, Some(money)) => format!("of {money}{}", of.per_day()),
    };
    view! {
        <li class="money">
            <p><b>{heading(of)}</b> " " <span>{of.committed_now().to_string()}{of.per_day()}</span> " " <span>{approved}</span></p>
        </li>
    }
    .into_any()
}

/// Renders the lane.
pub(super) fn lane(of: &Spend, lane: &SpendLane, links: &Links) -> AnyView {
    let points_of = |corners: &[(i64, i64)]| {
        let points: Vec<String> = corners.iter().map(|(x, y)| format!("{x},{y}")).collect();
        points.join(" ")
    };
    let area = lane.committed.first().zip(lane.committed.last()).map(|((from, _), (to, _))| {
        format!("{from},{} {} {to},{}", lane.floor, points_of(&lane.committed), lane.floor)
    });
    let told = format!("{}: {}{}", heading(of), of.committed_now(), of.per_day());
    let approved =
        lane.approved_says.clone().map(|(x, y, says)| view! { <text class="approved-word" x=x y=y>{says}</text> });
    let breaches: Vec<AnyView> = lane
        .breaches
        .iter()
        .map(|breach| {
            let href = links.below(breach.seq);
            view! {
                <a class="breach" href=href tabindex="-1">
                    <title>{format!("More is committed than {}: {}", of.approval_word(), breach.says)}</title>
                    <circle cx=breach.x cy=breach.y r="4"></circle>
                    <text x=breach.words_x y=breach.words_y>{breach.says.clone()}</text>
                </a>
            }
            .into_any()
        })
        .collect();
    view! {
        <g class="spend">
            <path class="grid" d=format!("M0 {} H{WIDTH}", lane.y + 4)></path>
            {area.map(|points| view! { <polygon class="area" points=points></polygon> })}
            {(!lane.approved.is_empty()).then(|| view! { <polyline class="approved" points=points_of(&lane.approved)></polyline> })}
            <g><title>{told}</title><polyline class="committed" points=points_of(&lane.committed)></polyline></g>
            {approved}
            {breaches}
        </g>
    }
    .into_any()
}

/// Renders a table of every event that changed one of the lines. `place` distinguishes tables of one currency.
pub(super) fn table(of: &Spend, place: usize, links: &Links) -> AnyView {
    let mut all: Vec<(&Level, bool)> = of.committed.iter().map(|level| (level, true)).collect();
    all.extend(of.approved.iter().map(|level| (level, false)));
    // Stable within one instant, as the levels of each line are cumulative.
    all.sort_by_key(|(level, is_committed)| (level.at, *is_committed));
    let money = |level: &Level| Money { amount: level.amount, currency: of.currency.clone() }.to_string();
    let rows: Vec<AnyView> = all
        .into_iter()
        .map(|(level, is_committed)| {
            let (committed, approved) =
                if is_committed { (money(level), String::new()) } else { (String::new(), money(level)) };
            let over = of
                .breaches
                .iter()
                .find(|breach| breach.seq == level.seq)
                .map(|breach| format!("over by {}{} on {}", breach.over, of.per_day(), breach.requisition));
            let href = links.below(level.seq);
            view! {
                <tr>
                    <td class="fit"><a href=href>{day(day_of(level.at))}</a></td>
                    <td>{level.cause.clone()}{over.map(|text| view! { " " <span class="tag warn">{text}</span> })}</td>
                    <td class="num">{committed}</td>
                    <td class="num">{approved}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let about = match &of.against {
        Against::Totals => "against the requisitions drawn on".to_owned(),
        Against::Day(title) => format!("against {title}"),
        Against::Nothing => "without a requisition for a total".to_owned(),
    };
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label=format!("{}, table {place}", heading(of))>
            <table class="table">
                <caption>{heading(of)}", estimated, "{about}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Since"</th>
                        <th scope="col">"Because of"</th>
                        <th scope="col" class="num">"Committed"</th>
                        <th scope="col" class="num">{if of.is_approved { "Approved or asked for" } else { "Asked for" }}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
