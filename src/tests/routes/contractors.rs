//! `/contractors`, `/contractors/{id}` and `/contractors.csv`.

use super::*;

#[test]
fn the_list_names_everybody_with_a_live_event() {
    for role in ROLES {
        site().page(role, "/contractors").says(&["Ada Okoye", "Jonas Lindqvist"]).keeps_quiet_about(&["Tess Test"]);
    }
    site().page(Role::Hirer, "/contractors?q=okoye").says(&["Ada Okoye"]).keeps_quiet_about(&["Lindqvist"]);
    site().page(Role::Hirer, "/contractors").reads_as("contractors.txt");
}

#[test]
fn a_page_tells_of_the_persons_contracts_and_each_event() {
    for role in ROLES {
        site().page(role, "/contractors/clct_okoye").says(&["Ada Okoye", "Brand refresh", "New website"]);
        assert_eq!(site().get(role, "/contractors/clct_nobody").status, 404);
    }
    site().page(Role::Hirer, "/contractors/clct_okoye").reads_as("contractor.txt");
}

#[test]
fn the_export_holds_the_rows_of_the_list() {
    let file = site().page(Role::Hirer, "/contractors.csv?q=okoye");
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8; header=present");
    assert_eq!(file.html.lines().count(), 2, "{}", file.html);
    assert!(file.html.contains("Ada Okoye"), "{}", file.html);
}
