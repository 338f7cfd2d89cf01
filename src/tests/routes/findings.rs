//! `/findings`.

use super::*;

#[test]
fn each_finding_says_what_is_wrong_and_what_to_do_and_transport_is_for_admins() {
    let admin = site().page(Role::Admin, "/findings");
    admin.says(&["New website", "Launch film"]).reads_as("findings.txt");
    let hirer = site().page(Role::Hirer, "/findings");
    hirer.says(&["New website"]);
    assert!(hirer.text.len() < admin.text.len(), "{}", hirer.text);
}
