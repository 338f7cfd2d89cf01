//! The projector's access to the store: reads of the log, and the atomic write of one batch.

use super::row::{
    Changes, CommitmentsRow, ContractRow, ContractorRow, CurrentRows, Facet, FindingRow, Mention, Message,
    ProjectorRow, RequisitionRow,
};
use super::source::Source;
use super::tables::names;
use super::write::{BulkStatement, steps};
use crate::store::sqlite_connection::blocking;
use crate::store::statement::{MAX_IN_VALUES, Statement, fetch_all};
use crate::store::{Dialect, Pool, Store, StoreError, with_reader};
use domain::lifecycle::rules::Limits;
use domain::progress::MakingProgress;
use domain::query::moment::{AsOf, Meaning, Moment};
use rusqlite::params_from_iter;
use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A compare-and-set: it fails if another instance has projected meanwhile.
const ADVANCE_POSITION: &str = "update projector set position = $1 where id = 1 and position = $2";

/// Returns whether the number of messages has passed another power of four.
fn needs_analyze(from: i64, to: i64) -> bool {
    to >= 256 && to.checked_ilog(4) > from.checked_ilog(4)
}

/// Runs `analyze` on `PostgreSQL`, concurrently with the next batches. Autovacuum runs it only every minute; until then
/// a plan cached for nearly empty tables would scan them again and again.
fn analyze(pool: PgPool) {
    let tables = names(Dialect::Postgres).join(", ");
    let analyze = format!("analyze (skip_locked) messages, attempts, {tables}");
    tokio::spawn(async move {
        if let Err(error) = sqlx::raw_sql(AssertSqlSafe(analyze)).execute(&pool).await {
            tracing::debug!(%error, "PostgreSQL did not look at the tables, and will by itself");
        }
    });
}

/// Adds the condition that the moment includes a message, as [`Moment::includes`] does.
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
pub struct ProjectionLease {
    /// The sequence number of the last message projected.
    pub position: i64,
    /// The day limits in force, if known.
    pub limits: Option<Limits>,
    /// The progress of lists that are being made.
    pub making: Option<MakingProgress>,
    lock: LeaseLock,
}

enum LeaseLock {
    /// SQLite: no lock, so that the writer of the log is not delayed; the position is compared at the end.
    Nothing,
    /// PostgreSQL: a lock on the position's row, so that other instances do not duplicate the work.
    Row(Transaction<'static, Postgres>),
}

impl ProjectionLease {
    /// Releases the lock at once: a transaction that is only dropped holds it until its connection is next used.
    pub async fn release(self) -> Result<(), StoreError> {
        if let LeaseLock::Row(transaction) = self.lock {
            transaction.rollback().await?;
        }
        Ok(())
    }

    /// Returns the transaction that holds the lock.
    pub(super) async fn transaction(self, pool: &PgPool) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        match self.lock {
            LeaseLock::Row(transaction) => Ok(transaction),
            LeaseLock::Nothing => pool.begin().await,
        }
    }
}

impl Store {
    /// Takes the right to project; `None` while another instance has it.
    pub async fn acquire_lease(&self) -> Result<Option<ProjectionLease>, StoreError> {
        let lease = |row: ProjectorRow, lock| ProjectionLease {
            position: row.position,
            limits: row.limits(),
            making: row.making(),
            lock,
        };
        match &self.pool {
            Pool::Sqlite { .. } => Ok(Some(lease(self.projector_row().await?, LeaseLock::Nothing))),
            Pool::Postgres(pool) => {
                let mut transaction = pool.begin().await?;
                let select = "select * from projector for update skip locked";
                let row = sqlx::query_as(select).fetch_optional(&mut *transaction).await?;
                Ok(row.map(|row| lease(row, LeaseLock::Row(transaction))))
            }
        }
    }

    /// Returns the sequence number up to which the log is folded.
    pub async fn projected_position(&self) -> Result<i64, StoreError> {
        Ok(self.projector_row().await?.position)
    }

    /// Returns how far the lists are.
    pub(super) async fn projector_row(&self) -> Result<ProjectorRow, StoreError> {
        let found = fetch_all!(self, ProjectorRow, Statement::select::<ProjectorRow>("projector"))?.pop();
        found.ok_or_else(|| StoreError::Corrupt("the projector has no position".to_owned()))
    }

    /// Writes the differences of a batch from the stored rows `before` it, and moves the position to `to`, in one
    /// transaction. Returns `false`, and writes nothing, when the position was moved since the lease was taken.
    pub async fn commit_batch(
        &self,
        lease: ProjectionLease,
        to: i64,
        before: &CurrentRows,
        changes: &Changes,
    ) -> Result<bool, StoreError> {
        let steps = steps(before, changes);
        match &self.pool {
            Pool::Postgres(pool) => {
                let position = lease.position;
                let was_ours = write(lease.transaction(pool).await?, position, to, &steps).await?;
                if was_ours && needs_analyze(position, to) {
                    analyze(pool.clone());
                }
                Ok(was_ours)
            }
            Pool::Sqlite { lists, .. } => {
                let lists = Arc::clone(lists);
                blocking(move || {
                    lists.connection.transact(|transaction| write_directly(transaction, lease.position, to, &steps))
                })
                .await
            }
        }
    }

    /// Returns whether the position is beyond the end of the log, which means that the log was replaced, as by a
    /// backup.
    pub(in crate::store) async fn lists_are_of_another_log(&self) -> Result<bool, StoreError> {
        // In this order: a server beside this process may continue, and its position never passes the head read after
        // it.
        let position = self.projector_row().await?.position;
        Ok(position > self.last_seq().await?)
    }

    /// Returns the next messages after `position`, in commit order.
    pub async fn list_messages_after(&self, position: i64, limit: i64) -> Result<Vec<Message>, StoreError> {
        let mut select = Statement::select::<Message>("messages");
        select.push(" where seq > ").bind(position).push(" order by seq limit ").bind(limit);
        fetch_all!(self, Message, select)
    }

    /// Returns the messages with these sequence numbers, unordered.
    pub async fn list_messages(&self, seqs: &[i64]) -> Result<Vec<Message>, StoreError> {
        let mut found = Vec::with_capacity(seqs.len());
        for chunk in seqs.chunks(MAX_IN_VALUES) {
            let mut select = Statement::select::<Message>("messages");
            select.push(" where seq").push_in(chunk.iter().copied());
            found.extend(fetch_all!(self, Message, select)?);
        }
        Ok(found)
    }

    /// Returns the lengths of these messages' bodies, in bytes, unordered.
    pub async fn list_body_lengths(&self, seqs: &[i64]) -> Result<Vec<(i64, i64)>, StoreError> {
        let mut found = Vec::with_capacity(seqs.len());
        for chunk in seqs.chunks(MAX_IN_VALUES) {
            let mut select = Statement::new("select seq, cast(length(body) as bigint) from messages where seq");
            select.push_in(chunk.iter().copied());
            found.extend(fetch_all!(self, (i64, i64), select)?);
        }
        Ok(found)
    }

    /// Returns every mention of these subjects of one kind; with `is_own`, only by events about them.
    pub async fn list_mentions(
        &self,
        kind: &str,
        ids: &[&str],
        is_own: bool,
        moment: Moment,
    ) -> Result<Vec<Mention>, StoreError> {
        let mut found = Vec::new();
        for chunk in ids.chunks(MAX_IN_VALUES) {
            let mut select = Statement::select::<Mention>("mentions");
            select.push(" where kind = ").bind(kind).push(" and subject_id").push_in(chunk.iter().copied());
            if is_own {
                select.push(" and is_own = ").bind(true);
            }
            until(&mut select, moment);
            found.extend(fetch_all!(self, Mention, select)?);
        }
        Ok(found)
    }

    /// Returns the newest `most` messages that merely mention each of these subjects: live ones before test ones.
    pub async fn list_newest_namings(
        &self,
        kind: &str,
        ids: &[&str],
        most: i64,
        moment: Moment,
    ) -> Result<Vec<Mention>, StoreError> {
        let mut found = Vec::new();
        for chunk in ids.chunks(MAX_IN_VALUES) {
            if self.dialect() == Dialect::Postgres {
                // A reverse index scan for each subject, which reads only the rows needed.
                let mut select = Statement::new("select ");
                select.columns::<Mention>("m.").push(" from (").table_of(chunk.iter().copied());
                select.push(") as ids (id) cross join lateral (select * from mentions where kind = ").bind(kind);
                select.push(" and subject_id = ids.id and is_own = ").bind(false);
                until(&mut select, moment);
                select.push(" order by is_live desc, occurred_at desc, message_id desc, seq desc limit ").bind(most);
                select.push(") as m");
                found.extend(fetch_all!(self, Mention, select)?);
                continue;
            }
            let mut select = Statement::select::<Mention>("(select ");
            select.columns::<Mention>("").push(
                ", row_number() over (partition by subject_id order by is_live desc, occurred_at desc, \
                 message_id desc, seq desc) as place from mentions where kind = ",
            );
            select.bind(kind).push(" and is_own = ").bind(false).push(" and subject_id");
            select.push_in(chunk.iter().copied());
            until(&mut select, moment);
            select.push(") as ranked where place <= ").bind(most);
            found.extend(fetch_all!(self, Mention, select)?);
        }
        Ok(found)
    }

    /// Returns the stored rows of a batch's subjects, without findings.
    pub async fn current_rows(
        &self,
        contractors: &[&str],
        contracts: &[&str],
        requisitions: &[&str],
    ) -> Result<CurrentRows, StoreError> {
        let mut before = CurrentRows::default();
        for (source, ids) in
            [(Source::Contractors, contractors), (Source::Contracts, contracts), (Source::Requisitions, requisitions)]
        {
            for chunk in ids.chunks(MAX_IN_VALUES) {
                let mut select = source.all();
                select.push(" where id").push_in(chunk.iter().copied());
                match source {
                    Source::Contractors => before.contractors.extend(fetch_all!(self, ContractorRow, select)?),
                    Source::Contracts => before.contracts.extend(fetch_all!(self, ContractRow, select)?),
                    Source::Requisitions => before.requisitions.extend(fetch_all!(self, RequisitionRow, select)?),
                }
                if source == Source::Contracts {
                    let mut select = Statement::select::<CommitmentsRow>("commitments");
                    select.push(" where id").push_in(chunk.iter().copied());
                    before.commitments.extend(fetch_all!(self, CommitmentsRow, select)?);
                }
                let mut select = Statement::select::<Facet>("facets");
                select
                    .push(" where kind = ")
                    .bind(source.subject())
                    .push(" and subject_id")
                    .push_in(chunk.iter().copied());
                before.facets.extend(fetch_all!(self, Facet, select)?);
            }
        }
        Ok(before)
    }

    /// Returns the stored findings of these subjects, given by kind and id.
    pub async fn list_findings_of(
        &self,
        subjects: &BTreeSet<(&'static str, String)>,
    ) -> Result<Vec<FindingRow>, StoreError> {
        let mut of_kind = BTreeMap::<&str, Vec<&str>>::new();
        for (kind, id) in subjects {
            of_kind.entry(kind).or_default().push(id);
        }
        let mut found = Vec::new();
        for (kind, ids) in of_kind {
            for chunk in ids.chunks(MAX_IN_VALUES) {
                let mut select = Statement::select::<FindingRow>("findings");
                select.push(" where subject_kind = ").bind(kind).push(" and subject_id").push_in(chunk.iter().copied());
                found.extend(fetch_all!(self, FindingRow, select)?);
            }
        }
        Ok(found)
    }

    /// Counts messages after the position, up to `most`.
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

    /// Returns how often each of these messages was sent again, if at all, as known at the moment.
    pub async fn list_repeat_counts(&self, seqs: &[i64], moment: Moment) -> Result<Vec<(i64, i64)>, StoreError> {
        let mut found = Vec::new();
        for chunk in seqs.chunks(MAX_IN_VALUES) {
            let mut select = Statement::new(
                "select m.seq, count(*) from messages m join attempts a on a.endpoint = m.endpoint \
                 and a.message_id = m.message_id where m.seq",
            );
            select.push_in(chunk.iter().copied());
            if let Some(AsOf { at, meaning: Meaning::Known }) = moment.as_of {
                select.push(" and a.received_at <= ").bind(at.as_millisecond());
            }
            select.push(" group by m.seq");
            found.extend(fetch_all!(self, (i64, i64), select)?);
        }
        Ok(found)
    }
}

async fn write(
    mut transaction: Transaction<'_, Postgres>,
    from: i64,
    to: i64,
    steps: &[BulkStatement],
) -> Result<bool, StoreError> {
    let moved = sqlx::query(ADVANCE_POSITION).bind(to).bind(from).execute(&mut *transaction).await?.rows_affected();
    if moved != 1 {
        return Ok(false);
    }
    for step in steps {
        let (sql, arguments) = step.together().map_err(sqlx::Error::Encode)?;
        sqlx::query_with(sql, arguments).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(true)
}

fn write_directly(
    transaction: &rusqlite::Transaction<'_>,
    from: i64,
    to: i64,
    steps: &[BulkStatement],
) -> Result<bool, rusqlite::Error> {
    if transaction.prepare_cached(ADVANCE_POSITION)?.execute((to, from))? != 1 {
        return Ok(false);
    }
    for step in steps {
        let mut write = transaction.prepare_cached(&step.single())?;
        for row in step.rows() {
            write.execute(params_from_iter(row))?;
        }
    }
    Ok(true)
}
