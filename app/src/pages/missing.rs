//! The page for unknown addresses.

use crate::api::ApiError;
use crate::shell::frame::Here;
use crate::shell::load::failed;
use leptos::prelude::*;

/// 404, inside the frame.
pub fn not_found() -> AnyView {
    failed(Here::Nowhere, ApiError::NotFound)
}
