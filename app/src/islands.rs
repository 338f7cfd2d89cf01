//! Code that runs in the browser: small enhancements of pages that work without it.
//!
//! Islands take no props: their data is in the page already, so the WASM contains no deserialisation.

mod copy;
pub mod dom;
mod empty_dates;
mod keep_fresh;
mod key_map;
mod live_rows;
mod local_times;
mod payload_tools;
mod picture_zoom;
mod search_box;

pub use keep_fresh::KeepFresh;
pub use key_map::{KeyMap, PAGES};
pub use live_rows::LiveRows;
pub use local_times::LocalTimes;
pub use payload_tools::PayloadTools;
pub use picture_zoom::PictureZoom;
pub use search_box::SearchBox;
