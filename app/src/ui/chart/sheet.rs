//! The chart itself, as SVG.

use super::{Links, money};
use crate::chart::axis::WIDTH;
use crate::chart::lane::Kind;
use crate::chart::layout::{Drawing, FOOT, HEAD, Lane, Renewal, Segment, bar_half, bar_middle};
use crate::chart::window::Choice;
use crate::chart::{ChartData, ChartFinding, label};
use domain::lifecycle::finding::FindingKind;
use leptos::prelude::*;

/// Renders the SVG as a group, not an image, as screen readers ignore links within an image.
pub(super) fn sheet(
    data: &ChartData,
    drawing: &Drawing,
    choice: Choice,
    links: &Links,
    now_says: &str,
    shown: &str,
) -> AnyView {
    let height = drawing.height;
    let told = format!(
        "One lane for each of {} contracts from {shown}: approval, offer, work, notice and planned end; below them what \
         is committed against what was approved. The same facts stand in the table below.",
        data.contracts.len()
    );
    let lanes: Vec<AnyView> = drawing.lanes.iter().map(|one| lane(one, drawing.is_dense, choice, links)).collect();
    let spend: Vec<AnyView> =
        data.spend.iter().zip(&drawing.spend).map(|(spend, lane)| money::lane(spend, lane, links)).collect();
    view! {
        <svg class="picture-svg" viewBox=format!("0 0 {WIDTH} {height}") role="group" aria-labelledby="picture-svg-title" aria-describedby="picture-svg-desc">
            <title id="picture-svg-title">"Contracts and spend over time"</title>
            <desc id="picture-svg-desc">{told}</desc>
            {patterns()}
            // One group, which dragging moves.
            <g class="moving">
                {ticks(drawing)}
                {drawing.renewals.iter().map(renewal).collect_view()}
                {lanes}
                {spend}
                {now(drawing, now_says)}
            </g>
        </svg>
    }
    .into_any()
}

/// Renders a pattern beside every colour: stripes for notice, dots for a known end, wide stripes for signed.
fn patterns() -> AnyView {
    view! {
        <defs>
            <pattern id="p-notice" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="2" height="7"></rect></pattern>
            <pattern id="p-ending" width="6" height="6" patternUnits="userSpaceOnUse"><circle cx="3" cy="3" r="1"></circle></pattern>
            <pattern id="p-signed" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect width="1.5" height="5"></rect></pattern>
        </defs>
    }
    .into_any()
}

fn ticks(drawing: &Drawing) -> AnyView {
    let bottom = drawing.height - FOOT + 4;
    // A long chart has axis labels at both ends.
    let is_long = drawing.lanes.len() > 12;
    drawing
        .ticks
        .iter()
        .map(|tick| {
            let words = (tick.x + 4 + label::width(&tick.label) <= WIDTH).then(|| tick.label.clone());
            let again = words.clone().filter(|_| is_long);
            view! {
                <path class="grid" d=format!("M{} {} V{bottom}", tick.x, HEAD - 8)></path>
                {words.map(|words| view! { <text class="tick" x=tick.x + 4 y="15">{words}</text> })}
                {again.map(|words| view! { <text class="tick" x=tick.x + 4 y=bottom + 14>{words}</text> })}
            }
        })
        .collect_view()
        .into_any()
}

fn now(drawing: &Drawing, says: &str) -> AnyView {
    let Some(x) = drawing.now else { return ().into_any() };
    let half = label::width(says) / 2 + 4;
    let middle = x.clamp(half, WIDTH - half);
    view! {
        <g class="now">
            <path d=format!("M{x} {} V{}", HEAD - 8, drawing.height - FOOT + 6)></path>
            <text x=middle y=drawing.height - 6>{says.to_owned()}</text>
        </g>
    }
    .into_any()
}

fn lane(of: &Lane, is_dense: bool, choice: Choice, links: &Links) -> AnyView {
    let middle = of.y + bar_middle(is_dense);
    let half = bar_half(is_dense);
    let page = of.id.as_ref().map(domain::id::ContractId::path);
    let segments: Vec<AnyView> = of
        .segments
        .iter()
        .map(|one| {
            let href = match &page {
                Some(page) => links.event(page, one.seq),
                None => links.view(Choice { ended: Some(true), ..choice }),
            };
            segment(one, middle, half, href)
        })
        .collect();
    let beside = of.beside.as_ref().map(|words| {
        let anchor = if words.is_before { "end" } else { "start" };
        view! { <text class="beside" x=words.x y=middle + 4 text-anchor=anchor>{words.says.clone()}</text> }
    });
    let end = of.end.map(|x| {
        view! { <circle class="settled" cx=x.min(WIDTH - 5) cy=middle r="5"><title>"Its end date is settled"</title></circle> }
    });
    let findings: Vec<AnyView> = of
        .findings
        .iter()
        .map(|(x, one)| {
            let page = page.clone().unwrap_or_default();
            finding(*x, middle - half - 3, one, links.event(&page, Some(one.seq)))
        })
        .collect();
    // It is within the last segment, and styled like that one's text.
    let continuation = of.continuation.as_ref().zip(of.segments.last()).and_then(|(continuation, segment)| {
        let says = continuation.says.clone()?;
        let href = links.view(continuation.to);
        Some(view! {
            <a class="seg onward" data-kind=segment.kind.as_str() href=href tabindex="-1">
                <title>{format!("It goes on {}", continuation.title)}</title>
                <text x=WIDTH - 6 y=middle + 4 text-anchor="end">{says}</text>
            </a>
        })
    });
    view! { {segments} {beside} {continuation} {end} {findings} }.into_any()
}

fn segment(of: &Segment, middle: i64, half: i64, href: String) -> AnyView {
    let words = of.says.clone().map(|says| view! { <text x=of.x + 7 y=middle + 4>{says}</text> });
    view! {
        <a class="seg" data-kind=of.kind.as_str() href=href tabindex="-1">
            <title>{of.title.clone()}</title>
            {bar(of.kind, (of.x, middle - half), (of.width, 2 * half), (of.comes_in, of.goes_on))}
            {words}
        </a>
    }
    .into_any()
}

/// Renders a bar, with a straight end where the edge of the chart cuts it.
pub(super) fn bar(
    kind: Kind,
    (x, y): (i64, i64),
    (width, height): (i64, i64),
    (comes_in, goes_on): (bool, bool),
) -> AnyView {
    let most = (width / 2).min(4);
    let (left, right) = (if comes_in { 0 } else { most }, if goes_on { 0 } else { most });
    let (end, bottom) = (x + width, y + height);
    let shape = format!(
        "M{} {y} H{} Q{end} {y} {end} {} V{} Q{end} {bottom} {} {bottom} H{} Q{x} {bottom} {x} {} V{} Q{x} {y} {} {y} Z",
        x + left,
        end - right,
        y + right,
        bottom - right,
        end - right,
        x + left,
        bottom - left,
        y + left,
        x + left,
    );
    let pattern = match kind {
        Kind::Notice => Some("url(#p-notice)"),
        Kind::Ending => Some("url(#p-ending)"),
        Kind::Signed => Some("url(#p-signed)"),
        Kind::Approval | Kind::Offer | Kind::Active | Kind::Unworked | Kind::Proposal | Kind::Deleted | Kind::Ended => {
            None
        }
    };
    let over = pattern.map(|fill| view! { <path class="over" d=shape.clone() fill=fill></path> });
    view! { <path class="bar" data-kind=kind.as_str() d=shape></path> {over} }.into_any()
}

fn finding(x: i64, y: i64, of: &ChartFinding, href: String) -> AnyView {
    let (kind, sign, shape) = match of.kind {
        FindingKind::Missing => ("missing", "?", "M-6 0 A6 6 0 1 1 6 0 A6 6 0 1 1 -6 0 Z"),
        FindingKind::Late => ("late", "L", "M-6 -6 H6 V6 H-6 Z"),
        FindingKind::OutOfOrder => ("order", "↕", "M-6 -6 H6 V6 H-6 Z"),
        FindingKind::Impossible | FindingKind::OverBudget => ("impossible", "!", "M0 -8 L8 0 L0 8 L-8 0 Z"),
        FindingKind::Altered => ("order", "≠", "M-6 -6 H6 V6 H-6 Z"),
        FindingKind::OfferOpen | FindingKind::NotRenewed | FindingKind::Unused | FindingKind::Test => {
            ("late", "i", "M-6 -6 H6 V6 H-6 Z")
        }
    };
    view! {
        <a class="flaw" data-kind=kind href=href tabindex="-1">
            <title>{format!("{}: {}", of.kind.label(), of.sentence)}</title>
            <g transform=format!("translate({x} {y})")>
                <path d=shape></path>
                <text y="4">{sign}</text>
            </g>
        </a>
    }
    .into_any()
}

fn renewal(of: &Renewal) -> AnyView {
    let ((x1, y1), (x2, y2)) = (of.from, of.to);
    let (word, title) = match (of.is_stated, of.is_signed) {
        (true, true) => ("renewed", "The lower contract renews the upper one"),
        (true, false) => ("renewal, not signed", "The lower contract would renew the upper one, and is not signed"),
        (false, true) => ("follows", "The lower contract begins as the upper one ends"),
        (false, false) => ("may follow", "The lower contract would begin as the upper one ends, and is not signed"),
    };
    let class = if of.is_stated { "renewal" } else { "renewal guessed" };
    let room = (x2 + 6 + label::width(word) <= WIDTH).then(|| view! { <text x=x2 + 6 y=y2 - 14>{word}</text> });
    view! {
        <g class=class>
            <title>{title}</title>
            <path d=format!("M{x1} {y1} C{} {y1} {} {y2} {x2} {y2}", x1 + 18, x2 - 18)></path>
            {room}
        </g>
    }
    .into_any()
}
