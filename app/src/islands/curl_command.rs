//! Copies a message as a curl command, which the server signs at the moment of the click.

use super::copy::copy;
use super::dom;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlFormElement, XmlHttpRequest};

/// The island around the form, which without it leads to the command as text.
#[island]
pub fn CurlCommand(children: Children) -> impl IntoView {
    let said = RwSignal::new(String::new());
    // Shown where the browser copies nothing.
    let shown = RwSignal::new(String::new());
    Effect::new(move |_| {
        let form = dom::first("form.curl").and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
        if let Some(form) = form {
            dom::listen(&form.clone(), "submit", move |event| {
                event.prevent_default();
                ask(&form.action(), said, shown);
            });
        }
    });
    view! {
        <div class="curl-command">
            {children()}
            <span class="dim small" role="status">{said}</span>
            <pre class="code" tabindex="0" hidden=move || shown.with(String::is_empty)>{shown}</pre>
        </div>
    }
}

fn ask(url: &str, said: RwSignal<String>, shown: RwSignal<String>) {
    let failed = move || said.set("Junoscope did not answer. Try again.".to_owned());
    let Ok(request) = XmlHttpRequest::new() else { return };
    if request.open("POST", url).is_err() {
        return;
    }
    let asked = request.clone();
    dom::listen(&request, "load", move |_| {
        let text = asked.response_text().ok().flatten().unwrap_or_default();
        if asked.status() != Ok(200) {
            said.set(if text.is_empty() || text.contains('<') {
                "That failed. Load the page again.".to_owned()
            } else {
                text
            });
            return;
        }
        copy(text.clone(), move |is_copied| {
            shown.set(if is_copied { String::new() } else { text });
            said.set(if is_copied {
                "Copied. Its signature is valid for five minutes.".to_owned()
            } else {
                "This browser copies nothing here. Select the command below.".to_owned()
            });
        });
    });
    dom::listen(&request, "error", move |_| failed());
    if request.send().is_err() {
        failed();
    }
}
