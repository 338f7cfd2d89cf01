//! Checkpoints of `SQLite`'s write-ahead logs, which keep them short beside the writers.

use super::sqlite_connection::blocking;
use super::{Pool, Store, StoreError};
use std::sync::Arc;

/// Length of the write-ahead log, in pages, above which a checkpoint resets it: 16 MiB. In a growing file every commit
/// also syncs the file's length, and takes a quarter longer than in one that is overwritten.
const LONG_LOG: i64 = 4_096;

impl Store {
    /// Checkpoints the log beside its writer. Returns the number of pages in the write-ahead log since its last reset,
    /// 0 when it is empty. Errors only mean "not now": the next call does the work.
    pub async fn checkpoint(&self) -> Result<i64, StoreError> {
        let Pool::Sqlite { checkpointer, write_lock, .. } = &self.pool else { return Ok(0) };
        let passive = "pragma wal_checkpoint(passive)";
        let (_, pages, _): (i64, i64, i64) = sqlx::query_as(passive).fetch_one(checkpointer).await?;
        if pages > LONG_LOG {
            // While commits continue, a checkpoint beside them never catches the very last page, and the log would grow
            // for ever. Under the write lock it does: only a few pages are left, so it takes milliseconds.
            let _guard = write_lock.lock().await;
            sqlx::query(passive).execute(checkpointer).await?;
        }
        Ok(pages)
    }

    /// Truncates both write-ahead logs. For idle times only: see `LONG_LOG`. If somebody is reading, it is skipped, and
    /// nobody waits.
    pub async fn empty_write_ahead_logs(&self) -> Result<(), StoreError> {
        let Pool::Sqlite { checkpointer, write_lock, lists, .. } = &self.pool else { return Ok(()) };
        {
            let _guard = write_lock.lock().await;
            sqlx::query("pragma wal_checkpoint(truncate)").execute(checkpointer).await?;
        }
        let lists = Arc::clone(lists);
        blocking(move || {
            lists.connection.set("pragma busy_timeout = 0; pragma wal_checkpoint(truncate); pragma busy_timeout = 5000")
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use crate::store::log::Bounds;
    use crate::store::projections::tables::version;
    use crate::store::{Dialect, Store};
    use crate::tests::support::history::{history, log};

    #[tokio::test]
    async fn an_idle_write_ahead_log_gives_its_space_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("log.db");
        let store = Store::connect(&format!("sqlite://{}", file.display())).await.unwrap();
        store.migrate().await.unwrap();
        log(&store, &history(20)).await;
        let length = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().len();
        assert!(length("log.db-wal") > 100_000);
        assert!(store.checkpoint().await.unwrap() > 0);
        assert!(length("log.db-wal") > 100_000, "under load the file is written over, not cut");
        store.empty_write_ahead_logs().await.unwrap();
        let lists = format!("log.db-lists-{}-wal", version(Dialect::Sqlite));
        assert_eq!((length("log.db-wal"), length(&lists)), (0, 0));
        assert_eq!(store.checkpoint().await.unwrap(), 0);
        // The writer continues in the same files.
        store.append(&[], &[], Bounds { requests: 1, bytes: 1 }).await.unwrap();
        store.close().await;
    }
}
