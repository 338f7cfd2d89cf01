//! The lives of requisitions and contractors, one legal step after another: see `docs/yunojuno.md`, Client contact
//! lifecycle and Spend requisition lifecycle.

use super::calendar::{DAY, Day, HOUR, SimTime};
use super::names::{self, SimPerson};
use super::rng::Rng;
use super::world::{Changing, Contractor, Requisition, Status, Subject, World};
use domain::event::EventType as E;

impl World {
    /// Generates a team's requisitions, every few weeks; most are approved.
    pub(super) fn tell_requisitions(&mut self, team: usize, rng: &mut Rng) {
        let mut day = self.first_day.plus(rng.between(0, 12));
        while day.at_work(&mut rng.clone()) <= self.until {
            self.tell_requisition(team, day, rng);
            day = day.plus(rng.between(30, 95));
        }
    }

    /// Generates one requisition, created on `day`.
    pub(super) fn tell_requisition(&mut self, team: usize, day: Day, rng: &mut Rng) {
        let (_, per_pound) = names::CURRENCIES[self.teams[team].currency];
        let by_day = rng.chance(20);
        // Round amounts in pounds, converted to hundredths of the team's currency.
        let pounds = if by_day { rng.between(80, 190) * 5 } else { rng.between(30, 400) * 500 };
        let amount = pounds * per_pound;
        let number = u64::try_from(self.requisitions.len()).unwrap_or(0);
        let subject = Subject::Requisition(self.requisitions.len());
        let asked = day.at_work(rng);
        let mut requisition = Requisition {
            number,
            team,
            campaign: rng.pick(&names::CAMPAIGNS),
            purpose: rng.pick(&names::PURPOSES),
            amount_type: if by_day { "DAY_RATE" } else { "TOTAL" },
            amount: Changing::new(amount),
            drawn: 0,
            has_external_id: rng.chance(70),
            cost_centre: rng.below(90),
            asked,
            approved: None,
        };
        let mut steps = vec![(asked, E::SpendCreated)];
        let mut at = asked;
        let mut amount = amount;
        if rng.chance(35) {
            at = at.later(rng, 2 * HOUR, 3 * DAY);
            amount += amount * rng.between(-4, 6) / 20;
            requisition.amount.change(at, amount);
            steps.push((at, E::SpendUpdated));
        }
        if rng.chance(88) {
            at = at.later(rng, 3 * HOUR, 5 * DAY);
            requisition.approved = Some(at);
            steps.push((at, E::SpendApproved));
            if rng.chance(12) {
                at = at.later(rng, 5 * DAY, 40 * DAY);
                requisition.amount.change(at, amount + amount / 4);
                steps.push((at, E::SpendUpdated));
            }
        }
        self.teams[team].requisitions.push(self.requisitions.len());
        self.requisitions.push(requisition);
        for (at, what) in steps {
            self.happens(at, what, subject);
        }
    }

    /// Generates a contractor who joins (or was there before), and their contracts.
    pub(super) fn tell_contractor(&mut self, number: u64) -> usize {
        let rng = &mut Rng::of(self.seed, "contractor", number);
        let contractor = self.meet_contractor(number, rng);
        let length = self.first_day.until(self.until.day()).max(1);
        // Half of them join in the first quarter of the time, so that the history does not start empty.
        let span = if rng.chance(50) { length / 4 } else { length };
        let joins = self.first_day.plus(rng.between(0, span)).at_work(rng);
        let fresh = self.tell_joining(contractor, joins, rng);

        let Some(bookable) = fresh else { return contractor };
        self.contractors[contractor].bookable_from = Some(bookable);
        if rng.chance(35) {
            let at = bookable.later(rng, DAY, 200 * DAY);
            self.contractors[contractor].vendor_number.change(at, rng.below(90_000));
            self.happens(at, E::ContactCustomFieldsUpdated, Subject::Contractor(contractor));
        }
        // Some work on two things at a time.
        let lanes = if rng.chance(15) { 2 } else { 1 };
        for lane in 0..lanes {
            let mut begin = bookable.later(rng, (lane * 40 + 2) * DAY, (lane * 40 + 20) * DAY);
            while begin <= self.until {
                let over = self.tell_contract(contractor, begin, None, rng);
                begin = over.later(rng, 2 * DAY, 75 * DAY);
            }
        }
        contractor
    }

    /// Adds a contractor to the last team, without any event.
    pub(super) fn meet_contractor(&mut self, number: u64, rng: &mut Rng) -> usize {
        self.contractors.push(Contractor {
            number,
            team: self.teams.len().saturating_sub(1),
            person: SimPerson::of(self.seed, "contractor", number),
            born: self.first_day.plus(-rng.between(23 * 365, 61 * 365)),
            status: Changing::new(Status::ONBOARDED),
            vendor_number: Changing::new(rng.below(90_000)),
            bookable_from: None,
            first_signed: None,
            job: rng.place(names::JOBS.len()),
        });
        self.contractors.len() - 1
    }

    /// Generates the steps of joining; returns when the contractor can be booked, if ever.
    pub(super) fn tell_joining(&mut self, contractor: usize, joins: SimTime, rng: &mut Rng) -> Option<SimTime> {
        let subject = Subject::Contractor(contractor);
        // The relationship is older than the subscription, so there is no contact event.
        if rng.chance(6) {
            return Some(self.first_day.at_work(rng));
        }
        if rng.chance(40) {
            self.happens(joins, E::ContactCreated, subject);
            return Some(joins);
        }
        self.contractors[contractor].status = Changing::new(Status::INVITED);
        self.happens(joins, E::ContactCreated, subject);
        if rng.chance(5) {
            return None;
        }
        let registers = joins.later(rng, 20, 8 * DAY);
        self.contractors[contractor].status.change(registers, Status::REGISTERED);
        self.happens(registers, E::ContactRegistered, subject);
        if rng.chance(4) {
            return None;
        }
        let finishes = registers.later(rng, HOUR, 6 * DAY);
        self.contractors[contractor].status.change(finishes, Status::ONBOARDED);
        self.happens(finishes, E::ContactOnboardingCompleted, subject);
        Some(finishes)
    }
}
