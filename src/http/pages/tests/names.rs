//! Tests of names that are very long, invisible or change the text direction, and of page parts that occur only once.

use super::*;

#[tokio::test]
async fn very_long_texts_make_no_long_pages() {
    each_database(async |store| {
        let longest = "word ".repeat(180_000);
        let long = &longest[..50_000];
        let mut object = contract("ct_1", "clct_1");
        object["title"] = json!(longest);
        object["job_title"] = json!(long);
        object["freelancer"] = json!({ "full_name": long, "first_name": long, "email": long });
        object["client"]["name"] = json!(long);
        object["hirers"] = json!([{ "hirer_id": "hp_1", "full_name": long }]);
        object["custom_fields"] = json!([{ "name": long, "value": "1" }]);
        object["rate"]["unit"] = json!(long);
        object["spend_request"] = requisition("spreq_1");
        object["spend_request"]["title"] = json!(long);
        let offered = body("client.contract.offered", "live", &object);
        tell(&store, &[offered.clone(), body("client.contract.accepted", "live", &object)]).await;
        let site = Site::new(&store);
        let all = "cols=id,job,contractor,client,hirers,fields,rate,email,bookability,number";
        for path in ["/contractors", "/contracts", "/spend", "/calendar?month=2026-03", "/", "/findings", "/deliveries"]
        {
            let joint = if path.contains('?') { '&' } else { '?' };
            let (status, html) = site.get(&format!("{path}{joint}{all}"), Role::Hirer).await;
            assert!([200, 403].contains(&status), "{path}");
            assert!(html.len() < 120_000, "{path}: {} bytes", html.len());
        }
        for path in ["/contractors/clct_1", "/contracts/ct_1", "/spend/spreq_1"] {
            let (status, html) = site.get(path, Role::Hirer).await;
            assert_eq!(status, 200);
            assert!(html.len() < 250_000, "{path}: {} bytes", html.len());
            assert!(title(&html).chars().count() < 200, "{path}");
        }
        let read = domain::event::parse(offered.to_string().as_bytes()).unwrap();
        assert!(read.skipped_fields.iter().any(|oddity| oddity.starts_with("data.object.title is not read beyond")));
    })
    .await;
}

#[tokio::test]
async fn where_nothing_can_be_seen_of_a_name_the_id_stands_in() {
    each_database(async |store| {
        let blank = " \u{200b}\u{2060}";
        let mut object = contract("ct_1", "clct_1");
        object["title"] = json!(blank);
        object["freelancer"] = json!({ "full_name": blank, "first_name": blank });
        object["hirers"] = json!([{ "hirer_id": "hp_1", "full_name": blank }]);
        object["client"] = json!({ "client_id": "cl_1", "name": blank });
        object["spend_request"] = requisition("spreq_1");
        object["spend_request"]["title"] = json!(blank);
        let mut turned = contract("ct_2", "clct_2");
        turned["title"] = json!("Design \u{202e}dael");
        tell(
            &store,
            &[body("client.contract.offered", "live", &object), body("client.contract.offered", "live", &turned)],
        )
        .await;
        let site = Site::new(&store);
        let shows = async |path: &str, words: &[&str]| {
            let (status, html) = site.get(path, Role::Hirer).await;
            assert_eq!(status, 200, "{path}");
            for word in words {
                assert!(html.contains(&format!("<bdi>{word}</bdi>")), "{path} does not show {word}: {html}");
            }
            assert!(!html.contains("\u{202e}"), "{path}");
        };
        shows("/contractors?cols=id,client", &["clct_1", "cl_1"]).await;
        shows("/contracts?cols=client,hirers,contractor", &["ct_1", "clct_1", "hp_1", "cl_1", "Design dael"]).await;
        shows("/spend", &["spreq_1"]).await;
        shows("/calendar?month=2026-03", &["ct_1", "clct_1"]).await;
        shows("/", &["ct_1", "clct_1"]).await;
        for path in ["/contractors/clct_1", "/contracts/ct_1", "/spend/spreq_1"] {
            let id = path.rsplit('/').next().unwrap();
            shows(path, &[id, "ct_1"]).await;
            assert_eq!(title(&site.get(path, Role::Hirer).await.1), format!("{id} · Junoscope"));
        }
        assert!(site.get("/contracts/ct_1", Role::Hirer).await.1.contains("was offered to clct_1 by hp_1"));
    })
    .await;
}

#[tokio::test]
async fn a_page_says_once_that_its_events_were_replayed() {
    each_database(async |store| {
        let object = contract("ct_1", "clct_1");
        let told: Vec<TestMessage> = (0..)
            .zip(["approved", "offered", "accepted", "notice_served"])
            .map(|(minute, name)| TestMessage {
                delay: 120 * 86_400,
                ..TestMessage::new(
                    &format!("msg_{minute}"),
                    minute,
                    &body(&format!("client.contract.{name}"), "live", &object),
                )
            })
            .collect();
        log_and_project(&store, &told).await;
        let site = Site::new(&store);
        for path in ["/", "/contracts/ct_1", "/contractors/clct_1"] {
            let (_, html) = site.get(path, Role::Hirer).await;
            assert_eq!(html.matches("replayed").count(), 1, "{path}: {html}");
            assert!(html.contains("These 4 events were replayed"), "{path}: {html}");
        }
    })
    .await;
}
