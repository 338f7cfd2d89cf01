//! How much a requisition is for, wherever a page says so.

use crate::view::spend::RequisitionSummary;

/// "£25,000.00 in total"
pub fn amount(of: &RequisitionSummary) -> Option<String> {
    let money = of.amount.as_ref()?;
    Some(match &of.amount_type {
        Some(kind) => format!("{money} {}", kind.in_words()),
        None => money.to_string(),
    })
}
