//! Which contract another one renews: stated by `renewal_meta`, else read from dates that touch.

use super::{Neighbour, RenewalLink};
use jiff::civil::Date;
use std::cmp::Ordering;

pub(super) fn of(me: &Neighbour, others: &[Neighbour]) -> (RenewalLink, RenewalLink) {
    let others = || others.iter().filter(|other| other.id != me.id);
    let before = |other: &&Neighbour| !me.is_void && is_stated(me, other) && order(other, me) == Ordering::Less;
    let after = |other: &&Neighbour| !other.is_void && is_stated(me, other) && order(other, me) == Ordering::Greater;

    // A chain of renewals may name all of its links: the nearest one is meant.
    let stated_before = others().filter(before).max_by(|a, b| near(a, b));
    let stated_after = others().filter(after).min_by(|a, b| near(a, b));
    let touching_before = || others().filter(|other| touch(other, me)).max_by(|a, b| near(a, b));
    let touching_after = || others().filter(|other| touch(me, other)).min_by(|a, b| near(a, b));

    let link = |stated: Option<&Neighbour>, touching: Option<&Neighbour>| match (stated, touching) {
        (Some(other), _) => Some((other.id.clone(), true)),
        (None, Some(other)) => Some((other.id.clone(), false)),
        (None, None) => None,
    };
    (
        link(stated_before, stated_before.is_none().then(touching_before).flatten()),
        link(stated_after, stated_after.is_none().then(touching_after).flatten()),
    )
}

/// Which of the two contracts carries the link is not documented, so either may.
fn is_stated(one: &Neighbour, other: &Neighbour) -> bool {
    one.renewal_ids.contains(&other.id) || other.renewal_ids.contains(&one.id)
}

/// A renewal starts later than what it renews. Where the dates do not tell, the one that names the other is taken for
/// the renewal: it was made knowing the other.
fn order(a: &Neighbour, b: &Neighbour) -> Ordering {
    let by_dates = match (a.start_on, b.start_on) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => Ordering::Equal,
    };
    by_dates.then_with(|| match (a.renewal_ids.contains(&b.id), b.renewal_ids.contains(&a.id)) {
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        _ => a.id.cmp(&b.id),
    })
}

/// A total order that does not depend on how the neighbours were listed.
fn near(a: &Neighbour, b: &Neighbour) -> Ordering {
    a.start_on.cmp(&b.start_on).then_with(|| a.id.cmp(&b.id))
}

fn touch(old: &Neighbour, new: &Neighbour) -> bool {
    let next_day = old.ends_on.and_then(|last: Date| last.tomorrow().ok());
    !old.is_void && !new.is_void && next_day.is_some() && next_day == new.start_on
}
