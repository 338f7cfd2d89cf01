//! Notices of commits between servers on one `PostgreSQL` database. A `SQLite` database has one server.

use super::{Pool, Store, StoreError};
use sqlx::postgres::PgListener;

/// The channel of the notices.
const CHANNEL: &str = "junoscope_log";

/// The notices of other servers, and of this one.
#[derive(Debug)]
pub struct Notices(Option<PgListener>);

impl Notices {
    /// Returns notices that never come.
    pub fn none() -> Self {
        Self(None)
    }

    /// Returns whether none can come any more.
    pub fn is_closed(&self) -> bool {
        self.0.is_none()
    }

    /// Waits for the next notice; also returns when the connection is lost, as notices may be lost with it.
    pub async fn next(&mut self) {
        let Some(listener) = &mut self.0 else { return std::future::pending().await };
        match listener.try_recv().await {
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => self.0 = None,
        }
    }
}

impl Store {
    /// Returns whether other servers may use this database.
    pub fn has_other_servers(&self) -> bool {
        matches!(self.pool, Pool::Postgres(_))
    }

    /// Tells other servers that something was committed to the log.
    pub async fn announce_commits(&self) -> Result<(), StoreError> {
        let Pool::Postgres(pool) = &self.pool else { return Ok(()) };
        sqlx::query("select pg_notify($1, '')").bind(CHANNEL).execute(pool).await?;
        Ok(())
    }

    /// Opens a connection on which notices arrive.
    pub async fn commit_notices(&self) -> Result<Notices, StoreError> {
        let Pool::Postgres(pool) = &self.pool else { return Ok(Notices::none()) };
        // A pool of its own, as a listener keeps its connection.
        let options =
            sqlx::postgres::PgConnectOptions::clone(&pool.connect_options()).application_name("junoscope notices");
        let own = sqlx::postgres::PgPoolOptions::new().max_connections(1).connect_with(options).await?;
        let mut listener = PgListener::connect_with(&own).await?;
        listener.listen(CHANNEL).await?;
        Ok(Notices(Some(listener)))
    }
}
