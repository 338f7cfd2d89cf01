//! Calendar links: secret URLs from which another program reads a calendar without a session, until they expire.

use super::token::Token;
use super::{Email, role};
use crate::store::{Store, StoreError, instant, with_reader, with_writer};
use domain::query::feed::Feed;
use jiff::{SignedDuration, Timestamp};
use sqlx::FromRow;

/// Maximum number of links per person.
pub const MAX_FEEDS: i64 = 50;
/// Minimum interval between recorded uses, so that a frequent reader does not cause a write each time.
const USE_EVERY: SignedDuration = SignedDuration::from_hours(1);

#[derive(FromRow)]
struct FeedRow {
    id: String,
    name: String,
    role: String,
    query: String,
    created_at: i64,
    used_at: Option<i64>,
}

impl TryFrom<FeedRow> for Feed {
    type Error = StoreError;

    fn try_from(row: FeedRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            name: row.name,
            role: role(&row.role)?,
            query: row.query,
            created_at: instant(row.created_at)?,
            used_at: row.used_at.map(instant).transpose()?,
        })
    }
}

impl Store {
    /// Creates a link; `None` when the person is at the limit, disabled, or unknown.
    pub async fn add_feed(
        &self,
        email: &Email,
        name: &str,
        query: &str,
        now: Timestamp,
    ) -> Result<Option<Token>, StoreError> {
        let token = Token::new();
        let added = with_writer!(self, |pool| {
            sqlx::query(
                "insert into feeds (id, token_hash, person_id, name, query, created_at)
                 select $1, $2, people.id, $4, $5, $6 from people where email = $3 and disabled_at is null
                 and (select count(*) from feeds where person_id = people.id) < $7",
            )
            .bind(format!("feed_{:032x}", rand::random::<u128>()))
            .bind(token.hash())
            .bind(email.as_str())
            .bind(name)
            .bind(query)
            .bind(now.as_millisecond())
            .bind(MAX_FEEDS)
            .execute(pool)
            .await?
            .rows_affected()
        });
        Ok((added == 1).then_some(token))
    }

    /// Returns the links of this person, newest first.
    pub async fn list_feeds(&self, email: &Email) -> Result<Vec<Feed>, StoreError> {
        let rows: Vec<FeedRow> = with_reader!(self, |pool| {
            sqlx::query_as(
                "select feeds.id, feeds.name, role, query, feeds.created_at, used_at
                 from feeds join people on people.id = feeds.person_id where email = $1
                 order by feeds.created_at desc, feeds.id",
            )
            .bind(email.as_str())
            .fetch_all(pool)
            .await?
        });
        rows.into_iter().map(Feed::try_from).collect()
    }

    /// Revokes a link of this person, never another's. False when there is none to revoke.
    pub async fn revoke_feed(&self, email: &Email, id: &str) -> Result<bool, StoreError> {
        let ended = with_writer!(self, |pool| {
            sqlx::query("delete from feeds where id = $1 and person_id in (select id from people where email = $2)")
                .bind(id)
                .bind(email.as_str())
                .execute(pool)
                .await?
                .rows_affected()
        });
        Ok(ended == 1)
    }

    /// Returns the feed of this token, unless it is revoked or its owner disabled, and records its use.
    pub async fn use_feed(&self, token: &Token, now: Timestamp) -> Result<Option<Feed>, StoreError> {
        let row: Option<FeedRow> = with_reader!(self, |pool| {
            sqlx::query_as(
                "select feeds.id, feeds.name, role, query, feeds.created_at, used_at
                 from feeds join people on people.id = feeds.person_id
                 where feeds.token_hash = $1 and disabled_at is null",
            )
            .bind(token.hash())
            .fetch_optional(pool)
            .await?
        });
        let Some(feed) = row.map(Feed::try_from).transpose()? else { return Ok(None) };
        if feed.used_at.is_none_or(|used| now.duration_since(used) >= USE_EVERY) {
            with_writer!(self, |pool| {
                sqlx::query("update feeds set used_at = $2 where id = $1")
                    .bind(&feed.id)
                    .bind(now.as_millisecond())
                    .execute(pool)
                    .await
                    .map(drop)
            })?;
        }
        Ok(Some(feed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::support::database::each_database;
    use domain::account::Role;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn a_link_works_until_it_is_revoked_or_its_owner_disabled() {
        each_database(async |store| {
            let now = at("2026-03-01T09:00:00Z");
            let email = |text: &str| Email::parse(text).unwrap();
            let (ana, bo) = (email("ana@example.com"), email("bo@example.com"));
            for one in [&ana, &bo] {
                store.add_person(one, "Somebody", Role::Hirer, now).await.unwrap();
            }
            assert!(store.add_feed(&email("nobody@example.com"), "x", "", now).await.unwrap().is_none());
            let first = store.add_feed(&ana, "All", "?hirer=hp_1", now).await.unwrap().unwrap();
            let second = store.add_feed(&ana, "Mine", "", now).await.unwrap().unwrap();
            assert!(store.use_feed(&Token::new(), now).await.unwrap().is_none());
            let used = store.use_feed(&first, now).await.unwrap().unwrap();
            assert_eq!((used.name.as_str(), used.query.as_str(), used.used_at), ("All", "?hirer=hp_1", None));

            // Recorded once an hour.
            for (later, noted) in
                [("2026-03-01T09:30:00Z", "2026-03-01T09:00:00Z"), ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z")]
            {
                store.use_feed(&first, at(later)).await.unwrap().unwrap();
                let kept = store.list_feeds(&ana).await.unwrap();
                assert_eq!(kept.iter().find(|feed| feed.name == "All").unwrap().used_at, Some(at(noted)));
            }

            assert!(!store.revoke_feed(&bo, &used.id).await.unwrap(), "nobody revokes another's");
            assert!(store.revoke_feed(&ana, &used.id).await.unwrap());
            assert!(store.use_feed(&first, now).await.unwrap().is_none());
            assert_eq!(store.list_feeds(&ana).await.unwrap().len(), 1);
            assert!(store.list_feeds(&bo).await.unwrap().is_empty());

            store.disable_person(&ana, now).await.unwrap();
            assert!(store.use_feed(&second, now).await.unwrap().is_none());
            assert!(store.add_feed(&ana, "More", "", now).await.unwrap().is_none());
        })
        .await;
    }

    #[tokio::test]
    async fn one_person_has_no_more_links_than_they_may() {
        each_database(async |store| {
            let now = at("2026-03-01T09:00:00Z");
            let ana = Email::parse("ana@example.com").unwrap();
            store.add_person(&ana, "Ana", Role::Admin, now).await.unwrap();
            for _ in 0..MAX_FEEDS {
                assert!(store.add_feed(&ana, "x", "", now).await.unwrap().is_some());
            }
            assert!(store.add_feed(&ana, "x", "", now).await.unwrap().is_none());
        })
        .await;
    }
}
