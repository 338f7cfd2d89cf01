//! The page for unknown addresses.

use crate::api::ApiError;
use crate::shell::frame::Section;
use crate::shell::load::failed;
use leptos::prelude::*;

/// Renders the 404 page.
pub fn not_found() -> AnyView {
    failed(Section::Nowhere, ApiError::NotFound)
}
