//! `/calendar`, and the feeds that other calendars read.

use super::*;

#[test]
fn a_month_shows_starts_and_ends() {
    for role in ROLES {
        site().page(role, "/calendar?month=2026-03").says(&["March 2026", "Brand refresh", "Launch film"]);
    }
    site().page(Role::Hirer, "/calendar?month=2026-03").says(&["Everything"]);
    site().page(Role::Admin, "/calendar?month=2026-03").keeps_quiet_about(&["Everything"]);
}

#[test]
fn whoever_has_the_link_reads_the_feed_and_nobody_else() {
    let feed = site().stranger(&site().feed);
    assert_eq!((feed.status, &feed.headers["content-type"]), (200, &"text/calendar; charset=utf-8".parse().unwrap()));
    assert!(feed.html.starts_with("BEGIN:VCALENDAR") && feed.html.contains("Brand refresh"), "{}", feed.html);
    assert_eq!(site().stranger("/feeds/guessed.ics").status, 404);
}
