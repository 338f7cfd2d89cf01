//! The sheet of keyboard shortcuts. A popover, which opens by its button without any script.

use crate::islands::PAGES;
use leptos::prelude::*;

/// Renders the sheet, closed until its button or `?` is pressed.
pub fn keys() -> AnyView {
    let pages = PAGES.map(|(key, _, name)| {
        view! { <dt><kbd>"g"</kbd> " " <kbd>{key}</kbd></dt><dd>{name}</dd> }
    });
    view! {
        <dialog class="keys" id="keys" popover="auto" aria-labelledby="keys-title">
            <h2 id="keys-title">"Keys"</h2>
            <p class="asleep">"Keys work where the script of the page runs. Here it does not, or has not started yet."</p>
            <dl>
                <dt><kbd>"/"</kbd></dt><dd>"Search, from every page"</dd>
                <dt><kbd>"j"</kbd> " " <kbd>"k"</kbd></dt><dd>"Down and up a list"</dd>
                <dt><kbd>"Enter"</kbd></dt><dd>"Open what is chosen"</dd>
                {pages}
                <dt><kbd>"?"</kbd></dt><dd>"This sheet"</dd>
                <dt><kbd>"Esc"</kbd></dt><dd>"Close it, or what is open beside a list"</dd>
            </dl>
            <button class="button" type="button" popovertarget="keys" popovertargetaction="hide">"Close"</button>
        </dialog>
    }
    .into_any()
}
