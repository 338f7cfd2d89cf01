//! Questions that the store answers and pages ask: filters with their cursors, moments in time, outcomes, feeds,
//! the search of deliveries, their counts and their saved views.

pub mod column_names;
pub mod feed;
pub mod filter;
pub mod import_source;
pub mod moment;
pub mod outcome;
pub mod search;
pub mod view;
pub mod volume;
pub mod window;
