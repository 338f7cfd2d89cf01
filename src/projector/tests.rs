//! Tests that list rows depend on the set of messages alone.

use super::*;
use crate::load::LoadGate;
use crate::store::projections::row::{
    Arrivals, CommitmentsRow, ContractRow, ContractVersion, ContractorRow, CurrentRows, EndpointArrivals, Facet,
    FilterValue, FindingRow, HirerName, Mention, RequisitionRow, SubjectName, Tally, VolumeRow,
};
use crate::store::projections::tables::version;
use crate::store::{Dialect, Pool, with_reader, with_writer};
use crate::tests::support::database::each_database;
use crate::tests::support::history::{
    BOUNDS, TestMessage, at, body, contact, contract, history, log, log_and_project, project, project_by, requisition,
};
use serde_json::{Value, json};

mod findings;

/// Returns every projection as text, optionally without sequence numbers, which depend on the order of arrival.
async fn snapshot(store: &Store, with_places: bool) -> Vec<String> {
    with_reader!(store, |pool| {
        let mut text = Vec::new();
        macro_rules! rows {
            ($row:ty, $sql:literal) => {{
                let rows: Vec<$row> = sqlx::query_as($sql).fetch_all(pool).await.unwrap();
                text.extend(rows.iter().map(|row| format!("{row:?}")));
            }};
        }
        rows!(ContractorRow, "select * from contractors order by id");
        rows!(ContractRow, "select * from contracts order by id");
        rows!(ContractVersion, "select * from contract_versions order by id, is_known, from_at");
        let commitments: Vec<CommitmentsRow> =
            sqlx::query_as("select * from commitments order by id").fetch_all(pool).await.unwrap();
        text.extend(commitments.into_iter().map(|row| {
            let mut history: Vec<Vec<Value>> = serde_json::from_str(&row.history).unwrap();
            history.iter_mut().filter(|_| !with_places).for_each(|one| one[1] = json!(0));
            format!("{} {history:?}", row.id)
        }));
        rows!(RequisitionRow, "select * from requisitions order by id");
        rows!(Tally, "select * from tallies order by event_type, mode");
        rows!(Arrivals, "select * from arrivals order by minute");
        rows!(EndpointArrivals, "select * from endpoint_arrivals order by endpoint, span, start");
        if with_places {
            rows!(VolumeRow, "select * from volume order by span, start, endpoint, event_type, mode, outcome");
        }
        rows!(HirerName, "select * from hirers order by id");
        rows!(Facet, "select * from facets order by kind, facet, value, subject_id");
        rows!(FilterValue, "select * from choices order by facet, value, name");
        rows!(
            SubjectName,
            "select kind, subject_id, name, first_at, known_at from names order by kind, subject_id, name"
        );
        let findings: Vec<FindingRow> =
            sqlx::query_as("select * from findings order by subject_kind, subject_id, rule, at, seq")
                .fetch_all(pool)
                .await
                .unwrap();
        text.extend(findings.into_iter().map(|row| {
            let row = if with_places { row } else { FindingRow { seq: 0, key: String::new(), ..row } };
            format!("{row:?}")
        }));
        let mentions: Vec<Mention> =
            sqlx::query_as("select * from mentions order by kind, subject_id, message_id, seq")
                .fetch_all(pool)
                .await
                .unwrap();
        text.extend(
            mentions
                .into_iter()
                .map(|row| format!("{:?}", Mention { seq: if with_places { row.seq } else { 0 }, ..row })),
        );
        text
    })
}

async fn forget(store: &Store) {
    with_writer!(store, |pool| {
        sqlx::query("delete from messages").execute(pool).await.map(drop).unwrap();
        sqlx::query("delete from attempts").execute(pool).await.map(drop).unwrap();
    });
    store.remake_lists(None).await.unwrap();
}

/// Shuffles deterministically, in a different order for each `turn`.
fn shuffled<T: Clone>(items: &[T], turn: usize) -> Vec<T> {
    let mut keyed: Vec<(usize, &T)> = items
        .iter()
        .enumerate()
        .map(|(place, item)| (place.wrapping_add(turn).wrapping_mul(2_654_435_761) % 1_009, item))
        .collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, item)| item.clone()).collect()
}

#[tokio::test]
async fn a_rebuild_gives_the_same_rows_whatever_the_batches_were() {
    each_database(async |store| {
        log(&store, &history(9)).await;
        project_by(&store, 512).await;
        let whole = snapshot(&store, true).await;
        assert!(whole.len() > 100, "only {} rows", whole.len());
        for batch in [1, 7, 64] {
            store.remake_lists(None).await.unwrap();
            assert_eq!(snapshot(&store, true).await, Vec::<String>::new());
            project_by(&store, batch).await;
            assert_eq!(snapshot(&store, true).await, whole, "in batches of {batch}");
        }
        let mut seen = Vec::new();
        let rebuilt = rebuild(&store, |done, total| seen.push((done, total))).await.unwrap();
        assert_eq!(snapshot(&store, true).await, whole);
        assert_eq!(seen.first(), Some(&(0, rebuilt.messages)));
        assert_eq!(seen.last(), Some(&(rebuilt.messages, rebuilt.messages)));
        assert_eq!((rebuilt.contractors, rebuilt.contracts, rebuilt.requisitions), (9, 36, 9));
    })
    .await;
}

/// Returns the index names of the lists on SQLite, or of the whole database on PostgreSQL.
async fn index_names(store: &Store) -> Vec<String> {
    let sql = match store.dialect() {
        Dialect::Sqlite => "select name from lists.sqlite_master where type = 'index' order by name",
        Dialect::Postgres => "select indexname::text from pg_indexes where schemaname = current_schema() order by 1",
    };
    with_reader!(store, |pool| sqlx::query_scalar(sql).fetch_all(pool).await.unwrap())
}

#[tokio::test]
async fn a_rebuild_leaves_every_index_even_when_it_is_interrupted() {
    each_database(async |store| {
        // Lists of an empty log are complete at once.
        assert_eq!(store.making_progress().await.unwrap(), None);
        let indexes = index_names(&store).await;
        assert!(indexes.len() > 20, "only {} indexes", indexes.len());
        log(&store, &history(3)).await;
        project(&store).await;
        rebuild(&store, |_, _| ()).await.unwrap();
        assert_eq!(index_names(&store).await, indexes);

        store.remake_lists(None).await.unwrap();
        assert!(index_names(&store).await.len() + 20 < indexes.len());
        Projector::new(store.clone()).with_batch(5).step().await.unwrap();
        let shutdown = CancellationToken::new();
        let (_committed, wake) = watch::channel(0);
        let server = tokio::spawn(Projector::new(store.clone()).run(wake, LoadGate::default(), shutdown.clone()));
        while store.making_progress().await.unwrap().is_some() {
            tokio::task::yield_now().await;
        }
        shutdown.cancel();
        server.await.unwrap();
        assert_eq!(index_names(&store).await, indexes);
    })
    .await;
}

#[tokio::test]
async fn the_projector_has_connections_of_its_own() {
    each_database(async |store| {
        log(&store, &history(2)).await;
        let follower = store.with_own_connections("projector").await.unwrap();
        assert!(matches!(Projector::new(follower.clone()).step().await.unwrap(), StepOutcome::Advanced(_)));
        if let Pool::Postgres(pool) = follower.pool() {
            let scans: String = sqlx::query_scalar("show enable_seqscan").fetch_one(pool).await.unwrap();
            assert_eq!(scans, "off");
        }
        follower.close_own_connections().await;
        assert!(store.count_rows().await.unwrap().iter().all(|count| *count > 0));
    })
    .await;
}

#[tokio::test]
async fn the_order_of_arrival_changes_no_row() {
    each_database(async |store| {
        let told = history(6);
        log_and_project(&store, &told).await;
        let sent = snapshot(&store, false).await;
        for turn in 0..4 {
            forget(&store).await;
            log(&store, &shuffled(&told, turn)).await;
            project_by(&store, 5 + turn * 13).await;
            assert_eq!(snapshot(&store, false).await, sent, "in order {turn}");
        }
    })
    .await;
}

#[tokio::test]
async fn projecting_little_by_little_gives_the_rows_of_a_rebuild() {
    each_database(async |store| {
        let told = shuffled(&history(5), 3);
        let mut projector = Projector::new(store.clone());
        for few in told.chunks(11) {
            log(&store, few).await;
            assert_eq!(projector.step().await.unwrap(), StepOutcome::Advanced(few.len()));
            assert_eq!(projector.step().await.unwrap(), StepOutcome::Idle);
        }
        let followed = snapshot(&store, true).await;
        rebuild(&store, |_, _| ()).await.unwrap();
        assert_eq!(snapshot(&store, true).await, followed);
    })
    .await;
}

#[tokio::test]
async fn a_contract_event_makes_the_contractor_and_the_requisition_it_names() {
    each_database(async |store| {
        let mut object = contract("ct_1", "clct_1");
        object["spend_request"] = requisition("spreq_1");
        log_and_project(&store, &[TestMessage::new("msg_1", 0, &body("client.contract.offered", "live", &object))])
            .await;
        let (name, state): (String, String) = with_reader!(store, |pool| {
            sqlx::query_as("select name, state from contractors where id = 'clct_1'").fetch_one(pool).await.unwrap()
        });
        assert_eq!((name.as_str(), state.as_str()), ("Name of clct_1", "known"));
        let title: String = with_reader!(store, |pool| {
            sqlx::query_scalar("select title from requisitions where id = 'spreq_1'").fetch_one(pool).await.unwrap()
        });
        assert_eq!(title, "Budget spreq_1");
    })
    .await;
}

#[tokio::test]
async fn a_message_is_counted_once_however_often_it_came() {
    each_database(async |store| {
        let one = TestMessage::new("msg_1", 0, &body("client.contract.offered", "live", &contract("ct_1", "clct_1")));
        log_and_project(&store, &[one.clone(), one.clone()]).await;
        log_and_project(&store, &[one.clone(), one]).await;
        let tallies = store.list_tallies().await.unwrap();
        assert_eq!(tallies.iter().map(|tally| tally.count).collect::<Vec<_>>(), [1]);
        assert_eq!(store.count_arrivals(0).await.unwrap(), [1, 0, 0]);
        assert_eq!(store.count_waiting(10).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn ids_and_texts_no_database_can_keep_do_not_stop_the_projector() {
    each_database(async |store| {
        let long = format!("clct_{}", "x".repeat(9_000));
        let mut object = contact("clct_1");
        object["freelancer"]["full_name"] = json!(format!("A\u{0}B{}", "y".repeat(9_000)));
        let told = [
            TestMessage::new("msg_1", 0, &body("client.client_contact.created", "live", &object)),
            TestMessage::new("msg_2", 0, &body("client.client_contact.created", "live", &contact(&long))),
            TestMessage::new("msg_3", 0, &body("client.client_contact.created", "live", &contact("a\u{0}b"))),
            TestMessage::new("msg_4", 0, &body("client.contract.offered", "live", &contract("ct_1", &long))),
        ];
        log_and_project(&store, &told).await;
        // Parsing replaces invalid characters, and ids that are too long are dropped.
        assert_eq!(store.count_contractors().await.unwrap(), 2);
        assert_eq!(store.count_rows().await.unwrap()[1], 1);
        assert_eq!(store.count_waiting(10).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn two_projectors_at_once_do_nothing_twice() {
    each_database(async |store| {
        let told = history(8);
        log_and_project(&store, &told).await;
        let alone = snapshot(&store, true).await;
        store.remake_lists(None).await.unwrap();
        let [first, second, third] = [9, 14, 5].map(|batch| Box::pin(project_by(&store, batch)));
        tokio::join!(first, second, third);
        assert_eq!(store.count_waiting(10).await.unwrap(), 0);
        assert_eq!(snapshot(&store, true).await, alone);
    })
    .await;
}

#[tokio::test]
async fn it_wakes_with_a_commit_and_stops_when_told() {
    each_database(async |store| {
        let (commits, wake) = watch::channel(0);
        let stop = CancellationToken::new();
        let running = tokio::spawn(Projector::new(store.clone()).run(wake, LoadGate::default(), stop.clone()));
        for (place, one) in history(2).chunks(9).enumerate() {
            log(&store, one).await;
            commits.send_replace(i64::try_from(place).unwrap() + 1);
            while store.count_waiting(1).await.unwrap() > 0 {
                tokio::task::yield_now().await;
            }
        }
        stop.cancel();
        running.await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn commits_of_other_instances_are_found_and_pressure_only_delays() {
    each_database(async |store| {
        let (commits, wake) = watch::channel(0);
        // There is no wake-up, and ingest is always under pressure.
        drop(commits);
        let stop = CancellationToken::new();
        let gate = LoadGate::default();
        gate.burst();
        let running = tokio::spawn(Projector::new(store.clone()).run(wake, gate.clone(), stop.clone()));
        log(&store, &history(1)).await;
        while store.count_waiting(1).await.unwrap() > 0 {
            gate.burst();
            tokio::task::yield_now().await;
        }
        stop.cancel();
        running.await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_failure_leaves_nothing_half_written() {
    each_database(async |store| {
        log(&store, &history(2)).await;
        let before = snapshot(&store, true).await;
        // A mention that already exists makes the last write of the batch fail.
        let turn = store.acquire_lease().await.unwrap().unwrap();
        let mention = Mention {
            kind: "contract".into(),
            subject_id: "ct_1".into(),
            is_own: true,
            is_live: true,
            occurred_at: at(0).as_millisecond(),
            received_at: 0,
            message_id: "msg_1".into(),
            seq: 1,
        };
        let changes = Changes { mentions: vec![mention.clone(), mention], ..Changes::default() };
        assert!(store.commit_batch(turn, 5, &CurrentRows::default(), &changes).await.is_err());
        assert_eq!(snapshot(&store, true).await, before);
        assert_eq!(store.acquire_lease().await.unwrap().unwrap().position, 0);
        // The next turn can be taken.
        store.append(&[], &[], BOUNDS).await.unwrap();
        project(&store).await;
        assert_eq!(store.count_waiting(10).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn lists_that_were_lost_are_folded_again() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/log.db", folder.path().display());
    let store = Store::connect(&url).await.unwrap();
    store.migrate().await.unwrap();
    log_and_project(&store, &history(3)).await;
    let whole = snapshot(&store, true).await;
    store.close().await;

    // Its journals do not exist after a clean shutdown.
    std::fs::remove_file(folder.path().join(format!("log.db-lists-{}", version(Dialect::Sqlite)))).unwrap();
    let store = Store::connect(&url).await.unwrap();
    store.migrate().await.unwrap();
    assert_eq!(snapshot(&store, true).await, Vec::<String>::new());
    project(&store).await;
    assert_eq!(snapshot(&store, true).await, whole);
    store.close().await;
}

#[tokio::test]
async fn lists_of_another_log_are_emptied_and_folded_again() {
    each_database(async |store| {
        log_and_project(&store, &history(3)).await;
        let whole = snapshot(&store, true).await;
        with_writer!(store, |pool| {
            sqlx::query("update projector set position = 1000000").execute(pool).await.map(drop).unwrap();
        });
        store.migrate().await.unwrap();
        assert_eq!(snapshot(&store, true).await, Vec::<String>::new());
        project(&store).await;
        assert_eq!(snapshot(&store, true).await, whole);
        // Lists that are merely behind are kept.
        store.migrate().await.unwrap();
        assert_eq!(snapshot(&store, true).await, whole);
    })
    .await;
}
