//! Watches the log for commits: those of this server, and those of others on the same database.
//!
//! On PostgreSQL servers tell each other of commits by `notify`, on one listening connection each. A notice may get lost
//! with its connection, so the log is also looked at in intervals, which is all there is on SQLite.

use crate::store::Store;
use crate::store::notices::Notices;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Interval at which the log is looked at without a notice.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// Minimum time between two notices to other servers, each of which covers every commit before it.
const NOTICE_INTERVAL: Duration = Duration::from_millis(100);

/// Time before a lost listening connection is opened again.
const RECONNECT_AFTER: Duration = Duration::from_secs(5);

/// Starts watching until `stop`. `own` changes with every commit of this server; the result changes with every commit of
/// any server. Its value has no meaning.
pub fn watch(store: Store, own: watch::Receiver<i64>, stop: CancellationToken) -> watch::Receiver<i64> {
    let (changed, head) = watch::channel(0);
    let announcing = announce(store.clone(), own.clone());
    let watching = follow(store, own, changed);
    tokio::spawn(async move {
        tokio::select! {
            () = stop.cancelled() => {}
            () = announcing => {}
            () = watching => {}
        }
    });
    head
}

/// Tells other servers of the commits of this one.
async fn announce(store: Store, mut own: watch::Receiver<i64>) {
    while store.has_other_servers() && own.changed().await.is_ok() {
        own.mark_unchanged();
        if let Err(error) = store.announce_commits().await {
            tracing::debug!(%error, "other servers learn of new requests when they look");
        }
        tokio::time::sleep(NOTICE_INTERVAL).await;
    }
    std::future::pending::<()>().await;
}

/// Signals every commit.
async fn follow(store: Store, mut own: watch::Receiver<i64>, changed: watch::Sender<i64>) {
    let mut notices = Notices::none();
    let mut connect_at = tokio::time::Instant::now();
    let mut known = None;
    loop {
        if notices.is_closed() && store.has_other_servers() && tokio::time::Instant::now() >= connect_at {
            connect_at = tokio::time::Instant::now() + RECONNECT_AFTER;
            match store.commit_notices().await {
                Ok(opened) => notices = opened,
                Err(error) => tracing::debug!(%error, "notices of other servers are not heard for now"),
            }
        }
        let is_news = tokio::select! {
            is_open = own.changed() => {
                if is_open.is_err() {
                    // The writer has stopped, and this server with it.
                    return;
                }
                true
            }
            () = notices.next() => true,
            () = tokio::time::sleep(POLL_INTERVAL) => match store.last_seq().await {
                Ok(seq) => known.replace(seq) != Some(seq),
                Err(error) => {
                    tracing::debug!(%error, "the log was not looked at");
                    false
                }
            },
        };
        if is_news {
            changed.send_modify(|count| *count = count.wrapping_add(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::support::database::each_database;
    use crate::tests::support::history::{TestMessage, body, contact, log};

    #[tokio::test]
    async fn commits_of_this_server_and_of_others_are_signalled() {
        each_database(async |store| {
            let stop = CancellationToken::new();
            let (commit, own) = watch::channel(0);
            let mut here = watch(store.clone(), own.clone(), stop.clone());
            // Another server on the same database, which commits nothing itself.
            let (_no_commit, idle) = watch::channel(0);
            let mut elsewhere = watch(store.clone(), idle, stop.clone());
            log(
                &store,
                &[TestMessage::new("msg_1", 0, &body("client.client_contact.created", "live", &contact("clct_1")))],
            )
            .await;
            commit.send_modify(|seq| *seq += 1);
            here.changed().await.unwrap();
            elsewhere.changed().await.unwrap();
            stop.cancel();
            // It ends with the server.
            while here.changed().await.is_ok() {}
        })
        .await;
    }
}
