//! `/spend`, `/spend/{id}` and `/spend.csv`.

use super::*;

#[test]
fn the_list_compares_what_is_approved_with_what_is_committed() {
    for role in ROLES {
        site().page(role, "/spend").says(&["Design 2026", "25,000"]);
    }
    site().page(Role::Hirer, "/spend").reads_as("spend.txt");
}

#[test]
fn a_page_tells_what_draws_on_a_requisition() {
    for role in ROLES {
        site().page(role, "/spend/spreq_design").says(&["Design 2026", "Brand refresh", "New website"]);
        assert_eq!(site().get(role, "/spend/spreq_nothing").status, 404);
    }
    site().page(Role::Hirer, "/spend/spreq_design").reads_as("requisition.txt");
}

#[test]
fn the_export_holds_the_rows_of_the_list() {
    assert_eq!(site().page(Role::Hirer, "/spend.csv").html.lines().count(), 2);
}
