//! The phases of one contract's life and their descriptions, in time; positions are computed later.

mod life;

use super::Work;
use domain::lifecycle::contract::Phase;
use domain::timeline::words::day_of;
use jiff::Timestamp;
use jiff::civil::Date;
use life::Life;

/// What a stretch is; its colour, pattern and word follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Approved, not yet offered.
    Approval,
    /// Offered, not yet answered.
    Offer,
    /// Signed, not yet begun.
    Signed,
    /// Worked, or to be worked.
    Active,
    /// Worked under notice.
    Notice,
    /// Worked, with its end settled before it came.
    Ending,
    /// Agreed once, and not worked.
    Unworked,
    /// Proposed, and not signed.
    Proposal,
    /// What a deleted contract had been.
    Deleted,
    /// Work of several ended contracts together.
    Ended,
}

impl Kind {
    /// The class of the style sheet.
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

    /// As the legend and the title of a stretch say it.
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

    fn is_work(self) -> bool {
        matches!(self, Self::Active | Self::Notice | Self::Ending)
    }
}

/// A stretch of time with what is said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Its first second since the epoch.
    pub from: i64,
    /// The second it is over; always later than `from`.
    pub until: i64,
    /// What it is.
    pub kind: Kind,
    /// The delivery that began it, where one did.
    pub seq: Option<i64>,
    /// Everything about it, for whoever points at it.
    pub title: String,
    /// What may stand in it, longest first; empty where nothing need be said.
    pub says: Vec<String>,
    /// Whether that must be read somewhere, if not in the stretch then beside it.
    pub must_say: bool,
}

/// A contract without an end goes on for ever.
pub const OPEN: i64 = i64::MAX;

/// The stretches of one contract, in their order, each beginning where the one before it is over or later.
/// A contract that ends before it starts has none.
pub fn stretches(work: &Work, now: Timestamp) -> Vec<Stretch> {
    if work.ends_before_start() {
        return Vec::new();
    }
    in_turn(Life::of(work, now).stretches())
}

/// None reaches into the next: what was sent out of order may say so.
fn in_turn(mut all: Vec<Stretch>) -> Vec<Stretch> {
    all.sort_by_key(|stretch| stretch.from);
    let mut over = i64::MIN;
    all.retain_mut(|stretch| {
        stretch.from = stretch.from.max(over);
        let has_length = stretch.from < stretch.until;
        if has_length {
            over = stretch.until;
        }
        has_length
    });
    all
}

/// What is said of a contract that has no stretch to say it in, with days as `spelled`.
pub fn in_short(work: &Work, now: Timestamp, spelled: impl Fn(Date) -> String) -> String {
    if let Some((first, last)) = work.start_on.zip(work.ends_on).filter(|_| work.ends_before_start()) {
        return format!("ends {}, before it starts {}", spelled(last), spelled(first));
    }
    let phase = Phase::on(day_of(now), work.state, work.start_on, work.ends_on);
    let label = phase.label().to_lowercase();
    let step = work.steps.iter().rev().find_map(|step| step.at).map(day_of);
    // What is so by its days, and not by an event, is so since one of them.
    let (words, day) = match phase {
        Phase::Completed => (label.as_str(), work.ends_on),
        Phase::Active => ("at work since", work.start_on),
        Phase::Upcoming => ("starts", work.start_on),
        Phase::Ending => ("ends", work.ends_on),
        _ => (label.as_str(), step),
    };
    day.map_or_else(|| label.clone(), |day| format!("{words} {}", spelled(day)))
}

/// The times that a view of everything should hold: of the stretches, and of the steps.
pub fn extent(stretches: &[Stretch], work: &Work) -> Option<(i64, i64)> {
    let steps = work.steps.iter().filter_map(|step| Some(step.at?.as_second()));
    let ends = stretches.iter().flat_map(|stretch| [stretch.from, stretch.until]).filter(|second| *second != OPEN);
    let all: Vec<i64> = steps.chain(ends).collect();
    Some((*all.iter().min()?, *all.iter().max()?))
}

/// The work among these stretches: where a renewal leads from and to.
pub fn worked(stretches: &[Stretch]) -> Option<(i64, i64)> {
    let is_due = |stretch: &&Stretch| stretch.kind.is_work() || stretch.kind == Kind::Proposal;
    let from = stretches.iter().find(is_due)?.from;
    Some((from, stretches.iter().rfind(is_due)?.until))
}
