//! What an index can tell of a search agrees with the evaluator.

use super::laws::{REQUESTS, any_expr, found, query};
use super::query as parsed;
use crate::event::EventType;
use crate::id::SubjectKind;
use crate::query::outcome::Outcome;
use crate::query::search::samples::{CASES, SampleRequest, context, fold};
use crate::query::search::{Known, Pattern, Plan, Query, TERMS_VERSION, Terms, lookups, plan, terms};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use std::sync::LazyLock;

static INDEXED: LazyLock<Vec<(i64, &SampleRequest, Terms)>> = LazyLock::new(|| {
    let terms_of = |request: &'static SampleRequest| request.ask(|one| terms(one, &fold));
    (1..).zip(REQUESTS.iter()).filter_map(|(seq, request)| Some((seq, request, terms_of(request)?))).collect()
});

/// Returns the plan with what is known of the samples.
fn planned(query: &Query) -> Plan {
    let mut types: Vec<String> = REQUESTS.iter().filter_map(|request| request.event_type.clone()).collect();
    types.extend(EventType::KNOWN.iter().map(|known| known.as_str().to_owned()));
    let named = |kind: SubjectKind, pattern: &Pattern| {
        // As a database would, by the first word alone.
        let first = fold(&pattern.text);
        let first = first.split(|letter: char| !letter.is_alphanumeric()).find(|word| !word.is_empty())?.to_owned();
        let subjects = REQUESTS.iter().flat_map(|request| &request.subjects);
        let of_kind = subjects.filter(|(subject, _)| SubjectKind::of(subject) == Some(kind));
        let named = of_kind.filter(|(_, label)| label.is_some_and(|label| fold(label).contains(&first)));
        Some(named.map(|(subject, _)| subject.id().to_owned()).collect())
    };
    let several = INDEXED.iter().filter(|(_, request, _)| request.attempts.is_some_and(|count| count > 1));
    let repeated: Vec<i64> = several.map(|(seq, ..)| *seq).collect();
    plan(query, &Known { now: context().now, fold: &fold, types: &types, named: &named, repeated: Some(&repeated) })
}

/// Returns whether a request surely matches, and whether it perhaps does.
fn told(plan: &Plan, seq: i64, terms: &Terms) -> (bool, bool) {
    let each = |parts: &[Plan]| -> Vec<(bool, bool)> { parts.iter().map(|part| told(part, seq, terms)).collect() };
    match plan {
        Plan::All(parts) => {
            let parts = each(parts);
            (parts.iter().all(|part| part.0), parts.iter().all(|part| part.1))
        }
        Plan::Any(parts) => {
            let parts = each(parts);
            (parts.iter().any(|part| part.0), parts.iter().any(|part| part.1))
        }
        Plan::Not(part) => {
            let (surely, perhaps) = told(part, seq, terms);
            (!perhaps, !surely)
        }
        Plan::Has(term) => (terms.hashes.contains(term), terms.hashes.contains(term)),
        Plan::Within { column, surely, perhaps } => {
            let has = |range: &std::ops::RangeInclusive<i64>| {
                terms.values.iter().any(|(of, value)| of == column && range.contains(value))
            };
            (has(surely), has(perhaps))
        }
        Plan::Perhaps(part) => (false, told(part, seq, terms).1),
        Plan::OneOf(seqs) => (false, seqs.contains(&seq)),
    }
}

fn agrees(query: &Query, (seq, request, terms): &(i64, &SampleRequest, Terms)) -> Result<bool, TestCaseError> {
    let (surely, perhaps) = told(&planned(query), *seq, terms);
    let is_match = found(query, request);
    prop_assert!(!surely || is_match, "{query} surely finds {}: {:?}", request.name, planned(query));
    prop_assert!(!is_match || perhaps, "{query} does not find {}: {:?}", request.name, planned(query));
    Ok(surely == perhaps)
}

#[test]
fn every_search_of_the_table_is_planned() {
    let mut decided = 0;
    for (text, _) in CASES {
        for sample in INDEXED.iter() {
            decided += usize::from(agrees(&parsed(text), sample).unwrap());
        }
    }
    // Of most requests the index alone says whether they match.
    assert!(decided * 10 > CASES.len() * INDEXED.len() * 8, "{decided} of {}", CASES.len() * INDEXED.len());
}

#[test]
fn what_an_index_can_decide_is_decided() {
    for text in [
        "amara",
        "\"amara okoye\"",
        "ama*",
        "type:contract.offered",
        "type:contract.*",
        "family:spend",
        "outcome:(stored or repeat)",
        "endpoint:staging mode:live",
        "contract:ct_cu8gh5u3fg1dw587nosw68t8f",
        "after:2026-03-01 before:3d",
        "late:>5m",
        "rate exists",
        "rate.currency = GBP",
        "data.object.title != null or title = null",
        "start_date >= 2026-01-01",
        "-amara or not (title exists and rate.currency = usd)",
        "outcome:refused",
    ] {
        for sample in INDEXED.iter().filter(|(_, request, _)| request.name != "deep") {
            let is_decided = agrees(&parsed(text), sample).unwrap();
            assert!(is_decided || text.contains("!="), "{text}: {}", sample.1.name);
        }
    }
    assert_eq!(lookups(&parsed("contract:(paris or ct_x) type:a attempts:1")).names.len(), 1);
    assert!(lookups(&parsed("not attempts:>1")).repeated && lookups(&parsed("a or type:a*")).types);
}

#[test]
fn a_body_with_very_many_terms_is_found_by_every_search() {
    let words: Vec<String> = (0..60_000).map(|number| format!("w{number}")).collect();
    let request = SampleRequest { body: serde_json::to_vec(&words).unwrap(), ..REQUESTS[2].clone() };
    let of = |body: &SampleRequest| body.ask(|one| terms(one, &fold)).unwrap();
    let many = of(&request);
    assert!(many.hashes.contains(&super::super::TermHash::PARTIAL) && many.hashes.len() < 20_000);
    let same = SampleRequest { body: serde_json::to_vec(&vec!["again"; 60_000]).unwrap(), ..request };
    assert!(!of(&same).hashes.contains(&super::super::TermHash::PARTIAL));
    assert_eq!(REQUESTS.iter().filter(|one| one.outcome == Outcome::Refused).count(), REQUESTS.len() - INDEXED.len());
}

#[test]
fn the_terms_are_those_of_their_version() {
    let all: Vec<String> = INDEXED.iter().map(|(_, request, terms)| format!("{} {terms:?}\n", request.name)).collect();
    let digest = xxhash_rust::xxh3::xxh3_64(all.concat().as_bytes());
    assert_eq!(
        (TERMS_VERSION, digest),
        (1, 6_714_559_009_715_739_535),
        "requests have other terms: raise TERMS_VERSION, and record both here"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_plan_finds_whatever_matches_and_is_sure_of_nothing_else(root in any_expr()) {
        for sample in INDEXED.iter() {
            agrees(&query(&root), sample)?;
        }
    }

    #[test]
    fn a_plan_fits_any_body(root in any_expr(), mut body in vec(any::<u8>(), 0..200), place in any::<Index>()) {
        let request = &REQUESTS[place.index(REQUESTS.len())];
        body.splice(0..0, request.body.iter().take(500).copied());
        let request = SampleRequest { body, ..request.clone() };
        if let Some(terms) = request.ask(|one| terms(one, &fold)) {
            let (seq, ..) = (1..).zip(REQUESTS.iter()).nth(place.index(REQUESTS.len())).unwrap();
            agrees(&query(&root), &(seq, &request, terms))?;
        }
    }
}
