//! Arranges the drawing: the lanes, their order, and their labels.

use super::axis::{Axis, Tick, WIDTH};
use super::lane::{self, Kind, OPEN, Stretch, extent, in_short, stretches, worked};
use super::spend::{self, SpendLane};
use super::window::{Choice, Window, Zoom, window};
use super::{Flaw, Scene, Work, day_beside, day_of_year, label};
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
    pub beside: Option<Words>,
    /// The findings from left to right, without overlap.
    pub flaws: Vec<(i64, Flaw)>,
    /// The position of its known end.
    pub end: Option<i64>,
    /// The link to its end, if that is beyond the right edge.
    pub onward: Option<Onward>,
}

/// The continuation of a contract beyond the right edge, with the view that shows its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Onward {
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
pub struct Words {
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
pub fn draw(scene: &Scene, choice: Choice, now: Timestamp) -> Drawing {
    let today = day_of(now);
    let mut told: Vec<(&Work, Vec<Stretch>)> = scene.works.iter().map(|work| (work, stretches(work, now))).collect();
    told.sort_by_key(|(work, all)| (extent(all, work).map(|(first, _)| first), work.id.clone()));

    let ended = told.iter().filter(|(work, _)| is_over(work, today)).count();
    let is_shared = match choice.ended {
        Some(open) => !open && ended > 0,
        None => told.len() > FEW && ended > 1,
    };
    let window = stretch_of_time(&told, scene, choice, now);
    let axis = window.axis;

    let lanes = told.len() - if is_shared { ended } else { 0 } + usize::from(is_shared);
    let is_dense = lanes > MANY;
    let pitch = if is_dense { 38 } else { 48 };
    let mut y = HEAD;
    let mut lanes = Vec::new();
    let mut drawn: Vec<(&Work, &[Stretch], i64)> = Vec::new();
    if is_shared {
        let over: Vec<&Stretch> =
            told.iter().filter(|(work, _)| is_over(work, today)).flat_map(|(_, all)| all).collect();
        lanes.push(shared(&over, ended, axis, y));
        y += pitch;
    }
    for (work, all) in told.iter().filter(|(work, _)| !is_shared || !is_over(work, today)) {
        lanes.push(lane(work, all, (axis, choice), now, y));
        drawn.push((work, all, y));
        y += pitch;
    }
    let renewals = renewals(&drawn, axis, is_dense);
    let mut spend = Vec::new();
    for of in &scene.spend {
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

fn is_over(work: &Work, today: Date) -> bool {
    let phase = Phase::on(today, work.state, work.start_on, work.ends_on);
    matches!(phase, Phase::Completed | Phase::Cancelled | Phase::Revoked | Phase::Deleted)
}

fn stretch_of_time(told: &[(&Work, Vec<Stretch>)], scene: &Scene, choice: Choice, now: Timestamp) -> Window {
    let of_works = told.iter().filter_map(|(work, all)| extent(all, work)).flat_map(|(first, last)| [first, last]);
    let levels = scene.spend.iter().flat_map(|spend| spend.committed.iter().chain(&spend.approved));
    let all: Vec<i64> = of_works.chain(levels.map(|level| level.at.as_second())).collect();
    let day = |second: Option<&i64>| {
        let at = second.and_then(|second| Timestamp::from_second(*second).ok());
        day_of(at.unwrap_or(now))
    };
    window(choice, day(all.iter().min()), day(all.iter().max()), day_of(now))
}

fn lane(work: &Work, all: &[Stretch], (axis, choice): (Axis, Choice), now: Timestamp, y: i64) -> Lane {
    let (segments, unsaid) = lay(all, axis);
    let beside = match (unsaid, segments.is_empty()) {
        (Some(says), false) => beside(&segments, &says),
        (None, false) => None,
        (_, true) => Some(out_of_sight(work, all, axis, now)),
    };
    let end = all.iter().rfind(|stretch| matches!(stretch.kind, Kind::Active | Kind::Notice | Kind::Ending));
    let end = end.filter(|_| work.state == domain::lifecycle::contract::ContractState::EndKnown);
    let end = end.map(|stretch| axis.x(stretch.until)).filter(|x| (0..=WIDTH).contains(x));
    let onward = onward(work, &segments, axis, choice);
    Lane { id: Some(work.id.clone()), y, segments, beside, flaws: flaws(work, axis), end, onward }
}

/// The space that the arrow at a segment's open edge takes.
const EDGE: i64 = 18;

/// Returns the continuation; `None` for a contract without an end, which no view shows.
fn onward(work: &Work, segments: &[Segment], axis: Axis, choice: Choice) -> Option<Onward> {
    let (last, segment) = work.ends_on.zip(segments.last().filter(|segment| segment.goes_on))?;
    let zoom = if choice.zoom == Zoom::Fit { Zoom::Year } else { choice.zoom };
    let half = zoom.days().unwrap_or_default() / 2;
    let from = last.saturating_sub(half.days()).max(axis.from);
    let title = format!("until {}", day_of_year(last));
    let texts = [format!("{title} →"), "→".to_owned()];
    let taken = segment.says.as_deref().map_or(0, |says| label::width(says) + 10);
    let says = label::longest_that_fits(&texts, segment.width - 12 - taken).cloned();
    Some(Onward { title, says, to: Choice { zoom, from: Some(from), ..choice } })
}

/// Lays out the visible phases. Returns required texts that did not fit.
fn lay(all: &[Stretch], axis: Axis) -> (Vec<Segment>, Option<Vec<String>>) {
    let mut segments: Vec<Segment> = Vec::new();
    let mut unsaid = None;
    let mut over = 0;
    for stretch in all {
        let (left, right) =
            (axis.x(stretch.from), if stretch.until == OPEN { WIDTH + 1 } else { axis.x(stretch.until) });
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
        let edge = if right > WIDTH && stretch.until != OPEN { EDGE } else { 0 };
        let says = label::longest_that_fits(&stretch.says, end - x - 12 - edge).cloned();
        if says.is_none() && stretch.must_say && !stretch.says.is_empty() {
            unsaid = Some(stretch.says.clone());
        }
        segments.push(Segment {
            x,
            width: end - x,
            kind: stretch.kind,
            comes_in: left < 0,
            goes_on: right > WIDTH,
            seq: stretch.seq,
            title: stretch.title.clone(),
            says,
        });
    }
    (segments, unsaid)
}

/// Places a label after the last segment if it fits there, else before the first one, else nowhere.
fn beside(segments: &[Segment], says: &[String]) -> Option<Words> {
    let after = segments.last().map(|last| last.x + last.width + 10)?;
    let before = segments.first()?.x - 6;
    let [behind, ahead] = [WIDTH - after, before].map(|room| label::longest_that_fits(says, room));
    let is_longer = |one: &String, other: Option<&String>| other.is_none_or(|other| one.len() >= other.len());
    match (behind, ahead) {
        (Some(text), other) if is_longer(text, other) => Some(Words { x: after, is_before: false, says: text.clone() }),
        (_, Some(text)) => Some(Words { x: before, is_before: true, says: text.clone() }),
        (Some(text), None) => Some(Words { x: after, is_before: false, says: text.clone() }),
        (None, None) => None,
    }
}

/// Returns the label of a lane without visible segments, which says where its contract is.
fn out_of_sight(work: &Work, all: &[Stretch], axis: Axis, now: Timestamp) -> Words {
    // A day outside the axis is written with its year.
    let short = in_short(work, now, day_of_year);
    let is_later = all.first().is_some_and(|stretch| axis.x(stretch.from) >= WIDTH);
    let is_earlier = !all.is_empty() && !is_later;
    let (x, is_before, says) = match () {
        () if is_later => {
            let starts = work.start_on.map_or(short, |day| format!("starts {}", day_of_year(day)));
            (WIDTH - 4, true, format!("{starts} →"))
        }
        () if is_earlier => (4, false, format!("← {short}")),
        () => {
            let at = work.steps.iter().rev().find_map(|step| step.at).map_or(now, |at| at);
            let x = axis.within(at.as_second());
            (x, x > WIDTH / 2, in_short(work, now, |day| day_beside(day, day_of(now))))
        }
    };
    Words { x, is_before, says }
}

fn flaws(work: &Work, axis: Axis) -> Vec<(i64, Flaw)> {
    const APART: i64 = 15;
    let mut all: Vec<&Flaw> =
        work.flaws.iter().filter(|flaw| (0..=WIDTH).contains(&axis.x(flaw.at.as_second()))).collect();
    all.sort_by_key(|flaw| (flaw.at, flaw.seq, flaw.kind));
    let count = i64::try_from(all.len()).unwrap_or_default();
    let mut least = 8;
    let mut laid = Vec::new();
    for (place, flaw) in (1..).zip(all) {
        // Space is reserved for the ones that follow.
        let most = (WIDTH - 8 - (count - place) * APART).max(least);
        let x = axis.within(flaw.at.as_second()).clamp(least, most);
        least = x + APART;
        laid.push((x, flaw.clone()));
    }
    laid
}

fn shared(over: &[&Stretch], count: usize, axis: Axis, y: i64) -> Lane {
    let mut work: Vec<(i64, i64)> = over
        .iter()
        .filter(|stretch| matches!(stretch.kind, Kind::Active | Kind::Notice | Kind::Ending | Kind::Deleted))
        .map(|stretch| (stretch.from, stretch.until))
        .collect();
    work.sort_unstable();
    let mut merged: Vec<(i64, i64)> = Vec::new();
    for (from, until) in work {
        match merged.last_mut() {
            Some((_, end)) if *end >= from => *end = (*end).max(until),
            _ => merged.push((from, until)),
        }
    }
    let says = if count == 1 { "1 ended contract".to_owned() } else { format!("{count} ended contracts") };
    let all: Vec<Stretch> = merged
        .into_iter()
        .map(|(from, until)| Stretch {
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
    Lane { id: None, y, segments, beside: None, flaws: Vec::new(), end: None, onward: None }
}

fn renewals(drawn: &[(&Work, &[Stretch], i64)], axis: Axis, is_dense: bool) -> Vec<Renewal> {
    let middle = bar_middle(is_dense);
    let find = |id: &ContractId| drawn.iter().find(|(work, ..)| work.id == *id);
    let shown = |second: i64| Some(axis.x(second)).filter(|x| (0..=WIDTH).contains(x) && second != OPEN);
    drawn
        .iter()
        .filter_map(|(work, all, y)| {
            let (old, is_stated) = work.renews.as_ref()?;
            let (_, old, old_y) = find(old)?;
            let (_, until) = lane::worked(old)?;
            let (from, _) = worked(all)?;
            let (from_x, to_x) = (shown(until)?, shown(from)?);
            let is_signed = timeline::Renewal::of(work.state) == timeline::Renewal::Signed;
            let (from, to) = ((from_x, old_y + middle), (to_x, y + middle));
            Some(Renewal { from, to, is_stated: *is_stated, is_signed })
        })
        .collect()
}
