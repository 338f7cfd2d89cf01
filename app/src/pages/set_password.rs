//! The page behind a one-time link, on which a password is chosen.

use crate::shell::context::{param, query_value};
use crate::shell::frame::page_without_navigation;
use crate::ui::password::{new_password_fields, password_error};
use domain::id::in_path;
use leptos::prelude::*;

/// Renders `/welcome/{token}?error=…&advice=…`.
pub fn set_password() -> AnyView {
    let error = query_value("error");
    if error.as_deref() == Some("expired") {
        return page_without_navigation(
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
    let error = error.map(|error| password_error(&error, &query_value("advice").unwrap_or_default()));
    page_without_navigation(
        "Welcome",
        view! {
            <form method="post" action=format!("/welcome/{}", in_path(&param()))>
                <h1>"Welcome to Junoscope"</h1>
                {error}
                <p class="hint">"Choose a password."</p>
                {new_password_fields(true)}
                <button class="button primary" type="submit">"Set password and sign in"</button>
            </form>
        },
    )
}
