//! Converts estimates of contracts and amounts of requisitions to lines that can be compared.

use super::{Against, Breach, Level, Spend};
use crate::chart::day_of_year;
use domain::budget::{self, Measure};
use domain::estimate::{self, Commitment, CommitmentState};
use domain::event::EventType;
use domain::event::spend::TypedAmount;
use domain::id::{ContractId, RequisitionId};
use domain::lifecycle::spend::RequisitionState;
use domain::money::{Currency, Money};
use domain::timeline::words::day_of;
use domain::timeline::{Amount, ContractStory, RequisitionStory};
use jiff::Timestamp;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// Maximum number of lanes for requisitions of type day rate, so that these do not dominate the chart.
const MAX_DAY_LANES: usize = 3;

/// Returns one lane per currency and type of amount, in order of currency, and what could not be counted.
pub fn gather(
    contracts: &[(ContractStory, Vec<Commitment>)],
    requisitions: &[(RequisitionStory, Option<budget::Breach>)],
) -> (Vec<Spend>, Vec<String>) {
    let mut lanes = Vec::new();
    for currency in currencies(contracts) {
        let totals = matching(requisitions, &currency, Measure::Total);
        let of_totals: BTreeSet<&RequisitionId> = totals.iter().map(|(story, _)| &story.facts.id).collect();
        for is_covered in [true, false] {
            let counts = |drawn: Option<&RequisitionId>| drawn.is_some_and(|id| of_totals.contains(id)) == is_covered;
            let committed = committed(contracts, &currency, Measure::Total, counts);
            // Requisitions are shown only with committed contracts: an offer alone draws no lane.
            if committed.is_empty() {
                continue;
            }
            let against = if is_covered { Against::Totals } else { Against::Nothing };
            lanes.push(lane(&currency, against, committed, if is_covered { &totals } else { &[] }, contracts));
        }
        let mut by_day = matching(requisitions, &currency, Measure::DayRate);
        by_day.sort_by_key(|(story, _)| (std::cmp::Reverse(story.last_at), story.facts.id.clone()));
        for one in by_day {
            let id = &one.0.facts.id;
            let committed = committed(contracts, &currency, Measure::DayRate, |drawn| drawn == Some(id));
            let is_room = lanes.iter().filter(|lane| matches!(lane.against, Against::Day(_))).count() < MAX_DAY_LANES;
            if !committed.is_empty() && is_room {
                lanes.push(lane(&currency, Against::Day(title(&one.0)), committed, &[one], contracts));
            }
        }
    }
    (lanes, contracts.iter().filter_map(|(story, _)| obstacle(story)).collect())
}

type Drawn<'a> = &'a (RequisitionStory, Option<budget::Breach>);

fn currencies(contracts: &[(ContractStory, Vec<Commitment>)]) -> BTreeSet<Currency> {
    let all = contracts.iter().flat_map(|(_, history)| history);
    all.filter_map(|commitment| Some(commitment.amount.as_ref()?.currency.clone())).collect()
}

fn matching<'a>(
    requisitions: &'a [(RequisitionStory, Option<budget::Breach>)],
    currency: &Currency,
    measure: Measure,
) -> Vec<Drawn<'a>> {
    let fits = |story: &RequisitionStory| {
        let of_limit =
            |limit: TypedAmount| limit.money.currency == *currency && Measure::of(limit.kind.as_ref()) == Some(measure);
        story.limit().is_some_and(of_limit)
    };
    requisitions.iter().filter(|(story, _)| fits(story)).collect()
}

fn title(story: &RequisitionStory) -> String {
    let facts = &story.facts;
    facts.title.clone().or_else(|| facts.external_id.clone()).unwrap_or_else(|| facts.id.to_string())
}

fn lane(
    currency: &Currency,
    against: Against,
    committed: Vec<Level>,
    requisitions: &[Drawn<'_>],
    contracts: &[(ContractStory, Vec<Commitment>)],
) -> Spend {
    let breach = |(story, breach): &Drawn<'_>| {
        let found = breach.as_ref()?;
        Some(Breach { at: found.at, seq: found.seq, over: found.over.clone(), requisition: title(story) })
    };
    Spend {
        currency: currency.clone(),
        against,
        committed,
        approved: approved(requisitions, contracts),
        is_approved: requisitions.iter().all(|(story, _)| story.state == RequisitionState::Approved),
        breaches: requisitions.iter().filter_map(breach).collect(),
    }
}

/// A change of an amount, with its subject and a name for the table.
struct Change<K> {
    at: Timestamp,
    seq: i64,
    key: K,
    amount: Option<Decimal>,
    cause: String,
}

fn committed(
    contracts: &[(ContractStory, Vec<Commitment>)],
    currency: &Currency,
    measure: Measure,
    counts: impl Fn(Option<&RequisitionId>) -> bool,
) -> Vec<Level> {
    let figure = |commitment: &Commitment| {
        let is_bound = commitment.standing == CommitmentState::Committed && counts(commitment.draws_on.as_ref());
        let money = measure.pick(commitment.amount.as_ref(), commitment.cost_per_day.as_ref());
        money.filter(|money| is_bound && money.currency == *currency).map(|money| money.amount)
    };
    let mut changes: Vec<Change<&ContractId>> = Vec::new();
    for (story, history) in contracts {
        let cause = story.facts.title.clone().unwrap_or_else(|| story.facts.id.to_string());
        changes.extend(history.iter().map(|commitment| Change {
            at: commitment.at,
            seq: commitment.seq,
            key: &story.facts.id,
            amount: figure(commitment),
            cause: cause.clone(),
        }));
    }
    levels(changes, measure)
}

/// The first known amount holds from the first contract on, even if its event came later.
fn approved(requisitions: &[Drawn<'_>], contracts: &[(ContractStory, Vec<Commitment>)]) -> Vec<Level> {
    let mut changes: Vec<Change<&RequisitionId>> = Vec::new();
    for (story, _) in requisitions {
        let place = changes.len();
        let currency = story.limit().map(|limit| limit.money.currency);
        let approved = story.entries.iter().filter(|entry| entry.event_type == EventType::SpendApproved);
        let approved_at = approved.map(|entry| entry.occurred_at).min();
        let cause = |at: Timestamp| match approved_at {
            Some(approved_at) if at < approved_at => format!("{}, asked for", title(story)),
            _ => title(story),
        };
        changes.extend(story.limits.iter().map(|amount| Change {
            at: amount.at,
            seq: amount.seq,
            key: &story.facts.id,
            amount: figure(amount, currency.as_ref()),
            cause: cause(amount.at),
        }));
        let draws = |commitment: &&Commitment| commitment.draws_on.as_ref() == Some(&story.facts.id);
        let drawn_since = contracts.iter().flat_map(|(_, history)| history).filter(draws).map(|one| one.at).min();
        let first = changes[place..].first_mut().filter(|change| change.amount.is_some());
        if let Some((first, since)) = first.zip(drawn_since).filter(|(first, since)| since < &first.at) {
            first.cause = format!("{}, told on {}", first.cause, day_of_year(day_of(first.at)));
            first.at = since;
        }
    }
    levels(changes, Measure::Total)
}

fn figure(amount: &Amount, currency: Option<&Currency>) -> Option<Decimal> {
    let money: &Money = amount.money.as_ref().filter(|money| Some(&money.currency) == currency)?;
    Some(money.amount)
}

/// Returns the combined amount after each change of it; on overflow the line stays.
fn levels<K: Ord + Copy>(mut changes: Vec<Change<K>>, measure: Measure) -> Vec<Level> {
    changes.sort_by(|a, b| a.at.cmp(&b.at).then(a.key.cmp(&b.key)));
    let mut now: BTreeMap<K, Decimal> = BTreeMap::new();
    let mut levels: Vec<Level> = Vec::new();
    let mut sum = Decimal::ZERO;
    for change in changes {
        let before = match change.amount {
            Some(amount) => now.insert(change.key, amount),
            None => now.remove(&change.key),
        };
        let next = match measure {
            Measure::Total => sum
                .checked_sub(before.unwrap_or_default())
                .and_then(|rest| rest.checked_add(change.amount.unwrap_or_default())),
            Measure::DayRate => now.values().max().copied().or(Some(Decimal::ZERO)),
        };
        let Some(next) = next else { continue };
        if next != sum {
            levels.push(Level { at: change.at, seq: change.seq, amount: next, cause: change.cause });
            sum = next;
        }
    }
    levels
}

fn obstacle(story: &ContractStory) -> Option<String> {
    let is_bound = estimate::commitment_state_of(story) == CommitmentState::Committed;
    let estimate = Some(estimate::of(&story.facts, story.ends_on)).filter(|_| is_bound)?;
    let title = story.facts.title.clone().unwrap_or_else(|| story.facts.id.to_string());
    match (estimate.obstacle, estimate.at_least) {
        (Some(why), _) => Some(format!("The cost of “{title}” cannot be estimated because {why}.")),
        (None, Some(why)) => Some(format!("“{title}” costs more than the line shows: {why}.")),
        (None, None) => None,
    }
}
