//! Generated signing secrets of endpoints for which none is configured. Each is made once and stored.

use super::{Store, StoreError, with_reader, with_writer};
use crate::config::{Endpoint, Secret};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;

/// Generates a signing secret in the portal's format: `whsec_` and base64 of 24 random bytes.
pub fn make_secret() -> String {
    format!("whsec_{}", BASE64_STANDARD.encode(rand::random::<[u8; 24]>()))
}

impl Store {
    /// Returns the stored secret of this endpoint, made with `make` if there is none. Concurrent calls get the same
    /// one.
    pub async fn get_or_create_secret(
        &self,
        endpoint: &str,
        make: impl FnOnce() -> String,
        now: Timestamp,
    ) -> Result<String, StoreError> {
        if let Some(kept) = self.find_kept_secret(endpoint).await? {
            return Ok(kept);
        }
        let new = make();
        let kept = with_writer!(self, |pool| {
            sqlx::query(
                "insert into kept_secrets (endpoint, secret, created_at) values ($1, $2, $3)
                 on conflict (endpoint) do nothing",
            )
            .bind(endpoint)
            .bind(new)
            .bind(now.as_millisecond())
            .execute(pool)
            .await?;
            sqlx::query_scalar("select secret from kept_secrets where endpoint = $1")
                .bind(endpoint)
                .fetch_one(pool)
                .await?
        });
        Ok(kept)
    }

    /// Returns the stored secret of this endpoint, if any.
    pub async fn find_kept_secret(&self, endpoint: &str) -> Result<Option<String>, StoreError> {
        Ok(with_reader!(self, |pool| {
            sqlx::query_scalar("select secret from kept_secrets where endpoint = $1")
                .bind(endpoint)
                .fetch_optional(pool)
                .await?
        }))
    }

    /// Returns the signing secrets of this endpoint: the configured ones, else the stored one, generated if necessary.
    pub async fn secrets_in_use(&self, endpoint: &Endpoint, now: Timestamp) -> Result<Vec<Secret>, StoreError> {
        if endpoint.secrets.is_empty() {
            Ok(vec![Secret(self.get_or_create_secret(&endpoint.name, make_secret, now).await?)])
        } else {
            Ok(endpoint.secrets.clone())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::support::database::each_database;

    #[tokio::test]
    async fn a_secret_is_made_once_per_endpoint_and_kept() {
        each_database(async |store| {
            let now = Timestamp::UNIX_EPOCH;
            assert_eq!(store.find_kept_secret("a").await.unwrap(), None);
            let first = store.get_or_create_secret("a", make_secret, now).await.unwrap();
            assert!(Secret::parse(&first).is_ok(), "what is made here passes the check of what is given");
            assert_eq!(store.get_or_create_secret("a", || unreachable!("one is kept"), now).await.unwrap(), first);
            assert_ne!(store.get_or_create_secret("b", make_secret, now).await.unwrap(), first);
        })
        .await;
    }

    #[tokio::test]
    async fn two_instances_that_race_get_the_same_secret() {
        each_database(async |store| {
            let now = Timestamp::UNIX_EPOCH;
            let (one, two) = tokio::join!(
                store.get_or_create_secret("a", make_secret, now),
                store.get_or_create_secret("a", make_secret, now)
            );
            assert_eq!(one.unwrap(), two.unwrap());
        })
        .await;
    }

    #[tokio::test]
    async fn a_given_secret_is_used_instead_of_a_kept_one() {
        each_database(async |store| {
            let now = Timestamp::UNIX_EPOCH;
            let mut endpoint = Endpoint { name: "a".to_owned(), secrets: Vec::new(), additional_check: None };
            let kept = store.secrets_in_use(&endpoint, now).await.unwrap();
            assert_eq!(kept, store.secrets_in_use(&endpoint, now).await.unwrap());
            endpoint.secrets = vec![Secret(make_secret())];
            assert_eq!(store.secrets_in_use(&endpoint, now).await.unwrap(), endpoint.secrets);
        })
        .await;
    }
}
