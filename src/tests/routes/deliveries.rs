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
