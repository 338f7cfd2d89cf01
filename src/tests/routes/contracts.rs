//! `/contracts`, `/contracts/{id}` and `/contracts.csv`.

use super::*;

#[test]
fn the_list_has_the_contracts_of_live_events_with_their_states() {
    for role in ROLES {
        let titles = ["Brand refresh", "New website", "Launch film"];
        site().page(role, "/contracts").says(&titles).keeps_quiet_about(&["A test"]);
    }
    site().page(Role::Hirer, "/contracts").reads_as("contracts.txt");
}

#[test]
fn a_page_tells_the_steps_of_a_contract_and_what_it_costs() {
    for role in ROLES {
        site().page(role, "/contracts/ct_brand").says(&["Brand refresh", "Ada Okoye", "Design 2026"]);
        assert_eq!(site().get(role, "/contracts/ct_nothing").status, 404);
    }
    site().page(Role::Hirer, "/contracts/ct_brand").reads_as("contract.txt");
}

#[test]
fn a_page_as_of_a_day_knows_nothing_of_later_events() {
    let ended = ["Its last day was 13 March 2026"];
    site().page(Role::Hirer, "/contracts/ct_film").says(&ended);
    let then = site().page(Role::Hirer, "/contracts/ct_film?as_of=2026-03-05");
    then.says(&["Its last day is 29 May 2026, in 85 days."]).keeps_quiet_about(&ended);
}

#[test]
fn the_export_holds_the_rows_of_the_list() {
    for role in ROLES {
        let file = site().page(role, "/contracts.csv");
        assert_eq!(file.html.lines().count(), 4, "{}", file.html);
    }
    assert_eq!(site().stranger("/contracts.csv").status, 303);
}
