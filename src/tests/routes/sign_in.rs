//! `/sign-in`, and one-time links.

use super::*;

#[test]
fn a_stranger_gets_the_form_and_the_reason_of_a_failure() {
    site().stranger("/sign-in").says(&["Sign in"]);
    let again = site().stranger("/sign-in?error=wrong");
    assert_eq!(again.status, 200);
    assert_ne!(again.text, site().stranger("/sign-in").text);
}

#[test]
fn a_used_link_leads_to_a_page_that_says_so() {
    let used = site().stranger("/welcome/used");
    assert_eq!((used.status, &used.headers["location"]), (303, &"/welcome/used?error=expired".parse().unwrap()));
    site().stranger("/welcome/used?error=expired").says(&["link"]);
}
