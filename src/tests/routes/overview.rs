//! `/`, and addresses where there is nothing.

use super::*;

#[test]
fn the_overview_tells_what_happened_last_and_what_needs_attention() {
    for role in ROLES {
        site().page(role, "/").says(&["Overview", "Ada Okoye", "Launch film"]);
    }
    site().page(Role::Admin, "/").says(&["yunojuno"]);
}

#[test]
fn an_address_without_a_page_is_not_found_and_a_stranger_signs_in_first() {
    for role in ROLES {
        let page = site().get(role, "/nowhere");
        assert_eq!(page.status, 404);
        page.says(&["Nothing here"]);
    }
    let stranger = site().stranger("/contracts?q=brand");
    assert_eq!(
        (stranger.status, &stranger.headers["location"]),
        (303, &"/sign-in?next=%2Fcontracts%3Fq%3Dbrand".parse().unwrap())
    );
}
