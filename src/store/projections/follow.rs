//! What the projector reads of the log, and how it writes what it made of it: all of one batch, or nothing.

use super::row::{Changes, Mention, Message};
use super::statement::{Statement, bound, fetch_all};
use super::write::statements;
use crate::store::{Pool, Store, StoreError, with_reader, with_writer};
use app::view::moment::{AsOf, Meaning, Moment};
use sqlx::{Postgres, Transaction};

/// How many values one `in (…)` takes: far below what either database allows, and few statements all the same.
const LIST: usize = 1_000;

/// Leaves out what the moment does, as [`Moment::includes`] says.
fn until(select: &mut Statement, moment: Moment) {
    if let Some(AsOf { at, meaning }) = moment.as_of {
        select.push(match meaning {
            Meaning::Happened => " and occurred_at <= ",
            Meaning::Known => " and received_at <= ",
        });
        select.bind(at.as_millisecond());
    }
}

/// The right to project the next batch.
pub struct Turn {
    /// The last message already projected.
    pub position: i64,
    held: Held,
}

enum Held {
    /// SQLite: nothing is held, so that the writer of the log is not kept waiting; the position is checked at the end.
    Nothing,
    /// PostgreSQL: the position's row is locked, so that other instances do not do the same work in vain.
    Row(Transaction<'static, Postgres>),
}

impl Turn {
    /// Lets others have it at once: a transaction that is only dropped holds its lock until its connection is next
    /// looked at.
    pub async fn give_back(self) -> Result<(), StoreError> {
        if let Held::Row(transaction) = self.held {
            transaction.rollback().await?;
        }
        Ok(())
    }
}

impl Store {
    /// Takes the right to project; `None` while another instance has it.
    pub async fn take_turn(&self) -> Result<Option<Turn>, StoreError> {
        match &self.pool {
            Pool::Sqlite { read, .. } => {
                let position =
                    sqlx::query_scalar("select position from projector where id = 1").fetch_one(read).await?;
                Ok(Some(Turn { position, held: Held::Nothing }))
            }
            Pool::Postgres(pool) => {
                let mut transaction = pool.begin().await?;
                let position = sqlx::query_scalar("select position from projector where id = 1 for update skip locked")
                    .fetch_optional(&mut *transaction)
                    .await?;
                Ok(position.map(|position| Turn { position, held: Held::Row(transaction) }))
            }
        }
    }

    /// Writes a batch and moves the position to `to`, in one transaction. `false` when somebody else has moved the
    /// position since the turn was taken: then nothing is written.
    pub async fn finish_turn(&self, turn: Turn, to: i64, changes: &Changes) -> Result<bool, StoreError> {
        macro_rules! write {
            ($transaction:expr) => {{
                let mut transaction = $transaction;
                let moved = sqlx::query("update projector set position = $1 where id = 1 and position = $2")
                    .bind(to)
                    .bind(turn.position)
                    .execute(&mut *transaction)
                    .await?
                    .rows_affected();
                if moved == 1 {
                    for statement in statements(changes) {
                        bound!(sqlx::query(statement.sql(self.dialect())), statement)
                            .execute(&mut *transaction)
                            .await?;
                    }
                    transaction.commit().await?;
                }
                Ok(moved == 1)
            }};
        }
        match (turn.held, &self.pool) {
            (Held::Row(transaction), _) => write!(transaction),
            (Held::Nothing, Pool::Sqlite { write, turn, .. }) => {
                let _turn = turn.lock().await;
                write!(write.begin_with("begin immediate").await?)
            }
            (Held::Nothing, Pool::Postgres(pool)) => write!(pool.begin().await?),
        }
    }

    /// Empties every projection, so that the log is projected again from its beginning.
    pub async fn empty_projections(&self) -> Result<(), StoreError> {
        with_writer!(self, |pool| {
            let mut transaction = pool.begin().await?;
            // The position first: it is the row every instance waits at.
            for statement in [
                "update projector set position = 0 where id = 1",
                "delete from mentions",
                "delete from contractors",
                "delete from contracts",
                "delete from facets",
                "delete from contract_versions",
                "delete from requisitions",
                "delete from findings",
                "delete from tallies",
                "delete from arrivals",
                "delete from hirers",
                "delete from choices",
            ] {
                sqlx::query(statement).execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
        });
        Ok(())
    }

    /// The next messages after `position`, in the order of commits.
    pub async fn list_messages_after(&self, position: i64, limit: i64) -> Result<Vec<Message>, StoreError> {
        Ok(with_reader!(self, |pool| {
            sqlx::query_as(
                "select seq, message_id, received_at, occurred_at, occurred_from, event_type, mode, outcome, body \
                 from messages where seq > $1 order by seq limit $2",
            )
            .bind(position)
            .bind(limit)
            .fetch_all(pool)
            .await?
        }))
    }

    /// The messages with these numbers, in no particular order.
    pub async fn list_messages(&self, seqs: &[i64]) -> Result<Vec<Message>, StoreError> {
        let mut found = Vec::with_capacity(seqs.len());
        for chunk in seqs.chunks(LIST) {
            let mut select = Statement::new(
                "select seq, message_id, received_at, occurred_at, occurred_from, event_type, mode, outcome, body \
                 from messages where seq in ",
            );
            select.list(chunk.iter().copied());
            found.extend(fetch_all!(self, Message, select)?);
        }
        Ok(found)
    }

    /// Every message that names one of these subjects of one kind; with `is_own`, only those that belong to it.
    pub async fn list_mentions(
        &self,
        kind: &str,
        ids: &[&str],
        is_own: bool,
        moment: Moment,
    ) -> Result<Vec<Mention>, StoreError> {
        let mut found = Vec::new();
        for chunk in ids.chunks(LIST) {
            let mut select = Statement::new(
                "select kind, subject_id, is_own, is_live, occurred_at, received_at, message_id, seq from mentions \
                 where kind = ",
            );
            select.bind(kind).push(" and subject_id in ").list(chunk.iter().copied());
            if is_own {
                select.push(" and is_own = ").bind(true);
            }
            until(&mut select, moment);
            found.extend(fetch_all!(self, Mention, select)?);
        }
        Ok(found)
    }

    /// Of the messages that name each of these subjects in passing, the newest `most`: live ones before test ones.
    pub async fn list_newest_namings(
        &self,
        kind: &str,
        ids: &[&str],
        most: i64,
        moment: Moment,
    ) -> Result<Vec<Mention>, StoreError> {
        let mut found = Vec::new();
        for chunk in ids.chunks(LIST) {
            let mut select = Statement::new(
                "select kind, subject_id, is_own, is_live, occurred_at, received_at, message_id, seq from (select kind, \
                 subject_id, is_own, is_live, occurred_at, received_at, message_id, seq, row_number() over (partition by \
                 subject_id order by is_live desc, occurred_at desc, message_id desc, seq desc) as place \
                 from mentions where kind = ",
            );
            select.bind(kind).push(" and is_own = ").bind(false).push(" and subject_id in ");
            select.list(chunk.iter().copied());
            until(&mut select, moment);
            select.push(") as ranked where place <= ").bind(most);
            found.extend(fetch_all!(self, Mention, select)?);
        }
        Ok(found)
    }

    /// How many messages wait behind `position`, counted up to `most`.
    pub async fn count_waiting(&self, most: i64) -> Result<i64, StoreError> {
        Ok(with_reader!(self, |pool| {
            sqlx::query_scalar(
                "select count(*) from (select seq from messages \
                 where seq > (select position from projector where id = 1) limit $1) as waiting",
            )
            .bind(most)
            .fetch_one(pool)
            .await?
        }))
    }

    /// How many times each of these messages was sent again, for those that were, as far as was known at the moment.
    pub async fn list_repeat_counts(&self, seqs: &[i64], moment: Moment) -> Result<Vec<(i64, i64)>, StoreError> {
        let mut found = Vec::new();
        for chunk in seqs.chunks(LIST) {
            let mut select = Statement::new(
                "select m.seq, count(*) from messages m join attempts a on a.endpoint = m.endpoint \
                 and a.message_id = m.message_id where m.seq in ",
            );
            select.list(chunk.iter().copied());
            if let Some(AsOf { at, meaning: Meaning::Known }) = moment.as_of {
                select.push(" and a.received_at <= ").bind(at.as_millisecond());
            }
            select.push(" group by m.seq");
            found.extend(fetch_all!(self, (i64, i64), select)?);
        }
        Ok(found)
    }
}
