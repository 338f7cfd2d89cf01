//! `/deliveries`, `/deliveries/{seq}` and what only admins get of a delivery.

use super::*;

#[test]
fn the_list_has_every_request_newest_first() {
    let page = site().page(Role::Admin, "/deliveries");
    page.says(&["Launch film", "client.contract.paid", "Unreadable message"]).reads_as("deliveries.txt");
    site().page(Role::Admin, "/deliveries?outcome=refused").says(&["No signature matches"]);
}

#[test]
fn a_page_shows_admins_the_payload_and_hirers_what_it_changed() {
    site().page(Role::Admin, "/deliveries/7").says(&["client.contract.accepted", "msg_200", "Brand refresh"]);
    let hirer = site().get(Role::Hirer, "/deliveries/7");
    assert_eq!(hirer.status, 200);
    hirer.says(&["Brand refresh"]).keeps_quiet_about(&["svix-signature"]);
    for role in ROLES {
        assert_eq!(site().get(role, "/deliveries/999").status, 404);
    }
}

#[test]
fn the_exact_bytes_and_live_rows_are_for_admins() {
    assert_eq!(site().page(Role::Admin, "/deliveries/12/body").html, "not JSON");
    for path in ["/deliveries/12/body", "/live/deliveries"] {
        assert_eq!(site().get(Role::Hirer, path).status, 403, "{path}");
        assert_eq!(site().stranger(path).status, 401, "{path}");
    }
}

#[test]
fn numbers_are_of_the_filters_and_lead_to_their_lists() {
    let page = site().page(Role::Admin, "/deliveries?last=30d");
    page.says(&["14 requests", "Stored 12", "Unreadable 1", "Refused 1", "Test 1", "Contract offered 3"]);
    for href in ["?outcome=refused&amp;last=30d", "?type=client.contract.offered&amp;last=30d", "?last=90d"] {
        assert!(page.html.contains(&format!("href=\"/deliveries{href}\"")), "{href} in {}", page.html);
    }
    let narrowed = site().page(Role::Admin, "/deliveries?outcome=refused&last=30d");
    narrowed.says(&["1 request", "Stored 12", "Refused 1"]).keeps_quiet_about(&["Contract offered"]);
    let bar = "/deliveries?outcome=refused&amp;from=2026-03-02&amp;to=2026-03-02";
    assert_eq!(narrowed.html.matches(bar).count(), 2, "a bar and its row in {}", narrowed.html);
    site().page(Role::Admin, "/deliveries?q=okoye&last=30d").says(&["what the search asks of payloads is not counted"]);
    site().page(Role::Admin, "/deliveries?q=outcome:stored&last=30d").says(&["12 requests"]);
}
