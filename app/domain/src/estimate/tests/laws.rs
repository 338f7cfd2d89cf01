//! Properties of estimates that hold for every contract and every set of events.

use crate::commitment::history;
use crate::estimate::samples::{contract, period, stored_event, winter, with};
use crate::estimate::{Unit, of, working_days};
use crate::timeline::StoredEvent;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::json;

fn any_day() -> impl Strategy<Value = Date> {
    (0_i64..1_500).prop_map(|days| date(2024, 1, 1).saturating_add(days.days()))
}

/// Generates events of one contract with different terms and ends, each with an id of its own.
pub(crate) fn any_events() -> impl Strategy<Value = Vec<StoredEvent>> {
    let name = prop::sample::select(vec![
        "approved",
        "offered",
        "revoked",
        "accepted",
        "cancelled",
        "notice_served",
        "completed",
        "deleted",
    ]);
    vec((name, 0_i64..6, 1_u32..28, 1_u32..900), 0..9).prop_map(|events| {
        (1..)
            .zip(events)
            .map(|(seq, (name, day, end, rate))| {
                let object = with(
                    winter(),
                    json!({
                        "end_date": format!("2026-02-{end:02}"),
                        "fee_schedule": { "periods": [period("2025-12-01", "0.00", &format!("{rate}.00"), "GBP")] },
                    }),
                );
                stored_event(seq, &format!("2025-11-{:02}T10:00:00Z", day + 20), &format!("contract.{name}"), object)
            })
            .collect()
    })
}

/// Generates the same events in any order, some of them twice.
pub(crate) fn any_arrival(events: Vec<StoredEvent>) -> impl Strategy<Value = (Vec<StoredEvent>, Vec<StoredEvent>)> {
    let repeats = vec(0..events.len().max(1), 0..4);
    (Just(events), repeats).prop_flat_map(|(events, repeats)| {
        let mut arrived = events.clone();
        arrived.extend(repeats.iter().filter_map(|place| events.get(*place).cloned()));
        (Just(events), Just(arrived).prop_shuffle())
    })
}

proptest! {
    #[test]
    fn working_days_are_those_a_calendar_shows(first in any_day(), length in 0_i64..400) {
        let last = first.saturating_add(length.days());
        let by_hand = first.series(1.day()).take_while(|day| *day <= last);
        let by_hand = by_hand.filter(|day| day.weekday().to_monday_one_offset() < 6).count();
        prop_assert_eq!(working_days(first, last), u64::try_from(by_hand).unwrap());
    }

    #[test]
    fn a_span_split_at_any_day_adds_up_to_the_whole(
        first in any_day(), length in 0_i64..700, cut in 0_i64..700, change in any_day(), hourly in any::<bool>(),
    ) {
        let last = first.saturating_add(length.days());
        let cut = first.saturating_add(cut.min(length).days());
        let object = with(winter(), json!({
            "start_date": first.to_string(), "end_date": last.to_string(), "minutes_in_working_day": 437,
            "rate": { "currency": "GBP", "unit": if hourly { "HOUR" } else { "WEEK" }, "value": "61.37" },
            "fee_schedule": { "periods": [
                period("2020-01-01", "7.00", "68.37", "GBP"), period(&change.to_string(), "5.03", "66.40", "GBP"),
            ] },
        }));
        let facts = contract(object);
        // Before rounding: working days times cost, exactly.
        let exact = |from: Date, to: Date| -> Decimal {
            let facts = crate::event::contract::Contract { start_on: Some(from), ..facts.clone() };
            let lines = of(&facts, Some(to)).lines;
            lines.iter().map(|line| Decimal::from(line.working_days) * line.cost_per_unit.amount).sum()
        };
        let rest = cut.tomorrow().unwrap();
        let second = if rest > last { Decimal::ZERO } else { exact(rest, last) };
        prop_assert_eq!(exact(first, cut) + second, exact(first, last));
    }

    #[test]
    fn a_total_is_the_sum_of_its_lines_and_no_line_is_off_by_more_than_half_a_coin(
        first in any_day(), length in 0_i64..700, cents in 0_i64..10_000_000, scale in 0_u32..6, minutes in 1_u32..1_440,
    ) {
        let facts = contract(with(winter(), json!({
            "start_date": first.to_string(), "end_date": first.saturating_add(length.days()).to_string(),
            "rate": { "currency": "GBP", "unit": "HOUR", "value": Decimal::new(cents, scale).to_string() },
            "minutes_in_working_day": minutes, "fee_schedule": null,
        })));
        let estimate = of(&facts, facts.end_on);
        let sum: Decimal = estimate.lines.iter().map(|line| line.sum.amount).sum();
        prop_assert_eq!(estimate.total.unwrap().amount, sum);
        for line in estimate.lines {
            prop_assert_eq!(line.unit, Unit::Hour);
            // In sixtieths, so that no division is needed.
            let exact = Decimal::from(line.working_days * u64::from(minutes)) * line.cost_per_unit.amount;
            let off = (line.sum.amount * Decimal::from(60) - exact).abs();
            prop_assert!(off <= Decimal::new(30, 2), "{} sixtieths", off);
        }
    }

    #[test]
    fn order_and_repetition_of_events_leave_no_trace((events, arrived) in any_events().prop_flat_map(any_arrival)) {
        prop_assert_eq!(history(&arrived), history(&events));
    }

    #[test]
    fn a_history_is_in_order_and_every_entry_is_news(events in any_events()) {
        let history = history(&events);
        prop_assert!(history.is_sorted_by_key(|commitment| commitment.at));
        for pair in history.windows(2) {
            let news = |c: &crate::commitment::Commitment| {
                (c.standing, c.amount.clone(), c.cost_per_day.clone(), c.draws_on.clone())
            };
            prop_assert_ne!(news(&pair[0]), news(&pair[1]));
        }
    }
}
