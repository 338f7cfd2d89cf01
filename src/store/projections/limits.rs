//! The configured day limits that findings depend on, stored beside the lists they were folded with.

use super::rebuild::{EMPTY_TABLES, empty};
use crate::store::sqlite_connection::blocking;
use crate::store::{Pool, Store, StoreError, with_reader};
use domain::lifecycle::rules::Limits;
use std::sync::Arc;

/// The outcome of requesting day limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitsChange {
    /// The lists were folded with these limits already, or are empty.
    InForce,
    /// The lists were folded with other or unknown limits, and were emptied to be folded again.
    Changed {
        /// The previous limits, if known.
        from: Option<Limits>,
    },
}

/// The columns of `projector`, in the order of [`limits`].
pub(super) type Days = (Option<i64>, Option<i64>, Option<i64>);

/// Converts stored limits; `None` when any is missing or out of range.
pub(super) fn limits((offer, ending, unused): Days) -> Option<Limits> {
    let days = |stored: Option<i64>| u16::try_from(stored?).ok();
    Some(Limits { offer_days: days(offer)?, ending_days: days(ending)?, unused_days: days(unused)? })
}

impl Store {
    /// Returns the limits the lists were folded with, if known.
    pub async fn limits_in_force(&self) -> Result<Option<Limits>, StoreError> {
        let days: Days = with_reader!(self, |pool| {
            sqlx::query_as("select offer_days, ending_days, unused_days from projector where id = 1")
                .fetch_one(pool)
                .await?
        });
        Ok(limits(days))
    }

    /// Puts these limits into force, and empties lists that were folded with others, as a mixture would match neither.
    /// Every instance folds with the limits in force, so the last one started decides.
    pub async fn apply_limits(&self, wanted: Limits) -> Result<LimitsChange, StoreError> {
        let from = self.limits_in_force().await?;
        if from == Some(wanted) {
            return Ok(LimitsChange::InForce);
        }
        let position: i64 = with_reader!(self, |pool| {
            sqlx::query_scalar("select position from projector where id = 1").fetch_one(pool).await?
        });
        self.store_limits(wanted, true).await?;
        Ok(if position == 0 { LimitsChange::InForce } else { LimitsChange::Changed { from } })
    }

    /// Stores the limits for lists folded from here on; with `is_anew`, empties them in the same transaction.
    pub(crate) async fn store_limits(&self, limits: Limits, is_anew: bool) -> Result<(), StoreError> {
        const UPDATE: &str = "update projector set offer_days = $1, ending_days = $2, unused_days = $3 where id = 1";
        let Limits { offer_days, ending_days, unused_days } = limits;
        match &self.pool {
            Pool::Sqlite { lists, .. } => {
                let lists = Arc::clone(lists);
                blocking(move || {
                    lists.connection.transact(|transaction| {
                        if is_anew {
                            empty(transaction)?;
                        }
                        transaction.execute(UPDATE, (offer_days, ending_days, unused_days)).map(drop)
                    })
                })
                .await
            }
            Pool::Postgres(pool) => {
                let mut transaction = pool.begin().await?;
                for statement in EMPTY_TABLES.iter().filter(|_| is_anew) {
                    sqlx::query(*statement).execute(&mut *transaction).await?;
                }
                let days = [offer_days, ending_days, unused_days].map(i64::from);
                let update = days.iter().fold(sqlx::query(UPDATE), |update, days| update.bind(*days));
                update.execute(&mut *transaction).await?;
                Ok(transaction.commit().await?)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::projections::row::{Changes, CurrentRows};
    use crate::tests::support::database::each_database;

    #[tokio::test]
    async fn days_are_kept_and_other_days_empty_the_lists() {
        each_database(async |store| {
            let (usual, other) = (Limits::default(), Limits { offer_days: 21, ..Limits::default() });
            assert_eq!(store.limits_in_force().await.unwrap(), None);
            assert_eq!(store.apply_limits(usual).await.unwrap(), LimitsChange::InForce, "nothing is folded yet");
            assert_eq!(store.limits_in_force().await.unwrap(), Some(usual));

            let lease = store.acquire_lease().await.unwrap().unwrap();
            assert_eq!(lease.limits, Some(usual));
            assert!(store.commit_batch(lease, 5, &CurrentRows::default(), &Changes::default()).await.unwrap());
            assert_eq!(store.apply_limits(usual).await.unwrap(), LimitsChange::InForce);
            assert_eq!(store.apply_limits(other).await.unwrap(), LimitsChange::Changed { from: Some(usual) });
            let lease = store.acquire_lease().await.unwrap().unwrap();
            assert_eq!((lease.position, lease.limits), (0, Some(other)), "all is folded again, with the new days");
            lease.release().await.unwrap();
        })
        .await;
    }
}
