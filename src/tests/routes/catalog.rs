//! `/catalog` and `/catalog/{type}`.

use super::*;
use domain::event::catalog;

#[test]
fn the_catalog_lists_every_type_with_how_often_it_came() {
    for role in ROLES {
        let page = site().page(role, "/catalog");
        for entry in catalog::entries() {
            page.says(&[&entry.event_type.to_string()]);
        }
        page.says(&["client.contract.paid"]);
    }
}

#[test]
fn every_type_has_a_page_with_its_fields_and_a_sample() {
    for entry in catalog::entries() {
        let path = format!("/catalog/{}", entry.event_type);
        site().page(Role::Hirer, &path).says(&[&entry.event_type.to_string(), "event_type"]);
    }
    assert_eq!(site().get(Role::Hirer, "/catalog/client.contract.eaten").status, 404);
}
