//! Arranges the drawing: the lanes, their order, and their labels.

use super::axis::{Axis, Tick, WIDTH};
use super::lane::{self, Kind, LaneSpan, OPEN, extent, in_short, lane_spans, worked};
use super::spend::{self, SpendLane};
use super::window::{Choice, Window, Zoom, window};
use super::{ChartContract, ChartData, ChartFinding, day_beside, day_of_year, label};
use domain::id::ContractId;
use domain::lifecycle::contract::Phase;
use domain::timeline;
use domain::timeline::words::day_of;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

/// Number of lanes up to which ended contracts have lanes of their own by default.
const FEW: usize = 8;
/// Number of lanes from which on they are drawn densely.
const MANY: usize = 24;
/// Height of the axis labels above the first lane.
pub const HEAD: i64 = 32;
/// Height of the label of today below the last lane.
pub const FOOT: i64 = 24;

/// A laid-out chart, ready for markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// The height; the width is [`WIDTH`].
    pub height: i64,
    /// The visible time range, with the targets of its navigation.
    pub window: Window,
    /// The tick marks of the axis.
    pub ticks: Vec<Tick>,
    /// Whether lanes are drawn densely.
    pub is_dense: bool,
    /// The height of a lane.
    pub pitch: i64,
    /// The lanes from top to bottom; that of ended contracts comes first.
    pub lanes: Vec<Lane>,
    /// Renewals between two lanes that are both drawn.
    pub renewals: Vec<Renewal>,
    /// The money lanes, below the others.
    pub spend: Vec<SpendLane>,
    /// The position of the current time, if it is visible.
    pub now: Option<i64>,
    /// The number of ended contracts, and whether they share a lane.
    pub ended: (usize, bool),
}

/// A laid-out lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Which contract; `None` for the lane that ended ones share.
    pub id: Option<ContractId>,
    /// The upper edge.
    pub y: i64,
    /// The segments from left to right, without overlap.
    pub segments: Vec<Segment>,
    /// The label beside the segments.
    pub beside: Option<OuterLabel>,
    /// The findings from left to right, without overlap.
    pub findings: Vec<(i64, ChartFinding)>,
    /// The position of its known end.
    pub end: Option<i64>,
    /// The link to its end, if that is beyond the right edge.
    pub continuation: Option<Continuation>,
}

/// The continuation of a contract beyond the right edge, with the view that shows its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Continuation {
    /// "until 29 May 2031"
    pub title: String,
    /// The text that fits at the edge, right-aligned at [`WIDTH`]. `None` if none fits.
    pub says: Option<String>,
    /// The view that shows its last day.
    pub to: Choice,
}

/// A laid-out segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The left edge.
    pub x: i64,
    /// The width, at least 1.
    pub width: i64,
    /// What it is.
    pub kind: Kind,
    /// Whether it began before the visible range.
    pub comes_in: bool,
    /// Whether it continues after the visible range.
    pub goes_on: bool,
    /// The sequence number of the delivery that began it.
    pub seq: Option<i64>,
    /// The full description.
    pub title: String,
    /// The text inside.
    pub says: Option<String>,
}

/// A label beside segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OuterLabel {
    /// Its start, or with `is_before` its end.
    pub x: i64,
    /// Whether it is left of that position.
    pub is_before: bool,
    /// The text.
    pub says: String,
}

/// An arrow of a renewal, from the end of one lane's work to the start of another's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// The end of the old work, in the middle of its bar.
    pub from: (i64, i64),
    /// The start of the new work.
    pub to: (i64, i64),
    /// Whether `renewal_meta` states it, or adjoining dates suggest it.
    pub is_stated: bool,
    /// Whether the new contract is signed, before which it renews nothing yet.
    pub is_signed: bool,
}

/// Returns the distance from a lane's upper edge to the middle of its bar.
pub fn bar_middle(is_dense: bool) -> i64 {
    if is_dense { 26 } else { 32 }
}

/// Returns half the height of a bar.
pub fn bar_half(is_dense: bool) -> i64 {
    if is_dense { 7 } else { 10 }
}

/// Lays out a chart for a view and an instant.
pub fn draw(data: &ChartData, choice: Choice, now: Timestamp) -> Drawing {
    let today = day_of(now);
    let mut spans_by_contract: Vec<(&ChartContract, Vec<LaneSpan>)> =
        data.contracts.iter().map(|contract| (contract, lane_spans(contract, now))).collect();
    spans_by_contract
        .sort_by_key(|(contract, all)| (extent(all, contract).map(|(first, _)| first), contract.id.clone()));

    let ended = spans_by_contract.iter().filter(|(contract, _)| is_over(contract, today)).count();
    let is_shared = match choice.ended {
        Some(open) => !open && ended > 0,
        None => spans_by_contract.len() > FEW && ended > 1,
    };
    let window = time_range(&spans_by_contract, data, choice, now);
    let axis = window.axis;

    let lanes = spans_by_contract.len() - if is_shared { ended } else { 0 } + usize::from(is_shared);
    let is_dense = lanes > MANY;
    let pitch = if is_dense { 38 } else { 48 };
    let mut y = HEAD;
    let mut lanes = Vec::new();
    let mut drawn: Vec<(&ChartContract, &[LaneSpan], i64)> = Vec::new();
    if is_shared {
        let over: Vec<&LaneSpan> = spans_by_contract
            .iter()
            .filter(|(contract, _)| is_over(contract, today))
            .flat_map(|(_, all)| all)
            .collect();
        lanes.push(shared(&over, ended, axis, y));
        y += pitch;
    }
    for (contract, all) in spans_by_contract.iter().filter(|(contract, _)| !is_shared || !is_over(contract, today)) {
        lanes.push(lane(contract, all, (axis, choice), now, y));
        drawn.push((contract, all, y));
        y += pitch;
    }
    let renewals = renewals(&drawn, axis, is_dense);
    let mut spend = Vec::new();
    for of in &data.spend {
        spend.push(spend::lay(of, axis, now, y));
        y += spend::HEIGHT;
    }
    let at = axis.x(now.as_second());
    Drawing {
        height: y + FOOT,
        ticks: axis.ticks(),
        window,
        is_dense,
        pitch,
        lanes,
        renewals,
        spend,
        now: (0..=WIDTH).contains(&at).then_some(at),
        ended: (ended, is_shared),
    }
}

fn is_over(contract: &ChartContract, today: Date) -> bool {
    Phase::on(today, contract.state, contract.start_on, contract.ends_on).is_over()
}

fn time_range(
    spans_by_contract: &[(&ChartContract, Vec<LaneSpan>)],
    data: &ChartData,
    choice: Choice,
    now: Timestamp,
) -> Window {
    let of_works = spans_by_contract
        .iter()
        .filter_map(|(contract, all)| extent(all, contract))
        .flat_map(|(first, last)| [first, last]);
    let levels = data.spend.iter().flat_map(|spend| spend.committed.iter().chain(&spend.approved));
    let all: Vec<i64> = of_works.chain(levels.map(|level| level.at.as_second())).collect();
    let day = |second: Option<&i64>| {
        let at = second.and_then(|second| Timestamp::from_second(*second).ok());
        day_of(at.unwrap_or(now))
    };
    window(choice, day(all.iter().min()), day(all.iter().max()), day_of(now))
}

fn lane(contract: &ChartContract, all: &[LaneSpan], (axis, choice): (Axis, Choice), now: Timestamp, y: i64) -> Lane {
    let (segments, unsaid) = lay(all, axis);
    let beside = match (unsaid, segments.is_empty()) {
        (Some(says), false) => beside(&segments, &says),
        (None, false) => None,
        (_, true) => Some(out_of_sight(contract, all, axis, now)),
    };
    let end = all.iter().rfind(|span| span.kind.is_work());
    let end = end.filter(|_| contract.state == domain::lifecycle::contract::ContractState::EndKnown);
    let end = end.map(|span| axis.x(span.until)).filter(|x| (0..=WIDTH).contains(x));
    let continuation = continuation(contract, &segments, axis, choice);
    Lane { id: Some(contract.id.clone()), y, segments, beside, findings: findings(contract, axis), end, continuation }
}

/// The space that the arrow at a segment's open edge takes.
const EDGE: i64 = 18;

/// Returns the continuation; `None` for a contract without an end, which no view shows.
fn continuation(contract: &ChartContract, segments: &[Segment], axis: Axis, choice: Choice) -> Option<Continuation> {
    let (last, segment) = contract.ends_on.zip(segments.last().filter(|segment| segment.goes_on))?;
    let zoom = if choice.zoom == Zoom::Fit { Zoom::Year } else { choice.zoom };
    let half = zoom.days().unwrap_or_default() / 2;
    let from = last.saturating_sub(half.days()).max(axis.from);
    let title = format!("until {}", day_of_year(last));
    let texts = [format!("{title} →"), "→".to_owned()];
    let taken = segment.says.as_deref().map_or(0, |says| label::width(says) + 10);
    let says = label::longest_that_fits(&texts, segment.width - 12 - taken).cloned();
    Some(Continuation { title, says, to: Choice { zoom, from: Some(from), ..choice } })
}

/// Lays out the visible phases. Returns required texts that did not fit.
fn lay(all: &[LaneSpan], axis: Axis) -> (Vec<Segment>, Option<Vec<String>>) {
    let mut segments: Vec<Segment> = Vec::new();
    let mut unsaid = None;
    let mut over = 0;
    for span in all {
        let (left, right) = (axis.x(span.from), if span.until == OPEN { WIDTH + 1 } else { axis.x(span.until) });
        if right <= 0 || left >= WIDTH {
            continue;
        }
        // A short one is at least a line, but never overlaps the one before.
        let x = left.max(over);
        let end = right.clamp(0, WIDTH).max((x + 1).min(WIDTH));
        if end <= x {
            continue;
        }
        over = end;
        let edge = if right > WIDTH && span.until != OPEN { EDGE } else { 0 };
        let says = label::longest_that_fits(&span.says, end - x - 12 - edge).cloned();
        if says.is_none() && span.must_say && !span.says.is_empty() {
            unsaid = Some(span.says.clone());
        }
        segments.push(Segment {
            x,
            width: end - x,
            kind: span.kind,
            comes_in: left < 0,
            goes_on: right > WIDTH,
            seq: span.seq,
            title: span.title.clone(),
            says,
        });
    }
    (segments, unsaid)
}

/// Places a label after the last segment if it fits there, else before the first one, else nowhere.
fn beside(segments: &[Segment], says: &[String]) -> Option<OuterLabel> {
    let after = segments.last().map(|last| last.x + last.width + 10)?;
    let before = segments.first()?.x - 6;
    let [behind, ahead] = [WIDTH - after, before].map(|room| label::longest_that_fits(says, room));
    let is_longer = |one: &String, other: Option<&String>| other.is_none_or(|other| one.len() >= other.len());
    match (behind, ahead) {
        (Some(text), other) if is_longer(text, other) => {
            Some(OuterLabel { x: after, is_before: false, says: text.clone() })
        }
        (_, Some(text)) => Some(OuterLabel { x: before, is_before: true, says: text.clone() }),
        (Some(text), None) => Some(OuterLabel { x: after, is_before: false, says: text.clone() }),
        (None, None) => None,
    }
}

/// Returns the label of a lane without visible segments, which says where its contract is.
fn out_of_sight(contract: &ChartContract, all: &[LaneSpan], axis: Axis, now: Timestamp) -> OuterLabel {
    // A day outside the axis is written with its year.
    let short = in_short(contract, now, day_of_year);
    let is_later = all.first().is_some_and(|span| axis.x(span.from) >= WIDTH);
    let is_earlier = !all.is_empty() && !is_later;
    let (x, is_before, says) = match () {
        () if is_later => {
            let starts = contract.start_on.map_or(short, |day| format!("starts {}", day_of_year(day)));
            (WIDTH - 4, true, format!("{starts} →"))
        }
        () if is_earlier => (4, false, format!("← {short}")),
        () => {
            let at = contract.steps.iter().rev().find_map(|step| step.at).map_or(now, |at| at);
            let x = axis.within(at.as_second());
            (x, x > WIDTH / 2, in_short(contract, now, |day| day_beside(day, day_of(now))))
        }
    };
    OuterLabel { x, is_before, says }
}

fn findings(contract: &ChartContract, axis: Axis) -> Vec<(i64, ChartFinding)> {
    const APART: i64 = 15;
    let mut all: Vec<&ChartFinding> =
        contract.findings.iter().filter(|finding| (0..=WIDTH).contains(&axis.x(finding.at.as_second()))).collect();
    all.sort_by_key(|finding| (finding.at, finding.seq, finding.kind));
    let count = i64::try_from(all.len()).unwrap_or_default();
    let mut least = 8;
    let mut laid = Vec::new();
    for (place, finding) in (1..).zip(all) {
        // Space is reserved for the ones that follow.
        let most = (WIDTH - 8 - (count - place) * APART).max(least);
        let x = axis.within(finding.at.as_second()).clamp(least, most);
        least = x + APART;
        laid.push((x, finding.clone()));
    }
    laid
}

fn shared(over: &[&LaneSpan], count: usize, axis: Axis, y: i64) -> Lane {
    let mut covered: Vec<(i64, i64)> = over
        .iter()
        .filter(|span| span.kind.is_work() || span.kind == Kind::Deleted)
        .map(|span| (span.from, span.until))
        .collect();
    covered.sort_unstable();
    let mut merged: Vec<(i64, i64)> = Vec::new();
    for (from, until) in covered {
        match merged.last_mut() {
            Some((_, end)) if *end >= from => *end = (*end).max(until),
            _ => merged.push((from, until)),
        }
    }
    let says = if count == 1 { "1 ended contract".to_owned() } else { format!("{count} ended contracts") };
    let all: Vec<LaneSpan> = merged
        .into_iter()
        .map(|(from, until)| LaneSpan {
            from,
            until,
            kind: Kind::Ended,
            seq: None,
            title: format!("{says}: show each"),
            says: Vec::new(),
            must_say: false,
        })
        .collect();
    let (segments, _) = lay(&all, axis);
    Lane { id: None, y, segments, beside: None, findings: Vec::new(), end: None, continuation: None }
}

fn renewals(drawn: &[(&ChartContract, &[LaneSpan], i64)], axis: Axis, is_dense: bool) -> Vec<Renewal> {
    let middle = bar_middle(is_dense);
    let find = |id: &ContractId| drawn.iter().find(|(contract, ..)| contract.id == *id);
    let shown = |second: i64| Some(axis.x(second)).filter(|x| (0..=WIDTH).contains(x) && second != OPEN);
    drawn
        .iter()
        .filter_map(|(contract, all, y)| {
            let (old, is_stated) = contract.renews.as_ref()?;
            let (_, old, old_y) = find(old)?;
            let (_, until) = lane::worked(old)?;
            let (from, _) = worked(all)?;
            let (from_x, to_x) = (shown(until)?, shown(from)?);
            let is_signed = timeline::Renewal::of(contract.state) == timeline::Renewal::Signed;
            let (from, to) = ((from_x, old_y + middle), (to_x, y + middle));
            Some(Renewal { from, to, is_stated: *is_stated, is_signed })
        })
        .collect()
}
