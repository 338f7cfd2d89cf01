//! The simulated world: clients, people, contracts and requisitions, and the events that happen to them.

use super::Plan;
use super::calendar::{Day, SimTime};
use super::names::{self, SimPerson};
use super::rng::Rng;
use domain::event::EventType;

/// Number of contractors who work for the same three hirers.
const TEAM: u64 = 6;

/// Everything that exists and happens, including what follows the end of the history.
#[derive(Debug)]
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) first_day: Day,
    pub(super) until: SimTime,
    pub(super) unknown_percent: f64,
    pub(super) teams: Vec<Team>,
    pub(super) contractors: Vec<Contractor>,
    pub(super) contracts: Vec<Contract>,
    pub(super) requisitions: Vec<Requisition>,
    pub(super) steps: Vec<SimEvent>,
    pub(super) steps_told: u64,
}

/// An event, told by one message.
#[derive(Clone, Debug)]
pub(super) struct SimEvent {
    pub(super) at: SimTime,
    pub(super) what: EventType,
    pub(super) subject: Subject,
    /// The number of the step in order of generation, which makes messages distinct.
    pub(super) number: u64,
}

/// The subject of a step, as an index into the lists of the [`World`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    Contractor(usize),
    Contract(usize),
    Requisition(usize),
}

/// A value that changes, with the times since which each holds. Never empty.
#[derive(Clone, Debug)]
pub(super) struct Changing<T>(T, Vec<(SimTime, T)>);

impl<T> Changing<T> {
    pub(super) fn new(first: T) -> Self {
        Self(first, Vec::new())
    }

    pub(super) fn change(&mut self, at: SimTime, value: T) {
        let place = self.1.partition_point(|(since, _)| *since <= at);
        self.1.insert(place, (at, value));
    }

    pub(super) fn at(&self, at: SimTime) -> &T {
        self.1.iter().rev().find(|(since, _)| *since <= at).map_or(&self.0, |(_, value)| value)
    }

    /// Returns the value just before a change at this time.
    pub(super) fn before(&self, at: SimTime) -> &T {
        self.1.iter().rev().find(|(since, _)| *since < at).map_or(&self.0, |(_, value)| value)
    }
}

/// A few contractors, the hirers they work for, and their requisitions.
#[derive(Debug)]
pub(super) struct Team {
    pub(super) client: u64,
    pub(super) hirers: [u64; 3],
    /// An index into [`names::CURRENCIES`].
    pub(super) currency: usize,
    pub(super) requisitions: Vec<usize>,
}

/// The three states of a client contact's `status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) registration: &'static str,
    pub(super) onboarding: &'static str,
    pub(super) bookability: &'static str,
}

impl Status {
    pub(super) const INVITED: Self =
        Self { registration: "INVITED", onboarding: "NOT_STARTED", bookability: "NOT_BOOKABLE" };
    pub(super) const REGISTERED: Self =
        Self { registration: "REGISTERED", onboarding: "IN_PROGRESS", bookability: "NOT_BOOKABLE" };
    pub(super) const ONBOARDED: Self =
        Self { registration: "REGISTERED", onboarding: "FINISHED", bookability: "BOOKABLE" };
}

/// One client's contractor.
#[derive(Debug)]
pub(super) struct Contractor {
    pub(super) number: u64,
    pub(super) team: usize,
    pub(super) person: SimPerson,
    pub(super) born: Day,
    pub(super) status: Changing<Status>,
    pub(super) vendor_number: Changing<u64>,
    /// When they became bookable; `None` if never.
    pub(super) bookable_from: Option<SimTime>,
    /// The time and index of the first contract they signed.
    pub(super) first_signed: Option<(SimTime, usize)>,
    /// An index into [`names::JOBS`]: people stay in their trade.
    pub(super) job: usize,
}

/// A contract.
#[derive(Debug)]
pub(super) struct Contract {
    pub(super) contractor: usize,
    pub(super) campaign: &'static str,
    /// A second hirer.
    pub(super) second_hirer: Option<u64>,
    pub(super) start: Day,
    pub(super) end: Day,
    pub(super) actual_end: Changing<Option<Day>>,
    pub(super) rate: Changing<Rate>,
    pub(super) currency: usize,
    pub(super) notice_days: u32,
    pub(super) remote: &'static str,
    pub(super) work_time: &'static str,
    pub(super) minutes: u32,
    pub(super) cost_centre: Changing<u64>,
    pub(super) requisition: Option<usize>,
    pub(super) renews: Option<usize>,
    pub(super) tax_elsewhere: bool,
}

/// A rate, in hundredths of the currency.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    pub(super) unit: &'static str,
    pub(super) value: i64,
    pub(super) fee_percent: i64,
    /// A later day with the rate and fee from then on.
    pub(super) then: Option<(Day, i64, i64)>,
}

/// A spend requisition.
#[derive(Debug)]
pub(super) struct Requisition {
    pub(super) number: u64,
    pub(super) team: usize,
    pub(super) campaign: &'static str,
    pub(super) purpose: &'static str,
    pub(super) amount_type: &'static str,
    pub(super) amount: Changing<i64>,
    /// The cost of all contracts that draw on it, in hundredths, whatever becomes of them later.
    pub(super) drawn: i64,
    pub(super) has_external_id: bool,
    pub(super) cost_centre: u64,
    pub(super) asked: SimTime,
    pub(super) approved: Option<SimTime>,
}

impl World {
    /// Generates as many contractors as the plan has, and more while their history is shorter than it requires.
    pub(super) fn new(plan: &Plan) -> Self {
        let until = SimTime::of(plan.until);
        // Counted from a whole day, so that two runs on one day differ at their ends only.
        let first_day = until.day().months_before(plan.months);
        let mut world = Self {
            seed: plan.seed,
            first_day,
            until,
            unknown_percent: plan.unknown_percent,
            teams: Vec::new(),
            contractors: Vec::new(),
            contracts: Vec::new(),
            requisitions: Vec::new(),
            steps: Vec::new(),
            steps_told: 0,
        };
        let (mut told, mut counted) = (0_u64, 0);
        for number in 0_u64.. {
            let enough = plan.events.is_none_or(|events| told >= events);
            // Ends the search if the plan leaves no time or chance for a single event.
            if number >= plan.contractors && (enough || (number > 1_000 && told == 0)) {
                break;
            }
            world.add_contractor();
            let fresh = world.steps[counted..].iter().filter(|step| step.at <= until).count();
            told += u64::try_from(fresh).unwrap_or(0);
            counted = world.steps.len();
        }
        world
    }

    /// Adds the next contractor, with a team when the last one is full, and generates their story.
    pub(super) fn add_contractor(&mut self) -> usize {
        let number = u64::try_from(self.contractors.len()).unwrap_or(0);
        if number.is_multiple_of(TEAM) {
            self.add_team(number / TEAM);
        }
        self.tell_contractor(number)
    }

    fn add_team(&mut self, number: u64) {
        // Few large clients and many small ones: the square root gives each further client more teams.
        let client = number.isqrt();
        let mut rng = Rng::of(self.seed, "team", number);
        let home = Rng::of(self.seed, "home currency", client).place(names::CURRENCIES.len() + 4);
        let currency = if rng.chance(85) {
            // The surplus indexes make the pound the most frequent one.
            if home < names::CURRENCIES.len() { home } else { 0 }
        } else {
            rng.place(4)
        };
        let hirers = [number * 3, number * 3 + 1, number * 3 + 2];
        let team = self.teams.len();
        self.teams.push(Team { client, hirers, currency, requisitions: Vec::new() });
        self.tell_requisitions(team, &mut rng);
    }

    /// Records an event, and sometimes another of an unknown type.
    pub(super) fn happens(&mut self, at: SimTime, what: EventType, subject: Subject) {
        let number = self.note(at, what, subject);
        let mut rng = Rng::of(self.seed, "unknown", number);
        // Converted, so that it is a share of all messages, those of unknown type included.
        let wanted = self.unknown_percent.clamp(0.0, 90.0);
        if rng.share(wanted / (100.0 - wanted) * 100.0) {
            self.happens_unknown(at, subject, &mut rng);
        }
    }

    fn happens_unknown(&mut self, after: SimTime, subject: Subject, rng: &mut Rng) {
        let at = after.soon(rng, 1, 20);
        let name = match subject {
            Subject::Contract(contract) if rng.chance(70) => {
                let cost_centre = rng.below(90);
                self.contracts[contract].cost_centre.change(at, cost_centre);
                "client.contract.custom_fields_updated"
            }
            Subject::Contract(_) => "client.contract.purchase_order_updated",
            Subject::Contractor(_) => "client.client_contact.compliance_checked",
            Subject::Requisition(_) => "client.spend_request.comment_added",
        };
        self.note(at, EventType::parse(name), subject);
    }

    fn note(&mut self, at: SimTime, what: EventType, subject: Subject) -> u64 {
        let number = self.steps_told;
        self.steps_told += 1;
        self.steps.push(SimEvent { at, what, subject, number });
        number
    }
}
