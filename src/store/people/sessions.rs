//! Sessions: kept here and not in the cookie, so that they can be ended from here.

use super::token::Token;
use super::{PersonId, person};
use crate::store::{Store, StoreError, with_reader, with_writer};
use app::view::viewer::Person;
use jiff::{SignedDuration, Timestamp};

/// How long a session lasts, used or not.
pub const SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

impl Store {
    /// Signs a person in whose password was just found to match `password_hash`. `None` when they were disabled or
    /// changed their password in between.
    pub async fn start_session(
        &self,
        person: &PersonId,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<Option<Token>, StoreError> {
        let token = Token::new();
        let added = with_writer!(self, |pool| {
            let mut tx = pool.begin().await?;
            // Sweeping here keeps the table as small as the number of people who come back.
            sqlx::query("delete from sessions where expires_at <= $1")
                .bind(now.as_millisecond())
                .execute(&mut *tx)
                .await?;
            let added = sqlx::query(
                "insert into sessions (token_hash, person_id, created_at, expires_at)
                 select $1, id, $3, $4 from people where id = $2 and password_hash = $5 and disabled_at is null",
            )
            .bind(token.hash())
            .bind(&person.0)
            .bind(now.as_millisecond())
            .bind((now + SESSION_LIFETIME).as_millisecond())
            .bind(password_hash)
            .execute(&mut *tx)
            .await?
            .rows_affected();
            tx.commit().await?;
            added
        });
        Ok((added == 1).then_some(token))
    }

    /// Who holds this token, while the session lasts.
    pub async fn find_session(&self, token: &Token, now: Timestamp) -> Result<Option<Person>, StoreError> {
        let row: Option<(String, String, String)> = with_reader!(self, |pool| {
            sqlx::query_as(
                "select name, email, role from sessions join people on people.id = sessions.person_id
                 where token_hash = $1 and expires_at > $2 and disabled_at is null",
            )
            .bind(token.hash())
            .bind(now.as_millisecond())
            .fetch_optional(pool)
            .await?
        });
        row.map(|(name, email, role)| person(name, email, &role)).transpose()
    }

    /// Ends the session of this token, if there is one.
    pub async fn end_session(&self, token: &Token) -> Result<(), StoreError> {
        with_writer!(self, |pool| {
            sqlx::query("delete from sessions where token_hash = $1").bind(token.hash()).execute(pool).await.map(drop)
        })?;
        Ok(())
    }
}
