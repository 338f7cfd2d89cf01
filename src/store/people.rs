//! Accounts: names, roles and password hashes. Credentials are in `people::links`, `people::sessions` and
//! `people::devices`.

pub mod devices;
pub mod feeds;
pub mod links;
pub mod sessions;
pub mod token;
mod views;

use super::{Store, StoreError, instant, with_reader, with_writer};
use domain::account::{Person, Role};
use jiff::Timestamp;
use sqlx::FromRow;
use std::fmt;

/// An e-mail address as a sign-in name: trimmed, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    /// Parses an address. Deliberately lax: no mail is sent to it, so it only needs text on both sides of an `@`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (user, host) = text.split_once('@')?;
        let plain = text.chars().all(|c| !c.is_whitespace() && !c.is_control());
        let sized = !user.is_empty() && !host.is_empty() && !host.contains('@') && text.len() <= 254;
        (plain && sized).then(|| Self(text.to_lowercase()))
    }

    /// Returns the stored form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The primary key of `people`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PersonId(pub(super) String);

impl PersonId {
    fn new() -> Self {
        Self(format!("person_{:032x}", rand::random::<u128>()))
    }
}

/// An account, enabled or disabled.
#[derive(Clone)]
pub struct StoredPerson {
    /// The primary key.
    pub id: PersonId,
    /// Name, e-mail, role.
    pub person: Person,
    /// A PHC string; `None` until the first link was used.
    pub password_hash: Option<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was disabled, if it is.
    pub disabled_at: Option<Timestamp>,
}

#[derive(FromRow)]
struct PersonRow {
    id: String,
    email: String,
    name: String,
    role: String,
    password_hash: Option<String>,
    created_at: i64,
    disabled_at: Option<i64>,
}

impl TryFrom<PersonRow> for StoredPerson {
    type Error = StoreError;

    fn try_from(row: PersonRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: PersonId(row.id),
            person: person(row.name, row.email, &row.role)?,
            password_hash: row.password_hash,
            created_at: instant(row.created_at)?,
            disabled_at: row.disabled_at.map(instant).transpose()?,
        })
    }
}

/// Deletes all credentials of a person.
const DELETE_CREDENTIALS: [&str; 4] = [
    "delete from sign_in_links where person_id = $1",
    "delete from sessions where person_id = $1",
    "delete from feeds where person_id = $1",
    "delete from devices where person_id = $1",
];

fn role(text: &str) -> Result<Role, StoreError> {
    Role::parse(text).ok_or_else(|| StoreError::Corrupt(format!("a person has the role {text:?}")))
}

fn person(name: String, email: String, role: &str) -> Result<Person, StoreError> {
    Ok(Person { name, email, role: self::role(role)? })
}

impl Store {
    /// Creates an account, or restores a disabled one with this name and role and without its old credentials: no
    /// password, session, one-time link or calendar link. `None` when an enabled account has the address.
    pub async fn add_person(
        &self,
        email: &Email,
        name: &str,
        role: Role,
        now: Timestamp,
    ) -> Result<Option<PersonId>, StoreError> {
        let new = PersonId::new().0;
        let id = with_writer!(self, |pool| {
            let mut tx = pool.begin().await?;
            let id: Option<String> = sqlx::query_scalar(
                "insert into people (id, email, name, role, created_at) values ($1, $2, $3, $4, $5)
                 on conflict (email) do update
                 set name = excluded.name, role = excluded.role, password_hash = null, disabled_at = null
                 where people.disabled_at is not null
                 returning id",
            )
            .bind(&new)
            .bind(email.as_str())
            .bind(name)
            .bind(role.as_str())
            .bind(now.as_millisecond())
            .fetch_optional(&mut *tx)
            .await?;
            // Disabling deleted the credentials of then; this deletes those made while disabled, or left by an older
            // version.
            if let Some(back) = id.as_ref().filter(|id| **id != new) {
                for statement in DELETE_CREDENTIALS {
                    sqlx::query(statement).bind(back).execute(&mut *tx).await?;
                }
            }
            tx.commit().await?;
            id
        });
        Ok(id.map(PersonId))
    }

    /// Returns the account of this address, disabled or not.
    pub async fn find_person(&self, email: &Email) -> Result<Option<StoredPerson>, StoreError> {
        let row: Option<PersonRow> = with_reader!(self, |pool| {
            sqlx::query_as(
                "select id, email, name, role, password_hash, created_at, disabled_at from people where email = $1",
            )
            .bind(email.as_str())
            .fetch_optional(pool)
            .await?
        });
        row.map(StoredPerson::try_from).transpose()
    }

    /// Returns all accounts, in order of creation.
    pub async fn list_people(&self) -> Result<Vec<StoredPerson>, StoreError> {
        let rows: Vec<PersonRow> = with_reader!(self, |pool| {
            sqlx::query_as(
                "select id, email, name, role, password_hash, created_at, disabled_at from people
                 order by created_at, email",
            )
            .fetch_all(pool)
            .await?
        });
        rows.into_iter().map(StoredPerson::try_from).collect()
    }

    /// Replaces the password with `old_hash`, deletes every session and one-time link, and forgets every known device,
    /// so that anybody else who knew the old one is signed out. False when the password was changed or the account
    /// disabled meanwhile.
    pub async fn change_password(&self, person: &PersonId, old_hash: &str, new_hash: &str) -> Result<bool, StoreError> {
        with_writer!(self, |pool| {
            let mut tx = pool.begin().await?;
            let changed = sqlx::query(
                "update people set password_hash = $3 where id = $1 and password_hash = $2 and disabled_at is null",
            )
            .bind(&person.0)
            .bind(old_hash)
            .bind(new_hash)
            .execute(&mut *tx)
            .await?
            .rows_affected();
            if changed == 0 {
                return Ok(false);
            }
            sqlx::query("delete from sign_in_links where person_id = $1").bind(&person.0).execute(&mut *tx).await?;
            sqlx::query("delete from sessions where person_id = $1").bind(&person.0).execute(&mut *tx).await?;
            sqlx::query("delete from devices where person_id = $1").bind(&person.0).execute(&mut *tx).await?;
            tx.commit().await?;
        });
        Ok(true)
    }

    /// Disables an account: deletes every session, one-time link and calendar link, forgets every known device, and
    /// prevents new ones. False when there is nothing to disable.
    pub async fn disable_person(&self, email: &Email, now: Timestamp) -> Result<bool, StoreError> {
        with_writer!(self, |pool| {
            let mut tx = pool.begin().await?;
            let id: Option<String> = sqlx::query_scalar(
                "update people set disabled_at = $2 where email = $1 and disabled_at is null returning id",
            )
            .bind(email.as_str())
            .bind(now.as_millisecond())
            .fetch_optional(&mut *tx)
            .await?;
            let Some(id) = id else { return Ok(false) };
            for statement in DELETE_CREDENTIALS {
                sqlx::query(statement).bind(&id).execute(&mut *tx).await?;
            }
            tx.commit().await?;
        });
        Ok(true)
    }
}

#[cfg(test)]
mod tests;
