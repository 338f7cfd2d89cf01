//! Saved views of the list of deliveries: filters under a name.

use super::filter::DeliveryFilter;
use crate::event::Mode;
use crate::query::outcome::Outcome;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Maximum number of views that one person saves.
pub const MAX_VIEWS: i64 = 50;
/// Maximum length of a name, in characters.
pub const MAX_NAME: usize = 60;
/// Maximum length of the filters as a query string, in bytes.
pub const MAX_QUERY: usize = 2_000;

/// A view that somebody saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// The id, by which it is changed.
    pub id: String,
    /// The name.
    pub name: String,
    /// The filters.
    pub filter: DeliveryFilter,
    /// Whether all who see deliveries see it.
    pub is_shared: bool,
    /// The name of the person who saved it.
    pub owner: String,
    /// Whether that is the viewer.
    pub is_own: bool,
    /// Whether the list opens with it for the viewer.
    pub is_default: bool,
}

/// Returns a name fit to be stored: without control characters and cut; `None` when nothing is left.
pub fn name_of(text: &str) -> Option<String> {
    let name: String = text.trim().chars().filter(|one| !one.is_control()).take(MAX_NAME).collect();
    let name = name.trim_end();
    (!name.is_empty()).then(|| name.to_owned())
}

/// Returns the views that are there without being saved.
pub fn always_there(today: Date) -> [(&'static str, DeliveryFilter); 3] {
    let refused = DeliveryFilter { outcome: Some(Outcome::Refused), from: Some(today), ..DeliveryFilter::default() };
    [
        ("Refused today", refused),
        ("Late", DeliveryFilter { late: true, ..DeliveryFilter::default() }),
        ("Tests", DeliveryFilter { mode: Some(Mode::Test), ..DeliveryFilter::default() }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_has_no_control_characters() {
        assert_eq!(name_of("  Refused\u{0} \n offers "), Some("Refused  offers".to_owned()));
        assert_eq!(name_of(&"é".repeat(100)).map(|name| name.chars().count()), Some(MAX_NAME));
        assert_eq!(name_of(" \t\0"), None);
    }
}
