//! Tests that both sets of migrations define the same tables: names, column order, nullability and keys.

use super::support::database::each_database;
use crate::store::{Dialect, Pool, Store};
use std::sync::Mutex;

/// Returns one line per column (table, position, name, type, nullability, position in the primary key), and one per
/// unique key, index and foreign key.
async fn described(store: &Store) -> Vec<String> {
    match &store.pool {
        Pool::Sqlite { read, .. } => sqlx::query_scalar(
            "with all_tables as (select name, type from main.sqlite_master union all \
             select name, type from lists.sqlite_master where name <> '_sqlx_migrations' and name not like '%_grams%') \
             select t.name || ' ' || c.cid || ' ' || c.name || ' ' \
             || case c.type when 'INTEGER' then 'number' when 'BLOB' then 'bytes' else replace(lower(c.type), ' generated always', '') end \
             || case when c.\"notnull\" or c.pk > 0 then ' not null' else '' end \
             || case when c.pk > 0 then ' key ' || c.pk else '' end \
             from all_tables t join pragma_table_xinfo(t.name) c \
             where t.type = 'table' and t.name not like 'sqlite_%' and t.name <> '_sqlx_migrations' \
             union all \
             select t.name || ' ' || case when i.\"unique\" then 'unique' else 'index ' || i.name end || ' (' \
             || (select group_concat(x.name, ', ') from (select name from pragma_index_info(i.name) order by seqno) x) \
             || ')' || case when i.partial then ' partial' else '' end \
             from all_tables t join pragma_index_list(t.name) i \
             where t.type = 'table' and i.origin <> 'pk' and t.name <> '_sqlx_migrations' \
             union all \
             select t.name || ' ' || f.\"from\" || ' refers to ' || f.\"table\" || ' ' || f.\"to\" || ' ' || lower(f.on_delete) \
             from all_tables t join pragma_foreign_key_list(t.name) f where t.type = 'table' \
             order by 1",
        )
        .fetch_all(read)
        .await
        .unwrap(),
        Pool::Postgres(pool) => sqlx::query_scalar(
            // A dropped column leaves a gap in the numbers.
            "select concat(c.table_name, ' ', row_number() over (partition by c.table_name order by c.ordinal_position) - 1, \
             ' ', c.column_name, ' ', \
             case c.data_type when 'bigint' then 'number' when 'boolean' then 'number' when 'bytea' then 'bytes' \
             else c.data_type end, case c.is_nullable when 'NO' then ' not null' else '' end, ' key ' || k.place) \
             from information_schema.columns c left join ( \
                 select u.table_name, u.column_name, u.ordinal_position as place \
                 from information_schema.table_constraints t join information_schema.key_column_usage u \
                 using (table_schema, constraint_name) \
                 where t.constraint_type = 'PRIMARY KEY' and t.table_schema = 'public' \
             ) k on k.table_name = c.table_name and k.column_name = c.column_name \
             where c.table_schema = 'public' and c.table_name <> '_sqlx_migrations' \
             union all \
             select concat(t.relname, ' ', case when i.indisunique then 'unique' else 'index ' || n.relname end, ' (', \
             (select string_agg(a.attname, ', ' order by p.place) from unnest(i.indkey) with ordinality p (number, place) \
             join pg_attribute a on a.attrelid = i.indrelid and a.attnum = p.number), \
             ')', case when i.indpred is not null then ' partial' end) \
             from pg_index i join pg_class t on t.oid = i.indrelid join pg_class n on n.oid = i.indexrelid \
             join pg_namespace s on s.oid = t.relnamespace \
             where s.nspname = 'public' and not i.indisprimary and t.relname <> '_sqlx_migrations' \
             and n.relname not like '%_by_trigram' \
             union all \
             select concat(t.relname, ' ', a.attname, ' refers to ', r.relname, ' ', b.attname, ' ', \
             case f.confdeltype when 'c' then 'cascade' when 'n' then 'set null' when 'r' then 'restrict' else 'no action' end) \
             from pg_constraint f join pg_class t on t.oid = f.conrelid join pg_class r on r.oid = f.confrelid \
             join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[1] \
             join pg_attribute b on b.attrelid = f.confrelid and b.attnum = f.confkey[1] where f.contype = 'f'",
        )
        .fetch_all(pool)
        .await
        .unwrap(),
    }
}

#[tokio::test]
async fn both_databases_have_the_same_tables() {
    let found = Mutex::new(Vec::new());
    each_database(async |store| {
        let mut lines = described(&store).await;
        // Collations differ between the databases.
        lines.sort();
        assert!(lines.len() > 100, "only {} lines", lines.len());
        found.lock().unwrap().push((store.dialect(), lines));
    })
    .await;
    let found = found.into_inner().unwrap();
    // Without a cluster there is nothing to compare; `each_database` has reported that, or failed.
    if let [(Dialect::Sqlite, sqlite), (Dialect::Postgres, postgres)] = found.as_slice() {
        let only = |mine: &[String], other: &[String]| -> Vec<String> {
            mine.iter().filter(|line| !other.contains(line)).cloned().collect()
        };
        assert_eq!(only(sqlite, postgres), Vec::<String>::new(), "only on SQLite");
        assert_eq!(only(postgres, sqlite), Vec::<String>::new(), "only on PostgreSQL");
    } else {
        assert_eq!(found.len(), 1);
    }
}

#[tokio::test]
async fn pings_that_were_filed_as_unreadable_become_tests() {
    use super::support::history::{TestMessage, log};
    each_database(async |store| {
        let body = |id: &str, text: &str| TestMessage {
            body: text.into(),
            ..TestMessage::new(id, 0, &serde_json::json!(null))
        };
        let told = [body("ping", r#"{"success": true}"#), body("short", r#"{"success":true}"#), body("other", "{}")];
        log(&store, &told).await;
        let migration = match store.dialect() {
            Dialect::Sqlite => include_str!("../../migrations/sqlite/0016_history.sql"),
            Dialect::Postgres => include_str!("../../migrations/postgres/0024_history.sql"),
        };
        let update = migration.split(';').find(|part| part.contains("update messages")).unwrap();
        let filed: Vec<(String, Option<String>)> = crate::store::with_writer!(store, |pool| {
            sqlx::query("update messages set outcome = 'unreadable', event_type = null, mode = null, reason = 'x'")
                .execute(pool)
                .await
                .map(drop)
                .unwrap();
            sqlx::query(sqlx::AssertSqlSafe(update.to_owned())).execute(pool).await.map(drop).unwrap();
            sqlx::query_as("select outcome, mode from messages order by seq").fetch_all(pool).await.unwrap()
        });
        let ping = ("stored".to_owned(), Some("test".to_owned()));
        assert_eq!(filed, [ping.clone(), ping, ("unreadable".to_owned(), None)]);
    })
    .await;
}
