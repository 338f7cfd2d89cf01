//! Filters of contractors and requisitions by properties of their contracts, of the same mode.

use super::{Page, has_hirer};
use crate::store::projections::source::Source;
use crate::store::statement::Statement;

/// Returns the column of `contracts` with the owner's id, and the column of the row it must equal.
fn columns(of: Source) -> (&'static str, &'static str) {
    match of {
        Source::Requisitions => ("requisition_id", "contracts.requisition_id = requisitions.id"),
        Source::Contractors | Source::Contracts => ("contractor_id", "contracts.contractor_id = contractors.id"),
    }
}

/// Adds the condition that one of the contracts matches.
pub(super) fn with_contract(page: &mut Page<'_>, fits: impl Fn(&mut Statement)) {
    narrow(page, &fits);
    let (whose, _) = columns(page.source);
    let mut hint = Source::Contracts.select(whose);
    hint.push(" where ").push(whose).push(" is not null and is_test = ").bind(page.is_test);
    fits(&mut hint);
    page.hints.push(hint);
}

/// Adds the condition that one of the contracts has one of these hirers.
pub(super) fn with_hirer(page: &mut Page<'_>, hirers: &[String]) {
    narrow(page, &|select| has_hirer(select, hirers));
    let (whose, _) = columns(page.source);
    // In this join order, as the contracts of one hirer are far fewer than all.
    let mut hint = Statement::new("select ");
    hint.push(whose).push(" from facets cross join ").push(Source::Contracts.from());
    hint.push(" where contracts.id = facets.subject_id and is_test = ").bind(page.is_test).push(" and ").push(whose);
    hint.push(" is not null and facets.kind = 'contract' and facets.facet = 'hirer' and facets.value in ");
    if hirers.is_empty() {
        hint.push("('')");
    } else {
        hint.list(hirers.iter());
    }
    page.hints.push(hint);
}

fn narrow(page: &mut Page<'_>, fits: &impl Fn(&mut Statement)) {
    let (_, is_theirs) = columns(page.source);
    page.narrow.push(" and exists (").append(&Source::Contracts.select("1"));
    page.narrow.push(" where ").push(is_theirs).push(" and contracts.is_test = ").bind(page.is_test);
    fits(&mut page.narrow);
    page.narrow.push(")");
}
