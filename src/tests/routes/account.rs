//! `/account`.

use super::*;

#[test]
fn the_account_shows_its_own_sessions_and_a_form_for_the_password() {
    for (role, own, other) in [
        (Role::Admin, "admin@example.com", "hirer@example.com"),
        (Role::Hirer, "hirer@example.com", "admin@example.com"),
    ] {
        let page = site().page(role, "/account");
        page.says(&[own, "Firefox on Linux", "203.0.113.9", "Change your password"]).keeps_quiet_about(&[other]);
    }
}
