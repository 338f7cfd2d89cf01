//! Events after the history: its unfinished stories continue at their own time, and new ones begin.

use super::calendar::SimTime;
use super::history::{History, Message, message};
use super::rng::Rng;
use super::world::{SimEvent, World};
use domain::event::Mode;
use jiff::Timestamp;
use std::collections::VecDeque;

/// Number of new stories at a time.
const STORIES: usize = 5;

/// A simulated world that continues.
#[derive(Debug)]
pub struct Live {
    world: World,
    mode: Mode,
    rng: Rng,
    /// Remaining steps of existing stories, each at its own time; the earliest is last.
    coming: Vec<SimEvent>,
    /// New stories, faster than in reality: each step happens when it is requested.
    stories: Vec<VecDeque<SimEvent>>,
}

impl Live {
    /// Continues a history.
    pub fn new(history: History) -> Self {
        let History { world, mode, mut coming, .. } = history;
        coming.reverse();
        let rng = Rng::of(world.seed, "live", 0);
        Self { world, mode, rng, coming, stories: Vec::new() }
    }

    /// Returns the next event; `now` must not go backwards.
    pub fn next(&mut self, now: Timestamp) -> Message {
        let now = SimTime::of(now);
        if let Some(step) = self.coming.pop_if(|step| step.at <= now) {
            return message(&self.world, &step, step.at, self.mode);
        }
        while self.stories.len() < STORIES {
            self.begin(now);
        }
        let place = self.rng.place(self.stories.len());
        let story = &mut self.stories[place];
        // Empty stories are removed at once, here and where they begin.
        let Some(step) = story.pop_front() else { unreachable!("a story without steps") };
        if story.is_empty() {
            self.stories.swap_remove(place);
        }
        message(&self.world, &step, now, self.mode)
    }

    fn begin(&mut self, now: SimTime) {
        let rng = &mut self.rng;
        let kind = rng.below(100);
        let contractor = rng.place(self.world.contractors.len());
        let bookable =
            self.world.contractors.get(contractor).is_some_and(|c| c.bookable_from.is_some_and(|at| at < now));
        let mut last_day = None;
        if bookable && kind < 65 {
            let contract = self.world.contracts.len();
            self.world.tell_contract(contractor, now, None, rng);
            last_day = Some(self.world.contracts[contract].start);
        } else if !self.world.teams.is_empty() && kind < 80 {
            let team = rng.place(self.world.teams.len());
            self.world.tell_requisition(team, now.day(), rng);
        } else {
            let number = u64::try_from(self.world.contractors.len()).unwrap_or(0);
            if self.world.teams.is_empty() {
                self.world.add_contractor();
            }
            let contractor = self.world.meet_contractor(number, rng);
            self.world.contractors[contractor].bookable_from = self.world.tell_joining(contractor, now, rng);
        }
        let mut steps = std::mem::take(&mut self.world.steps);
        steps.sort_by_key(|step| (step.at, step.number));
        // Work that has not begun cannot end: what follows the start waits for its day.
        let (story, coming): (Vec<SimEvent>, Vec<SimEvent>) =
            steps.into_iter().partition(|step| last_day.is_none_or(|start| step.at.day() < start));
        self.coming.extend(coming);
        self.coming.sort_by_key(|step| std::cmp::Reverse((step.at, step.number)));
        if !story.is_empty() {
            self.stories.push(story.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::{Plan, history};
    use domain::event::{EventType, Payload, parse};

    fn live() -> (Live, Timestamp) {
        let until: Timestamp = "2026-06-30T12:00:00Z".parse().unwrap();
        let plan =
            Plan { seed: 4, contractors: 30, months: 12, until, events: None, unknown_percent: 0.0, mode: Mode::Test };
        let mut history = history(&plan);
        history.by_ref().for_each(drop);
        (Live::new(history), until)
    }

    #[test]
    fn it_goes_on_for_ever_and_every_body_reads_well() {
        let (mut live, mut now) = live();
        for _ in 0..2_000 {
            now += jiff::SignedDuration::from_secs(10);
            let message = live.next(now);
            let event = parse(&message.body).unwrap();
            assert_eq!(event.skipped_fields, Vec::<String>::new());
            assert_eq!((&event.event_type, event.mode), (&message.event_type, Mode::Test));
            assert!(message.at <= now);
        }
    }

    #[test]
    fn what_the_history_left_open_happens_at_its_own_time() {
        let (mut live, until) = live();
        let due = live
            .coming
            .iter()
            .filter(|step| step.at.timestamp() <= until + jiff::SignedDuration::from_hours(240))
            .count();
        assert!(due > 3, "{due}");
        let later = until + jiff::SignedDuration::from_hours(240);
        let told: Vec<Message> = (0..due).map(|_| live.next(later)).collect();
        assert!(told.iter().all(|message| message.at > until && message.at < later));
        assert!(told.is_sorted_by_key(|message| message.at));
    }

    #[test]
    fn a_new_contract_is_not_ended_before_it_begins() {
        let (mut live, now) = live();
        let mut accepted = 0;
        for _ in 0..300 {
            let message = live.next(now);
            let event = parse(&message.body).unwrap();
            let Payload::Contract(contract) = event.payload else { continue };
            let today = jiff::tz::TimeZone::UTC.to_datetime(now).date();
            assert!(!matches!(event.event_type, EventType::ContractCompleted | EventType::ContractNoticeServed));
            assert!(contract.start_on.unwrap() > today);
            if event.event_type == EventType::ContractAccepted {
                accepted += 1;
            }
        }
        assert!(accepted > 10, "{accepted}");
        let ends_to_come = live.coming.iter().filter(|step| step.what == EventType::ContractCompleted).count();
        assert!(ends_to_come > 10, "{ends_to_come}");
    }
}
