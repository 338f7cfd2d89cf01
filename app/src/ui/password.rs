//! The fields for a new password, and the reason why one was refused.

use super::finding::notice;
use crate::view::password::{MIN_LENGTH, advice_in_words, error_in_words};
use leptos::prelude::*;

/// Renders an error and advice, given by their codes in the query string.
pub fn password_error(error: &str, advice: &str) -> AnyView {
    let sentences: Vec<&str> = std::iter::once(error_in_words(error)).chain(advice_in_words(advice)).collect();
    notice("error", sentences.join(" "))
}

/// Renders the new password's fields. `has_focus` if the first of them is focused.
pub fn new_password_fields(has_focus: bool) -> AnyView {
    view! {
        <p class="hint">"At least 12 characters. A few random words are easier to keep in mind than a short riddle, and harder to guess."</p>
        <div class="field">
            <label for="password">"New password"</label>
            <input class="input" id="password" type="password" name="password" autocomplete="new-password" minlength=MIN_LENGTH required="" autofocus=has_focus/>
        </div>
        <div class="field">
            <label for="again">"The same again"</label>
            <input class="input" id="again" type="password" name="again" autocomplete="new-password" minlength=MIN_LENGTH required=""/>
        </div>
    }
    .into_any()
}
