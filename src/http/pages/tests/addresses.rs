//! Tests of links built from untrusted ids, searches and URLs: where they lead, and what is found there.

use super::*;

/// Returns every link of a page to a path in this list.
fn links<'a>(html: &'a str, list: &str) -> Vec<&'a str> {
    let begin = format!("href=\"{list}/");
    let found = html.match_indices(&begin).map(|(at, _)| &html[at + 6..]);
    found.filter_map(|rest| rest.split(['"', '#']).next()).collect()
}

#[tokio::test]
async fn whatever_an_id_holds_its_page_is_a_link_away() {
    each_database(async |store| {
        let ids = ["a/b", "100%41", "what?x=1#y", "with a space", "Łódź ☂", "+&=;'", "\u{fffd}", "..."];
        let mut bodies = Vec::new();
        for id in ids {
            let mut object = contract(id, id);
            object["spend_request"] = requisition(id);
            bodies.push(body("client.spend_request.created", "live", &requisition(id)));
            bodies.push(body("client.contract.accepted", "live", &object));
            bodies.push(body(&format!(" {id}"), "live", &json!({})));
        }
        tell(&store, &bodies).await;
        let site = Site::new(&store);
        for list in ["/contractors", "/contracts", "/spend"] {
            let (_, html) = site.get(&format!("{list}?cols=id"), Role::Admin).await;
            let mut found = links(&html, list);
            found.sort_unstable();
            found.dedup();
            assert_eq!(found.len(), ids.len(), "{list}: {found:?}");
            for path in found {
                let (status, html) = site.get(path, Role::Admin).await;
                assert_eq!(status, 200, "{path}");
                // Its own links lead to what it belongs to, and no further.
                for path in ["/contractors", "/contracts", "/spend"].iter().flat_map(|list| links(&html, list)) {
                    assert_eq!(site.get(&path.replace("&amp;", "&"), Role::Admin).await.0, 200, "{path}");
                }
            }
        }
        let (_, catalog) = site.get("/catalog", Role::Admin).await;
        let types = catalog.match_indices("href=\"/deliveries?type=").map(|(at, _)| &catalog[at + 6..]);
        let types: Vec<&str> = types.filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(types.len(), ids.len());
        for path in types {
            let (_, html) = site.get(path, Role::Admin).await;
            assert_eq!(html.matches("<tr data-seq").count(), 1, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_nul_in_an_address_finds_nothing_and_breaks_nothing() {
    each_database(async |store| {
        tell(&store, &[body("client.contract.offered", "live", &contract("ct_1", "clct_1"))]).await;
        let site = Site::new(&store);
        for list in ["contractors", "contracts", "spend", "deliveries", "catalog", "welcome", "nothing"] {
            for id in ["%00", "ct_1%00", "%2500%00", "a%00b%FF"] {
                let (status, _) = site.get(&format!("/{list}/{id}"), Role::Admin).await;
                assert_eq!(status, 404, "/{list}/{id}");
            }
            let every = "q=%00a&hirer=%00&client=%00&field=%00%3A%00&type=%00&currency=%00&amount_type=%00&after=%00~%00&before=%00~%00";
            let path = format!("/{list}?{every}&cols=%00&sort=%00&as_of=%00&month=%00&from=%00&to=%00&family=%00&outcome=%00");
            let (status, _) = site.get(&path, Role::Admin).await;
            assert!([200, 404].contains(&status), "{path}: {status}");
        }
    })
    .await;
}

#[tokio::test]
async fn only_links_to_the_hosts_of_the_sender_lead_outward() {
    each_database(async |store| {
        let mut bodies = Vec::new();
        let addresses = [
            ("https://app.yunojuno.com/contracts/1/", true),
            ("https://app.yunojuno.com@evil.example/", false),
            ("http://app.yunojuno.com/", false),
            ("javascript:alert(1)", false),
            ("https://evil.example/", false),
        ];
        for (place, (address, _)) in addresses.iter().enumerate() {
            let mut object = contract(&format!("ct_{place}"), &format!("clct_{place}"));
            object["url"] = json!(address);
            bodies.push(body("client.contract.offered", "live", &object));
            let mut person = contact(&format!("clct_{place}"));
            person["url"] = json!(address);
            bodies.push(body("client.client_contact.created", "live", &person));
            let mut spend = requisition(&format!("spreq_{place}"));
            spend["url"] = json!(address);
            bodies.push(body("client.spend_request.created", "live", &spend));
        }
        tell(&store, &bodies).await;
        let site = Site::new(&store);
        for (place, (address, leads)) in addresses.iter().enumerate() {
            for path in [
                format!("/contracts/ct_{place}"),
                format!("/contractors/clct_{place}"),
                format!("/spend/spreq_{place}"),
            ] {
                let (status, html) = site.get(&path, Role::Admin).await;
                assert_eq!(status, 200, "{path}");
                assert_eq!(html.contains(&format!("href=\"{address}\"")), *leads, "{path} {address}");
                assert_eq!(html.contains("Open on YunoJuno"), *leads, "{path} {address}");
            }
        }
    })
    .await;
}
