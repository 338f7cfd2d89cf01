//! The WASM entry point: hydrates the islands of a page that the server has rendered.
#![cfg(target_arch = "wasm32")]

// Without this import the linker drops the islands of the crate.
use app as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page's module script once the WASM is loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
