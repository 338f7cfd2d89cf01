//! The account page: the reader's password and sessions.

use crate::shell::context::{query_value, viewer};
use crate::shell::frame::{Section, page};
use crate::shell::load::load;
use crate::ui::card::{card, head};
use crate::ui::facts::Facts;
use crate::ui::finding::notice;
use crate::ui::password::{new_password_fields, password_error};
use crate::ui::time::{ago, short};
use crate::view::account::ThisSession;
use crate::view::viewer::Viewer;
use domain::account::Person;
use domain::account::SessionSummary;
use leptos::prelude::*;

const TITLE: &str = "Your account";

/// Renders `/account?done=…`, or `?error=…&advice=…` after a password was refused.
pub fn account() -> AnyView {
    let viewer = viewer();
    let this = use_context::<ThisSession>();
    let email = viewer.person.as_ref().map(|person| person.email.clone()).unwrap_or_default();
    let now = viewer.now;
    load(
        Section::Account,
        move |model| async move { model.sessions(&email, now).await },
        move |sessions| {
            let others = sessions.iter().filter(|one| !is_this(one, this.as_ref())).count();
            let rows: Vec<AnyView> = sessions.iter().map(|one| row(one, this.as_ref(), &viewer)).collect();
            page(
                Section::Account,
                TITLE,
                view! {
                    {head(None, TITLE, (), ())}
                    {query_value("done").map(|done| done_in_words(&done)).map(|words| view! { <div role="status">{notice("note", words)}</div> })}
                    {viewer.person.as_ref().map(facts)}
                    {viewer.person.as_ref().map(password)}
                    {card(
                        "Where you are signed in",
                        None,
                        view! {
                            <ul class="plainlist">{rows}</ul>
                            <div class="body">
                                {(others > 0).then(end_others)}
                                <p class="dim">"If you do not know one of them, end it and change your password: that ends all the others."</p>
                            </div>
                        },
                    )}
                },
            )
        },
    )
}

fn done_in_words(done: &str) -> &'static str {
    match done {
        "password" => "Your password is changed. You are signed out everywhere else.",
        "ended" => "That session has ended.",
        "others" => "You are signed out everywhere else.",
        _ => "Done.",
    }
}

fn facts(person: &Person) -> AnyView {
    card(
        "You",
        None,
        view! {
            <div class="body">
                {Facts::default().with("Name", person.name.clone()).with("E-mail address", person.email.clone()).with("Role", person.role.in_words()).show()}
            </div>
        },
    )
}

fn password(person: &Person) -> AnyView {
    let error = query_value("error").map(|error| password_error(&error, &query_value("advice").unwrap_or_default()));
    card(
        "Change your password",
        None,
        view! {
            <div class="body">
                {error}
                <form method="post" action="/account/password" class="password">
                    // Password managers store the new password under this name.
                    <input type="text" name="username" autocomplete="username" value=person.email.clone() readonly="" hidden=""/>
                    <div class="field">
                        <label for="old">"Old password"</label>
                        <input class="input" id="old" type="password" name="old" autocomplete="current-password" required=""/>
                    </div>
                    {new_password_fields(false)}
                    <div class="row"><button class="button primary" type="submit">"Change password"</button></div>
                </form>
            </div>
        },
    )
}

fn is_this(session: &SessionSummary, this: Option<&ThisSession>) -> bool {
    this.is_some_and(|ThisSession(id)| *id == session.id)
}

fn row(session: &SessionSummary, this: Option<&ThisSession>, viewer: &Viewer) -> AnyView {
    let device = if session.device.is_empty() { "Unknown device".to_owned() } else { session.device.clone() };
    let from = session.address.clone().map(|address| view! { " from " <span class="nowrap">{address}</span> });
    let label = format!("End the session of {device}");
    let name = device.clone();
    // The session of this request.
    let (seen, act) = if is_this(session, this) {
        let act = view! { <form method="post" action="/sign-out"><button class="button quiet" type="submit" aria-label="Sign out here">"Sign out"</button></form> };
        (view! { "last seen now" }.into_any(), act.into_any())
    } else {
        let act = view! {
            <form method="post" action="/account/sessions/end">
                <input type="hidden" name="id" value=session.id.clone()/>
                <button class="button quiet" type="submit" aria-label=label>"End"</button>
            </form>
        };
        (view! { "last seen " {ago(session.seen_at, viewer.now)} }.into_any(), act.into_any())
    };
    let mark = is_this(session, this).then(|| view! { <span class="tag">"This one"</span> });
    view! {
        <li>
            <span class="what">
                <span><b>{name}</b> " " {mark}</span>
                <span class="note">"Signed in " {short(session.created_at)} ", " {seen} {from}</span>
            </span>
            {act}
        </li>
    }
    .into_any()
}

fn end_others() -> AnyView {
    view! {
        <form method="post" action="/account/sessions/end-others">
            <button class="button" type="submit">"Sign out everywhere else"</button>
        </form>
    }
    .into_any()
}
