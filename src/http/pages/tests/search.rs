//! Tests of the search box of deliveries: its help, its mistakes, and how far was looked.

use super::*;
use domain::query::filter::{DeliveryFilter, Query as _};
use domain::query::search::{FORMS, KEYS};

async fn offered(store: &Store) {
    let mut object = contract("ct_1", "clct_1");
    object["rate"]["value"] = json!("450.00");
    tell(store, &[body("client.contract.offered", "live", &object), contact("clct_2")]).await;
}

fn address(q: &str) -> String {
    format!("/deliveries?q={}", in_path(q))
}

#[tokio::test]
async fn a_search_says_what_it_looks_for_and_how_far_it_looked() {
    each_database(async |store| {
        offered(&store).await;
        let site = Site::new(&store);
        let (status, html) = site.get(&address("rate.value > 400"), Role::Admin).await;
        assert_eq!((status, html.matches("<tr data-seq").count()), (200, 1), "{html}");
        assert!(html.contains("Deliveries whose rate.value is more than 400"), "{html}");
        assert!(html.contains("data-live=\"/live/deliveries?q=rate.value+%3E+400&amp;since=2\""), "{html}");
        let looked = &html[html.find("Looked at ").unwrap()..];
        let looked = &looked[..looked.find("</p>").unwrap()];
        assert!(
            looked.contains(">2</span>") && looked.contains(" deliveries") && looked.contains("That is all."),
            "{looked}"
        );

        let (_, html) = site.get(&address("rate.value > 500"), Role::Admin).await;
        assert!(html.contains("No delivery fits") && html.contains("Looked at "), "{html}");
        assert_eq!(site.get(&address("amara"), Role::Hirer).await.0, 403);
    })
    .await;
}

#[tokio::test]
async fn a_mistake_is_told_with_a_caret_and_the_text_stays_in_the_box() {
    each_database(async |store| {
        offered(&store).await;
        let site = Site::new(&store);
        let text = "é “<b>” rate.value > high";
        let (status, html) = site.get(&address(text), Role::Admin).await;
        assert_eq!(status, 200);
        assert!(html.contains("value=\"é “&lt;b&gt;” rate.value &gt; high\""), "{html}");
        let alert = html.split("role=\"alert\"").nth(1).unwrap();
        let alert = &alert[..alert.find("</div>").unwrap()];
        assert!(alert.contains("Only numbers, days and instants have an order"), "{alert}");
        let marked = format!("é “&lt;b&gt;” rate.value &gt; high\n{}^^^^</pre>", " ".repeat(21));
        assert!(alert.contains(&marked), "{alert}");
        assert!(!html.contains("<tr data-seq") && !html.contains("data-live="), "{html}");
        assert!(!html.contains("No delivery fits") && !html.contains("Looked at"), "{html}");
        assert_eq!(site.get(&address(text), Role::Hirer).await.0, 403);

        let long = address(&"word ".repeat(300));
        assert!(site.get(&long, Role::Admin).await.1.contains("at most 1000 are taken."));
    })
    .await;
}

#[tokio::test]
async fn every_example_of_the_help_is_a_link_that_runs_it() {
    each_database(async |store| {
        offered(&store).await;
        let site = Site::new(&store);
        let (_, html) = site.get("/deliveries", Role::Admin).await;
        for example in KEYS.iter().map(|key| key.example).chain(FORMS.iter().map(|form| form.example)) {
            let link = format!("/deliveries{}", DeliveryFilter::default().with("q", example).to_query());
            assert!(html.contains(&format!("href=\"{link}\"")), "{link}: {html}");
            let (status, page) = site.get(&link, Role::Admin).await;
            assert!(status == 200 && page.contains("Looked at ") && !page.contains("role=\"alert\""), "{link}");
        }
    })
    .await;
}

#[test]
fn the_documentation_has_every_form_and_key_as_the_help_has() {
    let text = include_str!("../../../../docs/OPERATIONS.md");
    let keys = KEYS.iter().map(|key| match key.values {
        [] => (key.example, key.what.to_owned()),
        values => (key.example, format!("{}: {}", key.what, values.join(", "))),
    });
    for (example, what) in keys.chain(FORMS.iter().map(|form| (form.example, form.what.to_owned()))) {
        assert!(text.contains(&format!("| `{example}` | {what} |\n")), "{example}: {what}");
    }
}
