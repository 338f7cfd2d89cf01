//! Which stretches does the life of one contract have, and what is said of each? In time; where they stand comes later.

use super::{Work, day_after, midnight, short_day};
use crate::lifecycle::contract::{ContractState, Phase};
use crate::timeline::words::{counted, day_of};
use jiff::Timestamp;
use jiff::civil::Date;

/// What a stretch is; its colour, pattern and word follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
            Self::Approval => "Approved, not yet offered",
            Self::Offer => "Offered, not yet answered",
            Self::Signed => "Signed, not yet begun",
            Self::Active => "At work",
            Self::Notice => "Under notice",
            Self::Ending => "End settled",
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

/// A step whose time is known.
struct Seen {
    state: ContractState,
    at: i64,
    seq: Option<i64>,
}

/// What is needed to tell one contract's life.
struct Life<'a> {
    work: &'a Work,
    /// The state to draw: before the deletion, where there was one.
    state: ContractState,
    seen: Vec<Seen>,
    deleted_at: Option<i64>,
    now: i64,
    today: Date,
    start: Option<i64>,
    end: i64,
}

/// The stretches of one contract, in their order, each beginning where the one before it is over or later.
pub fn stretches(work: &Work, now: Timestamp) -> Vec<Stretch> {
    let seen: Vec<Seen> = work
        .steps
        .iter()
        .filter_map(|step| Some(Seen { state: step.state, at: step.at?.as_second(), seq: step.seq }))
        .collect();
    let is_deleted = work.state == ContractState::Deleted;
    let before = work.steps.iter().rfind(|step| step.state != ContractState::Deleted);
    let life = Life {
        work,
        state: if is_deleted { before.map_or(ContractState::Known, |step| step.state) } else { work.state },
        deleted_at: seen.iter().find(|step| is_deleted && step.state == ContractState::Deleted).map(|step| step.at),
        seen,
        now: now.as_second(),
        today: day_of(now),
        start: work.start_on.map(midnight),
        end: work.ends_on.map_or(OPEN, |day| midnight(day_after(day))),
    };
    let mut all = life.before_work();
    all.extend(life.at_work());
    all.extend(life.not_worked());
    if let Some(deleted_at) = life.deleted_at {
        all.retain(|stretch| !matches!(stretch.kind, Kind::Proposal | Kind::Unworked));
        for stretch in &mut all {
            stretch.until = stretch.until.min(deleted_at);
            stretch.kind = Kind::Deleted;
        }
    }
    in_turn(all)
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

impl Life<'_> {
    fn first(&self, state: ContractState) -> Option<&Seen> {
        self.seen.iter().find(|step| step.state == state)
    }

    fn last(&self, state: ContractState) -> Option<&Seen> {
        self.seen.iter().rfind(|step| step.state == state)
    }

    /// From when to when work was or will be done.
    fn work(&self) -> Option<(i64, i64)> {
        let signed = || self.first(ContractState::Accepted).or_else(|| self.seen.last()).map(|step| step.at);
        match self.state {
            ContractState::Accepted | ContractState::NoticeServed | ContractState::EndKnown => {
                Some((self.start.or_else(signed)?, self.end))
            }
            // Believed to have begun, though a cancellation says that it had not: until then it stood.
            ContractState::Cancelled => {
                let cancelled = self.last(ContractState::Cancelled)?.at;
                let start = self.start.filter(|start| *start < cancelled)?;
                Some((start, self.end.min(cancelled)))
            }
            _ => None,
        }
        .filter(|(from, until)| from < until)
    }

    fn before_work(&self) -> Vec<Stretch> {
        let begun = self.work().map_or(OPEN, |(from, _)| from);
        let next = self.seen.iter().skip(1).map(|step| Some(step.at)).chain([None]);
        let stretch = |(step, next): (&Seen, Option<i64>)| {
            let (kind, word) = match step.state {
                ContractState::Approved => (Kind::Approval, "approved"),
                ContractState::Offered => (Kind::Offer, "offered"),
                ContractState::Accepted => (Kind::Signed, "signed"),
                _ => return None,
            };
            // What is open lasts until now; what is signed, until the work begins.
            let open = if step.state == ContractState::Accepted { self.start.unwrap_or(self.now) } else { self.now };
            let until = next.unwrap_or(open).min(begun);
            let from = step.at.min(self.now);
            let title = format!("{}: {word} on {}", self.work.title, self.day_of(step.at));
            let says = vec![word.to_owned()];
            Some(Stretch { from, until, kind, seq: step.seq, title, says, must_say: false })
        };
        self.seen.iter().zip(next).filter_map(stretch).collect()
    }

    fn at_work(&self) -> Vec<Stretch> {
        let Some((from, until)) = self.work() else { return Vec::new() };
        let notice = self.first(ContractState::NoticeServed).map(|step| (step.at, Kind::Notice, step.seq));
        let settled = self.first(ContractState::EndKnown).map(|step| (step.at, Kind::Ending, step.seq));
        // An end that is settled under notice is the end of the notice; the stretch stays what it was.
        let settled = settled.filter(|_| notice.is_none());
        let mut parts = vec![(from, Kind::Active, None)];
        parts.extend(notice.into_iter().chain(settled).filter(|(at, ..)| *at < until));
        let ends = parts.iter().skip(1).map(|(at, ..)| (*at).max(from)).chain([until]).collect::<Vec<_>>();
        let mut all: Vec<Stretch> = parts
            .iter()
            .zip(ends)
            .map(|((at, kind, seq), until)| Stretch {
                from: (*at).max(from),
                until,
                kind: *kind,
                seq: *seq,
                title: self.told(*kind),
                says: Vec::new(),
                must_say: false,
            })
            .filter(|stretch| stretch.from < stretch.until)
            .collect();
        // The words stand in the longest part, what is special about the others in those.
        let longest = all.iter().map(|stretch| stretch.until.saturating_sub(stretch.from)).max();
        let place = all.iter().position(|stretch| Some(stretch.until.saturating_sub(stretch.from)) == longest);
        for (index, stretch) in all.iter_mut().enumerate() {
            stretch.must_say = Some(index) == place;
            stretch.says = match stretch.kind {
                _ if stretch.must_say => self.work_in_words(),
                Kind::Notice => vec!["under notice".to_owned(), "notice".to_owned()],
                Kind::Ending => vec!["end settled".to_owned()],
                _ => Vec::new(),
            };
        }
        all
    }

    fn told(&self, kind: Kind) -> String {
        let dates = crate::timeline::words::open_span_in_words(self.work.start_on, self.work.ends_on);
        let dates = dates.unwrap_or_else(|| "dates not known".to_owned());
        let planned = self.work.planned_end_on.map(|day| format!(", planned until {}", full(day))).unwrap_or_default();
        let title = &self.work.title;
        let since = match kind {
            Kind::Notice => self.first(ContractState::NoticeServed).map(|step| ("notice served", step.at)),
            Kind::Ending => self.first(ContractState::EndKnown).map(|step| ("end settled", step.at)),
            _ => None,
        };
        let since = since.map(|(word, at)| format!(", {word} on {}", self.day_of(at))).unwrap_or_default();
        format!("{title}: {dates}{planned}{since} · {}", self.phase().label().to_lowercase())
    }

    fn phase(&self) -> Phase {
        Phase::on(self.today, self.work.state, self.work.start_on, self.work.ends_on)
    }

    fn work_in_words(&self) -> Vec<String> {
        let (start, end) = (self.work.start_on.map(short_day), self.work.ends_on.map(short_day));
        let Some(end) = end else {
            let start = start.map_or_else(|| "signed".to_owned(), |day| format!("from {day}"));
            return vec![format!("{start} · no end date"), "no end date".to_owned()];
        };
        let span = start.map_or_else(|| format!("until {end}"), |start| format!("{start} – {end}"));
        let was = self.work.planned_end_on.map(|day| format!(" (was {})", short_day(day)));
        let more = match self.phase() {
            Phase::Completed => Some("completed"),
            Phase::Upcoming => Some("signed"),
            Phase::UnderNotice => Some("under notice"),
            Phase::Ending => Some("ending"),
            Phase::Cancelled => Some("cancelled"),
            Phase::Deleted => Some("deleted"),
            _ => None,
        };
        let mut all = Vec::new();
        if let (Some(was), Some(more)) = (&was, more) {
            all.push(format!("{span}{was} · {more}"));
        }
        all.extend(was.map(|was| format!("{span}{was}")));
        all.extend(more.map(|more| format!("{span} · {more}")));
        all.push(span);
        all.push(format!("to {end}"));
        all
    }

    fn not_worked(&self) -> Vec<Stretch> {
        let ghost = |from: i64, until: i64, says: Vec<String>, seq: Option<i64>, must_say: bool| Stretch {
            from,
            until,
            kind: Kind::Unworked,
            seq,
            title: format!("{}: {}", self.work.title, says.first().cloned().unwrap_or_default()),
            says,
            must_say,
        };
        let stretch = match self.state {
            ContractState::Accepted | ContractState::NoticeServed | ContractState::EndKnown => {
                let planned = self.work.planned_end_on.filter(|_| self.end != OPEN);
                planned.map(|day| {
                    let says = vec![format!("planned end {}", short_day(day)), format!("was {}", short_day(day))];
                    ghost(self.end, midnight(day_after(day)), says, None, false)
                })
            }
            ContractState::Cancelled | ContractState::Revoked => {
                let ended = self.last(self.state);
                let word = if self.state == ContractState::Revoked { "offer revoked" } else { "cancelled" };
                let at = ended.map(|step| format!("{word} {}", short_day(day_in(step.at))));
                let from = ended.map_or(i64::MIN, |step| step.at).max(self.start.unwrap_or(i64::MIN));
                let says = at.into_iter().chain([word.to_owned()]).collect();
                let is_dated = self.start.is_some() && self.end != OPEN;
                is_dated.then(|| ghost(from, self.end, says, ended.and_then(|step| step.seq), true))
            }
            ContractState::Approved | ContractState::Offered | ContractState::Known => self.proposal(),
            ContractState::Deleted => None,
        };
        stretch.into_iter().filter(|stretch| stretch.from < stretch.until).collect()
    }

    fn proposal(&self) -> Option<Stretch> {
        let start = self.start?;
        let step = self.seen.last();
        let word = match self.state {
            ContractState::Approved => "approved",
            ContractState::Offered => "offered",
            _ => "seen in passing",
        };
        let since = step.filter(|_| self.state != ContractState::Known).map(|step| {
            let days = (self.now - step.at).max(0) / 86_400;
            match u64::try_from(days) {
                Ok(0) | Err(_) => "today".to_owned(),
                Ok(days) => format!("{} ago", counted(days, "day")),
            }
        });
        let told = since.map_or_else(|| word.to_owned(), |since| format!("{word} {since}"));
        let starts = self.work.start_on.map(short_day).unwrap_or_default();
        let verb = if start < self.now { "was to start" } else { "starts" };
        // The days before now have passed without work.
        let from = if step.is_some() { start.max(self.now) } else { start };
        Some(Stretch {
            from,
            until: self.end,
            kind: Kind::Proposal,
            seq: step.and_then(|step| step.seq),
            title: format!("{}: {told}, {}", self.work.title, self.dates()),
            says: vec![format!("{told} · {verb} {starts}"), told, format!("{verb} {starts}")],
            must_say: true,
        })
    }

    fn dates(&self) -> String {
        let dates = crate::timeline::words::open_span_in_words(self.work.start_on, self.work.ends_on);
        dates.unwrap_or_else(|| "dates not known".to_owned())
    }

    fn day_of(&self, second: i64) -> String {
        full(day_in(second))
    }
}

fn full(day: Date) -> String {
    crate::timeline::words::date_in_words(day)
}

fn day_in(second: i64) -> Date {
    Timestamp::from_second(second).map_or(Date::ZERO, day_of)
}

/// What is said of a contract that has no stretch to say it in.
pub fn in_short(work: &Work, now: Timestamp) -> String {
    let phase = Phase::on(day_of(now), work.state, work.start_on, work.ends_on);
    match work.steps.iter().rev().find_map(|step| step.at) {
        Some(at) => format!("{} {}", phase.label().to_lowercase(), short_day(day_of(at))),
        None => phase.label().to_lowercase(),
    }
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
