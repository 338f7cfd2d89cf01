//! How much a requisition is for, wherever a page says so.

use crate::event::spend::AmountType;
use crate::money::Money;
use crate::view::spend::RequisitionSummary;

/// "£25,000.00 in total"
pub fn amount(of: &RequisitionSummary) -> Option<String> {
    Some(counted_amount(of.amount.as_ref()?, of.amount_type.as_ref()))
}

/// An amount with what it counts.
pub fn counted_amount(money: &Money, kind: Option<&AmountType>) -> String {
    match kind {
        Some(kind) => format!("{money} {}", kind.in_words()),
        None => money.to_string(),
    }
}
