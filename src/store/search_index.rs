//! Where the index of the search of deliveries is stored, and which requests are in no segment yet.

use super::sqlite_connection::blocking;
use super::statement::{Statement, fetch_all, row};
use super::{Pool, Store, StoreError};
use crate::index::segment::{Level, Segment};
use sqlx::{PgPool, Postgres, Transaction};
use std::ops::RangeInclusive;
use std::sync::Arc;

row! {
    /// A stored segment.
    pub struct SegmentRow {
        /// `Level::number`
        pub level: i64,
        /// Its place among those of its size.
        pub number: i64,
        /// The first arrival in it, in milliseconds since 1970.
        pub from_at: i64,
        /// The last arrival in it, in milliseconds since 1970.
        pub until_at: i64,
    }
}

row! {
    /// A block of a segment.
    pub struct BlockRow {
        /// The number of the segment among those of its level.
        pub number: i64,
        /// The number of the block.
        pub block: i64,
        /// Its bytes: see `index::block`.
        pub terms: Vec<u8>,
    }
}

/// The right to write the index, which one instance has at a time.
pub struct IndexLease(Option<Transaction<'static, Postgres>>);

impl IndexLease {
    /// Releases the lock at once: a transaction that is only dropped holds it until its connection is next used.
    pub async fn release(self) -> Result<(), StoreError> {
        if let Some(transaction) = self.0 {
            transaction.rollback().await?;
        }
        Ok(())
    }
}

/// A segment to be written.
#[derive(Clone, Debug)]
pub struct NewSegment {
    /// The segment.
    pub segment: Segment,
    /// Its blocks by their numbers.
    pub blocks: Vec<(i64, Vec<u8>)>,
    /// The segments that it replaces.
    pub replaced: Option<(Level, RangeInclusive<i64>)>,
}

const LOCK: &str = "select pg_try_advisory_xact_lock(hashtext('junoscope index of ' || current_schema()))";
const DELETE_SEGMENTS: &str = "delete from search_segments where level = $1 and number between $2 and $3";
const DELETE_BLOCKS: &str = "delete from search_blocks where level = $1 and number between $2 and $3";
const COUNT: &str = "select count(*) from search_segments where level = $1 and number between $2 and $3";
const INSERT_SEGMENT: &str = "insert into search_segments (level, number, from_at, until_at) values ($1, $2, $3, $4)";

impl Store {
    /// Takes the right to write the index; `None` while another instance has it.
    pub async fn acquire_index_lease(&self) -> Result<Option<IndexLease>, StoreError> {
        match &self.pool {
            // Only one server writes a file, and segments that were written meanwhile are noticed.
            Pool::Sqlite { .. } => Ok(Some(IndexLease(None))),
            Pool::Postgres(pool) => {
                let mut transaction = pool.begin().await?;
                let is_ours: bool = sqlx::query_scalar(LOCK).fetch_one(&mut *transaction).await?;
                Ok(is_ours.then_some(IndexLease(Some(transaction))))
            }
        }
    }

    /// Returns all segments, in the order of the log.
    pub async fn list_segments(&self) -> Result<Vec<Segment>, StoreError> {
        let rows = fetch_all!(self, SegmentRow, Statement::select::<SegmentRow>("search_segments"))?;
        let segment = |row: SegmentRow| {
            let level = Level::of_number(row.level)?;
            Some(Segment { level, number: row.number, from_at: row.from_at, until_at: row.until_at })
        };
        let mut segments: Vec<Segment> = rows.into_iter().filter_map(segment).collect();
        segments.sort_by_key(Segment::first_seq);
        Ok(segments)
    }

    /// Returns these blocks of these segments of a level, as far as they exist.
    pub async fn list_blocks(
        &self,
        level: Level,
        numbers: &[i64],
        blocks: &[i64],
    ) -> Result<Vec<BlockRow>, StoreError> {
        let mut select = Statement::select::<BlockRow>("search_blocks");
        select.push(" where level = ").bind(level.number());
        select.push(" and block").push_in(blocks.iter().copied());
        select.push(" and number").push_in(numbers.iter().copied());
        fetch_all!(self, BlockRow, select)
    }

    /// Returns the blocks of a range of segments of a level with numbers in a range, by block and segment.
    pub async fn list_blocks_between(
        &self,
        level: Level,
        numbers: &RangeInclusive<i64>,
        blocks: &RangeInclusive<i64>,
    ) -> Result<Vec<BlockRow>, StoreError> {
        let mut select = Statement::select::<BlockRow>("search_blocks");
        select.push(" where level = ").bind(level.number());
        select.push(" and block between ").bind(*blocks.start()).push(" and ").bind(*blocks.end());
        select.push(" and number between ").bind(*numbers.start()).push(" and ").bind(*numbers.end());
        select.push(" order by block, number");
        fetch_all!(self, BlockRow, select)
    }

    /// Writes a segment in one transaction, after those it follows or in place of those it replaces. Returns `false`, and
    /// writes nothing, when these are no longer there: the lists were made anew.
    pub async fn write_segment(&self, lease: IndexLease, new: NewSegment) -> Result<bool, StoreError> {
        match (&self.pool, lease.0) {
            (Pool::Sqlite { lists, .. }, _) => {
                let lists = Arc::clone(lists);
                blocking(move || lists.connection.transact(|transaction| write_sqlite(transaction, &new))).await
            }
            (Pool::Postgres(pool), transaction) => write_postgres(pool, transaction, new).await,
        }
    }

    /// Returns arrival and sequence number of every request that is in no segment: those from `position` to `head`, and
    /// all refused ones. `None` if more than `limit` follow the position.
    pub async fn list_unindexed(
        &self,
        position: i64,
        head: i64,
        limit: i64,
    ) -> Result<Option<Vec<(i64, i64)>>, StoreError> {
        let mut found: Vec<(i64, i64)> = Vec::new();
        for table in ["messages", "attempts"] {
            let mut select = Statement::new("select received_at, seq from ");
            select.push(table).push(" where seq >= ").bind(position).push(" and seq <= ").bind(head);
            select.push(" order by seq limit ").bind(limit.saturating_add(1));
            found.extend(fetch_all!(self, (i64, i64), select)?);
        }
        if i64::try_from(found.len()).is_ok_and(|count| count > limit) {
            return Ok(None);
        }
        let mut select = Statement::new("select received_at, seq from quarantine where seq <= ");
        select.bind(head);
        found.extend(fetch_all!(self, (i64, i64), select)?);
        Ok(Some(found))
    }

    /// Returns the ordered sequence numbers of all requests whose message arrived more than once; `None` if there are
    /// more than `limit` further attempts.
    pub async fn list_repeated(&self, limit: i64) -> Result<Option<Vec<i64>>, StoreError> {
        let mut select = Statement::new("select a.seq, m.seq from (select * from attempts order by seq limit ");
        select.bind(limit.saturating_add(1));
        select.push(") as a join messages m on m.endpoint = a.endpoint and m.message_id = a.message_id");
        let pairs = fetch_all!(self, (i64, i64), select)?;
        if i64::try_from(pairs.len()).is_ok_and(|count| count > limit) {
            return Ok(None);
        }
        let mut seqs: Vec<i64> = pairs.into_iter().flat_map(|(attempt, message)| [attempt, message]).collect();
        seqs.sort_unstable();
        seqs.dedup();
        Ok(Some(seqs))
    }

    /// Counts the sequence numbers that are in no segment yet.
    pub async fn count_unindexed(&self) -> Result<i64, StoreError> {
        let end = self.list_segments().await?.last().map_or(1, Segment::end_seq);
        Ok(self.last_seq().await?.saturating_add(1).saturating_sub(end).max(0))
    }

    /// Returns the bytes of the index, and of all bodies.
    pub async fn index_size(&self) -> Result<[i64; 2], StoreError> {
        let select = Statement::new(
            "select (select cast(coalesce(sum(octet_length(terms)), 0) as bigint) from search_blocks), \
             (select cast(coalesce(sum(octet_length(body)), 0) as bigint) from messages)",
        );
        let sizes = fetch_all!(self, (i64, i64), select)?;
        Ok(sizes.first().map_or([0, 0], |(index, bodies)| [*index, *bodies]))
    }

    /// Returns the names of all event types that were received.
    pub async fn list_event_types(&self) -> Result<Vec<String>, StoreError> {
        let select = Statement::new("select distinct event_type from tallies");
        Ok(fetch_all!(self, (String,), select)?.into_iter().map(|(name,)| name).collect())
    }
}

fn values(segment: &Segment) -> [i64; 4] {
    [segment.level.number(), segment.number, segment.from_at, segment.until_at]
}

fn length(numbers: &RangeInclusive<i64>) -> i64 {
    numbers.end().saturating_sub(*numbers.start()).saturating_add(1)
}

/// Returns the sequence number after those that the segments cover.
fn end_of(levels: impl IntoIterator<Item = (i64, i64)>) -> i64 {
    let end = |(level, number)| Level::of_number(level).map(|level| Segment::empty(level, number).end_seq());
    levels.into_iter().filter_map(end).max().unwrap_or(0)
}

const ENDS: &str = "select level, max(number) from search_segments group by level";

fn write_sqlite(transaction: &rusqlite::Transaction<'_>, new: &NewSegment) -> Result<bool, rusqlite::Error> {
    if let Some((level, numbers)) = &new.replaced {
        let which = (level.number(), numbers.start(), numbers.end());
        let count: i64 = transaction.prepare_cached(COUNT)?.query_row(which, |row| row.get(0))?;
        if count != length(numbers) {
            return Ok(false);
        }
        for delete in [DELETE_SEGMENTS, DELETE_BLOCKS] {
            transaction.prepare_cached(delete)?.execute(which)?;
        }
    } else {
        let mut ends = transaction.prepare_cached(ENDS)?;
        let ends = ends.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<Vec<(i64, i64)>, _>>()?;
        if end_of(ends) != new.segment.first_seq() {
            return Ok(false);
        }
    }
    transaction.prepare_cached(INSERT_SEGMENT)?.execute(values(&new.segment))?;
    let mut insert = transaction
        .prepare_cached("insert into search_blocks (level, block, number, terms) values ($1, $2, $3, $4)")?;
    for (block, terms) in &new.blocks {
        insert.execute((new.segment.level.number(), block, new.segment.number, terms))?;
    }
    Ok(true)
}

async fn write_postgres(
    pool: &PgPool,
    transaction: Option<Transaction<'static, Postgres>>,
    new: NewSegment,
) -> Result<bool, StoreError> {
    let mut transaction = match transaction {
        Some(transaction) => transaction,
        None => pool.begin().await?,
    };
    let is_there = if let Some((level, numbers)) = &new.replaced {
        let delete = |sql| sqlx::query(sql).bind(level.number()).bind(*numbers.start()).bind(*numbers.end());
        let deleted = delete(DELETE_SEGMENTS).execute(&mut *transaction).await?.rows_affected();
        delete(DELETE_BLOCKS).execute(&mut *transaction).await?;
        i64::try_from(deleted) == Ok(length(numbers))
    } else {
        let ends: Vec<(i64, i64)> = sqlx::query_as(ENDS).fetch_all(&mut *transaction).await?;
        end_of(ends) == new.segment.first_seq()
    };
    if !is_there {
        transaction.rollback().await?;
        return Ok(false);
    }
    let insert = values(&new.segment).into_iter().fold(sqlx::query(INSERT_SEGMENT), sqlx::query::Query::bind);
    insert.execute(&mut *transaction).await?;
    let (blocks, terms): (Vec<i64>, Vec<Vec<u8>>) = new.blocks.into_iter().unzip();
    sqlx::query(
        "insert into search_blocks (level, block, number, terms) \
         select $1, b.block, $2, b.terms from unnest($3::bigint[], $4::bytea[]) as b (block, terms)",
    )
    .bind(new.segment.level.number())
    .bind(new.segment.number)
    .bind(blocks)
    .bind(terms)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(true)
}
