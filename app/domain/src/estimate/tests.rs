//! Tests of estimates, exact to the penny: each sum is worked out by hand in the comment above it.

mod laws;

use super::samples::{contract, period, stored_event, winter, with};
use super::{Estimate, of, working_days};
use crate::commitment::{CommitmentState, history, standing};
use crate::event;
use crate::event::Payload;
use crate::lifecycle::contract::ContractState;
use jiff::civil::date;
use serde_json::{Value, json};

fn estimate(object: Value) -> Estimate {
    let facts = contract(object);
    of(&facts, facts.actual_end_on.or(facts.end_on))
}

fn total(object: Value) -> String {
    estimate(object).in_words()
}

fn lines(object: Value) -> Vec<String> {
    estimate(object).lines.iter().map(super::Line::in_words).collect()
}

fn obstacle(changes: Value) -> String {
    let estimate = estimate(with(winter(), changes));
    assert_eq!((estimate.total, estimate.cost_per_day, estimate.lines), (None, None, vec![]));
    estimate.obstacle.unwrap()
}

#[test]
fn a_rate_period_change_splits_the_sum() {
    // December 2025 has 23 working days, January 2026 has 22: 45 × 532.00 = 23,940.00.
    // February 2026 has 20, 1 to 27 March has 20: 40 × 522.50 = 20,900.00. Together 44,840.00.
    assert_eq!(total(winter()), "£44,840.00");
    assert_eq!(
        lines(winter()),
        [
            "1 Dec 2025 to 31 Jan 2026: 45 working days × £532.00 (£475.00 and £57.00 fees) = £23,940.00",
            "1 Feb 2026 to 27 Mar 2026: 40 working days × £522.50 (£475.00 and £47.50 fees) = £20,900.00",
        ]
    );
    assert_eq!(estimate(winter()).cost_per_day.unwrap().to_string(), "£532.00");
}

#[test]
fn notice_that_shortens_costs_less() {
    // 45 × 532.00 = 23,940.00; 2 to 6 and 9 to 13 February: 10 × 522.50 = 5,225.00. Together 29,165.00.
    let body = include_bytes!("../../fixtures/contract.notice_served.json");
    let Payload::Contract(facts) = event::parse(body).unwrap().payload else { panic!("no contract") };
    assert_eq!(of(&facts, facts.actual_end_on).in_words(), "£29,165.00");
}

#[test]
fn one_period_makes_one_line() {
    // 1 December 2025 to 13 February 2026: 23 + 22 + 10 = 55 working days × 532.00 = 29,260.00.
    let one = json!({ "end_date": "2026-02-13", "fee_schedule": { "periods": [period("2025-12-01", "57.00", "532.00", "GBP")] } });
    assert_eq!(
        lines(with(winter(), one)),
        ["1 Dec 2025 to 13 Feb 2026: 55 working days × £532.00 (£475.00 and £57.00 fees) = £29,260.00"]
    );
}

#[test]
fn without_a_total_cost_rate_and_fees_are_added() {
    // 5 working days × (475.00 + 57.00) = 2,660.00; with the fees 40.00 and 17.25: 5 × 532.25 = 2,661.25.
    let of = |period: Value| {
        total(with(winter(), json!({ "end_date": "2025-12-05", "fee_schedule": { "periods": [period] } })))
    };
    assert_eq!(of(json!({ "total_fees": { "currency": "GBP", "value": "57.00" } })), "£2,660.00");
    let fee = |value: &str| json!({ "currency": "GBP", "value": value });
    assert_eq!(of(json!({ "effective_from": "2025-12-01", "fees": [fee("40.00"), fee("17.25")] })), "£2,661.25");
    // 5 × 475.00 = 2,375.00: a period that names no fee has none.
    assert_eq!(of(json!({ "effective_from": "2025-12-01", "fees": [] })), "£2,375.00");
}

#[test]
fn hours_are_counted_through_the_minutes_of_a_working_day() {
    // 55 working days × 450 minutes = 24,750 minutes = 412 h 30 min. × (60.00 + 7.20) = 412.5 × 67.20 = 27,720.00.
    let hourly = |minutes: u32| {
        with(
            winter(),
            json!({
                "end_date": "2026-02-13",
                "rate": { "currency": "GBP", "unit": "HOUR", "value": "60.00" },
                "fee_schedule": { "periods": [period("2025-12-01", "7.20", "67.20", "GBP")] },
                "minutes_in_working_day": minutes,
            }),
        )
    };
    assert_eq!(
        lines(hourly(450)),
        [
            "1 Dec 2025 to 13 Feb 2026: 412 hours 30 minutes (55 working days) × £67.20 (£60.00 and £7.20 fees) = £27,720.00"
        ]
    );
    // A day of 7.5 hours × 67.20 = 504.00.
    assert_eq!(estimate(hourly(450)).cost_per_day.unwrap().to_string(), "£504.00");
    // 55 × 440 = 24,200 minutes = 403 1/3 hours, which no decimal holds. × 67.20 = 24,200 × 1.12 = 27,104.00 all the same.
    assert_eq!(total(hourly(440)), "£27,104.00");
    assert_eq!(estimate(hourly(440)).lines[0].work(), "403 hours 20 minutes (55 working days)");
    // 55 × 437 = 24,035 minutes × 1.12 = 26,919.20.
    assert_eq!(total(hourly(437)), "£26,919.20");
}

#[test]
fn a_week_is_five_working_days() {
    // 8 working days (1 to 10 December) = 1.6 weeks × 1,999.99 = 3,199.984, rounded once: 3,199.98.
    let weekly = json!({
        "end_date": "2025-12-10", "rate": { "currency": "GBP", "unit": "weekly", "value": "1999.99" },
        "fee_schedule": null,
    });
    assert_eq!(
        lines(with(winter(), weekly)),
        [
            "1 Dec 2025 to 10 Dec 2025: 1.6 weeks (8 working days) × £1,999.99 = £3,199.98; no fees were sent, so the rate stands alone"
        ]
    );
}

#[test]
fn what_is_paid_once_is_counted_once() {
    // 4,200.00 + 504.00 = 4,704.00, however long it takes, under the terms of the first day.
    let once = json!({
        "rate": { "currency": "EUR", "unit": "PROJECT", "value": "4200.00" },
        "fee_schedule": { "periods": [
            period("2025-12-01", "504.00", "4704.00", "EUR"), period("2026-02-01", "420.00", "4620.00", "EUR"),
        ] },
    });
    let estimate = estimate(with(winter(), once.clone()));
    assert_eq!(
        estimate.lines[0].in_words(),
        "1 Dec 2025 to 27 Mar 2026: once × €4,704.00 (€4,200.00 and €504.00 fees) = €4,704.00"
    );
    assert_eq!((estimate.lines.len(), estimate.cost_per_day), (1, None));
    assert_eq!(total(with(with(winter(), once), json!({ "end_date": null }))), "€4,704.00");
}

#[test]
fn days_before_the_first_period_are_paid_as_in_it_and_that_is_said() {
    // December: 23 × 522.50 = 12,017.50; 1 January to 13 February: 22 + 10 = 32 × 522.50 = 16,720.00.
    let late = json!({
        "end_date": "2026-02-13", "fee_schedule": { "periods": [period("2026-01-01", "47.50", "522.50", "GBP")] },
    });
    assert_eq!(
        lines(with(winter(), late)),
        [
            "1 Dec 2025 to 31 Dec 2025: 23 working days × £522.50 (£475.00 and £47.50 fees) = £12,017.50; no fee period covers these days, so the first one is taken",
            "1 Jan 2026 to 13 Feb 2026: 32 working days × £522.50 (£475.00 and £47.50 fees) = £16,720.00",
        ]
    );
    let after = json!({
        "end_date": "2025-12-31", "fee_schedule": { "periods": [period("2026-01-01", "47.50", "522.50", "GBP")] },
    });
    assert_eq!(total(with(winter(), after)), "£12,017.50");
}

#[test]
fn a_line_is_rounded_to_the_coin_of_its_currency() {
    let of = |currency: &str, value: &str| {
        let rate = json!({ "currency": currency, "unit": "DAY", "value": value });
        let changes = json!({ "end_date": "2025-12-01", "rate": rate, "fee_schedule": null });
        estimate(with(winter(), changes)).total.unwrap().amount.to_string()
    };
    // One day each. Right in the middle goes to the even coin.
    assert_eq!(
        [of("GBP", "0.125"), of("GBP", "0.135"), of("JPY", "52000.5"), of("KWD", "1.0015")],
        ["0.12", "0.14", "52000", "1.002"]
    );
}

#[test]
fn what_cannot_be_told_is_no_number() {
    assert_eq!(obstacle(json!({ "rate": null })), "no event says what it pays");
    let rate = |unit: Value| json!({ "rate": { "currency": "GBP", "unit": unit, "value": "475.00" } });
    assert_eq!(
        obstacle(rate(json!("PER_1000_WORDS"))),
        "its rate is per “PER_1000_WORDS”, a unit whose length is not known here"
    );
    assert_eq!(obstacle(rate(Value::Null)), "no event says what unit its rate is for");
    assert_eq!(obstacle(json!({ "start_date": null })), "no event says when it starts");
    assert_eq!(obstacle(json!({ "end_date": null })), "no event says when it ends");
    assert_eq!(obstacle(json!({ "end_date": "2025-11-30" })), "its last day lies before its first");
    let euros = json!({ "fee_schedule": { "periods": [period("2025-12-01", "57.00", "532.00", "EUR")] } });
    assert_eq!(obstacle(euros), "its rate and fees are in different currencies, GBP and EUR");
    let hourly =
        json!({ "rate": { "currency": "GBP", "unit": "HOUR", "value": "60" }, "minutes_in_working_day": null });
    assert_eq!(obstacle(hourly), "it is paid by the hour, and no event says how long a working day is");
    let undated = json!({ "fee_schedule": { "periods": [{ "fees": [] }, period("2025-12-01", "1", "2", "GBP")] } });
    assert_eq!(obstacle(undated), "one of its fee periods does not say when it begins");
    let twice = json!({ "fee_schedule": { "periods": [
        period("2025-12-01", "57.00", "532.00", "GBP"), period("2025-12-01", "47.50", "522.50", "GBP"),
    ] } });
    assert_eq!(obstacle(twice), "two of its fee periods begin on the same day and differ");
    let unpriced = json!({ "fee_schedule": { "periods": [{ "fees": [{ "name": "Fee", "percentage": "12" }] }] } });
    assert_eq!(obstacle(unpriced), "one of its fees has no amount");
    let huge = json!({ "rate": { "currency": "GBP", "unit": "DAY", "value": "79228162514264337593543950335" }, "fee_schedule": null });
    assert_eq!(obstacle(huge), "its figures are too large to compute with");
    let negative = json!({ "rate": { "currency": "GBP", "unit": "DAY", "value": "-1" }, "fee_schedule": null });
    assert_eq!(obstacle(negative), "a unit of its work is said to cost −£1.00");
}

#[test]
fn a_weekend_has_no_working_day() {
    assert_eq!(working_days(date(2026, 2, 14), date(2026, 2, 15)), 0);
    assert_eq!(working_days(date(2026, 2, 13), date(2026, 2, 16)), 2);
    assert_eq!(working_days(date(2026, 2, 13), date(2026, 2, 13)), 1);
    assert_eq!(working_days(date(2026, 2, 13), date(2026, 2, 12)), 0);
    // 2026 has 365 days and begins on a Thursday: 52 weeks × 5 + 1.
    assert_eq!(working_days(date(2026, 1, 1), date(2026, 12, 31)), 261);
}

#[test]
fn work_on_a_weekend_alone_costs_more_than_can_be_counted_and_a_day_has_its_price() {
    // Saturday and Sunday, 14 and 15 February 2026, in the second period: £522.50 a day.
    let weekend = || with(winter(), json!({ "start_date": "2026-02-14", "end_date": "2026-02-15" }));
    assert_eq!(total(weekend()), "at least £0.00");
    assert_eq!(estimate(weekend()).at_least.as_deref(), Some(super::NO_WORKING_DAY));
    assert_eq!(estimate(weekend()).cost_per_day.unwrap().to_string(), "£522.50");
    // From Saturday, 31 January, to Sunday, 1 February, both periods hold: the dearer day counts.
    let both = with(winter(), json!({ "start_date": "2026-01-31", "end_date": "2026-02-01" }));
    assert_eq!(estimate(both).cost_per_day.unwrap().to_string(), "£532.00");
    // With a Friday there is something to count, and what is paid once does not ask for days.
    let longer = with(winter(), json!({ "start_date": "2026-02-13", "end_date": "2026-02-15" }));
    assert_eq!((total(longer.clone()).as_str(), estimate(longer).at_least), ("£522.50", None));
    let once = json!({ "rate": { "currency": "GBP", "unit": "PROJECT", "value": "900.00" }, "fee_schedule": null });
    assert_eq!(total(with(weekend(), once)), "£900.00");
}

#[test]
fn only_what_is_signed_is_committed() {
    let committed: Vec<ContractState> =
        ContractState::ALL.into_iter().filter(|state| standing(*state) == CommitmentState::Committed).collect();
    assert_eq!(committed, [ContractState::Accepted, ContractState::NoticeServed, ContractState::EndKnown]);
}

/// Standing and amount after each event that changed them, with the event's day in November or January.
fn commitments(events: &[(&str, &str, Value)]) -> Vec<(i64, CommitmentState, String)> {
    let stored_events: Vec<_> = (1..)
        .zip(events)
        .map(|(seq, (at, event, object))| {
            stored_event(seq, &format!("{at}T10:00:00Z"), &format!("contract.{event}"), object.clone())
        })
        .collect();
    let amount = |money: Option<crate::money::Money>| money.map_or_else(|| "–".to_owned(), |money| money.to_string());
    history(&stored_events).into_iter().map(|now| (now.seq, now.standing, amount(now.amount))).collect()
}

#[test]
fn a_history_tells_what_each_event_bound() {
    use CommitmentState::{Committed, Pending};
    let notice = with(winter(), json!({ "actual_end_date": "2026-02-13" }));
    assert_eq!(
        commitments(&[
            ("2025-11-20", "approved", winter()),
            ("2025-11-21", "offered", winter()),
            ("2025-11-24", "accepted", winter()),
            ("2026-01-30", "notice_served", notice.clone()),
            ("2026-02-14", "completed", notice),
        ]),
        [
            (1, Pending, "£44,840.00".to_owned()),
            (3, Committed, "£44,840.00".to_owned()),
            (4, Committed, "£29,165.00".to_owned()),
        ]
    );
}

#[test]
fn cancelled_before_its_start_binds_nothing() {
    use CommitmentState::{Committed, Nothing};
    assert_eq!(
        commitments(&[("2025-11-24", "accepted", winter()), ("2025-11-28", "cancelled", winter())]),
        [(1, Committed, "£44,840.00".to_owned()), (2, Nothing, "–".to_owned())]
    );
    assert_eq!(commitments(&[("2025-11-28", "cancelled", winter())]), []);
}

#[test]
fn an_event_that_came_late_is_told_where_it_belongs() {
    use CommitmentState::{Committed, Pending};
    // The acceptance came first, the offer of the day before second.
    assert_eq!(
        commitments(&[("2025-11-24", "accepted", winter()), ("2025-11-23", "offered", winter())]),
        [(2, Pending, "£44,840.00".to_owned()), (1, Committed, "£44,840.00".to_owned())]
    );
}
