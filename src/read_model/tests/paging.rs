//! Tests that paging visits every row exactly once, whatever the size of the list and the number of ties.

use super::*;
use domain::query::filter::Cursor;
use std::collections::BTreeSet;

/// List sizes around the page size, and how many rows share a sort key.
const SHAPES: [(i64, i64); 7] = [(0, 1), (1, 1), (50, 7), (51, 51), (100, 1), (101, 50), (153, 4)];

fn messages(rows: i64, ties: i64) -> Vec<TestMessage> {
    (0..rows)
        .map(|n| {
            let minute = n / ties;
            // Ids in another order than instants, with characters that a cursor must escape.
            let id = format!("ct_{}~%{n}", n * 37 % 101);
            let mut object = contract(&id, &format!("clct_{}~%{n}", n * 37 % 101));
            object["freelancer"]["full_name"] = json!(format!("Ana ~%25 {minute}"));
            object["spend_request"] = requisition(&format!("spreq_{n}"));
            TestMessage::new(&format!("msg_{n}"), minute, &body("client.contract.offered", "live", &object))
        })
        .collect()
}

/// Reads all pages, passing each cursor through its text form.
async fn walk<T>(next_page: impl AsyncFn(Option<Cursor>) -> Page<T>, id: impl Fn(&T) -> String) -> Vec<String> {
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let found = next_page(cursor).await;
        assert!(found.items.len() <= 50);
        assert!(found.next.is_none() || found.items.len() == 50, "only full pages have a next one");
        seen.extend(found.items.iter().map(&id));
        match found.next {
            Some(next) => cursor = Some(Cursor::parse(&next.to_text()).unwrap()),
            None => return seen,
        }
    }
}

fn each_once(seen: &[String], rows: i64, what: &str) {
    let distinct: BTreeSet<&String> = seen.iter().collect();
    let rows = usize::try_from(rows).unwrap();
    assert_eq!((seen.len(), distinct.len()), (rows, rows), "{what} of {rows}");
}

#[tokio::test]
async fn every_row_is_visited_once() {
    each_database(async |store| {
        for (rows, ties) in SHAPES {
            crate::store::with_writer!(store, |pool| {
                sqlx::query("delete from messages").execute(pool).await.map(drop).unwrap();
                sqlx::query("delete from attempts").execute(pool).await.map(drop).unwrap();
                sqlx::query("delete from quarantine").execute(pool).await.map(drop).unwrap();
            });
            store.remake_lists(None).await.unwrap();
            let told = messages(rows, ties);
            log_and_project(&store, &told).await;
            let reader = reader(&store);
            let now = at(0);

            let page = async |after| {
                reader.contractors(&ContractorFilter { after, ..Default::default() }, now.into()).await.unwrap()
            };
            each_once(&walk(page, |row| row.id.0.clone()).await, rows, "contractors");
            let page = async |after| {
                reader.contracts(&ContractFilter { after, ..Default::default() }, now.into()).await.unwrap()
            };
            each_once(&walk(page, |row| row.id.0.clone()).await, rows, "contracts");
            let page = async |after| {
                reader.requisitions(&RequisitionFilter { after, ..Default::default() }, at(60).into()).await.unwrap()
            };
            each_once(&walk(page, |row| row.id.0.clone()).await, rows, "requisitions");

            // Three kinds of requests, with ties across their tables.
            log(&store, &told[..told.len().min(60)]).await;
            let refusals: Vec<_> = (0..rows.min(70)).map(|n| refused("msg_x", n / ties, "stale", "Too old.")).collect();
            store.append(&[], &refusals, BOUNDS).await.unwrap();
            let page = async |before| {
                reader.deliveries(&DeliveryFilter { before, ..Default::default() }, NOW, ADMIN).await.unwrap().rows
            };
            each_once(&walk(page, |row| row.seq.to_string()).await, rows + rows.min(60) + rows.min(70), "deliveries");
        }
    })
    .await;
}

#[tokio::test]
async fn a_cursor_that_cannot_be_read_starts_at_the_beginning() {
    each_database(async |store| {
        log_and_project(&store, &history(1)).await;
        let reader = reader(&store);
        let nonsense = Some(Cursor { key: "yesterday".into(), id: "\u{0}".into() });
        let filter = ContractFilter { after: nonsense.clone(), ..Default::default() };
        let whole = reader.contracts(&ContractFilter::default(), at(0).into()).await.unwrap();
        assert_eq!(reader.contracts(&filter, at(0).into()).await.unwrap(), whole);
        let filter = DeliveryFilter { before: nonsense, ..Default::default() };
        let whole = reader.deliveries(&DeliveryFilter::default(), NOW, ADMIN).await.unwrap();
        assert_eq!(reader.deliveries(&filter, NOW, ADMIN).await.unwrap(), whole);
    })
    .await;
}
