//! Properties that hold for every drawing, however strange its dates.

use super::super::axis::WIDTH;
use super::super::{ChartFinding, label};
use super::*;
use domain::lifecycle::finding::FindingKind;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use proptest::collection::vec;
use proptest::prelude::*;

fn any_day() -> impl Strategy<Value = Option<Date>> {
    let near = (-900_i64..900).prop_map(|days| Some(date(2026, 2, 9).saturating_add(days.days())));
    prop_oneof![8 => near, 1 => Just(None), 1 => Just(Some(Date::MAX)), 1 => Just(Some(Date::MIN))]
}

fn any_instant() -> impl Strategy<Value = Timestamp> {
    (-90_000_000_i64..30_000_000).prop_map(|seconds| Timestamp::from_second(1_770_000_000 + seconds).unwrap())
}

fn any_contract() -> impl Strategy<Value = ChartContract> {
    let state = prop::sample::select(ContractState::ALL.to_vec());
    let steps = vec((state.clone(), prop::option::weighted(0.9, any_instant())), 0..6);
    let findings = vec((any_instant(), 0_i64..99), 0..5);
    (steps, state, any_day(), any_day(), any_day(), findings, prop::option::of(0_u8..12)).prop_map(
        |(steps, state, start_on, ends_on, planned_end_on, findings, renews)| {
            let mut steps: Vec<Step> =
                steps.into_iter().map(|(state, at)| Step { state, at, seq: at.map(|_| 1) }).collect();
            // A fold returns steps in order of time; inferred ones have none.
            let mut times: Vec<Timestamp> = steps.iter().filter_map(|step| step.at).collect();
            times.sort_unstable();
            let mut times = times.into_iter();
            for step in &mut steps {
                step.at = step.at.and_then(|_| times.next());
            }
            let finding =
                |(at, seq)| ChartFinding { kind: FindingKind::Late, seq, at, sentence: "Arrived late.".to_owned() };
            ChartContract {
                id: "".into(),
                title: "A title".to_owned(),
                subtitle: None,
                state: steps.last().map_or(state, |step| step.state),
                steps,
                start_on,
                ends_on,
                planned_end_on,
                findings: findings.into_iter().map(finding).collect(),
                renews: renews.map(|number| (format!("ct_{number}").as_str().into(), true)),
            }
        },
    )
}

fn any_spend() -> impl Strategy<Value = Spend> {
    let line = || {
        vec((any_instant(), 0_i64..200_000), 0..6).prop_map(|mut points| {
            points.sort_by_key(|(at, _)| *at);
            (1_i64..)
                .zip(points)
                .map(|(seq, (at, amount))| Level { at, seq, amount: amount.into(), cause: String::new() })
                .collect::<Vec<_>>()
        })
    };
    (line(), line()).prop_map(|(committed, approved)| Spend { committed, approved, ..pounds(&[], &[]) })
}

fn any_data() -> impl Strategy<Value = ChartData> {
    (vec(any_contract(), 0..14), vec(any_spend(), 0..3)).prop_map(|(mut contracts, spend)| {
        for (number, contract) in contracts.iter_mut().enumerate() {
            contract.id = format!("ct_{number}").as_str().into();
        }
        ChartData { contracts, spend, obstacles: Vec::new() }
    })
}

fn any_choice() -> impl Strategy<Value = Choice> {
    let zoom = prop::sample::select(vec!["fit", "month", "quarter", "year"]);
    let ended = prop::sample::select(vec![None, Some("0"), Some("1")]);
    (zoom, any_day(), ended).prop_map(|(zoom, from, ended)| Choice { from, ..Choice::parse(Some(zoom), None, ended) })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn everything_is_inside_and_nothing_is_over_another(data in any_data(), choice in any_choice()) {
        let drawing = draw(&data, choice, at(NOW));
        let inside = |x: i64| (0..=WIDTH).contains(&x);
        for lane in &drawing.lanes {
            let mut over = 0;
            for segment in &lane.segments {
                prop_assert!(segment.x >= over && segment.width >= 1, "{:?}", segment);
                over = segment.x + segment.width;
                prop_assert!(over <= WIDTH);
                prop_assert!(segment.says.as_ref().is_none_or(|says| label::width(says) <= segment.width));
            }
            if let Some(words) = &lane.beside {
                let end = if words.is_before { words.x } else { words.x + label::width(&words.says) };
                let start = if words.is_before { words.x - label::width(&words.says) } else { words.x };
                prop_assert!(inside(start) && inside(end) || lane.segments.is_empty(), "{:?}", words);
                prop_assert!(lane.segments.iter().all(|s| end <= s.x || start >= s.x + s.width));
            }
            prop_assert!(lane.findings.windows(2).all(|pair| pair[0].0 < pair[1].0));
            prop_assert!(lane.findings.iter().all(|(x, _)| inside(*x)));
            prop_assert!(lane.end.is_none_or(inside));
        }
        prop_assert!(drawing.lanes.is_sorted_by(|a, b| a.y + drawing.pitch <= b.y));
        prop_assert!(drawing.ticks.iter().all(|tick| inside(tick.x)));
        for renewal in &drawing.renewals {
            prop_assert!(inside(renewal.from.0) && inside(renewal.to.0));
        }
        for lane in &drawing.spend {
            for line in [&lane.committed, &lane.approved] {
                prop_assert!(line.iter().all(|(x, y)| inside(*x) && *y > lane.y && *y <= lane.floor), "{:?}", line);
                prop_assert!(line.is_sorted_by_key(|corner| corner.0), "{:?}", line);
            }
        }
    }

    #[test]
    fn the_order_of_the_contracts_leaves_no_trace(
        (data, shuffled) in any_data().prop_flat_map(|data| {
            let contracts = Just(data.contracts.clone()).prop_shuffle();
            (Just(data), contracts)
        }),
        choice in any_choice(),
    ) {
        let other = ChartData { contracts: shuffled, ..data.clone() };
        prop_assert_eq!(draw(&other, choice, at(NOW)), draw(&data, choice, at(NOW)));
    }

    #[test]
    fn every_contract_has_a_lane_or_is_among_the_ended(data in any_data(), choice in any_choice()) {
        let drawing = draw(&data, choice, at(NOW));
        let (ended, is_shared) = drawing.ended;
        let own = drawing.lanes.iter().filter(|lane| lane.id.is_some()).count();
        prop_assert_eq!(own + if is_shared { ended } else { 0 }, data.contracts.len());
    }
}
