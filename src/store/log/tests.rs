//! Tests of what the log stores, on both databases.

use super::*;
use crate::store::with_reader;
use crate::tests::support::database::each_database;

const BOUNDS: Bounds = Bounds { requests: 3, bytes: 10_000 };

fn message(id: &str, body: &'static [u8]) -> NewMessage {
    NewMessage {
        endpoint: "yunojuno".to_owned(),
        message_id: id.to_owned(),
        received_at: Timestamp::from_millisecond(1_700_000_000_123).unwrap(),
        sent_at: Timestamp::from_second(1_700_000_000).unwrap(),
        occurred_at: Timestamp::from_millisecond(1_699_999_999_004).unwrap(),
        occurred_from: TimeOrigin::MessageId,
        event_type: Some(EventType::ContractOffered),
        mode: Some(Mode::Live),
        outcome: Outcome::Stored,
        reason: None,
        headers: "[]".to_owned(),
        remote: Some("127.0.0.1:9".to_owned()),
        signed_with: "0badcafe".to_owned(),
        body: Bytes::from_static(body),
    }
}

fn refusal(body: Vec<u8>) -> NewRefusal {
    NewRefusal {
        endpoint: "yunojuno".to_owned(),
        received_at: Timestamp::from_second(1_700_000_000).unwrap(),
        code: "bad_signature",
        reason: "No signature matches.".to_owned(),
        message_id: None,
        headers: String::new(),
        remote: None,
        body_length: u64::try_from(body.len()).ok(),
        body: Bytes::from(body),
    }
}

async fn numbers(store: &Store, sql: &'static str) -> Vec<i64> {
    with_reader!(store, |pool| sqlx::query_scalar(sql).fetch_all(pool).await.unwrap())
}

#[tokio::test]
async fn the_exact_bytes_come_back() {
    each_database(async |store| {
        let body = b"\xff\x00 {\"a\": 1}\n";
        store.append(&[message("msg_1", body)], &[], BOUNDS).await.unwrap();
        let found: Vec<u8> = with_reader!(store, |pool| {
            sqlx::query_scalar("select body from messages").fetch_one(pool).await.unwrap()
        });
        assert_eq!(found, body);
        assert_eq!(numbers(&store, "select received_at from messages").await, [1_700_000_000_123]);
    })
    .await;
}

#[tokio::test]
async fn a_replayed_message_is_recorded_once_and_every_attempt_is_counted() {
    each_database(async |store| {
        let first = store.append(&[message("msg_1", b"{}")], &[], BOUNDS).await.unwrap();
        assert_eq!((first.recorded.as_slice(), first.last_seq), ([Recorded::New].as_slice(), 1));
        let again = store.append(&[message("msg_1", b"{}"), message("msg_2", b"{}")], &[], BOUNDS).await.unwrap();
        assert_eq!(again.recorded, [Recorded::Repeat, Recorded::New]);
        assert_eq!(again.last_seq, store.last_seq().await.unwrap());
        assert_eq!(numbers(&store, "select seq from messages order by seq").await, [1, 3]);
        assert_eq!(numbers(&store, "select seq from attempts order by seq").await, [2]);
    })
    .await;
}

#[tokio::test]
async fn the_same_id_twice_in_one_batch_is_a_message_and_an_attempt() {
    each_database(async |store| {
        let batch = [message("msg_1", b"{}"), message("msg_2", b"{}"), message("msg_1", b"{}")];
        let appended = store.append(&batch, &[], BOUNDS).await.unwrap();
        assert_eq!(appended.recorded, [Recorded::New, Recorded::New, Recorded::Repeat]);
    })
    .await;
}

#[tokio::test]
async fn the_same_id_at_another_endpoint_is_another_message() {
    each_database(async |store| {
        let mut other = message("msg_1", b"{}");
        other.endpoint = "second".to_owned();
        let appended = store.append(&[message("msg_1", b"{}"), other], &[], BOUNDS).await.unwrap();
        assert_eq!(appended.recorded, [Recorded::New, Recorded::New]);
    })
    .await;
}

#[tokio::test]
async fn a_repeat_with_another_body_keeps_that_body_and_says_so() {
    each_database(async |store| {
        store.append(&[message("msg_1", b"{}")], &[], BOUNDS).await.unwrap();
        store.append(&[message("msg_1", b"{\"x\":1}"), message("msg_1", b"{}")], &[], BOUNDS).await.unwrap();
        let rows: Vec<(bool, Option<Vec<u8>>)> = with_reader!(store, |pool| {
            sqlx::query_as("select same_body, body from attempts order by seq").fetch_all(pool).await.unwrap()
        });
        assert_eq!(rows, [(false, Some(b"{\"x\":1}".to_vec())), (true, None)]);
    })
    .await;
}

#[tokio::test]
async fn a_batch_of_any_size_keeps_every_row_in_its_order() {
    each_database(async |store| {
        let mut expected = Vec::new();
        for size in [1_usize, 2, 3, 31, 100, 256, 300] {
            let batch: Vec<_> = (0..size).map(|n| message(&format!("msg_{size}_{n:03}"), b"{}")).collect();
            expected.extend(batch.iter().map(|message| message.message_id.clone()));
            let appended = store.append(&batch, &[], BOUNDS).await.unwrap();
            assert!(appended.recorded.iter().all(|one| *one == Recorded::New));
        }
        let found: Vec<String> = with_reader!(store, |pool| {
            sqlx::query_scalar("select message_id from messages order by seq").fetch_all(pool).await.unwrap()
        });
        assert_eq!(found, expected);
    })
    .await;
}

#[tokio::test]
async fn the_quarantine_lets_the_oldest_go_by_count_and_by_bytes() {
    each_database(async |store| {
        for _ in 0..5 {
            store.append(&[], &[refusal(vec![b'x'; 10])], BOUNDS).await.unwrap();
        }
        assert_eq!(numbers(&store, "select seq from quarantine order by seq").await, [3, 4, 5]);
        store.append(&[], &[refusal(vec![b'x'; 9_985])], BOUNDS).await.unwrap();
        assert_eq!(numbers(&store, "select seq from quarantine order by seq").await, [5, 6]);
        store.append(&[message("msg_1", b"{}")], &[], BOUNDS).await.unwrap();
        assert_eq!(numbers(&store, "select seq from quarantine order by seq").await, [5, 6]);
    })
    .await;
}

#[tokio::test]
async fn noise_never_pushes_out_what_looks_genuine_and_is_counted_all_the_same() {
    each_database(async |store| {
        let bounds = Bounds { requests: 1_000, bytes: 1 << 24 };
        let noise = NewRefusal { code: "missing_header", ..refusal(b"{}".to_vec()) };
        store.append(&[], &[refusal(b"genuine, with a new secret".to_vec())], bounds).await.unwrap();
        store.append(&[], &[NewRefusal { code: "stale", ..noise.clone() }], bounds).await.unwrap();
        for _ in 0..4 {
            store.append(&[], &vec![noise.clone(); 359], bounds).await.unwrap();
        }
        let kept = "select count(*) from quarantine group by grade order by grade desc";
        assert_eq!(numbers(&store, kept).await, [1, 1, 998]);
        assert_eq!(numbers(&store, "select seq from quarantine order by seq").await[..3], [1, 2, 441]);
        let day = jiff::SignedDuration::from_hours(24);
        let then = noise.received_at;
        assert_eq!(store.count_refused_ever().await.unwrap(), 1_438);
        assert_eq!(store.count_refused(then).await.unwrap(), 1_438);
        assert_eq!(store.count_refused_kept(then).await.unwrap(), 1_000);
        assert_eq!(store.count_refused(then + day).await.unwrap(), 0);
        // Counts by minute are kept for a week, the total for good.
        let later = NewRefusal { received_at: then + day * 8, ..noise };
        store.append(&[], &[later], bounds).await.unwrap();
        assert_eq!(store.count_refused(then).await.unwrap(), 1);
        assert_eq!(store.count_refused_ever().await.unwrap(), 1_439);
    })
    .await;
}

#[tokio::test]
async fn writers_side_by_side_never_share_a_number() {
    each_database(async |store| {
        let tasks: Vec<_> = (0..4)
            .map(|writer| {
                let store = store.clone();
                tokio::spawn(async move {
                    for n in 0..25 {
                        let batch = [message(&format!("msg_{writer}_{n}"), b"{}"), message("msg_shared", b"{}")];
                        store.append(&batch, &[], BOUNDS).await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(numbers(&store, "select count(*) from messages").await, [101]);
        assert_eq!(numbers(&store, "select count(*) from attempts").await, [99]);
        assert_eq!(store.last_seq().await.unwrap(), 200);
    })
    .await;
}

#[tokio::test]
async fn two_processes_on_one_file_never_share_a_number() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/log.db", folder.path().display());
    let (one, other) = (Store::connect(&url).await.unwrap(), Store::connect(&url).await.unwrap());
    one.migrate().await.unwrap();
    for round in 0..3 {
        for (name, store) in [("one", &one), ("other", &other)] {
            let batch = [message(&format!("msg_{name}_{round}"), b"{}"), message("msg_shared", b"{}")];
            let appended = store.append(&batch, &[refusal(vec![b'x'])], BOUNDS).await.unwrap();
            assert_eq!(appended.recorded[0], Recorded::New);
        }
    }
    assert_eq!(numbers(&one, "select count(*) from messages").await, [7]);
    assert_eq!(numbers(&one, "select count(*) from attempts").await, [5]);
    assert_eq!(numbers(&one, "select seq from log_head").await, [18]);
    let all = "select seq from messages union select seq from attempts union select seq from quarantine order by seq";
    assert_eq!(numbers(&other, all).await.len(), 12 + 3);
}

#[tokio::test]
async fn what_is_stored_later_never_has_a_smaller_number() {
    each_database(async |store| {
        let all = "select seq from messages union all select seq from attempts union all select seq from quarantine \
                   order by seq desc limit 1";
        let mut last = 0;
        for round in 0..4 {
            let batch = [message("msg_again", b"{}"), message(&format!("msg_{round}"), b"{}")];
            let refusals = if round % 2 == 0 { Vec::new() } else { vec![refusal(vec![b'x'])] };
            let appended = store.append(&batch, &refusals, BOUNDS).await.unwrap();
            let greatest = numbers(&store, all).await[0];
            assert!(greatest > last && appended.last_seq >= greatest, "{greatest} after {last}: {appended:?}");
            last = greatest;
        }
        store.append(&[], &[refusal(vec![b'y'])], BOUNDS).await.unwrap();
        assert!(numbers(&store, all).await[0] > last);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_writers_get_their_turn_while_batches_follow_without_a_pause() {
    each_database(async |store| {
        let stop = tokio_util::sync::CancellationToken::new();
        let (log, stopped) = (store.clone(), stop.clone());
        let appending = tokio::spawn(async move {
            let mut count = 0;
            while !stopped.is_cancelled() {
                log.append(&[message(&format!("msg_{count}"), b"{}")], &[], BOUNDS).await.unwrap();
                count += 1;
            }
            count
        });
        while store.last_seq().await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
        // Many enough to take minutes if each had to wait for a pause by chance.
        for _ in 0..50 {
            store.resume_making(jiff::Timestamp::UNIX_EPOCH).await.unwrap();
        }
        stop.cancel();
        assert!(appending.await.unwrap() > 0);
        store.append(&[message("msg_last", b"{}")], &[], BOUNDS).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_message_that_another_instance_stores_at_the_same_moment_becomes_an_attempt() {
    each_database(async |store| {
        let crate::store::Pool::Postgres(pool) = store.pool() else { return };
        let mut other = pool.begin().await.unwrap();
        for statement in [
            "update log_head set seq = seq + 1 where id = 1",
            "insert into messages (seq, endpoint, message_id, received_at, sent_at, occurred_at, occurred_from, \
             outcome, headers, body) values (1, 'yunojuno', 'msg_1', 0, 0, 0, 'id', 'stored', '[]', '{}')",
        ] {
            sqlx::query(statement).execute(&mut *other).await.unwrap();
        }
        let ours = store.clone();
        let appending = tokio::spawn(async move {
            ours.append(&[message("msg_1", b"{}"), message("msg_2", b"{}")], &[], BOUNDS).await.unwrap()
        });
        let waiting = "select count(*) from pg_stat_activity where datname = current_database() \
                       and wait_event_type = 'Lock'";
        while numbers(&store, waiting).await != [1] {
            tokio::task::yield_now().await;
        }
        other.commit().await.unwrap();
        let appended = appending.await.unwrap();
        assert_eq!(appended.recorded, [Recorded::Repeat, Recorded::New]);
        assert_eq!(numbers(&store, "select seq from messages order by seq").await, [1, 3]);
        assert_eq!(numbers(&store, "select seq from attempts").await, [4], "after what was visible before it");
        assert_eq!(appended.last_seq, 4);
    })
    .await;
}

#[tokio::test]
async fn on_postgresql_no_message_waits_for_refused_requests() {
    each_database(async |store| {
        let crate::store::Pool::Postgres(pool) = &store.pool else { return };
        // Another instance is in the middle of writing some.
        let mut other = pool.begin().await.unwrap();
        sqlx::query("select pg_advisory_xact_lock(hashtext('junoscope refused requests'))")
            .execute(&mut *other)
            .await
            .unwrap();
        let refused = tokio::spawn({
            let store = store.clone();
            async move { store.set_aside(&RefusedBatch::of(&[refusal(b"{}".to_vec())]), BOUNDS).await }
        });
        let stored = store.append(&[message("msg_1", b"{}")], &[], BOUNDS).await.unwrap();
        assert_eq!(stored.last_seq, 1);
        assert!(!refused.is_finished());
        other.commit().await.unwrap();
        assert_eq!(refused.await.unwrap().unwrap(), 2);
        assert_eq!(numbers(&store, "select seq from quarantine").await, [2]);
    })
    .await;
}
