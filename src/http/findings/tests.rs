//! Tests of who may dismiss a finding, and what is stored about it.

use super::*;
use crate::commands::StoreCommands;
use crate::store::Store;
use crate::tests::support::database::each_database;
use crate::tests::support::history::at;
use app::view::viewer::{Theme, Zone};
use axum::body::Body;
use axum::http::header;
use domain::account::Role;
use tower::ServiceExt as _;

const KEY: &str = "offer-before-answer.ct_1.7";

async fn post_form(store: &Store, by: Option<Role>, path: &str, form: &str) -> (StatusCode, Option<String>) {
    let person = by.map(|role| Person { name: "Ana".into(), email: "ana@example.com".into(), role });
    let viewer = Viewer { person, theme: Theme::System, zone: Zone::Local, now: at(0), as_of: None };
    let request = Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .extension(viewer)
        .body(Body::from(form.to_owned()));
    let response = routes(Arc::new(StoreCommands::new(store.clone()))).oneshot(request.unwrap()).await.unwrap();
    let to = response.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
    (response.status(), to)
}

async fn reasons(store: &Store) -> Vec<String> {
    store.list_dismissals(&[KEY], i64::MAX).await.unwrap().into_iter().map(|(_, reason, ..)| reason).collect()
}

#[tokio::test]
async fn only_an_admin_with_a_reason_lays_a_finding_aside_and_takes_it_up_again() {
    each_database(async |store| {
        let form = format!("key={KEY}&reason=+Known+to+all+&next=%2Fcontracts%2Fct_1");
        for (by, path) in [
            (None, "/findings/dismiss"),
            (Some(Role::Hirer), "/findings/dismiss"),
            (None, "/findings/restore"),
            (Some(Role::Hirer), "/findings/restore"),
        ] {
            assert_eq!(post_form(&store, by, path, &form).await, (StatusCode::FORBIDDEN, None), "{by:?} {path}");
        }
        assert_eq!(reasons(&store).await, Vec::<String>::new());

        let back = (StatusCode::SEE_OTHER, Some("/contracts/ct_1".to_owned()));
        let without = format!("key={KEY}&reason=++&next=%2Fcontracts%2Fct_1");
        assert_eq!(post_form(&store, Some(Role::Admin), "/findings/dismiss", &without).await, back);
        assert_eq!(reasons(&store).await, Vec::<String>::new());

        assert_eq!(post_form(&store, Some(Role::Admin), "/findings/dismiss", &form).await, back);
        assert_eq!(reasons(&store).await, ["Known to all"]);
        // The first reason stays.
        let again = format!("key={KEY}&reason=Other&next=https%3A%2F%2Fevil.example");
        let home = (StatusCode::SEE_OTHER, Some("/".to_owned()));
        assert_eq!(post_form(&store, Some(Role::Admin), "/findings/dismiss", &again).await, home);
        assert_eq!(reasons(&store).await, ["Known to all"]);

        assert_eq!(post_form(&store, Some(Role::Admin), "/findings/restore", &form).await, back);
        assert_eq!(reasons(&store).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn the_address_of_a_form_opened_as_a_page_leads_to_the_findings() {
    each_database(async |store| {
        for path in ["/findings/dismiss", "/findings/restore"] {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let response = routes(Arc::new(StoreCommands::new(store.clone()))).oneshot(request).await.unwrap();
            let to = response.headers()[header::LOCATION].to_str().unwrap();
            assert_eq!((response.status(), to), (StatusCode::SEE_OTHER, "/findings"));
        }
    })
    .await;
}
