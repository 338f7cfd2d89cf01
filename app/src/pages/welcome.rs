//! The one-time link: choose a password.

use crate::id::in_path;
use crate::shell::context::{param, query_value};
use crate::shell::frame::bare;
use crate::ui::finding::notice;
use leptos::prelude::*;

/// `/welcome/{token}?error=…`
pub fn welcome() -> AnyView {
    let error = query_value("error");
    if error.as_deref() == Some("expired") {
        return bare(
            "Link used up",
            view! {
                <div class="empty">
                    <h1>"This link is used up"</h1>
                    <p>"It works once, and for a short time. An admin makes a new one with " <code>"junoscope user link"</code> "."</p>
                    <a class="button" href="/sign-in">"Sign in"</a>
                </div>
            },
        );
    }
    let error = error.map(|error| notice("error", words(&error)));
    bare(
        "Welcome",
        view! {
            <form method="post" action=format!("/welcome/{}", in_path(&param()))>
                <h1>"Welcome to Junoscope"</h1>
                {error}
                <p class="hint">"Choose a password of at least 12 characters. A few random words are easier to keep than a short riddle."</p>
                <div class="field">
                    <label for="password">"New password"</label>
                    <input class="input" id="password" type="password" name="password" autocomplete="new-password" minlength="12" required="" autofocus=""/>
                </div>
                <div class="field">
                    <label for="again">"The same again"</label>
                    <input class="input" id="again" type="password" name="again" autocomplete="new-password" minlength="12" required=""/>
                </div>
                <button class="button primary" type="submit">"Set password and sign in"</button>
            </form>
        },
    )
}

fn words(error: &str) -> &'static str {
    match error {
        "short" => "That password is too short: at least 12 characters.",
        "mismatch" => "The two passwords differ.",
        _ => "That did not work. Try again.",
    }
}
