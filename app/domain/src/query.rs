//! Questions that the store answers and pages ask: filters with their cursors, moments in time, outcomes, feeds,
//! and the search of deliveries.

pub mod column_names;
pub mod feed;
pub mod filter;
pub mod import_source;
pub mod moment;
pub mod outcome;
pub mod search;
