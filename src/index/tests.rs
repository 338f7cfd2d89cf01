//! Segments tell of plans what their requests' terms do, merged or not.

use super::block::{self, Entry};
use super::lookup::{LoadedSegment, Told, blocks_of};
use super::segment::{Builder, Level, Segment, merged};
use domain::query::search::{Plan, TermHash, Terms};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// A few terms, of which some share a block.
fn any_hash() -> impl Strategy<Value = TermHash> {
    (1_u64..40).prop_map(|number| TermHash(number.wrapping_mul(0x1357_9bdf_0246_8ace) | 0xff))
}

/// No term and no column have the same hash.
fn any_column() -> impl Strategy<Value = TermHash> {
    any_hash().prop_map(|term| TermHash(!term.0))
}

fn any_terms() -> impl Strategy<Value = Terms> {
    let values = vec((any_column(), prop_oneof![-5_i64..5, any::<i64>()]), 0..4);
    (btree_set(any_hash(), 0..12), values, any::<bool>()).prop_map(|(hashes, values, is_partial)| {
        let mut hashes: Vec<TermHash> = hashes.into_iter().chain([TermHash::EVERY]).collect();
        hashes.extend((is_partial && values.len() == 3).then_some(TermHash::PARTIAL));
        hashes.sort();
        Terms { hashes, values }
    })
}

fn any_plan() -> BoxedStrategy<Plan> {
    let range = || (-6_i64..6, -6_i64..6).prop_map(|(first, last)| first..=last);
    let leaf = prop_oneof![
        4 => any_hash().prop_map(Plan::Has),
        1 => vec(0_i64..600, 0..20).prop_map(|mut seqs| { seqs.sort_unstable(); Plan::OneOf(seqs) }),
        2 => (any_column(), range()).prop_map(|(column, range)| Plan::Within { column, surely: range.clone(), perhaps: range }),
    ];
    leaf.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Plan::All),
            vec(inner.clone(), 0..4).prop_map(Plan::Any),
            inner.clone().prop_map(|part| Plan::Not(Box::new(part))),
            inner.prop_map(|part| Plan::Perhaps(Box::new(part))),
        ]
    })
    .boxed()
}

/// Returns what the terms of one request tell of a plan: whether it surely matches, and whether it perhaps does.
fn told(plan: &Plan, seq: i64, terms: &Terms) -> (bool, bool) {
    let is_partial = terms.hashes.contains(&TermHash::PARTIAL);
    let leaf = |is_it: bool| (is_it && !is_partial, is_it || is_partial);
    let parts = |parts: &[Plan]| parts.iter().map(|part| told(part, seq, terms)).collect::<Vec<_>>();
    match plan {
        Plan::All(all) => parts(all).into_iter().fold((true, true), |all, part| (all.0 && part.0, all.1 && part.1)),
        Plan::Any(any) => parts(any).into_iter().fold((false, false), |any, part| (any.0 || part.0, any.1 || part.1)),
        Plan::Not(part) => {
            let (surely, perhaps) = told(part, seq, terms);
            (!perhaps, !surely)
        }
        Plan::Has(term) => leaf(terms.hashes.contains(term)),
        Plan::Within { column, perhaps, .. } => {
            leaf(terms.values.iter().any(|(of, value)| of == column && perhaps.contains(value)))
        }
        Plan::Perhaps(part) => (false, told(part, seq, terms).1),
        Plan::OneOf(seqs) => (false, seqs.contains(&seq)),
    }
}

fn blocks(level: Level, requests: &BTreeMap<u16, Terms>) -> Vec<(i64, Vec<u8>)> {
    let mut builder = Builder::default();
    for (doc, terms) in requests {
        builder.add(*doc, terms);
    }
    builder.blocks(level)
}

/// Loads those blocks of a segment that a plan asks for.
fn loaded(segment: Segment, blocks: &[(i64, Vec<u8>)], plan: &Plan) -> LoadedSegment {
    let mut terms = vec![TermHash::EVERY, TermHash::PARTIAL];
    plan.add_hashes(&mut terms);
    let needed = blocks_of(&terms, segment.level);
    let blocks: HashMap<i64, Vec<u8>> = blocks.iter().filter(|(number, _)| needed.contains(number)).cloned().collect();
    LoadedSegment { segment, blocks }
}

fn check(told_of: &Told, segment: Segment, requests: &BTreeMap<u16, Terms>, plan: &Plan) -> Result<(), TestCaseError> {
    for doc in 0..u16::try_from(segment.level.size()).unwrap() {
        let seq = segment.first_seq() + i64::from(doc);
        let expected = requests.get(&doc).map_or((false, false), |terms| told(plan, seq, terms));
        prop_assert_eq!((told_of.surely.contains(doc), told_of.perhaps.contains(doc)), expected, "{} {:?}", doc, plan);
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_segment_tells_what_its_requests_do_and_so_does_one_made_of_several(
        requests in vec(proptest::option::weighted(0.8, any_terms()), 4 * 64), plans in vec(any_plan(), 3),
    ) {
        let small = Level::SMALL;
        let (middle, two) = small.next().unwrap();
        let (large, _) = middle.next().unwrap();
        prop_assert_eq!((small.size(), two, large.size()), (64, 2, 256));
        let of = |first: usize, size: usize| -> BTreeMap<u16, Terms> {
            (0..).zip(&requests[first..first + size]).filter_map(|(doc, terms)| Some((doc, terms.clone()?))).collect()
        };
        let parts: Vec<_> = (0..4).map(|number| blocks(small, &of(number * 64, 64))).collect();
        let merge = |level: Level, parts: &[Vec<(i64, Vec<u8>)>]| -> Vec<(i64, Vec<u8>)> {
            (0..level.blocks()).flat_map(|block| {
                let of_block: Vec<(i64, &[u8])> = (0..).zip(parts)
                    .filter_map(|(place, part)| Some((place, part.iter().find(|(of, _)| *of == block)?.1.as_slice())))
                    .collect();
                merged(level, block, &of_block).unwrap()
            }).collect()
        };
        let middles = [merge(small, &parts[..2]), merge(small, &parts[2..])];
        let whole = merge(middle, &middles);
        prop_assert_eq!(&whole, &blocks(large, &of(0, 256)), "merged or made at once");
        for plan in &plans {
            for number in 0..4 {
                let segment = Segment::empty(small, number);
                let first = usize::try_from(segment.first_seq()).unwrap();
                let told = loaded(segment, &parts[usize::try_from(number).unwrap()], plan).tell(plan);
                check(&told, segment, &of(first, 64), plan)?;
            }
            let segment = Segment::empty(large, 0);
            check(&loaded(segment, &whole, plan).tell(plan), segment, &of(0, 256), plan)?;
        }
    }

    #[test]
    fn no_bytes_are_too_strange(bytes in vec(any::<u8>(), 0..300), by in any::<u16>()) {
        for (_, entry) in block::read(0, &bytes) {
            entry.docs(256);
            entry.docs_within(&(-5..=5), 256);
            entry.entry(by);
        }
        merged(Level::SMALL, 3, &[(0, &bytes), (1, &bytes)]);
    }
}

#[test]
fn a_block_keeps_what_was_written() {
    let entries = [
        (70, Entry::Docs(vec![3])),
        (71, Entry::Docs((0..256).collect())),
        (900, Entry::Values(vec![(0, i64::MIN), (0, i64::MAX), (9, -1)])),
        (u64::MAX >> 8, Entry::Docs(vec![0, 255])),
    ];
    let bytes = block::write(64, entries.iter().map(|(key, entry)| (*key, entry)), 256);
    let found: Vec<(u64, Entry)> = block::read(64, &bytes).map(|(key, entry)| (key, entry.entry(0))).collect();
    assert_eq!(found, entries);
    let all = block::read(64, &bytes).nth(1).unwrap().1.docs(256);
    assert_eq!((all.count(), all.contains(255), all.contains(256)), (256, true, false));
}
