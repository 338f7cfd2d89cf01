//! The schema version check of a database. Only `serve` and `migrate` change tables; every other command must leave
//! them to the server that may be running.

use super::schema::{LISTS_TABLES, LOG_TABLES, POSTGRES, SchemaState, compare};
use super::{Pool, Store, StoreError, sqlite, with_reader};
use std::collections::BTreeSet;

impl Store {
    /// Returns the schema version of the tables that cannot be rebuilt.
    pub async fn schema_state(&self) -> Result<SchemaState, StoreError> {
        let (ours, there, select) = match &self.pool {
            Pool::Sqlite { .. } => (
                &LOG_TABLES,
                "select count(*) from main.sqlite_master where name = '_sqlx_migrations'",
                "select version from main._sqlx_migrations",
            ),
            Pool::Postgres(_) => {
                (&POSTGRES, "select count(to_regclass('_sqlx_migrations'))", "select version from _sqlx_migrations")
            }
        };
        Ok(compare(ours, &self.applied(there, select).await?))
    }

    /// Fails unless every table is current. Missing lists are created, as they can be rebuilt.
    pub async fn require_current(&self) -> Result<(), StoreError> {
        match self.schema_state().await? {
            SchemaState::Current => {}
            other @ (SchemaState::Empty | SchemaState::Older | SchemaState::Newer) => {
                return Err(StoreError::OtherVersion(other));
            }
        }
        let Pool::Sqlite { lists, write, .. } = &self.pool else { return Ok(()) };
        let there = "select count(*) from lists.sqlite_master where name = '_sqlx_migrations'";
        let applied = self.applied(there, "select version from lists._sqlx_migrations").await?;
        match compare(&LISTS_TABLES, &applied) {
            SchemaState::Current => Ok(()),
            SchemaState::Empty => sqlite::migrate(write, lists).await,
            other @ (SchemaState::Older | SchemaState::Newer) => Err(StoreError::OtherVersion(other)),
        }
    }

    /// Returns the applied migrations in a table, if the first query finds that table.
    async fn applied(&self, there: &'static str, select: &'static str) -> Result<BTreeSet<i64>, StoreError> {
        let count: i64 = with_reader!(self, |pool| sqlx::query_scalar(there).fetch_one(pool).await?);
        if count == 0 {
            return Ok(BTreeSet::new());
        }
        let versions: Vec<i64> = with_reader!(self, |pool| sqlx::query_scalar(select).fetch_all(pool).await?);
        Ok(versions.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::with_writer;
    use crate::tests::support::database::each_database;

    #[tokio::test]
    async fn tables_of_another_version_are_named_and_left_alone() {
        each_database(async |store| {
            store.require_current().await.unwrap();
            with_writer!(store, |pool| {
                sqlx::query(
                    "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
                     values (9999, 'later', true, '', 0)",
                )
                .execute(pool)
                .await
                .unwrap();
            });
            assert_eq!(store.schema_state().await.unwrap(), SchemaState::Newer);
            let error = store.require_current().await.unwrap_err().to_string();
            assert!(error.contains("newer version of Junoscope"), "{error}");
            let error = store.migrate().await.unwrap_err().to_string();
            assert!(error.contains("newer version of Junoscope"), "{error}");

            with_writer!(store, |pool| {
                sqlx::query("delete from _sqlx_migrations where version > 12").execute(pool).await.unwrap();
            });
            assert_eq!(store.schema_state().await.unwrap(), SchemaState::Older);
            let error = store.require_current().await.unwrap_err().to_string();
            assert!(error.contains("junoscope migrate"), "{error}");
        })
        .await;
    }

    #[tokio::test]
    async fn a_database_without_tables_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::connect(&format!("sqlite://{}/a.db", folder.path().display())).await.unwrap();
        assert_eq!(store.schema_state().await.unwrap(), SchemaState::Empty);
        assert!(store.require_current().await.is_err());
        store.close().await;
    }

    #[tokio::test]
    async fn a_database_that_must_be_there_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/a.db", folder.path().display());
        assert!(matches!(Store::connect_existing(&url).await, Err(StoreError::Missing(_))));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
        Store::connect(&url).await.unwrap().close().await;
        Store::connect_existing(&url).await.unwrap().close().await;
    }
}
