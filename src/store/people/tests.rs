//! Do links open once, and do sessions end when they must?

use super::links::{LINK_LIFETIME, first_admin_link};
use super::sessions::SESSION_LIFETIME;
use super::token::Token;
use super::*;
use crate::clock::Clock;
use crate::tests::support::database::each_database;
use jiff::SignedDuration;

const MILLISECOND: SignedDuration = SignedDuration::from_millis(1);

fn now() -> Timestamp {
    "2026-03-01T09:00:00Z".parse().unwrap()
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

/// Amara, an admin with a password, and her session.
async fn signed_in(store: &Store) -> (PersonId, Token) {
    let id = store.add_person(&email("amara@example.com"), "Amara", Role::Admin, now()).await.unwrap().unwrap();
    let link = store.make_link(&id, now()).await.unwrap();
    assert_eq!(store.follow_link(&link, "hash", now()).await.unwrap(), Some(id.clone()));
    let session = store.start_session(&id, "hash", now()).await.unwrap().unwrap();
    (id, session)
}

#[test]
fn an_email_is_one_word_around_an_at() {
    assert_eq!(email(" Amara@Example.COM ").as_str(), "amara@example.com");
    assert_eq!(email("admin@localhost").as_str(), "admin@localhost");
    let long = format!("{}@example.com", "a".repeat(250));
    for wrong in ["", "@", "a@", "@b", "a b@c", "a@b@c", "amara", "a@b\nc", long.as_str()] {
        assert_eq!(Email::parse(wrong), None, "{wrong:?}");
    }
}

#[tokio::test]
async fn an_address_belongs_to_one_person() {
    each_database(async |store| {
        let address = email("amara@example.com");
        let id = store.add_person(&address, "Amara", Role::Hirer, now()).await.unwrap().unwrap();
        assert_eq!(store.add_person(&address, "Other", Role::Admin, now()).await.unwrap(), None);
        let found = store.find_person(&email("AMARA@example.com")).await.unwrap().unwrap();
        assert_eq!(found.id, id);
        assert_eq!((found.person.name.as_str(), found.person.role), ("Amara", Role::Hirer));
        assert_eq!((found.created_at, found.disabled_at, found.password_hash), (now(), None, None));
        assert!(store.find_person(&email("other@example.com")).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_link_opens_once() {
    each_database(async |store| {
        let id = store.add_person(&email("a@b"), "A", Role::Admin, now()).await.unwrap().unwrap();
        let link = store.make_link(&id, now()).await.unwrap();
        assert!(store.is_link_open(&link, now()).await.unwrap());
        assert_eq!(store.follow_link(&link, "first", now()).await.unwrap(), Some(id));
        assert!(!store.is_link_open(&link, now()).await.unwrap());
        assert_eq!(store.follow_link(&link, "second", now()).await.unwrap(), None);
        let found = store.find_person(&email("a@b")).await.unwrap().unwrap();
        assert_eq!(found.password_hash.as_deref(), Some("first"));
    })
    .await;
}

#[tokio::test]
async fn of_two_who_follow_a_link_at_once_one_gets_in() {
    each_database(async |store| {
        let id = store.add_person(&email("a@b"), "A", Role::Admin, now()).await.unwrap().unwrap();
        let link = store.make_link(&id, now()).await.unwrap();
        let (one, two) = tokio::join!(store.follow_link(&link, "one", now()), store.follow_link(&link, "two", now()));
        assert_eq!([one.unwrap(), two.unwrap()].into_iter().flatten().count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_link_waits_72_hours_and_ends_with_the_next() {
    each_database(async |store| {
        let id = store.add_person(&email("a@b"), "A", Role::Admin, now()).await.unwrap().unwrap();
        let link = store.make_link(&id, now()).await.unwrap();
        assert!(store.is_link_open(&link, now() + LINK_LIFETIME - MILLISECOND).await.unwrap());
        assert!(!store.is_link_open(&link, now() + LINK_LIFETIME).await.unwrap());
        assert_eq!(store.follow_link(&link, "late", now() + LINK_LIFETIME).await.unwrap(), None);

        let next = store.make_link(&id, now()).await.unwrap();
        assert!(!store.is_link_open(&link, now()).await.unwrap());
        assert!(store.is_link_open(&next, now()).await.unwrap());
        assert!(!store.is_link_open(&Token::new(), now()).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_session_lasts_30_days_or_until_it_is_ended() {
    each_database(async |store| {
        let (_, session) = signed_in(&store).await;
        let found = store.find_session(&session, now() + SESSION_LIFETIME - MILLISECOND).await.unwrap().unwrap();
        assert_eq!((found.name.as_str(), found.role), ("Amara", Role::Admin));
        assert_eq!(store.find_session(&session, now() + SESSION_LIFETIME).await.unwrap(), None);
        assert_eq!(store.find_session(&Token::claimed("guess"), now()).await.unwrap(), None);
        store.end_session(&session).await.unwrap();
        assert_eq!(store.find_session(&session, now()).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn signing_in_sweeps_out_sessions_that_are_over() {
    each_database(async |store| {
        let (id, session) = signed_in(&store).await;
        let later = now() + SESSION_LIFETIME;
        store.start_session(&id, "hash", later).await.unwrap().unwrap();
        // Asked as of then, it would still be found if it were still there.
        assert_eq!(store.find_session(&session, now()).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_disabled_person_is_signed_out_and_stays_out() {
    each_database(async |store| {
        let (id, session) = signed_in(&store).await;
        let link = store.make_link(&id, now()).await.unwrap();
        let address = email("amara@example.com");
        assert!(store.disable_person(&address, now()).await.unwrap());
        assert!(!store.disable_person(&address, now()).await.unwrap(), "there is nobody left to disable");
        assert_eq!(store.find_session(&session, now()).await.unwrap(), None);
        assert_eq!(store.follow_link(&link, "new", now()).await.unwrap(), None);
        assert_eq!(store.start_session(&id, "hash", now()).await.unwrap(), None);
        // Not even with a link that is made afterwards.
        let link = store.make_link(&id, now()).await.unwrap();
        assert_eq!(store.follow_link(&link, "new", now()).await.unwrap(), None);
        assert_eq!(store.find_person(&address).await.unwrap().unwrap().disabled_at, Some(now()));
    })
    .await;
}

#[tokio::test]
async fn adding_a_disabled_person_brings_them_back_without_their_password() {
    each_database(async |store| {
        let (id, session) = signed_in(&store).await;
        let address = email("amara@example.com");
        store.disable_person(&address, now()).await.unwrap();
        let again = store.add_person(&address, "Amara N", Role::Hirer, now()).await.unwrap();
        assert_eq!(again, Some(id.clone()));
        let found = store.find_person(&address).await.unwrap().unwrap();
        assert_eq!((found.password_hash, found.disabled_at, found.person.role), (None, None, Role::Hirer));
        assert_eq!(store.find_session(&session, now()).await.unwrap(), None);
        assert_eq!(store.start_session(&id, "hash", now()).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_of_the_old_one() {
    each_database(async |store| {
        let (id, session) = signed_in(&store).await;
        let link = store.make_link(&id, now()).await.unwrap();
        store.follow_link(&link, "new", now()).await.unwrap();
        assert_eq!(store.find_session(&session, now()).await.unwrap(), None);
        assert_eq!(store.start_session(&id, "hash", now()).await.unwrap(), None, "checked before, used after");
        assert!(store.start_session(&id, "new", now()).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn the_first_admin_gets_links_until_an_admin_has_a_password() {
    each_database(async |store| {
        let clock = Clock::fixed(now());
        let link = first_admin_link(&store, &clock, "https://hooks.example").await.unwrap().unwrap();
        let first = link.strip_prefix("https://hooks.example/welcome/").unwrap().to_owned();
        let link = first_admin_link(&store, &clock, "https://hooks.example").await.unwrap().unwrap();
        let second = link.strip_prefix("https://hooks.example/welcome/").unwrap().to_owned();
        assert_ne!(first, second);
        let people = store.list_people().await.unwrap();
        assert_eq!(people.iter().map(|p| p.person.email.as_str()).collect::<Vec<_>>(), ["admin@localhost"]);
        assert_eq!(store.follow_link(&Token::claimed(&first), "hash", now()).await.unwrap(), None);
        assert!(store.follow_link(&Token::claimed(&second), "hash", now()).await.unwrap().is_some());
        assert_eq!(first_admin_link(&store, &clock, "https://hooks.example").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn an_admin_who_was_added_by_hand_is_the_first_admin() {
    each_database(async |store| {
        store.add_person(&email("hirer@b"), "H", Role::Hirer, now()).await.unwrap();
        let clock = Clock::fixed(now());
        assert_eq!(first_admin_link(&store, &clock, "http://x").await.unwrap(), None);
        store.add_person(&email("a@b"), "A", Role::Admin, now()).await.unwrap();
        assert!(first_admin_link(&store, &clock, "http://x").await.unwrap().is_some());
        assert_eq!(store.list_people().await.unwrap().len(), 2);
    })
    .await;
}
