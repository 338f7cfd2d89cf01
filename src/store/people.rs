//! Accounts: names, roles and password hashes. Credentials are in `people::links`, `people::sessions` and
//! `people::devices`.

pub mod devices;
pub mod feeds;
pub mod links;
pub mod sessions;
pub mod token;

use super::{Store, StoreError, instant, with_reader, with_writer};
use app::view::viewer::{Person, Role};
use jiff::Timestamp;
use sqlx::FromRow;
use std::fmt;

/// An e-mail address as a sign-in name: trimmed, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    /// Rough on purpose: mail is never sent to it, so it must only be one word with something on both sides of an `@`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (user, host) = text.split_once('@')?;
        let plain = text.chars().all(|c| !c.is_whitespace() && !c.is_control());
        let sized = !user.is_empty() && !host.is_empty() && !host.contains('@') && text.len() <= 254;
        (plain && sized).then(|| Self(text.to_lowercase()))
    }

    /// As stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Names a row of `people`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PersonId(pub(super) String);

impl PersonId {
    fn new() -> Self {
        Self(format!("person_{:032x}", rand::random::<u128>()))
    }
}

/// Someone who may sign in, or could.
#[derive(Clone)]
pub struct StoredPerson {
    /// The row.
    pub id: PersonId,
    /// Name, e-mail, role.
    pub person: Person,
    /// A PHC string; `None` until the first link was followed.
    pub password_hash: Option<String>,
    /// When they were added.
    pub created_at: Timestamp,
    /// Since when they may not sign in.
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

/// Everything by which a person, or a program of theirs, gets in.
const WHAT_A_PERSON_HOLDS: [&str; 4] = [
    "delete from sign_in_links where person_id = $1",
    "delete from sessions where person_id = $1",
    "delete from feeds where person_id = $1",
    "delete from devices where person_id = $1",
];

fn person(name: String, email: String, role: &str) -> Result<Person, StoreError> {
    let role = Role::parse(role).ok_or_else(|| StoreError::Corrupt(format!("a person has the role {role:?}")))?;
    Ok(Person { name, email, role })
}

impl Store {
    /// Adds a person, or brings back a disabled one with this name and role and with nothing they held before: no
    /// password, session, one-time link or calendar link. `None` when the address belongs to someone who is not disabled.
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
            // Disabling ended what there was then; this ends what was made while they were disabled, or by a version
            // that left something standing.
            if let Some(back) = id.as_ref().filter(|id| **id != new) {
                for statement in WHAT_A_PERSON_HOLDS {
                    sqlx::query(statement).bind(back).execute(&mut *tx).await?;
                }
            }
            tx.commit().await?;
            id
        });
        Ok(id.map(PersonId))
    }

    /// The person of this address, disabled or not.
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

    /// Everybody, in the order they were added.
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

    /// Sets a new password in place of the one with `old_hash`, and ends every session and one-time link and forgets
    /// every known device: whoever else knew the old one is out. False when the password was changed or the person
    /// disabled in between.
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

    /// Ends every session, one-time link and calendar link of this person, forgets every known device, and lets them make
    /// no new one. False when there is nobody to disable.
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
            for statement in WHAT_A_PERSON_HOLDS {
                sqlx::query(statement).bind(&id).execute(&mut *tx).await?;
            }
            tx.commit().await?;
        });
        Ok(true)
    }
}

#[cfg(test)]
mod tests;
