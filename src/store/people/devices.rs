//! Known devices: browsers a person signed in from before, which are exempt from the delay of a name under attack. A
//! device grants no access by itself.

use super::token::Token;
use super::{Email, PersonId};
use crate::store::{Store, StoreError, with_reader, with_writer};
use jiff::{SignedDuration, Timestamp};

/// Lifetime of a known device after its last sign-in. Browsers keep no cookie for longer than 400 days.
pub const DEVICE_LIFETIME: SignedDuration = SignedDuration::from_hours(365 * 24);
/// Maximum number of known devices per person; the one whose sign-in is oldest is forgotten first.
const MAX_DEVICES: i64 = 20;

impl Store {
    /// Marks this browser as a known device of the person. `old` is its previous token, which becomes invalid, so that
    /// a planted or copied token ends with the next sign-in.
    pub async fn know_device(
        &self,
        person: &PersonId,
        old: Option<&Token>,
        now: Timestamp,
    ) -> Result<Token, StoreError> {
        let token = Token::new();
        with_writer!(self, |pool| {
            let mut tx = pool.begin().await?;
            sqlx::query("delete from devices where expires_at <= $1 or (token_hash = $2 and person_id = $3)")
                .bind(now.as_millisecond())
                .bind(old.map(Token::hash))
                .bind(&person.0)
                .execute(&mut *tx)
                .await?;
            sqlx::query("insert into devices (token_hash, person_id, created_at, expires_at) values ($1, $2, $3, $4)")
                .bind(token.hash())
                .bind(&person.0)
                .bind(now.as_millisecond())
                .bind((now + DEVICE_LIFETIME).as_millisecond())
                .execute(&mut *tx)
                .await?;
            sqlx::query(
                "delete from devices where person_id = $1 and token_hash not in
                 (select token_hash from devices where person_id = $1 order by created_at desc, token_hash limit $2)",
            )
            .bind(&person.0)
            .bind(MAX_DEVICES)
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
        });
        Ok(token)
    }

    /// Returns whether the account of this address has a known device with this token.
    pub async fn is_device_known(&self, token: &Token, email: &Email, now: Timestamp) -> Result<bool, StoreError> {
        let found: Option<i64> = with_reader!(self, |pool| {
            sqlx::query_scalar(
                "select devices.created_at from devices join people on people.id = devices.person_id
                 where token_hash = $1 and email = $2 and expires_at > $3 and disabled_at is null",
            )
            .bind(token.hash())
            .bind(email.as_str())
            .bind(now.as_millisecond())
            .fetch_optional(pool)
            .await?
        });
        Ok(found.is_some())
    }
}
