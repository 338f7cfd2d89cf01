//! The values that the filters of a list offer, taken from the data, with their labels.

use serde::{Deserialize, Serialize};

/// Values to choose a filter from. A list that is long is cut: what is not in it can still be typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// Ids and names, by name.
    pub clients: Vec<(String, String)>,
    /// Names of hirers, by name.
    pub hirers: Vec<String>,
    /// ISO 4217 codes.
    pub currencies: Vec<String>,
    /// Names of custom fields.
    pub fields: Vec<String>,
}
