//! One-time links, by which a person without a password sets one.

use super::token::Token;
use super::{Email, PersonId, person};
use crate::clock::Clock;
use crate::store::{Store, StoreError, with_reader, with_writer};
use domain::account::{Person, Role};
use jiff::{SignedDuration, Timestamp};

/// Lifetime of a link.
pub const LINK_LIFETIME: SignedDuration = SignedDuration::from_hours(72);

impl Store {
    /// Creates a link for this person; older ones end, so that a lost link can be made harmless.
    pub async fn make_link(&self, person: &PersonId, now: Timestamp) -> Result<Token, StoreError> {
        let token = Token::new();
        with_writer!(self, |pool| {
            let mut tx = pool.begin().await?;
            sqlx::query("delete from sign_in_links where person_id = $1").bind(&person.0).execute(&mut *tx).await?;
            sqlx::query(
                "insert into sign_in_links (token_hash, person_id, created_at, expires_at) values ($1, $2, $3, $4)",
            )
            .bind(token.hash())
            .bind(&person.0)
            .bind(now.as_millisecond())
            .bind((now + LINK_LIFETIME).as_millisecond())
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
        });
        Ok(token)
    }

    /// Returns whether the link of this token is valid now.
    pub async fn is_link_open(&self, token: &Token, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.find_link(token, now).await?.is_some())
    }

    /// Returns the person of this link, while it is valid.
    pub async fn find_link(&self, token: &Token, now: Timestamp) -> Result<Option<Person>, StoreError> {
        let row: Option<(String, String, String)> = with_reader!(self, |pool| {
            sqlx::query_as(
                "select name, email, role from sign_in_links join people on people.id = sign_in_links.person_id
                 where token_hash = $1 and used_at is null and expires_at > $2 and disabled_at is null",
            )
            .bind(token.hash())
            .bind(now.as_millisecond())
            .fetch_optional(pool)
            .await?
        });
        row.map(|(name, email, role)| person(name, email, &role)).transpose()
    }

    /// Uses the link: sets the password, deletes every session and forgets every known device. `None` when the link is
    /// invalid; of two concurrent uses, one gets `None`.
    pub async fn follow_link(
        &self,
        token: &Token,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<Option<PersonId>, StoreError> {
        let id = with_writer!(self, |pool| {
            let mut tx = pool.begin().await?;
            let id: Option<String> = sqlx::query_scalar(
                "update sign_in_links set used_at = $2
                 where token_hash = $1 and used_at is null and expires_at > $2
                 and exists (select 1 from people where id = person_id and disabled_at is null)
                 returning person_id",
            )
            .bind(token.hash())
            .bind(now.as_millisecond())
            .fetch_optional(&mut *tx)
            .await?;
            let Some(id) = id else { return Ok(None) };
            sqlx::query("update people set password_hash = $2 where id = $1")
                .bind(&id)
                .bind(password_hash)
                .execute(&mut *tx)
                .await?;
            sqlx::query("delete from sessions where person_id = $1").bind(&id).execute(&mut *tx).await?;
            sqlx::query("delete from devices where person_id = $1").bind(&id).execute(&mut *tx).await?;
            tx.commit().await?;
            id
        });
        Ok(Some(PersonId(id)))
    }
}

/// Returns a new link, `{public_url}/welcome/{token}`, for the first admin while no admin can sign in; creates
/// `admin@localhost` if there is no account at all. `None` if an admin has a password, or if all admins were disabled,
/// which can only have been done on purpose at the command line.
pub async fn first_admin_link(store: &Store, clock: &Clock, public_url: &str) -> Result<Option<String>, StoreError> {
    let now = clock.now();
    let mut people = store.list_people().await?;
    if people.is_empty() {
        if let Some(email) = Email::parse("admin@localhost") {
            // If another instance was faster, this adds nobody.
            store.add_person(&email, "Admin", Role::Admin, now).await?;
        }
        people = store.list_people().await?;
    }
    people.retain(|stored| stored.person.role == Role::Admin && stored.disabled_at.is_none());
    if people.iter().any(|admin| admin.password_hash.is_some()) {
        return Ok(None);
    }
    let Some(admin) = people.first() else { return Ok(None) };
    let token = store.make_link(&admin.id, now).await?;
    tracing::info!(who = admin.person.email, from = "the start of the server", "a one-time link was made");
    Ok(Some(welcome_url(public_url, &token)))
}

/// Returns the URL of a link.
pub fn welcome_url(public_url: &str, token: &Token) -> String {
    format!("{public_url}/welcome/{}", token.as_str())
}
