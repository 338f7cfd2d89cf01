//! The contract that another one renews: stated by `renewal_meta`, else inferred from adjoining dates.

use super::{Renewal, RenewalCandidate, RenewalLink};
use crate::estimate::working_days;
use std::cmp::Ordering;

pub(super) fn of(me: &RenewalCandidate, others: &[RenewalCandidate]) -> (RenewalLink, RenewalLink) {
    let others = || others.iter().filter(|other| other.id != me.id);
    let before =
        |other: &&RenewalCandidate| !me.state.is_void() && is_stated(me, other) && order(other, me) == Ordering::Less;
    // A chain of renewals may name all of its links: the nearest one counts.
    let stated_before = others().filter(before).max_by(|a, b| near(a, b));
    let touching_before = || others().filter(|other| touch(other, me)).max_by(|a, b| near(a, b));

    // In order of progress: a draft beside a signed renewal renews nothing.
    let after = [Renewal::Signed, Renewal::Offered, Renewal::Nothing].into_iter().find_map(|step| {
        let of_step = || others().filter(|other| Renewal::of(other.state) == step);
        let stated = |other: &&RenewalCandidate| {
            !other.state.is_void() && is_stated(me, other) && order(other, me) == Ordering::Greater
        };
        let stated = of_step().filter(stated).min_by(|a, b| near(a, b)).map(|other| (other, true));
        let touching = || of_step().filter(|other| touch(me, other)).min_by(|a, b| near(a, b));
        stated.or_else(|| Some((touching()?, false)))
    });

    let before = stated_before.map(|other| (other, true)).or_else(|| Some((touching_before()?, false)));
    let link = |found: Option<(&RenewalCandidate, bool)>| found.map(|(other, is_stated)| (other.id.clone(), is_stated));
    (link(before), link(after))
}

/// Returns whether one of two contracts may renew the other.
pub(super) fn may_link(one: &RenewalCandidate, other: &RenewalCandidate) -> bool {
    is_stated(one, other) || touch(one, other) || touch(other, one)
}

/// Returns whether either contract states the link, as it is undocumented which one does.
fn is_stated(one: &RenewalCandidate, other: &RenewalCandidate) -> bool {
    one.renewal_ids.contains(&other.id) || other.renewal_ids.contains(&one.id)
}

/// Orders two contracts by start. If dates do not decide, the one that names the other is the renewal, as it was made
/// later.
fn order(a: &RenewalCandidate, b: &RenewalCandidate) -> Ordering {
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

/// A total order that does not depend on the input's order.
fn near(a: &RenewalCandidate, b: &RenewalCandidate) -> Ordering {
    a.start_on.cmp(&b.start_on).then_with(|| a.id.cmp(&b.id))
}

/// Returns whether the new contract starts after the old one's end with no working day between. A weekend is no gap.
fn touch(old: &RenewalCandidate, new: &RenewalCandidate) -> bool {
    let Some((last, first)) = old.ends_on.zip(new.start_on) else { return false };
    let gap = last.tomorrow().ok().zip(first.yesterday().ok());
    let has_gap = gap.is_none_or(|(from, to)| from <= to && working_days(from, to) > 0);
    !old.state.is_void() && !new.state.is_void() && last < first && !has_gap
}
