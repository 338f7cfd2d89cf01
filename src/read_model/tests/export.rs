//! Tests of the export of deliveries: it finds what the list finds, oldest first, and goes on where it was cut off.

use super::search::{now, store_samples};
use super::*;
use crate::read_model::export::Export;
use crate::transfer::Exported;
use crate::transfer::line::ExportLine;
use domain::query::filter::Query as _;
use domain::query::search::samples::CASES;
use std::collections::BTreeSet;

async fn begin(store: &Store, query: &str, after: i64) -> Export {
    Export::begin(store, &DeliveryFilter::from_query(query), now(), after).await.unwrap().unwrap()
}

async fn all(mut export: Export) -> Vec<Exported> {
    let mut found = Vec::new();
    while let Some(more) = export.next().await.unwrap() {
        found.extend(more);
    }
    found
}

fn seqs(found: &[Exported]) -> Vec<i64> {
    for one in found {
        let seq = match &one.line {
            ExportLine::Message(line) => line.seq,
            ExportLine::Refused(line) => line.seq,
        };
        assert_eq!(seq, Some(one.row.seq));
    }
    found.iter().map(|one| one.row.seq).collect()
}

fn search(text: &str) -> String {
    DeliveryFilter { q: Some(text.to_owned()), ..DeliveryFilter::default() }.to_query()
}

#[tokio::test]
async fn every_search_of_the_table_exports_what_the_list_has() {
    each_database(async |store| {
        store_samples(&store).await;
        let reader = reader(&store);
        for (text, _) in CASES {
            let filter = DeliveryFilter { q: Some((*text).to_owned()), ..DeliveryFilter::default() };
            let listed = reader.deliveries(&filter, now(), ADMIN).await.unwrap().rows.items;
            let mut expected: Vec<i64> = listed.iter().map(|row| row.seq).collect();
            expected.sort_unstable();
            let each = all(begin(&store, &search(text), 0).await.with_each_repeat()).await;
            assert_eq!(seqs(&each), expected, "{text}");
            // A message once, at the first of its requests.
            let mut told = BTreeSet::new();
            let firsts: Vec<i64> = each
                .iter()
                .filter(|one| match &one.line {
                    ExportLine::Message(line) => told.insert((line.endpoint.clone(), line.message_id.clone())),
                    ExportLine::Refused(_) => true,
                })
                .map(|one| one.row.seq)
                .collect();
            assert_eq!(seqs(&all(begin(&store, &search(text), 0).await).await), firsts, "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_export_goes_on_after_any_of_its_lines() {
    each_database(async |store| {
        let told = history(3);
        log(&store, &told).await;
        // Repeats, some of them with another body, far from their messages.
        let repeat = |one: &TestMessage| TestMessage { minute: one.minute + 900, ..one.clone() };
        let mut repeats: Vec<TestMessage> = told.iter().take(9).map(repeat).collect();
        repeats[3].body = b"{}".to_vec();
        log(&store, &repeats).await;
        store.append(&[], &[refused("msg_0001", 3, "stale", "Late.")], BOUNDS).await.unwrap();
        for query in
            ["", "?outcome=duplicate", "?q=attempts%3A%3E1", "?q=after%3A2026-03-03", "?late=1", "?outcome=refused"]
        {
            let whole = all(begin(&store, query, 0).await).await;
            assert!(!whole.is_empty(), "{query}");
            for (place, line) in whole.iter().enumerate() {
                let rest = all(begin(&store, query, line.row.seq).await).await;
                assert_eq!(seqs(&rest), seqs(&whole[place + 1..]), "{query} after {}", line.row.seq);
            }
        }
        let whole = all(begin(&store, "", 0).await).await;
        assert_eq!(whole.len(), told.len() + 1, "a message is one line");
        let ExportLine::Message(fourth) = &whole[3].line else { panic!("refused") };
        assert_eq!(fourth.attempts.len(), 1);
        assert_eq!(fourth.attempts[0].body.as_deref(), Some("{}"));
        let ExportLine::Message(first) = &whole[0].line else { panic!("refused") };
        assert_eq!((first.attempts[0].body.clone(), first.attempts[0].body_base64.clone()), (None, None));
        let bytes = whole.iter().find(|one| one.row.message_id.as_deref() == Some("msg_text")).unwrap();
        let ExportLine::Message(bytes) = &bytes.line else { panic!("refused") };
        assert_eq!((bytes.body.clone(), bytes.body_base64.as_deref()), (None, Some("bm90IEpTT04g/w==")));
    })
    .await;
}

#[tokio::test]
async fn what_comes_during_an_export_is_left_to_the_next() {
    each_database(async |store| {
        let told: Vec<TestMessage> = (0..450).map(|n| TestMessage::new(&format!("msg_{n}"), n, &json!({}))).collect();
        log(&store, &told[..440]).await;
        let mut export = begin(&store, "", 0).await;
        let mut found = export.next().await.unwrap().unwrap();
        assert_eq!(found.len(), 200);
        log(&store, &told[440..]).await;
        log(&store, &told[439..440]).await;
        while let Some(more) = export.next().await.unwrap() {
            found.extend(more);
        }
        assert_eq!(found.len(), 440);
        let ExportLine::Message(last) = &found[439].line else { panic!("refused") };
        assert!(last.attempts.is_empty());
        export.follow(now()).await.unwrap();
        assert_eq!(seqs(&all(export.with_each_repeat()).await), (441..=451).collect::<Vec<_>>());
    })
    .await;
}
