//! The configured day limits that findings depend on, stored beside the lists they were folded with.

use crate::store::{Store, StoreError, with_writer};
use domain::lifecycle::rules::Limits;

/// The outcome of requesting day limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitsChange {
    /// The lists were folded with these limits already, or are empty.
    InForce,
    /// The lists were folded with other or unknown limits, and are made anew.
    Changed {
        /// The previous limits, if known.
        from: Option<Limits>,
    },
}

impl Store {
    /// Returns the limits the lists were folded with, if known.
    pub async fn limits_in_force(&self) -> Result<Option<Limits>, StoreError> {
        Ok(self.projector_row().await?.limits())
    }

    /// Puts these limits into force; lists that were folded with others are made anew, as a mixture would match neither.
    /// Every instance folds with the limits in force, so the last one started decides.
    pub async fn apply_limits(&self, wanted: Limits) -> Result<LimitsChange, StoreError> {
        const UPDATE: &str = "update projector set offer_days = $1, ending_days = $2, unused_days = $3 \
                              where id = 1 and position = 0";
        let from = self.limits_in_force().await?;
        if from == Some(wanted) {
            return Ok(LimitsChange::InForce);
        }
        let days = [wanted.offer_days, wanted.ending_days, wanted.unused_days].map(i64::from);
        let is_empty = with_writer!(self, |pool| {
            let update = days.iter().fold(sqlx::query(UPDATE), |update, days| update.bind(*days));
            update.execute(pool).await?.rows_affected() == 1
        });
        if is_empty {
            return Ok(LimitsChange::InForce);
        }
        self.remake_lists(Some(wanted)).await?;
        Ok(LimitsChange::Changed { from })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::projections::row::{Changes, CurrentRows};
    use crate::tests::support::database::each_database;

    #[tokio::test]
    async fn days_are_kept_and_other_days_make_the_lists_anew() {
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
