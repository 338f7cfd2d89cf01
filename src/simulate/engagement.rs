//! The life of a contract, from its approval to its end or renewal, one legal step after another: see
//! `docs/yunojuno.md`, Contract lifecycle.

use super::calendar::{DAY, Day, HOUR, SimTime};
use super::names;
use super::rng::Rng;
use super::world::{Changing, Contract, Rate, Subject, Team, World};
use domain::event::EventType as E;

/// The steps of a draft until it is signed or ends.
struct Offer {
    steps: Vec<(SimTime, E)>,
    /// The time at which the terms changed between two offers.
    new_terms: Option<SimTime>,
    signed: Option<SimTime>,
    last: SimTime,
}

fn offer(begin: SimTime, renewal: bool, rng: &mut Rng) -> Offer {
    let mut story = Offer { steps: Vec::new(), new_terms: None, signed: None, last: begin };
    let mut at = begin;
    if !renewal && rng.chance(7) {
        if rng.chance(60) {
            story.steps.push((at, E::ContractApproved));
            at = at.later(rng, 4 * HOUR, 9 * DAY);
        }
        story.steps.push((at, E::ContractDeleted));
        story.last = at;
        return story;
    }
    if rng.chance(80) {
        story.steps.push((at, E::ContractApproved));
        at = at.later(rng, 20, 2 * DAY);
    }
    story.steps.push((at, E::ContractOffered));
    if !renewal && rng.chance(13) {
        at = at.later(rng, 2 * HOUR, 3 * DAY);
        story.steps.push((at, E::ContractRevoked));
        if !rng.chance(60) {
            if rng.chance(30) {
                at = at.later(rng, HOUR, 6 * DAY);
                story.steps.push((at, E::ContractDeleted));
            }
            story.last = at;
            return story;
        }
        at = at.later(rng, HOUR, 3 * DAY);
        story.new_terms = Some(at);
        if rng.chance(40) {
            story.steps.push((at, E::ContractApproved));
            at = at.later(rng, 20, DAY);
        }
        story.steps.push((at, E::ContractOffered));
    }
    story.last = at;
    // Declined, or never answered: neither causes an event.
    if rng.chance(8) {
        return story;
    }
    at = at.later(rng, HOUR, 4 * DAY);
    story.steps.push((at, E::ContractAccepted));
    story.signed = Some(at);
    story.last = at;
    story
}

impl World {
    /// Generates one contract and its renewals. Returns when the contractor is free again.
    pub(super) fn tell_contract(
        &mut self,
        contractor: usize,
        begin: SimTime,
        renews: Option<usize>,
        rng: &mut Rng,
    ) -> SimTime {
        let mut story = offer(begin, renews.is_some(), rng);
        let start = match renews {
            None => story.last.day().plus(rng.between(2, 16)).monday(),
            Some(old) => self.contracts[old].end.plus(1),
        };
        // A renewal signed too late is treated as never answered.
        if story.signed.is_some_and(|signed| signed.day() >= start) {
            story.steps.retain(|(_, what)| *what != E::ContractAccepted);
            story.signed = None;
        }
        let place = self.contracts.len();
        let mut contract = self.draft(contractor, begin, start, renews, rng);
        if let Some(at) = story.new_terms {
            let mut rate = *contract.rate.at(at);
            rate.value += rate.value / 20;
            contract.rate.change(at, rate);
        }
        let (start, end) = (contract.start, contract.end);
        self.contracts.push(contract);
        let subject = Subject::Contract(place);
        for (at, what) in story.steps {
            self.happens(at, what, subject);
        }
        let Some(signed) = story.signed else { return story.last };
        let first = &mut self.contractors[contractor].first_signed;
        if first.is_none_or(|(at, _)| signed < at) {
            *first = Some((signed, place));
        }

        if rng.chance(6) {
            let at = signed.later(rng, 2 * HOUR, 4 * DAY);
            if at.day() < start {
                self.happens(at, E::ContractCancelled, subject);
                return at;
            }
        }
        self.tell_ending(place, contractor, end, rng)
    }

    fn tell_ending(&mut self, place: usize, contractor: usize, end: Day, rng: &mut Rng) -> SimTime {
        let subject = Subject::Contract(place);
        let start = self.contracts[place].start;
        let notice = i64::from(self.contracts[place].notice_days);
        let room = start.until(end) - notice - 10;
        if room > 7 && rng.chance(13) {
            let served = start.plus(rng.between(7, room)).at_work(rng);
            let last = served.day().plus(notice);
            if last < end {
                self.contracts[place].actual_end.change(served, Some(last));
                self.happens(served, E::ContractNoticeServed, subject);
                let known = if rng.chance(60) { served.soon(rng, 1, 20) } else { last.night_after(rng) };
                self.happens(known, E::ContractCompleted, subject);
                return last.night_after(rng);
            }
        }
        if start.until(end) > 35 && rng.chance(28) {
            let begin = end.plus(-rng.between(15, 24)).at_work(rng);
            let renewal = self.contracts.len();
            let told = self.steps.len();
            let free = self.tell_contract(contractor, begin, Some(place), rng);
            let signed = self.steps[told..].iter().find_map(|step| {
                let is_it = step.subject == Subject::Contract(renewal) && step.what == E::ContractAccepted;
                is_it.then_some(step.at)
            });
            if let Some(signed) = signed {
                let known = signed.soon(rng, 1, 30);
                self.contracts[place].actual_end.change(known, Some(end));
                self.happens(known, E::ContractCompleted, subject);
                return free;
            }
        }
        // Usually the platform closes it in the night; sometimes people do so a few days before.
        let known = if rng.chance(15) { end.plus(-rng.between(1, 4)).at_work(rng) } else { end.night_after(rng) };
        self.contracts[place].actual_end.change(known, Some(end));
        self.happens(known, E::ContractCompleted, subject);
        end.night_after(rng)
    }

    /// Returns the team's latest approved requisition with room for the contract. Sometimes the room is not checked, so
    /// that the requisition is exceeded.
    fn fund(&self, team: &Team, begin: SimTime, per_day: i64, total: i64, rng: &mut Rng) -> Option<usize> {
        let is_careless = rng.chance(8);
        team.requisitions.iter().copied().rev().find(|place| {
            let fund = &self.requisitions[*place];
            let amount = *fund.amount.at(begin);
            let has_room =
                if fund.amount_type == "DAY_RATE" { per_day <= amount } else { fund.drawn + total <= amount };
            fund.approved.is_some_and(|at| at < begin) && (has_room || is_careless)
        })
    }

    fn draft(
        &mut self,
        contractor: usize,
        begin: SimTime,
        start: Day,
        renews: Option<usize>,
        rng: &mut Rng,
    ) -> Contract {
        let person = &self.contractors[contractor];
        let team = &self.teams[person.team];
        let (_, low, high) = names::JOBS[person.job];
        let weeks = rng.between(3, 26);
        let end = start.plus(weeks * 7 - 3);
        let (_, per_pound) = names::CURRENCIES[team.currency];
        let day_rate = rng.between(low / 5, high / 5) * 5 * per_pound;
        let (unit, value) = if rng.chance(22) { ("HOUR", day_rate / 800 * 100) } else { ("DAY", day_rate) };
        let fee_percent = rng.pick(&[10, 12, 12, 12, 15]);
        let minutes: u32 = rng.pick(&[480, 480, 450, 420]);
        let hours = if unit == "HOUR" { i64::from(minutes) } else { 60 };
        let per_day = value * hours / 60 * (100 + fee_percent) / 100;
        let total = weeks * 5 * per_day;
        let requisition = match renews.and_then(|old| self.contracts[old].requisition) {
            Some(same) => Some(same),
            None if rng.chance(80) => self.fund(team, begin, per_day, total, rng),
            None => None,
        };
        let campaign = match (renews, requisition) {
            (Some(old), _) => self.contracts[old].campaign,
            (None, Some(place)) => self.requisitions[place].campaign,
            (None, None) => rng.pick(&names::CAMPAIGNS),
        };
        let then = (weeks > 9 && rng.chance(25)).then(|| {
            let day = start.plus(weeks / 2 * 7);
            if rng.chance(50) { (day, value, fee_percent - 2) } else { (day, value + value / 20, fee_percent) }
        });
        let contract = Contract {
            contractor,
            campaign,
            second_hirer: rng.chance(35).then(|| team.hirers[1 + rng.place(2)]),
            start,
            end,
            actual_end: Changing::new(None),
            rate: Changing::new(Rate { unit, value, fee_percent, then }),
            currency: team.currency,
            notice_days: rng.pick(&[7, 7, 14, 14, 28]),
            remote: rng.pick(&["REMOTE", "REMOTE", "HYBRID", "ON_SITE"]),
            work_time: if rng.chance(80) { "FULL_TIME" } else { "PART_TIME" },
            minutes,
            cost_centre: Changing::new(requisition.map_or_else(|| rng.below(90), |r| self.requisitions[r].cost_centre)),
            requisition,
            renews,
            tax_elsewhere: rng.chance(30),
        };
        if let Some(place) = requisition {
            self.requisitions[place].drawn += total;
        }
        contract
    }
}
