//! Saved views of the list of deliveries, and the one with which it opens for a person.

use super::Email;
use crate::store::{Store, StoreError, with_reader, with_writer};
use domain::query::filter::{DeliveryFilter, Query as _};
use domain::query::view::{MAX_VIEWS, SavedView};
use jiff::Timestamp;
use sqlx::FromRow;

#[derive(FromRow)]
struct ViewRow {
    id: String,
    name: String,
    query: String,
    is_shared: bool,
    owner: String,
    is_own: bool,
    is_default: bool,
}

impl From<ViewRow> for SavedView {
    fn from(row: ViewRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            filter: DeliveryFilter::from_query(&row.query),
            is_shared: row.is_shared,
            owner: row.owner,
            is_own: row.is_own,
            is_default: row.is_default,
        }
    }
}

impl Store {
    /// Saves a view, and returns its id; `None` when the person is at the limit, disabled, or unknown.
    pub async fn save_view(
        &self,
        email: &Email,
        name: &str,
        filter: &DeliveryFilter,
        is_shared: bool,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let id = format!("view_{:032x}", rand::random::<u128>());
        let added = with_writer!(self, |pool| {
            sqlx::query(
                "insert into saved_views (id, person_id, name, query, is_shared, created_at) \
                 select $1, people.id, $2, $3, $4, $5 from people where email = $6 and disabled_at is null \
                 and (select count(*) from saved_views where person_id = people.id) < $7",
            )
            .bind(&id)
            .bind(name)
            .bind(filter.to_query())
            .bind(is_shared)
            .bind(now.as_millisecond())
            .bind(email.as_str())
            .bind(MAX_VIEWS)
            .execute(pool)
            .await?
            .rows_affected()
        });
        Ok((added == 1).then_some(id))
    }

    /// Returns the views that a person sees, their own ones first, then by name.
    pub async fn list_views(&self, email: &Email) -> Result<Vec<SavedView>, StoreError> {
        let mut rows: Vec<ViewRow> = with_reader!(self, |pool| {
            sqlx::query_as(
                "select v.id, v.name, v.query, v.is_shared, owner.name as owner, owner.id = me.id as is_own, \
                 d.view_id is not null as is_default from people me join saved_views v \
                 on v.person_id = me.id or v.is_shared join people owner on owner.id = v.person_id \
                 left join default_views d on d.person_id = me.id and d.view_id = v.id where me.email = $1",
            )
            .bind(email.as_str())
            .fetch_all(pool)
            .await?
        });
        rows.sort_by_cached_key(|row| (!row.is_own, row.name.to_lowercase(), row.id.clone()));
        Ok(rows.into_iter().map(SavedView::from).collect())
    }

    /// Renames a view. False when it does not exist any more.
    pub async fn rename_view(&self, id: &str, name: &str) -> Result<bool, StoreError> {
        let renamed = with_writer!(self, |pool| {
            sqlx::query("update saved_views set name = $2 where id = $1")
                .bind(id)
                .bind(name)
                .execute(pool)
                .await?
                .rows_affected()
        });
        Ok(renamed == 1)
    }

    /// Deletes a view; the list then opens unfiltered for those for whom it opened with it.
    pub async fn delete_view(&self, id: &str) -> Result<(), StoreError> {
        with_writer!(self, |pool| {
            sqlx::query("delete from saved_views where id = $1").bind(id).execute(pool).await.map(drop)
        })?;
        Ok(())
    }

    /// Sets the view with which the list opens for a person, if they see it; `None` for an unfiltered list.
    pub async fn set_default_view(&self, email: &Email, id: Option<&str>) -> Result<(), StoreError> {
        const SET: &str = "insert into default_views (person_id, view_id) select me.id, v.id from people me \
            join saved_views v on v.person_id = me.id or v.is_shared where me.email = $1 and v.id = $2 \
            on conflict (person_id) do update set view_id = excluded.view_id";
        const UNSET: &str = "delete from default_views where person_id in (select id from people where email = $1)";
        with_writer!(self, |pool| {
            let change = match id {
                Some(id) => sqlx::query(SET).bind(email.as_str()).bind(id),
                None => sqlx::query(UNSET).bind(email.as_str()),
            };
            change.execute(pool).await.map(drop)
        })?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::support::database::each_database;
    use domain::account::Role;

    fn email(text: &str) -> Email {
        Email::parse(text).unwrap()
    }

    async fn seen(store: &Store, by: &Email) -> Vec<String> {
        let words = |view: SavedView| {
            let marks = [(view.is_shared, "shared"), (view.is_own, "own"), (view.is_default, "default")];
            let marks: Vec<&str> = marks.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
            format!("{} {} {} {}", view.name, view.filter.to_query(), view.owner, marks.join(" "))
        };
        store.list_views(by).await.unwrap().into_iter().map(words).collect()
    }

    #[tokio::test]
    async fn everybody_sees_their_own_views_and_those_that_are_shared() {
        each_database(async |store| {
            let now = "2026-03-01T09:00:00Z".parse().unwrap();
            let (ana, bo) = (email("ana@example.com"), email("bo@example.com"));
            store.add_person(&ana, "Ana", Role::Admin, now).await.unwrap();
            store.add_person(&bo, "Bo", Role::Admin, now).await.unwrap();
            let late = DeliveryFilter { late: true, ..DeliveryFilter::default() };
            let mine = store.save_view(&ana, "Mine", &late, false, now).await.unwrap().unwrap();
            let ours = store.save_view(&ana, "Ours", &DeliveryFilter::default(), true, now).await.unwrap().unwrap();
            assert_eq!(store.save_view(&email("nobody@example.com"), "x", &late, true, now).await.unwrap(), None);
            assert_eq!(seen(&store, &ana).await, ["Mine ?late=1 Ana own", "Ours ?all=1 Ana shared own"]);
            assert_eq!(seen(&store, &bo).await, ["Ours ?all=1 Ana shared"]);

            store.set_default_view(&bo, Some(&mine)).await.unwrap();
            assert_eq!(seen(&store, &bo).await, ["Ours ?all=1 Ana shared"], "nobody opens with what they do not see");
            store.set_default_view(&bo, Some(&ours)).await.unwrap();
            store.set_default_view(&ana, Some(&ours)).await.unwrap();
            store.set_default_view(&ana, Some(&mine)).await.unwrap();
            assert_eq!(seen(&store, &bo).await, ["Ours ?all=1 Ana shared default"]);
            assert_eq!(seen(&store, &ana).await, ["Mine ?late=1 Ana own default", "Ours ?all=1 Ana shared own"]);
            store.set_default_view(&ana, None).await.unwrap();
            assert_eq!(seen(&store, &ana).await[0], "Mine ?late=1 Ana own");

            assert!(store.rename_view(&ours, "All of us").await.unwrap());
            assert!(!store.rename_view("view_0", "Nothing").await.unwrap());
            assert_eq!(seen(&store, &bo).await, ["All of us ?all=1 Ana shared default"]);
            store.delete_view(&ours).await.unwrap();
            assert_eq!(seen(&store, &bo).await, Vec::<String>::new());
            assert_eq!(seen(&store, &ana).await.len(), 1);
        })
        .await;
    }

    #[tokio::test]
    async fn one_person_saves_no_more_views_than_they_may() {
        each_database(async |store| {
            let now = "2026-03-01T09:00:00Z".parse().unwrap();
            let ana = email("ana@example.com");
            store.add_person(&ana, "Ana", Role::Admin, now).await.unwrap();
            let all = DeliveryFilter::default();
            for _ in 0..MAX_VIEWS {
                assert!(store.save_view(&ana, "x", &all, false, now).await.unwrap().is_some());
            }
            assert_eq!(store.save_view(&ana, "x", &all, false, now).await.unwrap(), None);
            store.disable_person(&ana, now).await.unwrap();
            let saved = store.list_views(&ana).await.unwrap();
            store.delete_view(&saved[0].id).await.unwrap();
            assert_eq!(store.save_view(&ana, "x", &all, false, now).await.unwrap(), None, "disabled");
        })
        .await;
    }
}
