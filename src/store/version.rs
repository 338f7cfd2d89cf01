//! The schema version check of a database. Only `serve` and `migrate` change tables; every other command must leave
//! them to the server that may be running.

use super::schema::{SchemaState, compare};
use super::{Dialect, Store, StoreError, with_reader};

impl Store {
    /// Returns the schema version of the tables that cannot be made again.
    pub async fn schema_state(&self) -> Result<SchemaState, StoreError> {
        let dialect = self.dialect();
        let there = match dialect {
            Dialect::Sqlite => "select count(*) from main.sqlite_master where name = '_sqlx_migrations'",
            Dialect::Postgres => "select count(to_regclass('_sqlx_migrations'))",
        };
        let count: i64 = with_reader!(self, |pool| sqlx::query_scalar(there).fetch_one(pool).await?);
        if count == 0 {
            return Ok(SchemaState::Empty);
        }
        let select = "select version, description from _sqlx_migrations";
        let applied: Vec<(i64, String)> = with_reader!(self, |pool| sqlx::query_as(select).fetch_all(pool).await?);
        Ok(compare(dialect, &applied.into_iter().collect()))
    }

    /// Fails unless the tables are those of this version.
    pub async fn require_current(&self) -> Result<(), StoreError> {
        match self.schema_state().await? {
            SchemaState::Current => Ok(()),
            other @ (SchemaState::Empty | SchemaState::Older | SchemaState::TooOld | SchemaState::Newer) => {
                Err(StoreError::OtherVersion(other))
            }
        }
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
