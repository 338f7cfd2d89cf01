//! Divides the life of one contract into phases.

use super::super::{ChartContract, day_after, day_beside, midnight, span_beside};
use super::{Kind, LaneSpan, OPEN};
use domain::lifecycle::contract::{ContractState, Phase};
use domain::text::counted;
use domain::timeline::words::{date_in_words, day_of, open_span_in_words};
use jiff::Timestamp;
use jiff::civil::Date;

/// A step with a known time.
struct Seen {
    state: ContractState,
    at: i64,
    seq: Option<i64>,
}

/// The data from which phases are built.
pub(super) struct Life<'a> {
    contract: &'a ChartContract,
    /// The state to draw: that before a deletion, if there was one.
    state: ContractState,
    seen: Vec<Seen>,
    deleted_at: Option<i64>,
    now: i64,
    today: Date,
    start: Option<i64>,
    end: i64,
}

impl<'a> Life<'a> {
    /// Creates it for an instant.
    pub(super) fn of(contract: &'a ChartContract, now: Timestamp) -> Self {
        let seen: Vec<Seen> = contract
            .steps
            .iter()
            .filter_map(|step| Some(Seen { state: step.state, at: step.at?.as_second(), seq: step.seq }))
            .collect();
        let is_deleted = contract.state == ContractState::Deleted;
        let before = contract.steps.iter().rfind(|step| step.state != ContractState::Deleted);
        Self {
            contract,
            state: if is_deleted { before.map_or(ContractState::Known, |step| step.state) } else { contract.state },
            deleted_at: seen.iter().find(|step| is_deleted && step.state == ContractState::Deleted).map(|step| step.at),
            seen,
            now: now.as_second(),
            today: day_of(now),
            start: contract.start_on.map(midnight),
            end: contract.ends_on.map_or(OPEN, |day| midnight(day_after(day))),
        }
    }

    /// Returns all phases, unordered.
    pub(super) fn lane_spans(&self) -> Vec<LaneSpan> {
        let mut all = self.before_work();
        all.extend(self.at_work());
        all.extend(self.not_worked());
        if let Some(deleted_at) = self.deleted_at {
            all.retain(|span| !matches!(span.kind, Kind::Proposal | Kind::Unworked));
            for span in &mut all {
                span.until = span.until.min(deleted_at);
                span.kind = Kind::Deleted;
                span.must_say = false;
                span.says.clear();
            }
            if let Some(last) = all.iter_mut().filter(|span| span.from < span.until).max_by_key(|s| s.until) {
                last.says = vec![format!("deleted {}", self.day(day_in(deleted_at)))];
                last.must_say = true;
            }
        }
        all
    }

    fn first(&self, state: ContractState) -> Option<&Seen> {
        self.seen.iter().find(|step| step.state == state)
    }

    fn last(&self, state: ContractState) -> Option<&Seen> {
        self.seen.iter().rfind(|step| step.state == state)
    }

    /// Returns the range in which work was or will be done.
    fn work(&self) -> Option<(i64, i64)> {
        let signed = || self.first(ContractState::Accepted).or_else(|| self.seen.last()).map(|step| step.at);
        match self.state {
            ContractState::Accepted | ContractState::NoticeServed | ContractState::EndKnown => {
                Some((self.start.or_else(signed)?, self.end))
            }
            // Assumed to have started, though the cancellation claims otherwise: it holds until then.
            ContractState::Cancelled => {
                let cancelled = self.last(ContractState::Cancelled)?.at;
                let start = self.start.filter(|start| *start < cancelled)?;
                Some((start, self.end.min(cancelled)))
            }
            ContractState::Known
            | ContractState::Approved
            | ContractState::Offered
            | ContractState::Revoked
            | ContractState::Deleted => None,
        }
        .filter(|(from, until)| from < until)
    }

    fn before_work(&self) -> Vec<LaneSpan> {
        let begun = self.work().map_or(OPEN, |(from, _)| from);
        let next = self.seen.iter().skip(1).map(|step| Some(step.at)).chain([None]);
        let span = |(step, next): (&Seen, Option<i64>)| {
            let (kind, word) = match step.state {
                ContractState::Approved => (Kind::Approval, "approved"),
                ContractState::Offered => (Kind::Offer, "offered"),
                ContractState::Accepted => (Kind::Signed, "signed"),
                ContractState::Known
                | ContractState::Revoked
                | ContractState::Cancelled
                | ContractState::NoticeServed
                | ContractState::EndKnown
                | ContractState::Deleted => return None,
            };
            // An open step lasts until now; a signed one, until work begins.
            let open = if step.state == ContractState::Accepted { self.start.unwrap_or(self.now) } else { self.now };
            let until = next.unwrap_or(open).min(begun);
            let from = step.at.min(self.now);
            let title = format!("{}: {word} on {}", self.contract.title, full_day_of(step.at));
            let says = vec![word.to_owned()];
            Some(LaneSpan { from, until, kind, seq: step.seq, title, says, must_say: false })
        };
        self.seen.iter().zip(next).filter_map(span).collect()
    }

    fn at_work(&self) -> Vec<LaneSpan> {
        let Some((from, until)) = self.work() else { return Vec::new() };
        let notice = self.first(ContractState::NoticeServed).map(|step| (step.at, Kind::Notice, step.seq));
        let settled = self.first(ContractState::EndKnown).map(|step| (step.at, Kind::Ending, step.seq));
        // A known end under notice is the end of the notice; the phase stays one of notice.
        let settled = settled.filter(|_| notice.is_none());
        let mut parts = vec![(from, Kind::Active, None)];
        parts.extend(notice.into_iter().chain(settled).filter(|(at, ..)| *at < until));
        let ends = parts.iter().skip(1).map(|(at, ..)| (*at).max(from)).chain([until]).collect::<Vec<_>>();
        let mut all: Vec<LaneSpan> = parts
            .iter()
            .zip(ends)
            .map(|((at, kind, seq), until)| LaneSpan {
                from: (*at).max(from),
                until,
                kind: *kind,
                seq: *seq,
                title: self.description(*kind),
                says: Vec::new(),
                must_say: false,
            })
            .filter(|span| span.from < span.until)
            .collect();
        // The general text is in the longest part, that of special parts in those.
        let longest = all.iter().map(|span| span.until.saturating_sub(span.from)).max();
        let place = all.iter().position(|span| Some(span.until.saturating_sub(span.from)) == longest);
        for (index, span) in all.iter_mut().enumerate() {
            span.must_say = Some(index) == place;
            span.says = match span.kind {
                _ if span.must_say => self.work_in_words(),
                Kind::Notice => vec!["under notice".to_owned(), "notice".to_owned()],
                Kind::Ending => vec!["ending".to_owned()],
                Kind::Approval
                | Kind::Offer
                | Kind::Signed
                | Kind::Active
                | Kind::Unworked
                | Kind::Proposal
                | Kind::Deleted
                | Kind::Ended => Vec::new(),
            };
        }
        all
    }

    fn description(&self, kind: Kind) -> String {
        let dates = open_span_in_words(self.contract.start_on, self.contract.ends_on);
        let dates = dates.unwrap_or_else(|| "dates not known".to_owned());
        let planned = self
            .contract
            .planned_end_on
            .map(|day| format!(", planned until {}", date_in_words(day)))
            .unwrap_or_default();
        let title = &self.contract.title;
        let since = match kind {
            Kind::Notice => self.first(ContractState::NoticeServed).map(|step| ("notice served", step.at)),
            Kind::Ending => self.first(ContractState::EndKnown).map(|step| ("end date settled", step.at)),
            Kind::Approval
            | Kind::Offer
            | Kind::Signed
            | Kind::Active
            | Kind::Unworked
            | Kind::Proposal
            | Kind::Deleted
            | Kind::Ended => None,
        };
        let since = since.map(|(word, at)| format!(", {word} on {}", full_day_of(at))).unwrap_or_default();
        format!("{title}: {dates}{planned}{since} · {}", self.phase().label().to_lowercase())
    }

    fn day(&self, day: Date) -> String {
        day_beside(day, self.today)
    }

    fn phase(&self) -> Phase {
        Phase::on(self.today, self.contract.state, self.contract.start_on, self.contract.ends_on)
    }

    fn work_in_words(&self) -> Vec<String> {
        let start = self.contract.start_on;
        let Some(last) = self.contract.ends_on else {
            let start = start.map_or_else(|| "signed".to_owned(), |day| format!("from {}", self.day(day)));
            return vec![format!("{start} · no end given"), "no end given".to_owned()];
        };
        let end = self.day(last);
        let span = start.map_or_else(|| format!("until {end}"), |start| span_beside(start, last, self.today));
        let was = self.contract.planned_end_on.map(|day| format!(" (was {})", self.day(day)));
        let more = match self.phase() {
            Phase::Completed => Some("ended"),
            Phase::Upcoming => Some("signed"),
            Phase::UnderNotice => Some("under notice"),
            Phase::Ending => Some("ending"),
            Phase::Cancelled => Some("cancelled"),
            Phase::Deleted => Some("deleted"),
            Phase::Known | Phase::Approved | Phase::Offered | Phase::Revoked | Phase::Active => None,
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

    fn not_worked(&self) -> Vec<LaneSpan> {
        let ghost = |from: i64, until: i64, says: Vec<String>, seq: Option<i64>, must_say: bool| LaneSpan {
            from,
            until,
            kind: Kind::Unworked,
            seq,
            title: format!("{}: {}", self.contract.title, says.first().cloned().unwrap_or_default()),
            says,
            must_say,
        };
        let span = match self.state {
            ContractState::Accepted | ContractState::NoticeServed | ContractState::EndKnown => {
                let planned = self.contract.planned_end_on.filter(|_| self.end != OPEN);
                planned.map(|day| {
                    let says = vec![format!("planned end {}", self.day(day)), format!("was {}", self.day(day))];
                    ghost(self.end, midnight(day_after(day)), says, None, false)
                })
            }
            ContractState::Cancelled | ContractState::Revoked => {
                let ended = self.last(self.state);
                let word = if self.state == ContractState::Revoked { "revoked" } else { "cancelled" };
                let at = ended.map(|step| format!("{word} {}", self.day(day_in(step.at))));
                let from = ended.map_or(i64::MIN, |step| step.at).max(self.start.unwrap_or(i64::MIN));
                let says = at.into_iter().chain([word.to_owned()]).collect();
                let is_dated = self.start.is_some() && self.end != OPEN;
                is_dated.then(|| ghost(from, self.end, says, ended.and_then(|step| step.seq), true))
            }
            ContractState::Approved | ContractState::Offered | ContractState::Known => self.proposal(),
            ContractState::Deleted => None,
        };
        span.into_iter().filter(|span| span.from < span.until).collect()
    }

    fn proposal(&self) -> Option<LaneSpan> {
        let start = self.start?;
        let step = self.seen.last();
        let word = match self.state {
            ContractState::Approved => "approved",
            ContractState::Offered => "offered",
            ContractState::Known
            | ContractState::Revoked
            | ContractState::Accepted
            | ContractState::Cancelled
            | ContractState::NoticeServed
            | ContractState::EndKnown
            | ContractState::Deleted => "seen in passing",
        };
        let since = step.filter(|_| self.state != ContractState::Known).map(|step| {
            let days = (self.now - step.at).max(0) / 86_400;
            match u64::try_from(days) {
                Ok(0) | Err(_) => "today".to_owned(),
                Ok(days) => format!("{} ago", counted(days, "day")),
            }
        });
        let told = since.map_or_else(|| word.to_owned(), |since| format!("{word} {since}"));
        let starts = self.contract.start_on.map(|day| self.day(day)).unwrap_or_default();
        let verb = if start < self.now { "was to start" } else { "starts" };
        // The days before now have passed without work.
        let from = if step.is_some() { start.max(self.now) } else { start };
        Some(LaneSpan {
            from,
            until: self.end,
            kind: Kind::Proposal,
            seq: step.and_then(|step| step.seq),
            title: format!("{}: {told}, {}", self.contract.title, self.dates()),
            says: vec![format!("{told} · {verb} {starts}"), told, format!("{verb} {starts}")],
            must_say: true,
        })
    }

    fn dates(&self) -> String {
        let dates = open_span_in_words(self.contract.start_on, self.contract.ends_on);
        dates.unwrap_or_else(|| "dates not known".to_owned())
    }
}

fn full_day_of(second: i64) -> String {
    date_in_words(day_in(second))
}

fn day_in(second: i64) -> Date {
    Timestamp::from_second(second).map_or(Date::ZERO, day_of)
}
