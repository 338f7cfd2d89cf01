//! Filters of contractors and requisitions by properties of their contracts, of the same mode.

use super::{ListQuery, has_hirer};
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
pub(super) fn with_contract(page: &mut ListQuery<'_>, fits: impl Fn(&mut Statement)) {
    narrow(page, &fits);
    let (whose, _) = columns(page.source);
    let mut candidates = Source::Contracts.select(whose);
    candidates.push(" where ").push(whose).push(" is not null and is_test = ").bind(page.is_test);
    fits(&mut candidates);
    page.index_candidates.push(candidates);
}

/// Adds the condition that one of the contracts has one of these hirers.
pub(super) fn with_hirer(page: &mut ListQuery<'_>, hirers: &[String]) {
    narrow(page, &|select| has_hirer(select, hirers));
    let (whose, _) = columns(page.source);
    // In this join order, as the contracts of one hirer are far fewer than all.
    let mut candidates = Statement::new("select ");
    candidates.push(whose).push(" from facets cross join ").push(Source::Contracts.from());
    candidates
        .push(" where contracts.id = facets.subject_id and is_test = ")
        .bind(page.is_test)
        .push(" and ")
        .push(whose);
    candidates.push(" is not null and facets.kind = 'contract' and facets.facet = 'hirer' and facets.value in ");
    if hirers.is_empty() {
        candidates.push("('')");
    } else {
        candidates.push_values(hirers.iter());
    }
    page.index_candidates.push(candidates);
}

fn narrow(page: &mut ListQuery<'_>, fits: &impl Fn(&mut Statement)) {
    let (_, is_theirs) = columns(page.source);
    page.narrow.push(" and exists (").append(&Source::Contracts.select("1"));
    page.narrow.push(" where ").push(is_theirs).push(" and contracts.is_test = ").bind(page.is_test);
    fits(&mut page.narrow);
    page.narrow.push(")");
}
