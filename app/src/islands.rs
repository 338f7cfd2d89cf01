//! Code that runs in the browser: small enhancements of pages that work without it.
//!
//! Islands take no props: their data is in the page already, so the WASM contains no deserialisation.

mod chart_zoom;
mod copy;
mod curl_command;
pub mod dom;
mod empty_dates;
mod keep_fresh;
mod keep_place;
mod key_map;
mod live_deliveries;
mod local_times;
mod payload_tools;
mod refresh;
mod search_box;
mod search_on;
mod strip_drag;

pub use chart_zoom::ChartZoom;
pub use curl_command::CurlCommand;
pub use keep_fresh::KeepFresh;
pub use keep_place::KeepPlace;
pub use key_map::{KeyMap, PAGES};
pub use live_deliveries::LiveDeliveries;
pub use local_times::LocalTimes;
pub use payload_tools::PayloadTools;
pub use search_box::SearchBox;
pub use search_on::SearchOn;
pub use strip_drag::StripDrag;
