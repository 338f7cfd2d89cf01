//! The values that the filters of a list offer, taken from the data, with their labels.

use serde::{Deserialize, Serialize};

/// The values that filters offer. Long lists are cut: other values can still be typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// Clients as ids and names, in order of name.
    pub clients: Vec<(String, String)>,
    /// Names of hirers, in order.
    pub hirers: Vec<String>,
    /// ISO 4217 codes.
    pub currencies: Vec<String>,
    /// Names of custom fields.
    pub fields: Vec<String>,
}
