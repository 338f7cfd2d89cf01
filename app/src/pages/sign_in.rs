//! The sign-in page.

use crate::shell::context::query_value;
use crate::shell::frame::page_without_navigation;
use crate::ui::finding::notice;
use crate::view::account::TypedEmail;
use leptos::prelude::*;

/// Renders `/sign-in?next=…&error=…`.
pub fn sign_in() -> AnyView {
    let next = query_value("next").unwrap_or_else(|| "/".to_owned());
    let error = query_value("error").map(|error| notice("error", words(&error)));
    // After a wrong password only the password has to be typed again.
    let TypedEmail(email) = use_context().unwrap_or(TypedEmail(String::new()));
    let is_known = !email.is_empty();
    page_without_navigation(
        "Sign in",
        view! {
            <form method="post" action="/sign-in">
                <h1>"Sign in"</h1>
                {error}
                <input type="hidden" name="next" value=next/>
                <div class="field">
                    <label for="email">"E-mail address"</label>
                    <input class="input" id="email" type="email" name="email" autocomplete="username" required="" value=email autofocus=!is_known/>
                </div>
                <div class="field">
                    <label for="password">"Password"</label>
                    <input class="input" id="password" type="password" name="password" autocomplete="current-password" required="" autofocus=is_known/>
                </div>
                <button class="button primary" type="submit">"Sign in"</button>
                <p class="hint">
                    "No password yet, or forgotten? An admin makes you a one-time link with " <code>"junoscope user link"</code> "."
                </p>
            </form>
        },
    )
}

fn words(error: &str) -> &'static str {
    match error {
        "wrong" => "The e-mail address and the password do not belong together.",
        "ended" => "You were signed out in the meantime, so nothing was done. Sign in again.",
        "limited" => "Too many attempts from here. Wait a few minutes, then try again.",
        _ => "That did not work. Try again.",
    }
}
