//! The phases of one contract's life and their descriptions, in time; positions are computed later.

mod life;

use super::ChartContract;
use domain::lifecycle::contract::Phase;
use domain::timeline::words::day_of;
use jiff::Timestamp;
use jiff::civil::Date;
use life::Life;

/// The kind of a phase, which determines its colour, pattern and label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Approved, not yet offered.
    Approval,
    /// Offered, unanswered.
    Offer,
    /// Signed, not started.
    Signed,
    /// Work, past or future.
    Active,
    /// Work under notice.
    Notice,
    /// Work with a known end.
    Ending,
    /// Agreed work that was not done.
    Unworked,
    /// Proposed work that is not signed.
    Proposal,
    /// The phases of a contract before its deletion.
    Deleted,
    /// The work of several ended contracts.
    Ended,
}

impl Kind {
    /// Returns the class of the style sheet.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::Offer => "offer",
            Self::Signed => "signed",
            Self::Active => "active",
            Self::Notice => "notice",
            Self::Ending => "ending",
            Self::Unworked => "unworked",
            Self::Proposal => "proposal",
            Self::Deleted => "gone",
            Self::Ended => "ended",
        }
    }

    /// Returns the label in the legend and in titles.
    pub fn label(self) -> &'static str {
        match self {
            Self::Approval => "Approved",
            Self::Offer => "Offered",
            Self::Signed => "Signed",
            Self::Active => "At work",
            Self::Notice => "Under notice",
            Self::Ending => "Ending",
            Self::Unworked => "Agreed, not worked",
            Self::Proposal => "Proposed, not signed",
            Self::Deleted => "Deleted",
            Self::Ended => "Ended contracts",
        }
    }

    pub(super) fn is_work(self) -> bool {
        match self {
            Self::Active | Self::Notice | Self::Ending => true,
            Self::Approval
            | Self::Offer
            | Self::Signed
            | Self::Unworked
            | Self::Proposal
            | Self::Deleted
            | Self::Ended => false,
        }
    }
}

/// A phase of a contract, with its description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneSpan {
    /// Its first second since the epoch.
    pub from: i64,
    /// The second after its last; always later than `from`.
    pub until: i64,
    /// What it is.
    pub kind: Kind,
    /// The sequence number of the delivery that began it, if any.
    pub seq: Option<i64>,
    /// The full description, for a tooltip.
    pub title: String,
    /// Possible texts inside, longest first; may be empty.
    pub says: Vec<String>,
    /// Whether the text is required, if need be beside the phase.
    pub must_say: bool,
}

/// The end of a contract without an end.
pub const OPEN: i64 = i64::MAX;

/// Returns the phases of one contract in order, without overlap. A contract that ends before it starts has none.
pub fn lane_spans(contract: &ChartContract, now: Timestamp) -> Vec<LaneSpan> {
    if contract.ends_before_start() {
        return Vec::new();
    }
    in_turn(Life::of(contract, now).lane_spans())
}

/// Removes overlaps, which events out of order may cause.
fn in_turn(mut all: Vec<LaneSpan>) -> Vec<LaneSpan> {
    all.sort_by_key(|span| span.from);
    let mut over = i64::MIN;
    all.retain_mut(|span| {
        span.from = span.from.max(over);
        let has_length = span.from < span.until;
        if has_length {
            over = span.until;
        }
        has_length
    });
    all
}

/// Describes a contract without visible phases; `spelled` formats days.
pub fn in_short(contract: &ChartContract, now: Timestamp, spelled: impl Fn(Date) -> String) -> String {
    if let Some((first, last)) = contract.start_on.zip(contract.ends_on).filter(|_| contract.ends_before_start()) {
        return format!("ends {}, before it starts {}", spelled(last), spelled(first));
    }
    let phase = Phase::on(day_of(now), contract.state, contract.start_on, contract.ends_on);
    let label = phase.label().to_lowercase();
    let step = contract.steps.iter().rev().find_map(|step| step.at).map(day_of);
    // A phase determined by dates is described with its date.
    let (words, day) = match phase {
        Phase::Completed => (label.as_str(), contract.ends_on),
        Phase::Active => ("at work since", contract.start_on),
        Phase::Upcoming => ("starts", contract.start_on),
        Phase::Ending => ("ends", contract.ends_on),
        Phase::Known
        | Phase::Approved
        | Phase::Offered
        | Phase::Revoked
        | Phase::Cancelled
        | Phase::UnderNotice
        | Phase::Deleted => (label.as_str(), step),
    };
    day.map_or_else(|| label.clone(), |day| format!("{words} {}", spelled(day)))
}

/// Returns the range of times that a view of everything includes: phases and steps.
pub fn extent(lane_spans: &[LaneSpan], contract: &ChartContract) -> Option<(i64, i64)> {
    let steps = contract.steps.iter().filter_map(|step| Some(step.at?.as_second()));
    let ends = lane_spans.iter().flat_map(|span| [span.from, span.until]).filter(|second| *second != OPEN);
    let all: Vec<i64> = steps.chain(ends).collect();
    Some((*all.iter().min()?, *all.iter().max()?))
}

/// Returns the range of work, between which arrows of renewals lead.
pub fn worked(lane_spans: &[LaneSpan]) -> Option<(i64, i64)> {
    let is_due = |span: &&LaneSpan| span.kind.is_work() || span.kind == Kind::Proposal;
    let from = lane_spans.iter().find(is_due)?.from;
    Some((from, lane_spans.iter().rfind(is_due)?.until))
}
