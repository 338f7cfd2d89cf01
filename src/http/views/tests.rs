//! Tests of who may save and change views, and of the view with which the list opens.

use super::*;
use crate::tests::support::database::each_database;
use crate::tests::support::history::at;
use app::view::viewer::{Theme, Zone};
use axum::body::Body;
use axum::http::header;
use domain::account::{Person, Role};

fn viewer(name: &str, role: Role) -> Viewer {
    let person = Person { name: name.to_owned(), email: format!("{name}@example.com"), role };
    Viewer { person: Some(person), theme: Theme::System, zone: Zone::Local, now: at(0), as_of: None }
}

async fn send(store: &Store, by: &Viewer, request: axum::http::request::Builder, form: &str) -> (u16, String) {
    let page = get(|| async { "the list" });
    let request = request.extension(by.clone()).header("content-type", "application/x-www-form-urlencoded");
    let response =
        routes(store.clone(), page).oneshot(request.body(Body::from(form.to_owned())).unwrap()).await.unwrap();
    let to = response.headers().get(header::LOCATION).map_or("", |to| to.to_str().unwrap()).to_owned();
    (response.status().as_u16(), to)
}

async fn post_form(store: &Store, by: &Viewer, path: &str, form: &str) -> (u16, String) {
    send(store, by, Request::post(path), form).await
}

/// Returns name, owner and id of each view that somebody sees.
async fn seen(store: &Store, by: &Viewer) -> Vec<(String, String)> {
    let email = Email::parse(&by.person.as_ref().unwrap().email).unwrap();
    let views = store.list_views(&email).await.unwrap().into_iter();
    views
        .map(|view| {
            (format!("{} of {}{}", view.name, view.owner, if view.is_default { ", first" } else { "" }), view.id)
        })
        .collect()
}

async fn names(store: &Store, by: &Viewer) -> Vec<String> {
    seen(store, by).await.into_iter().map(|(name, _)| name).collect()
}

async fn people(store: &Store) -> (Viewer, Viewer, Viewer) {
    for (name, role) in [("ana", Role::Admin), ("bo", Role::Admin), ("hiro", Role::Hirer)] {
        store.add_person(&Email::parse(&format!("{name}@example.com")).unwrap(), name, role, at(0)).await.unwrap();
    }
    (viewer("ana", Role::Admin), viewer("bo", Role::Admin), viewer("hiro", Role::Hirer))
}

#[tokio::test]
async fn a_view_is_saved_without_its_place_and_changed_by_those_who_may() {
    each_database(async |store| {
        let (ana, bo, hiro) = people(&store).await;
        let save = "name=+Offers+&query=%3Ftype%3Dclient.contract.offered%26before%3D1~2";
        let shown = "/deliveries?type=client.contract.offered";
        assert_eq!(post_form(&store, &hiro, "/deliveries/views", save).await, (403, String::new()));
        assert_eq!(post_form(&store, &ana, "/deliveries/views", save).await, (303, shown.to_owned()));
        let shared = "name=Refused&query=%3Foutcome%3Drefused&is_shared=1&is_default=1";
        post_form(&store, &ana, "/deliveries/views", shared).await;
        assert_eq!(names(&store, &ana).await, ["Offers of ana", "Refused of ana, first"]);
        assert_eq!(names(&store, &bo).await, ["Refused of ana"]);

        // Without a name nothing is saved, and filters have a bound.
        assert_eq!(post_form(&store, &ana, "/deliveries/views", "name=+&query=").await.0, 303);
        let long = format!("name=Long&query=%3Fq%3D{}", "a".repeat(3_000));
        assert_eq!(post_form(&store, &ana, "/deliveries/views", &long).await.0, 413);
        assert_eq!(names(&store, &ana).await.len(), 2);

        let ids: Vec<String> = seen(&store, &ana).await.into_iter().map(|(_, id)| id).collect();
        let change = |id: &str, act: &str| format!("id={id}&act={act}&name=New&next=%2Fdeliveries%3Flate%3D1");
        let back = (303, "/deliveries?late=1".to_owned());
        // Another's own view is not there for anybody else; hirers change none.
        for act in ["rename", "delete", "open"] {
            assert_eq!(post_form(&store, &bo, "/deliveries/views/change", &change(&ids[0], act)).await, back);
            assert_eq!(post_form(&store, &hiro, "/deliveries/views/change", &change(&ids[1], act)).await.0, 403);
        }
        assert_eq!(names(&store, &ana).await, ["Offers of ana", "Refused of ana, first"]);
        assert_eq!(names(&store, &bo).await, ["Refused of ana"]);
        assert_eq!(post_form(&store, &bo, "/deliveries/views/change", &change(&ids[1], "rename")).await, back);
        assert_eq!(post_form(&store, &bo, "/deliveries/views/change", &change(&ids[1], "open")).await, back);
        assert_eq!(names(&store, &bo).await, ["New of ana, first"]);
        assert_eq!(post_form(&store, &ana, "/deliveries/views/change", &change(&ids[1], "nonsense")).await.0, 400);
        assert_eq!(post_form(&store, &bo, "/deliveries/views/change", &change(&ids[1], "delete")).await, back);
        assert_eq!(names(&store, &ana).await, ["Offers of ana"]);
        let away = format!("id={}&act=delete&next=https%3A%2F%2Fevil.example", ids[0]);
        assert_eq!(post_form(&store, &ana, "/deliveries/views/change", &away).await, (303, "/".to_owned()));
        assert_eq!(names(&store, &ana).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn the_list_opens_with_the_default_view_unless_something_is_asked_for() {
    each_database(async |store| {
        let (ana, bo, hiro) = people(&store).await;
        let open = async |by: &Viewer, path: &str| send(&store, by, Request::get(path), "").await;
        let page = (200, String::new());
        assert_eq!(open(&ana, "/deliveries").await, page);
        let save = "name=Refused&query=%3Foutcome%3Drefused&is_shared=1&is_default=1";
        post_form(&store, &ana, "/deliveries/views", save).await;
        let view = (303, "/deliveries?outcome=refused".to_owned());
        assert_eq!(open(&ana, "/deliveries").await, view);
        assert_eq!(open(&ana, "/deliveries?").await, view);
        assert_eq!(open(&ana, "/deliveries?all=1").await, page);
        assert_eq!(open(&ana, "/deliveries?q=&from=").await, page);
        // It is the default of one person.
        assert_eq!(open(&bo, "/deliveries").await, page);
        assert_eq!(open(&hiro, "/deliveries").await, page);
        let id = seen(&store, &ana).await.remove(0).1;
        post_form(&store, &ana, "/deliveries/views/change", &format!("id={id}&act=close&next=%2F")).await;
        assert_eq!(open(&ana, "/deliveries").await, page);
        // The address of a form opened as a page leads to the list.
        assert_eq!(open(&ana, "/deliveries/views").await, (303, "/deliveries".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn one_person_saves_no_more_than_they_may() {
    each_database(async |store| {
        let (ana, ..) = people(&store).await;
        for _ in 0..MAX_VIEWS {
            assert_eq!(post_form(&store, &ana, "/deliveries/views", "name=x&query=").await.0, 303);
        }
        assert_eq!(post_form(&store, &ana, "/deliveries/views", "name=x&query=").await.0, 409);
    })
    .await;
}
