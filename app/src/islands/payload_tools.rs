//! Tools of a payload tree: expands and collapses it, finds within it, and copies paths and values.

use super::copy::copy;
use super::dom;
use js_sys::JsString;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

/// The island around the server-rendered tree, to which it adds buttons.
#[island]
pub fn PayloadTools(children: Children) -> impl IntoView {
    let said = RwSignal::new(String::new());
    Effect::new(move |_| {
        for place in dom::all(None, ".payload-tools [data-path]") {
            add_copy_buttons(&place, said);
        }
    });
    let find = move |event: leptos::ev::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        said.set(input.map(|input| find(&input.value())).unwrap_or_default());
    };
    view! {
        <div class="payload-tools">
            <div class="row tools">
                <button type="button" class="pill" on:click=move |_| set_open(true)>"Expand all"</button>
                <button type="button" class="pill" on:click=move |_| set_open(false)>"Collapse all"</button>
                <input type="search" class="input find-within" aria-label="Find in the values shown" placeholder="Find in these" on:input=find/>
                <span class="dim said" role="status">{said}</span>
            </div>
            {children()}
        </div>
    }
}

fn set_open(is_open: bool) {
    for details in dom::all(None, ".payload-tools details details") {
        let _ = if is_open { details.set_attribute("open", "") } else { details.remove_attribute("open") };
    }
}

/// Hides every value whose name, path and text lack these words; returns how many are left.
fn find(words: &str) -> String {
    let words = folded(words.trim());
    set_open(true);
    let leaves = dom::all(None, ".payload-tools .leaf");
    let mut found = 0;
    for leaf in &leaves {
        let path = leaf.get_attribute("data-path").unwrap_or_default();
        let texts =
            dom::all(Some(leaf), ":scope > span").iter().filter_map(|text| text.text_content()).collect::<String>();
        let is_found = folded(&format!("{path} {texts}")).contains(&words);
        found += usize::from(is_found);
        set_hidden(leaf, !is_found);
    }
    for branch in dom::all(None, ".payload-tools li:has(> details)") {
        set_hidden(&branch, matches!(branch.query_selector(".leaf:not([hidden])"), Ok(None)));
    }
    if words.is_empty() { String::new() } else { format!("{found} of {} values", leaves.len()) }
}

/// Returns a text in lower case. The browser does it, as the tables of Unicode would make the WASM larger.
fn folded(text: &str) -> String {
    JsString::from(text).to_lower_case().into()
}

fn set_hidden(element: &Element, is_hidden: bool) {
    let _ = if is_hidden { element.set_attribute("hidden", "") } else { element.remove_attribute("hidden") };
}

fn add_copy_buttons(place: &Element, said: RwSignal<String>) {
    let path = place.get_attribute("data-path").filter(|path| !path.is_empty());
    // Beside the summary, as screen readers ignore a button within a button.
    let (Some(path), Ok(Some(item))) = (path, place.closest("li")) else { return };
    if let Some(value) = value_of(place) {
        add_button(&item, "value", &format!("Copy the value of {path}"), value, said);
    }
    add_button(&item, "path", &format!("Copy the path {path}"), path, said);
}

/// Returns the text of a value, without quotation marks; `None` where it is not shown whole, and for what holds others.
fn value_of(leaf: &Element) -> Option<String> {
    let shown = leaf.query_selector(":scope > :is(.string, .number, .word)").ok().flatten()?;
    if leaf.query_selector(":scope > [data-cut]").ok().flatten().is_some() {
        return None;
    }
    let text = shown.text_content()?;
    if !text.starts_with('"') {
        return Some(text);
    }
    js_sys::JSON::parse(&text).ok()?.as_string()
}

/// Adds a button that copies a text; `what` it is, a path or a value.
fn add_button(item: &Element, what: &'static str, label: &str, text: String, said: RwSignal<String>) {
    let Some(button) = dom::document().and_then(|document| document.create_element("button").ok()) else { return };
    let _ = button.set_attribute("type", "button");
    let _ = button.set_attribute("class", "copy");
    let _ = button.set_attribute("aria-label", label);
    button.set_text_content(Some(&format!("Copy {what}")));
    dom::listen(&button, "click", move |_| {
        let shown = text.clone();
        copy(text.clone(), move |is_copied| {
            // If copying fails, the text is shown so that it can be selected by hand.
            said.set(if is_copied {
                format!("Copied {shown}")
            } else {
                format!("This browser copies nothing here. The {what} is {shown}")
            });
        });
    });
    let _ = item.insert_before(&button, item.first_child().as_ref());
}
