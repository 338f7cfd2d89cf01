//! Tests of what counts as usual, and that too little data gives no verdict.

use super::*;
use proptest::prelude::*;

/// A Monday, 10:30 UTC.
fn now() -> Timestamp {
    "2026-11-30T10:30:00Z".parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Returns `weeks` weeks before [`now`] with an hourly count that depends on the hour of the week.
fn weeks(weeks: i64, count: impl Fn(i64, i64) -> i64) -> Vec<Hour> {
    let last = hour_of(now()) - 1;
    (last - weeks * HOURS_OF_WEEK..=last)
        .filter_map(|hour| {
            let day = (hour.div_euclid(24) + 3).rem_euclid(7);
            let count = count(day, hour.rem_euclid(24));
            let last_at = Timestamp::from_second(hour * HOUR + 3_599).unwrap();
            (count > 0).then_some(Hour { hour, count, last_at })
        })
        .collect()
}

/// Three an hour from nine to six, Monday to Friday.
fn office(day: i64, hour: i64) -> i64 {
    if day < 5 && (9..18).contains(&hour) { 3 } else { 0 }
}

fn of(hours: &[Hour], last_at: &str, counts: (u64, u64), now: Timestamp) -> EndpointHealth {
    of_endpoint("yunojuno".to_owned(), hours, Some(at(last_at)), counts, now)
}

#[test]
fn the_gap_that_is_usual_at_this_hour_of_the_week_is_told() {
    let hours = weeks(8, office);
    let found = of(&hours, "2026-11-30T10:20:00Z", (30, 0), now());
    assert_eq!((found.usual, found.verdict), (UsualRate::Every(1_200), Verdict::Healthy));
    // At night and on Sundays nothing is usual, however long the silence.
    let sunday = of(&hours, "2026-11-27T17:59:00Z", (0, 0), at("2026-11-29T12:00:00Z"));
    assert_eq!((sunday.usual, sunday.verdict), (UsualRate::Nothing, Verdict::Healthy));
}

#[test]
fn a_silence_in_which_messages_were_due_is_unusual() {
    let hours = weeks(8, office);
    // Nine o'clock to half past ten: four or five were due.
    assert_eq!(of(&hours, "2026-11-30T09:00:00Z", (9, 0), now()).verdict, Verdict::Healthy);
    // Half an hour later six were.
    assert_eq!(of(&hours, "2026-11-30T09:00:00Z", (9, 0), at("2026-11-30T11:00:00Z")).verdict, Verdict::Quiet);
    // Night and weekend do not count: early on Monday all is well, at noon it is not.
    assert_eq!(of(&hours, "2026-11-27T17:59:00Z", (0, 0), at("2026-11-30T09:05:00Z")).verdict, Verdict::Healthy);
    assert_eq!(of(&hours, "2026-11-27T17:59:00Z", (0, 0), at("2026-11-30T12:00:00Z")).verdict, Verdict::Quiet);
}

#[test]
fn nothing_is_usual_before_four_weeks_are_known() {
    let hours = weeks(3, office);
    let found = of(&hours, "2026-11-30T08:00:00Z", (9, 0), now());
    assert_eq!((found.usual, found.verdict), (UsualRate::NotKnown, Verdict::Healthy));
    assert_eq!(of(&hours, "2026-11-29T10:29:59Z", (9, 0), now()).verdict, Verdict::Quiet);
    let none = of_endpoint("yunojuno".to_owned(), &[], None, (0, 0), now());
    assert_eq!((none.usual, none.verdict), (UsualRate::NotKnown, Verdict::Waiting));
    assert_eq!(of(&weeks(4, office), "2026-11-30T10:20:00Z", (9, 0), now()).usual, UsualRate::Every(1_200));
}

#[test]
fn a_replay_makes_nothing_usual() {
    let mut hours = weeks(8, office);
    let week_ago = hour_of(now()) - HOURS_OF_WEEK;
    hours.iter_mut().find(|one| one.hour == week_ago).unwrap().count = 3_000;
    assert_eq!(of(&hours, "2026-11-30T10:20:00Z", (9, 0), now()).usual, UsualRate::Every(1_200));
}

#[test]
fn a_feed_of_few_messages_is_measured_by_its_own_silences() {
    // One message on Mondays at noon.
    let hours = weeks(8, |day, hour| i64::from(day == 0 && hour == 12));
    assert_eq!(of(&hours, "2026-11-23T12:59:59Z", (0, 0), now()).verdict, Verdict::Healthy);
    assert_eq!(of(&hours, "2026-11-16T12:59:59Z", (0, 0), now()).verdict, Verdict::Quiet);
}

#[test]
fn a_share_of_refusals_is_amber_and_nothing_but_refusals_is_red() {
    let verdict = |received, refused| of(&[], "2026-11-30T10:29:00Z", (received, refused), now()).verdict;
    assert_eq!(verdict(20, 8), Verdict::RefusingSome);
    assert_eq!(verdict(57, 3), Verdict::RefusingSome);
    assert_eq!(verdict(58, 3), Verdict::Healthy);
    assert_eq!(verdict(1, 2), Verdict::Healthy);
    assert_eq!((verdict(0, 1), verdict(0, 3)), (Verdict::Healthy, Verdict::RefusingAll));
    assert_eq!(of_endpoint(String::new(), &[], None, (0, 1), now()).verdict, Verdict::RefusingAll);
}

proptest! {
    /// A longer silence is never healthier, and a usual interval is between a second and a day.
    #[test]
    fn silence_makes_nothing_better(
        counts in prop::collection::vec((0..1_800_i64, 1..50_i64), 0..200),
        minutes in prop::collection::vec(0..40_000_i64, 2),
    ) {
        let mut hours: Vec<Hour> = counts
            .into_iter()
            .map(|(back, count)| Hour { hour: hour_of(now()) - 1 - back, count, last_at: now() })
            .collect();
        hours.sort_by_key(|one| one.hour);
        hours.dedup_by_key(|one| one.hour);
        let silent = |minutes: i64| is_unusual(&hours, Timestamp::from_second(now().as_second() - minutes * 60).unwrap(), now());
        let (shorter, longer) = (minutes[0].min(minutes[1]), minutes[0].max(minutes[1]));
        prop_assert!(silent(longer) || !silent(shorter));
        if let UsualRate::Every(seconds) = of_endpoint(String::new(), &hours, None, (0, 0), now()).usual {
            prop_assert!((1..=86_400).contains(&seconds));
        }
    }
}

#[test]
fn silences_of_the_past_are_judged_as_they_were_then() {
    let mut hours = weeks(14, office);
    // Last Wednesday nothing came from eleven to three.
    let gap = hour_of(at("2026-11-25T11:00:00Z"))..hour_of(at("2026-11-25T15:00:00Z"));
    hours.retain(|hour| !gap.contains(&hour.hour));
    let found = |from: &str, until: &str| unusual_silences(&hours, (at(from), at(until)), now());
    let expected = [(at("2026-11-25T10:59:59Z"), at("2026-11-25T15:00:00Z"))];
    assert_eq!(found("2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"), expected);
    assert_eq!(found("2026-11-25T12:00:00Z", "2026-11-25T13:00:00Z"), expected, "it began before");
    assert_eq!(found("2026-11-26T00:00:00Z", "2026-11-30T10:00:00Z"), []);
    // The one that lasts is that of the overview.
    hours.retain(|hour| hour.hour < hour_of(at("2026-11-27T10:00:00Z")));
    let last = (at("2026-11-27T09:59:59Z"), now());
    assert_eq!(unusual_silences(&hours, (at("2026-11-26T00:00:00Z"), now()), now()), [last]);
    assert_eq!(of(&hours, "2026-11-27T09:59:59Z", (0, 0), now()).verdict, Verdict::Quiet);
    assert_eq!(unusual_silences(&[], (at("2026-11-26T00:00:00Z"), now()), now()), []);
}
