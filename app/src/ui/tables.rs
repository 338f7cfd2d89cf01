//! The amount of a requisition, as tables and pages show it.

use crate::view::summary::RequisitionSummary;
use domain::event::spend::TypedAmount;

/// Returns "£25,000.00 in total", or "£1,000.00 in total approved, £50,000.00 in total now" if these differ.
pub fn amount(of: &RequisitionSummary) -> Option<String> {
    let now = of.now().as_ref().map(TypedAmount::in_words);
    match of.approved_otherwise() {
        Some(approved) => {
            let now = now.map(|now| format!(", {now} now")).unwrap_or_default();
            Some(format!("{} approved{now}", approved.in_words()))
        }
        None => now,
    }
}
