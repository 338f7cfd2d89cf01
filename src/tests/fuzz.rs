//! Random input for everything that reads what strangers write: the search language, events, and signatures.
//!
//! `cargo xtask fuzz` runs it for as long as it is told. A failure is shrunk, and printed with what to add as a test.

use crate::ingest::signature::{self, SigningKey};
use domain::event;
use domain::query::search::samples::{CASES, context, fold, requests};
use domain::query::search::{Known, in_words, matches, parse, plan, terms};
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, FileFailurePersistence, RngSeed, TestRunner};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// Cases between two looks at the clock.
const CASES_AT_ONCE: u32 = 64;

static BODIES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/app/domain/fixtures");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).chain(requests().into_iter().map(|one| one.body)).collect()
});

/// Pieces of JSON, of searches and of signatures.
const PIECES: &[&str] = &[
    "",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\",
    ":",
    ",",
    "null",
    "true",
    "1e999",
    "-0",
    "1.5",
    "\"2026-02-30\"",
    "\"9999-12-31\"",
    "{\"object\":",
    "\"data\":",
    "\\u0000",
    "\\ud800",
    "\u{feff}",
    "ü",
    "🎉",
    "(",
    ")",
    " or ",
    " and ",
    "not ",
    "-",
    "*",
    "~",
    " = ",
    " != ",
    " >= ",
    " in (",
    " exists",
    "type:",
    "header:a=",
    "after:3d",
    "late:>5m",
    "attempts:<2",
    "[]",
    ".",
    "v1,",
    "v1a,",
    "whsec_",
    "=",
    "==",
    "msg_",
    "1772452800",
    "-1",
    "99999999999999999999",
    "\r\n",
    "\t",
    "\0",
];

fn any_piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..8),
        1 => (select(PIECES), 1_usize..400).prop_map(|(piece, count)| piece.repeat(count).into_bytes()),
    ]
}

/// A text with a few parts replaced.
fn changed(texts: &'static [Vec<u8>]) -> impl Strategy<Value = Vec<u8>> {
    let changes = vec((any::<Index>(), 0_usize..12, any_piece()), 0..6);
    (any::<Index>(), changes).prop_map(move |(which, changes)| {
        let mut text = texts[which.index(texts.len())].clone();
        for (place, length, piece) in changes {
            let first = place.index(text.len() + 1);
            let last = (first + length).min(text.len());
            text.splice(first..last, piece);
        }
        text
    })
}

static SEARCHES: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| CASES.iter().map(|(text, _)| text.as_bytes().to_vec()).collect());

static SIGNATURES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let key = SigningKey::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    vec![key.header("msg_1", 1_772_452_800, b"{}").into_bytes(), b"msg_1".to_vec(), b"1772452800".to_vec(), vec![]]
});

fn read_event(body: &[u8]) {
    event::label(body);
    if let Ok(event) = event::parse(body) {
        assert!(event.about().len() < 10_000);
    }
}

fn read_search(text: &[u8], body: Vec<u8>) {
    let Ok(query) = parse(&String::from_utf8_lossy(text)) else { return };
    assert_eq!(parse(&query.to_string()).as_ref(), Ok(&query), "{query}");
    in_words(&query);
    let request =
        requests().into_iter().next().map(|one| domain::query::search::samples::SampleRequest { body, ..one });
    let known = Known { now: context().now, fold: &fold, types: &[], named: &|_, _| None, repeated: None };
    plan(&query, &known);
    request.unwrap().ask(|request| {
        terms(request, &fold);
        matches(&query, request, &context())
    });
}

fn read_signature(parts: [&[u8]; 3], body: &[u8]) {
    let header = |name: &str| match name.rsplit('-').next() {
        Some("id") => Some(parts[0]),
        Some("timestamp") => Some(parts[1]),
        Some("signature") => Some(parts[2]),
        _ => None,
    };
    let key = SigningKey::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let now = Timestamp::from_second(1_772_452_800).unwrap();
    let verified = signature::verify(header, body, &[key], now);
    // Only these few were signed.
    assert!(verified.is_err() || parts[0] == b"msg_1" && body == b"{}");
    let _ = SigningKey::parse(&String::from_utf8_lossy(parts[2]));
}

#[test]
#[ignore = "runs for as long as it is told: `cargo xtask fuzz`"]
#[expect(clippy::disallowed_methods, reason = "cargo xtask tells it how long")]
fn nothing_that_is_read_makes_it_panic() {
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(10);
    let until = Instant::now() + Duration::from_secs(seconds);
    let mut cases = 0_u64;
    while Instant::now() < until {
        let config = Config {
            cases: CASES_AT_ONCE,
            failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
            rng_seed: RngSeed::Random,
            ..Config::default()
        };
        let signatures = changed(&SIGNATURES);
        let input = (changed(&BODIES), changed(&SEARCHES), vec(signatures, 3));
        let run = TestRunner::new(config).run(&input, |(body, search, signature)| {
            read_event(&body);
            read_signature([&signature[0], &signature[1], &signature[2]], &body);
            read_search(&search, body);
            Ok(())
        });
        run.unwrap_or_else(|failure| panic!("{failure}"));
        cases += u64::from(CASES_AT_ONCE);
    }
    eprintln!("{cases} cases in {seconds} s");
}
