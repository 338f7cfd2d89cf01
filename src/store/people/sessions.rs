//! Sessions, stored in the database instead of the cookie so that the server can end them.

use super::token::Token;
use super::{Email, PersonId, person};
use crate::store::{Dialect, Store, StoreError, instant, with_reader, with_writer};
use domain::account::{Person, SessionLimits, SessionSummary};
use jiff::{SignedDuration, Timestamp};
use sqlx::FromRow;

/// Inserts a session, unless the password was changed or the account disabled meanwhile.
const START: &str =
    "insert into sessions (token_hash, id, person_id, device, address, created_at, last_seen_at, expires_at)
     select $1, $6, people.id, $7, $8, $3, $3, $4
     from people where id = $2 and password_hash = $5 and disabled_at is null";

/// The same, for PostgreSQL, where writers run concurrently: who changes the password and deletes the sessions waits
/// for this session, or this statement waits and reads the new password.
const START_LOCKED: &str =
    "insert into sessions (token_hash, id, person_id, device, address, created_at, last_seen_at, expires_at)
     select $1, $6, people.id, $7, $8, $3, $3, $4
     from people where id = $2 and password_hash = $5 and disabled_at is null for share";

/// Minimum interval between recorded uses, so that not every page causes a write.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(5);

/// The client of a session, as far as known.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClientInfo<'a> {
    /// Browser and system, such as "Firefox on Linux".
    pub device: &'a str,
    /// The client's address.
    pub address: Option<&'a str>,
}

/// A valid session.
#[derive(Clone, Debug)]
pub struct OpenSession {
    /// The public id on pages and in forms; it is no credential.
    pub id: String,
    /// The primary key of the account.
    pub person_id: PersonId,
    /// The person signed in.
    pub person: Person,
    /// When it was last used, to five minutes.
    pub last_seen_at: Timestamp,
}

#[derive(FromRow)]
struct OpenRow {
    id: String,
    person_id: String,
    name: String,
    email: String,
    role: String,
    last_seen_at: i64,
}

#[derive(FromRow)]
struct SummaryRow {
    id: String,
    device: String,
    address: Option<String>,
    created_at: i64,
    last_seen_at: i64,
}

impl Store {
    /// Starts a session after the password was verified against `password_hash`. `None` when the account was disabled
    /// or its password changed meanwhile.
    pub async fn start_session(
        &self,
        person: &PersonId,
        password_hash: &str,
        limits: SessionLimits,
        from: ClientInfo<'_>,
        now: Timestamp,
    ) -> Result<Option<Token>, StoreError> {
        let token = Token::new();
        let start = match self.dialect() {
            Dialect::Postgres => START_LOCKED,
            Dialect::Sqlite => START,
        };
        let added = with_writer!(self, |pool| {
            let mut tx = pool.begin().await?;
            // Expired sessions are deleted here, which keeps the table small.
            sqlx::query("delete from sessions where expires_at <= $1")
                .bind(now.as_millisecond())
                .execute(&mut *tx)
                .await?;
            let added = sqlx::query(start)
                .bind(token.hash())
                .bind(&person.0)
                .bind(now.as_millisecond())
                .bind((now + limits.lifetime.min(limits.idle)).as_millisecond())
                .bind(password_hash)
                .bind(format!("session_{:032x}", rand::random::<u128>()))
                .bind(from.device)
                .bind(from.address)
                .execute(&mut *tx)
                .await?
                .rows_affected();
            tx.commit().await?;
            added
        });
        Ok((added == 1).then_some(token))
    }

    /// Returns the session of this token, while it is valid.
    pub async fn open_session(&self, token: &Token, now: Timestamp) -> Result<Option<OpenSession>, StoreError> {
        let row: Option<OpenRow> = with_reader!(self, |pool| {
            sqlx::query_as(
                "select sessions.id, person_id, name, email, role, last_seen_at
                 from sessions join people on people.id = sessions.person_id
                 where token_hash = $1 and expires_at > $2 and disabled_at is null",
            )
            .bind(token.hash())
            .bind(now.as_millisecond())
            .fetch_optional(pool)
            .await?
        });
        row.map(|row| {
            Ok(OpenSession {
                id: row.id,
                person_id: PersonId(row.person_id),
                person: person(row.name, row.email, &row.role)?,
                last_seen_at: instant(row.last_seen_at)?,
            })
        })
        .transpose()
    }

    /// Returns the person of this session, while it is valid.
    pub async fn find_session(&self, token: &Token, now: Timestamp) -> Result<Option<Person>, StoreError> {
        Ok(self.open_session(token, now).await?.map(|session| session.person))
    }

    /// Records a use of the session, unless one was recorded recently: it then lasts until the idle timeout from now,
    /// and never beyond the absolute lifetime.
    pub async fn use_session(
        &self,
        session: &OpenSession,
        limits: SessionLimits,
        from: ClientInfo<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if now.duration_since(session.last_seen_at) < SEEN_EVERY {
            return Ok(());
        }
        with_writer!(self, |pool| {
            sqlx::query(
                "update sessions set last_seen_at = $2, device = $5, address = $6,
                 expires_at = case when created_at + $3 < $4 then created_at + $3 else $4 end
                 where id = $1 and expires_at > $2",
            )
            .bind(&session.id)
            .bind(now.as_millisecond())
            .bind(milliseconds(limits.lifetime))
            .bind((now + limits.idle).as_millisecond())
            .bind(from.device)
            .bind(from.address)
            .execute(pool)
            .await
            .map(drop)
        })?;
        Ok(())
    }

    /// Shortens existing sessions to these limits, where they exceed them.
    pub async fn limit_sessions(&self, limits: SessionLimits) -> Result<(), StoreError> {
        let (lifetime, idle) = (milliseconds(limits.lifetime), milliseconds(limits.idle));
        with_writer!(self, |pool| {
            let mut tx = pool.begin().await?;
            sqlx::query("update sessions set expires_at = created_at + $1 where expires_at > created_at + $1")
                .bind(lifetime)
                .execute(&mut *tx)
                .await?;
            sqlx::query("update sessions set expires_at = last_seen_at + $1 where expires_at > last_seen_at + $1")
                .bind(idle)
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
        });
        Ok(())
    }

    /// Returns the valid sessions of this person, most recently used first.
    pub async fn list_sessions(&self, email: &Email, now: Timestamp) -> Result<Vec<SessionSummary>, StoreError> {
        let rows: Vec<SummaryRow> = with_reader!(self, |pool| {
            sqlx::query_as(
                "select sessions.id, device, address, sessions.created_at, last_seen_at
                 from sessions join people on people.id = sessions.person_id
                 where email = $1 and expires_at > $2 order by last_seen_at desc, sessions.id",
            )
            .bind(email.as_str())
            .bind(now.as_millisecond())
            .fetch_all(pool)
            .await?
        });
        let summary = |row: SummaryRow| {
            Ok(SessionSummary {
                id: row.id,
                device: row.device,
                address: row.address,
                created_at: instant(row.created_at)?,
                seen_at: instant(row.last_seen_at)?,
            })
        };
        rows.into_iter().map(summary).collect()
    }

    /// Ends the session of this token, if there is one.
    pub async fn end_session(&self, token: &Token) -> Result<(), StoreError> {
        with_writer!(self, |pool| {
            sqlx::query("delete from sessions where token_hash = $1").bind(token.hash()).execute(pool).await.map(drop)
        })?;
        Ok(())
    }

    /// Ends one session of this person by its id, never another's. False when there is none to end.
    pub async fn end_session_of(&self, person: &PersonId, id: &str) -> Result<bool, StoreError> {
        let ended = with_writer!(self, |pool| {
            sqlx::query("delete from sessions where id = $1 and person_id = $2")
                .bind(id)
                .bind(&person.0)
                .execute(pool)
                .await?
                .rows_affected()
        });
        Ok(ended == 1)
    }

    /// Ends every session of this person but one; returns how many.
    pub async fn end_other_sessions(&self, session: &OpenSession) -> Result<u64, StoreError> {
        let ended = with_writer!(self, |pool| {
            sqlx::query("delete from sessions where person_id = $1 and id <> $2")
                .bind(&session.person_id.0)
                .bind(&session.id)
                .execute(pool)
                .await?
                .rows_affected()
        });
        Ok(ended)
    }
}

fn milliseconds(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
