//! Expands and collapses a whole payload tree, and copies the path of a value.

use super::copy::copy;
use super::dom;
use leptos::prelude::*;
use web_sys::Element;

/// The island around the server-rendered tree, to which it adds buttons.
#[island]
pub fn PayloadTools(children: Children) -> impl IntoView {
    let said = RwSignal::new(String::new());
    Effect::new(move |_| {
        for place in dom::all(None, ".payload-tools [data-path]") {
            add_copy_button(&place, said);
        }
    });
    view! {
        <div class="payload-tools">
            <div class="row tools">
                <button type="button" class="pill" on:click=move |_| set_open(true)>"Expand all"</button>
                <button type="button" class="pill" on:click=move |_| set_open(false)>"Collapse all"</button>
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

fn add_copy_button(place: &Element, said: RwSignal<String>) {
    let path = place.get_attribute("data-path").filter(|path| !path.is_empty());
    let (Some(path), Some(document)) = (path, dom::document()) else { return };
    let Ok(button) = document.create_element("button") else { return };
    let _ = button.set_attribute("type", "button");
    let _ = button.set_attribute("class", "copy");
    let _ = button.set_attribute("aria-label", &format!("Copy the path {path}"));
    button.set_text_content(Some("Copy path"));
    dom::listen(&button, "click", move |_| {
        let path = path.clone();
        copy(path.clone(), move |is_copied| {
            // If copying fails, the path is shown so that it can be selected by hand.
            said.set(if is_copied {
                format!("Copied {path}")
            } else {
                format!("This browser copies nothing here. The path is {path}")
            });
        });
    });
    // Beside the summary, as screen readers ignore a button within a button.
    if let Ok(Some(item)) = place.closest("li") {
        let _ = item.insert_before(&button, item.first_child().as_ref());
    }
}
