//! Copies a text to the clipboard, in whichever way the browser allows on this page.

use super::dom;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlDocument, HtmlElement, HtmlTextAreaElement, window};

/// Copies a text, and calls `done` with whether that succeeded. To be called in a click handler, as browsers allow
/// copying only then.
pub fn copy(text: String, done: impl FnOnce(bool) + 'static) {
    let clipboard = window().map(|window| window.navigator().clipboard());
    // Over plain http the clipboard is undefined, though the bindings claim otherwise.
    let Some(clipboard) = clipboard.filter(|clipboard| !clipboard.is_undefined() && !clipboard.is_null()) else {
        done(copy_selection(&text));
        return;
    };
    let written = JsFuture::from(clipboard.write_text(&text));
    spawn_local(async move { done(written.await.is_ok() || copy_selection(&text)) });
}

/// Copies by selecting a temporary field, which works over plain http.
fn copy_selection(text: &str) -> bool {
    let Some(document) = dom::document() else { return false };
    let field = document.create_element("textarea").ok();
    let Some(field) = field.and_then(|field| field.dyn_into::<HtmlTextAreaElement>().ok()) else { return false };
    let Some(body) = document.body() else { return false };
    let before = document.active_element().and_then(|active| active.dyn_into::<HtmlElement>().ok());
    field.set_value(text);
    field.set_read_only(true);
    field.set_class_name("visually-hidden");
    if body.append_child(&field).is_err() {
        return false;
    }
    field.select();
    let is_copied =
        document.dyn_ref::<HtmlDocument>().is_some_and(|document| document.exec_command("copy") == Ok(true));
    field.remove();
    if let Some(before) = before {
        let _ = before.focus();
    }
    is_copied
}
