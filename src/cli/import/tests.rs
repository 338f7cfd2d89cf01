//! Tests that what is exported and imported is the same on either database.

use super::*;
use crate::cli::export::{begin, write_lines};
use crate::clock::Clock;
use crate::read_model::StoreReadModel;
use crate::tests::support::database::{each_database, each_url};
use crate::tests::support::history::{BOUNDS, TestMessage, at, history, log, project, refused};
use app::api::ReadModel as _;
use domain::account::Role;
use domain::query::filter::{ContractFilter, DeliveryFilter};
use serde_json::{Value, json};

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

fn known() -> BTreeMap<String, KnownEndpoint> {
    let keys = vec![SigningKey::parse(SECRET).unwrap()];
    BTreeMap::from([("yunojuno".to_owned(), KnownEndpoint { keys, secret_header: None })])
}

/// Stores signed messages with repeats, one of them altered, and refused requests.
async fn fill(store: &Store) {
    let told = history(4);
    let key = SigningKey::parse(SECRET).unwrap();
    let signed = |told: &[TestMessage]| {
        told.iter()
            .map(|one| {
                let mut message = one.message();
                let seconds = message.sent_at.as_second();
                let signature = key.header(&message.message_id, seconds, &message.body);
                message.headers = json!([
                    ["svix-id", message.message_id],
                    ["svix-signature", signature],
                    ["svix-timestamp", seconds.to_string()],
                    ["x-lock", "(hidden)"]
                ])
                .to_string();
                message.signed_with = key.fingerprint().to_owned();
                message
            })
            .collect::<Vec<_>>()
    };
    store.append(&signed(&told), &[], BOUNDS).await.unwrap();
    let mut repeats: Vec<TestMessage> =
        told.iter().take(8).map(|one| TestMessage { minute: one.minute + 900, ..one.clone() }).collect();
    repeats[2].body = b"{\"other\":\xff}".to_vec();
    store.append(&signed(&repeats), &[], BOUNDS).await.unwrap();
    let one = || refused("msg_0001", 30, "bad_signature", "No signature matches.");
    store.append(&[], &[one(), one(), refused("msg_9", 31, "lock", "No lock.")], BOUNDS).await.unwrap();
    store.append(&signed(&[TestMessage::new("msg_last", 2_000, &json!({}))]), &[], BOUNDS).await.unwrap();
}

async fn export(store: &Store) -> Vec<u8> {
    let mut export = begin(store, None, 0, &Clock::fixed(at(9_000))).await.unwrap();
    let mut text = Vec::new();
    while let Some(found) = export.next().await.unwrap() {
        write_lines(&found, &mut text).unwrap();
    }
    text
}

/// Returns the lines without their numbers, byte by byte as they are otherwise.
fn without_seq(text: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(text).unwrap();
    let without = |line: &str| {
        let (before, after) = line.split_once("\"seq\":").unwrap();
        format!("{before}{}", after.trim_start_matches(|digit: char| digit.is_ascii_digit()))
    };
    text.lines().map(without).collect()
}

/// Imports a text, and returns what is told and whether all of it was imported.
async fn import_text(
    store: &Store,
    text: &[u8],
    known: BTreeMap<String, KnownEndpoint>,
    stop: bool,
) -> (String, Result<(), String>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("export.jsonl");
    std::fs::write(&file, text).unwrap();
    let mut import = Import::new(store, stop, length(&file));
    let done = lines::import(&file, known, &mut import).await;
    let told = import.told();
    (told, done.and_then(|()| import.finish()).map_err(|failure| failure.0))
}

async fn migrated(url: &str) -> Store {
    let store = Store::connect(url).await.unwrap();
    store.migrate().await.unwrap();
    store
}

/// Returns what lists and pages show, without numbers.
async fn shown(store: &Store) -> Vec<String> {
    project(store).await;
    let reader = StoreReadModel::new(store.clone(), String::new(), Vec::new());
    let now = at(9_000);
    let contracts = reader.contracts(&ContractFilter::default(), now.into()).await.unwrap();
    let mut shown: Vec<String> = contracts.items.iter().map(|row| format!("{row:?}")).collect();
    let mut filter = DeliveryFilter::default();
    loop {
        let page = reader.deliveries(&filter, now, Some(Role::Admin)).await.unwrap();
        for mut row in page.rows.items {
            let mut of = reader.delivery(row.seq, Some(Role::Admin)).await.unwrap();
            (row.seq, of.summary.seq) = (0, 0);
            of.attempts.iter_mut().for_each(|attempt| attempt.seq = 0);
            // Changes and the timeline link to other deliveries by their numbers, and are compared by their words.
            let changed = of.changed.take().map(|changed| format!("{changed:?}").replace(char::is_numeric, ""));
            let told = of.told.take().map(|told| format!("{told:?}").replace(char::is_numeric, ""));
            shown.push(format!("{row:?} {of:?} {changed:?} {told:?}"));
        }
        filter.before = page.rows.next;
        if filter.before.is_none() {
            return shown;
        }
    }
}

#[tokio::test]
async fn deliveries_move_between_databases_and_back_to_equal_rows() {
    each_url(async |from| {
        let from = migrated(from).await;
        fill(&from).await;
        let text = export(&from).await;
        let before = shown(&from).await;
        each_url(async |to| {
            let to = migrated(to).await;
            let (told, done) = import_text(&to, &text, known(), false).await;
            assert_eq!(done, Ok(()), "{told}");
            assert!(told.contains("8 further attempts and 3 refused requests"), "{told}");
            assert!(!told.contains("not checked"), "{told}");
            assert_eq!(without_seq(&export(&to).await), without_seq(&text));
            assert_eq!(shown(&to).await, before);

            // And back: all of it is there.
            let head = from.last_seq().await.unwrap();
            let (told, done) = import_text(&from, &export(&to).await, known(), false).await;
            assert_eq!((done, from.last_seq().await.unwrap()), (Ok(()), head));
            assert!(told.starts_with("Nothing new. "), "{told}");
            to.close().await;
        })
        .await;
        from.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_import_that_was_cut_off_goes_on() {
    each_database(async |store| {
        fill(&store).await;
        let text = export(&store).await;
        each_url(async |to| {
            let to = migrated(to).await;
            for part in [3, 2] {
                let (_, done) = import_text(&to, &text[..text.len() / part], known(), false).await;
                assert!(done.unwrap_err().starts_with("1 was not imported"), "the line that is cut off");
            }
            assert_eq!(import_text(&to, &text, known(), false).await.1, Ok(()));
            assert_eq!(without_seq(&export(&to).await), without_seq(&text));
            to.close().await;
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn two_exports_come_together_and_nothing_is_lost() {
    each_database(async |store| {
        let told = history(3);
        let (one, other) = told.split_at(told.len() / 2);
        log(&store, one).await;
        let mut lines = without_seq(&export(&store).await);
        each_url(async |to| {
            let to = migrated(to).await;
            log(&to, other).await;
            log(&to, &one[..1]).await;
            import_text(&to, &export(&store).await, BTreeMap::new(), false).await.1.unwrap();
            let found = without_seq(&export(&to).await);
            assert_eq!(found.len(), told.len());
            to.close().await;
        })
        .await;
        lines.clear();
    })
    .await;
}

#[tokio::test]
async fn without_the_secret_everything_is_marked_until_it_is_imported_with_it() {
    each_database(async |store| {
        fill(&store).await;
        let text = export(&store).await;
        each_url(async |to| {
            let to = migrated(to).await;
            let (told, done) = import_text(&to, &text, BTreeMap::new(), false).await;
            assert_eq!(done, Ok(()));
            assert!(told.ends_with("the signature was not checked: they are marked."), "{told}");
            let marked = String::from_utf8(export(&to).await).unwrap();
            assert!(
                marked
                    .lines()
                    .filter(|line| !line.contains("\"refused\""))
                    .all(|line| line.contains("\"imported_from\":\"junoscope\""))
            );
            let reader = StoreReadModel::new(to.clone(), String::new(), Vec::new());
            let of = reader.delivery(1, Some(Role::Admin)).await.unwrap();
            assert!(of.imported_from.is_some() && of.checks.iter().all(|step| step.passed.is_none()));

            let (told, _) = import_text(&to, &text, known(), false).await;
            assert!(told.contains("that were here, the signature is checked now."), "{told}");
            assert_eq!(without_seq(&export(&to).await), without_seq(&text));
            to.close().await;
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn broken_lines_are_passed_over_and_fail_in_the_end() {
    each_database(async |store| {
        fill(&store).await;
        let text = String::from_utf8(export(&store).await).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let mut broken: Value = serde_json::from_str(lines[1]).unwrap();
        broken["attempts"] = json!([{ "received_at": "never" }]);
        let broken = [lines[0], "", "no JSON", &broken.to_string(), lines[2], "{}"].join("\n");
        each_url(async |to| {
            let to = migrated(to).await;
            let (told, done) = import_text(&to, broken.as_bytes(), known(), false).await;
            assert_eq!(done, Err("3 were not imported: they are told above.".to_owned()));
            assert!(told.starts_with("Imported 2 messages, "), "{told}");
            let kept = [without_seq(lines[0].as_bytes()), without_seq(lines[2].as_bytes())].concat();
            assert_eq!(without_seq(&export(&to).await), kept, "nothing of a broken line is stored");
            to.close().await;
        })
        .await;
        each_url(async |to| {
            let to = migrated(to).await;
            let (told, done) = import_text(&to, broken.as_bytes(), known(), true).await;
            assert!(done.unwrap_err().starts_with("line 3: "), "with --stop it ends at the first");
            assert!(told.starts_with("Imported 1 message, "), "{told}");
            to.close().await;
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn lists_of_svix_are_imported_once_with_what_was_left_out() {
    let message = |n: i64, payload: Value| {
        json!({ "id": format!("msg_{n}"), "eventType": "client.contract.offered",
        "payload": payload, "timestamp": at(n), "eventId": null, "channels": null })
    };
    let offered = |n: i64| {
        crate::tests::support::history::body(
            "client.contract.offered",
            "live",
            &crate::tests::support::history::contract(&format!("ct_{n}"), "clct_1"),
        )
    };
    let attempt = |n: i64, minute: i64, status: u8| {
        json!({ "id": "atmpt", "msgId": format!("msg_{n}"),
        "endpointId": "ep_1", "timestamp": at(minute), "status": status, "responseStatusCode": 200, "triggerType": 0 })
    };
    let pages = [
        json!({ "data": [message(2, offered(2)), message(1, offered(1))], "iterator": "x", "done": false, "prevIterator": null }),
        json!({ "data": [message(3, json!({ "expired": true })), { "id": "x" }], "iterator": null, "done": true }),
        json!({ "data": [attempt(1, 6, 0), attempt(1, 8, 0), attempt(2, 7, 2)], "iterator": null, "done": true }),
    ];
    let text = pages.map(|page| page.to_string()).join("\n");
    each_database(async |store| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("svix.jsonl");
        std::fs::write(&file, &text).unwrap();
        for expected in
            ["Imported 2 messages, 1 further attempt and 0 refused requests.", "Nothing new. 2 were here already"]
        {
            let mut import = Import::new(&store, false, None);
            svix::import(&file, "yunojuno", None, &mut import).await.unwrap();
            let told = import.told();
            assert!(told.starts_with(expected), "{told}");
            assert!(told.contains("1 message without payload passed over"), "{told}");
            assert!(told.ends_with("1 attempt that did not succeed passed over."), "{told}");
            assert_eq!(
                import.finish().map_err(|failure| failure.0),
                Err("1 was not imported: it is told above.".to_owned())
            );
        }
        let lines: Vec<Value> = export(&store)
            .await
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect();
        let told: Vec<_> = lines
            .iter()
            .map(|line| (line["message_id"].clone(), line["received_at"].clone(), line["imported_from"].clone()))
            .collect();
        assert_eq!(
            told,
            [(json!("msg_2"), json!(at(2)), json!("svix")), (json!("msg_1"), json!(at(6)), json!("svix"))]
        );
        assert_eq!(lines[1]["attempts"][0]["received_at"], json!(at(8)));
        assert_eq!(lines[1]["body"], json!(offered(1).to_string()));
        project(&store).await;
    })
    .await;
}
