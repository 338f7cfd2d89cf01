//! Queries of how many requests arrived, by what is known of each.

use super::row::VolumeRow;
use crate::store::statement::{Statement, fetch_all};
use crate::store::{Store, StoreError, with_reader};
use domain::event::{EventType, Mode};
use domain::query::outcome::Outcome;
use domain::query::volume::{CountedRequests, RequestKind};
use domain::query::window::Grain;

/// Hours of a day.
const DAY: i64 = 24;

fn counted(row: VolumeRow) -> Result<CountedRequests, StoreError> {
    let outcome = Outcome::parse(&row.outcome)
        .ok_or_else(|| StoreError::Corrupt(format!("requests have the outcome {:?}", row.outcome)))?;
    let kind = RequestKind {
        endpoint: row.endpoint,
        event_type: (!row.event_type.is_empty()).then(|| EventType::parse(&row.event_type)),
        mode: Some(Mode::parse(&row.mode)),
        outcome,
    };
    Ok(CountedRequests { hour: row.start, kind, count: row.count.unsigned_abs() })
}

fn refused((hour, endpoint, count): (i64, String, i64)) -> CountedRequests {
    let kind = RequestKind { endpoint, event_type: None, mode: None, outcome: Outcome::Refused };
    CountedRequests { hour, kind, count: count.unsigned_abs() }
}

impl Store {
    /// Returns how many requests arrived in each unit between two hours, whose borders are those of units: genuine ones as
    /// far as the lists are made, and refused ones, let go or not.
    pub async fn list_volume(&self, grain: Grain, from: i64, until: i64) -> Result<Vec<CountedRequests>, StoreError> {
        let mut select = Statement::select::<VolumeRow>("volume");
        select.push(" where span = ").bind(grain.as_str());
        select.push(" and start >= ").bind(from).push(" and start < ").bind(until);
        let rows = fetch_all!(self, VolumeRow, select)?;
        let step = if grain == Grain::Hour { 1 } else { DAY };
        let mut select = Statement::new("select hour - hour % ");
        select.bind(step).push(", endpoint, cast(sum(count) as bigint) from refusal_hours where hour >= ").bind(from);
        select.push(" and hour < ").bind(until).push(" group by 1, endpoint");
        let rest = fetch_all!(self, (i64, String, i64), select)?;
        rows.into_iter().map(counted).chain(rest.into_iter().map(|row| Ok(refused(row)))).collect()
    }

    /// Returns the same counts for the whole stretch of time, with its first hour.
    pub async fn sum_volume(&self, grain: Grain, from: i64, until: i64) -> Result<Vec<CountedRequests>, StoreError> {
        let mut select = Statement::new("select span, cast(");
        select.bind(from).push(" as bigint) as start, endpoint, event_type, mode, outcome, ");
        select.push("cast(sum(count) as bigint) as count from volume where span = ").bind(grain.as_str());
        select.push(" and start >= ").bind(from).push(" and start < ").bind(until);
        select.push(" group by span, endpoint, event_type, mode, outcome");
        let rows = fetch_all!(self, VolumeRow, select)?;
        let mut select = Statement::new("select cast(");
        select.bind(from).push(" as bigint), endpoint, cast(sum(count) as bigint) from refusal_hours where hour >= ");
        select.bind(from).push(" and hour < ").bind(until).push(" group by endpoint");
        let rest = fetch_all!(self, (i64, String, i64), select)?;
        rows.into_iter().map(counted).chain(rest.into_iter().map(|row| Ok(refused(row)))).collect()
    }

    /// Returns the first hour of the month with the first genuine request, or that of the first refused one before it;
    /// `None` before any.
    pub async fn find_first_hour(&self) -> Result<Option<i64>, StoreError> {
        let (genuine, refused): (Option<i64>, Option<i64>) = with_reader!(self, |pool| {
            sqlx::query_as(
                "select (select min(start) from volume where span = 'month'), (select min(hour) from refusal_hours)",
            )
            .fetch_one(pool)
            .await?
        });
        Ok([genuine, refused.map(|hour| Grain::Month.floor(hour))].into_iter().flatten().min())
    }
}
