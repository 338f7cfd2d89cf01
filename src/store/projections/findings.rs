//! Queries of findings: one page, their count, and their dismissals.

use super::pages::searched::is_called;
use super::row::FindingRow;
use crate::store::statement::{MAX_IN_VALUES, Statement, execute, fetch_all, row};
use crate::store::{Store, StoreError, with_writer};
use std::collections::BTreeMap;

row! {
    /// A finding with its current dismissal.
    pub struct FoundRow {
        /// The finding.
        #[sqlx(flatten)]
        pub finding: FindingRow,
        /// The reason of its dismissal, if it is dismissed.
        pub reason: Option<String>,
        /// The name of the person who dismissed it.
        pub by_name: Option<String>,
        /// When it was dismissed.
        pub dismissed_at: Option<i64>,
    }
}

/// The filter of findings.
#[derive(Clone, Debug, Default)]
pub struct FindingQuery<'a> {
    /// `FindingKind::as_str`
    pub kind: Option<&'a str>,
    /// The minimum severity.
    pub severity: Option<i64>,
    /// `Subject::kind`
    pub subject_kind: Option<&'a str>,
    /// Words of names that the subject has or had, or a whole id.
    pub q: Option<&'a str>,
    /// The dismissed ones instead of the open ones.
    pub is_dismissed: bool,
    /// Those of test subjects instead of live ones.
    pub is_test: bool,
    /// Excluded kinds.
    pub without: &'a [&'static str],
    /// The cursor of keyset pagination: severity, time and key of the previous row.
    pub after: Option<(i64, i64, &'a str)>,
}

/// Counts stop here, and are shown as "many".
pub const MAX_COUNTED: i64 = 1_000;

fn narrow(select: &mut Statement, query: &FindingQuery<'_>, now: i64, is_walked: bool) {
    select.push(" where f.is_test = ").bind(query.is_test);
    holding(select, query, now, is_walked);
    if let Some(kind) = query.kind {
        select.push(" and f.kind = ").bind(kind);
    }
    if let Some(kind) = query.subject_kind {
        select.push(" and f.subject_kind = ").bind(kind);
    }
    if let Some(q) = query.q {
        is_called(select, ("f.subject_kind", "f.subject_id"), q, None);
    }
}

/// Adds the conditions that a finding holds now and matches the filter. With `is_walked`, the index of open findings is
/// kept out of the plan, for rows in another order.
fn holding(select: &mut Statement, query: &FindingQuery<'_>, now: i64, is_walked: bool) {
    select.push(" and f.is_met = ").bind(false);
    select.push(" and f.from_at <= ").bind(now);
    select.push(if is_walked { " and +f.until_at > " } else { " and f.until_at > " }).bind(now);
    select.push(if query.is_dismissed { " and d.finding_key is not null" } else { " and d.finding_key is null" });
    if let Some(severity) = query.severity {
        select.push(" and f.severity >= ").bind(severity);
    }
    if !query.without.is_empty() {
        select.push(" and f.kind not in ").push_values(query.without.iter().copied());
    }
}

impl Store {
    /// Returns findings that hold now, the most severe first, then the newest.
    pub async fn list_findings(
        &self,
        query: &FindingQuery<'_>,
        now: i64,
        limit: i64,
    ) -> Result<Vec<FoundRow>, StoreError> {
        let mut select = Statement::new("select ");
        select.columns::<FindingRow>("f.").push(
            ", d.reason, d.by_name, d.at as dismissed_at from findings f left join dismissals d \
             on d.finding_key = f.key and d.undone_at is null",
        );
        narrow(&mut select, query, now, true);
        if let Some((severity, at, key)) = query.after {
            select.push(" and (f.severity, f.at, f.key) < (").bind(severity).push(", ").bind(at);
            select.push(", ").bind(key).push(")");
        }
        select.push(" order by f.severity desc, f.at desc, f.key desc limit ").bind(limit);
        Ok(fetch_all!(self, FoundRow, select)?)
    }

    /// Counts findings that hold now, up to [`MAX_COUNTED`]. The index of open findings answers it alone: read from the
    /// rows, the count took 5 ms of every page, and seconds when none of them was in memory.
    pub async fn count_findings(&self, query: &FindingQuery<'_>, now: i64) -> Result<i64, StoreError> {
        let mut select = Statement::new(
            "select count(*) from (select f.key from findings f left join dismissals d on d.finding_key = f.key \
             and d.undone_at is null",
        );
        narrow(&mut select, query, now, false);
        select.push(" limit ").bind(MAX_COUNTED).push(") as counted");
        Ok(fetch_all!(self, (i64,), select)?.into_iter().map(|(count,)| count).sum())
    }

    /// Counts the matching findings of each of these subjects of one kind; subjects without any are omitted.
    pub async fn count_findings_of(
        &self,
        subject_kind: &str,
        ids: &[&str],
        query: &FindingQuery<'_>,
        now: i64,
    ) -> Result<Vec<(String, i64)>, StoreError> {
        let mut found = Vec::new();
        for chunk in ids.chunks(MAX_IN_VALUES) {
            let mut select = Statement::new(
                "select f.subject_id, count(*) from findings f left join dismissals d on d.finding_key = f.key \
                 and d.undone_at is null where f.subject_kind = ",
            );
            select.bind(subject_kind).push(" and f.subject_id").push_in(chunk.iter().copied());
            holding(&mut select, query, now, false);
            select.push(" group by f.subject_id");
            found.extend(fetch_all!(self, (String, i64), select)?);
        }
        Ok(found)
    }

    /// Returns the dismissals in force at an instant for these keys: key, reason, name, time.
    pub async fn list_dismissals(
        &self,
        keys: &[&str],
        at: i64,
    ) -> Result<Vec<(String, String, String, i64)>, StoreError> {
        let mut found = Vec::new();
        for chunk in keys.chunks(MAX_IN_VALUES) {
            let mut select = Statement::new("select finding_key, reason, by_name, at from dismissals where at <= ");
            select.bind(at).push(" and (undone_at is null or undone_at > ").bind(at).push(") and finding_key in ");
            select.push_values(chunk.iter().copied());
            found.extend(fetch_all!(self, (String, String, String, i64), select)?);
        }
        Ok(found)
    }

    /// Dismisses a finding. One that is already dismissed keeps its first reason.
    pub async fn dismiss(&self, key: &str, reason: &str, by: (&str, &str), now: i64) -> Result<(), StoreError> {
        let mut insert = Statement::new("insert into dismissals (finding_key, at, reason, by_name, by_email) values (");
        insert.bind(key).push(", ").bind(now).push(", ").bind(reason);
        insert.push(", ").bind(by.0).push(", ").bind(by.1).push(") on conflict do nothing");
        with_writer!(self, |pool| execute!(pool, insert))?;
        Ok(())
    }

    /// Undoes a dismissal, which stays in the history.
    pub async fn restore(&self, key: &str, by_email: &str, now: i64) -> Result<(), StoreError> {
        let mut update = Statement::new("update dismissals set undone_at = ");
        update.bind(now).push(", undone_by = ").bind(by_email);
        update.push(" where undone_at is null and finding_key = ").bind(key);
        with_writer!(self, |pool| execute!(pool, update))?;
        Ok(())
    }

    /// Returns when these messages happened and when they arrived, after their sequence numbers, unordered.
    pub async fn list_times(&self, seqs: &[i64]) -> Result<Vec<(i64, i64, i64)>, StoreError> {
        let mut select = Statement::new("select seq, occurred_at, received_at from messages where seq");
        select.push_in(seqs.iter().copied());
        Ok(fetch_all!(self, (i64, i64, i64), select)?)
    }

    /// Returns, for each of these spans from an event to its arrival, for how long nothing arrived after the event, and
    /// how many other messages came late in the half hour after that silence, up to `known_until`: sent before it ended,
    /// from at most half an hour before the event, and more than five minutes late. The silence ends with the span at
    /// the latest. Events after `happened_until` are ignored.
    pub async fn list_silences(
        &self,
        spans: &[(i64, i64)],
        known_until: i64,
        happened_until: i64,
    ) -> Result<Vec<(i64, i64)>, StoreError> {
        const HALF_AN_HOUR: i64 = 30 * 60 * 1_000;
        const ON_TIME: i64 = 5 * 60 * 1_000;
        if spans.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = Statement::new("");
        for (place, (from, _)) in (0_i64..).zip(spans) {
            each(&mut select, place).push("(select min(first) from (");
            select.push("select (select received_at from messages where received_at > ").bind(*from);
            select.push(" and occurred_at <= ").bind(happened_until).push(" order by received_at limit 1) as first");
            select.push(" union all select (select received_at from attempts where received_at > ").bind(*from);
            select.push(" order by received_at limit 1)");
            select.push(" union all select (select received_at from quarantine where received_at > ").bind(*from);
            select.push(" order by received_at limit 1)) as firsts)");
        }
        let first: BTreeMap<i64, Option<i64>> = fetch_all!(self, (i64, Option<i64>), select)?.into_iter().collect();
        let ends = (0_i64..).zip(spans).map(|(place, (_, until))| {
            let first = first.get(&place).copied().flatten();
            first.unwrap_or(*until).min(*until)
        });
        let ends: Vec<i64> = ends.collect();
        let last = |end: i64| end.saturating_add(HALF_AN_HOUR).min(known_until);
        let mut select = Statement::new("");
        for ((place, (from, _)), end) in (0_i64..).zip(spans).zip(&ends) {
            each(&mut select, place).push("(select count(*) from messages where received_at >= ").bind(*end);
            select
                .push(" and received_at <= ")
                .bind(last(*end))
                .push(" and received_at - occurred_at > ")
                .bind(ON_TIME);
            select.push(" and occurred_from = 'id' and occurred_at < ").bind(*end);
            select.push(" and occurred_at >= ").bind(from.saturating_sub(HALF_AN_HOUR));
            select.push(" and occurred_at <= ").bind(happened_until).push(")");
        }
        let late: BTreeMap<i64, i64> = fetch_all!(self, (i64, i64), select)?.into_iter().collect();
        let silence = |(((from, until), end), place): (((&i64, &i64), &i64), i64)| {
            let late = late.get(&place).copied().unwrap_or_default();
            // The message itself is no other.
            let others = if *until <= last(*end) { late.saturating_sub(1).max(0) } else { late };
            (end.saturating_sub(*from), others)
        };
        Ok(spans.iter().map(|(from, until)| (from, until)).zip(&ends).zip(0_i64..).map(silence).collect())
    }
}

/// Begins the row of one span in a statement about several: its place and a value.
fn each(select: &mut Statement, place: i64) -> &mut Statement {
    if place > 0 {
        select.push(" union all ");
    }
    select.push("select cast(").bind(place).push(" as bigint), ")
}
