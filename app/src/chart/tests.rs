//! Tests of the drawing: contracts drawn by hand, and properties of every drawing.

mod lives;
mod money;
mod sets;

use super::lane::Kind;
use super::layout::{Drawing, Lane};
use super::spend::{Against, Level, Spend};
use super::window::Choice;
use super::{ChartContract, ChartData, draw};
use domain::lifecycle::contract::ContractState;
use domain::money::Currency;
use domain::timeline::Step;
use jiff::Timestamp;

const NOW: &str = "2026-02-09T12:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Builds a contract from steps such as `("offered", "2026-01-30")`, at noon; an empty day is an unknown time.
fn contract(id: &str, steps: &[(&str, &str)], start: &str, end: &str) -> ChartContract {
    let steps: Vec<Step> = (1_i64..)
        .zip(steps)
        .map(|(seq, (state, day))| {
            let at = (!day.is_empty()).then(|| at(&format!("{day}T12:00:00Z")));
            Step { state: ContractState::parse(state).unwrap(), at, seq: at.map(|_| seq) }
        })
        .collect();
    ChartContract {
        id: id.into(),
        title: format!("Title of {id}"),
        subtitle: None,
        state: steps.last().map_or(ContractState::Known, |step| step.state),
        steps,
        start_on: start.parse().ok(),
        ends_on: end.parse().ok(),
        planned_end_on: None,
        findings: Vec::new(),
        renews: None,
    }
}

fn drawn(contracts: Vec<ChartContract>) -> Drawing {
    draw(&ChartData { contracts, ..ChartData::default() }, Choice::default(), at(NOW))
}

fn kinds(lane: &Lane) -> Vec<Kind> {
    lane.segments.iter().map(|segment| segment.kind).collect()
}

fn levels(points: &[(&str, i64)]) -> Vec<Level> {
    (1_i64..)
        .zip(points)
        .map(|(seq, (day, amount))| Level {
            at: at(&format!("{day}T12:00:00Z")),
            seq,
            amount: (*amount).into(),
            cause: "A contract".to_owned(),
        })
        .collect()
}

fn pounds(committed: &[(&str, i64)], approved: &[(&str, i64)]) -> Spend {
    Spend {
        currency: Currency::parse("GBP").unwrap(),
        against: Against::Totals,
        committed: levels(committed),
        approved: levels(approved),
        is_approved: true,
        breaches: Vec::new(),
    }
}
