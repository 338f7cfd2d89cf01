//! Sections, headings and empty states.

use super::as_of::keep_moment;
use super::name::name;
use leptos::prelude::*;

/// A bordered section with its heading and, beside it, a short note.
pub fn card(title: &str, note: Option<String>, body: impl IntoView + 'static) -> AnyView {
    view! {
        <section class="card">
            <div class="card-head"><h2>{title.to_owned()}</h2>{note.map(|text| view! { <p>{text}</p> })}</div>
            {body.into_any()}
        </section>
    }
    .into_any()
}

/// The head of a page: the way back, the title, and what stands beside and below it.
pub fn head(
    crumb: Option<(&'static str, &'static str)>,
    title: impl Into<String>,
    beside: impl IntoView + 'static,
    below: impl IntoView + 'static,
) -> AnyView {
    view! {
        <header class="page-head">
            {crumb.map(|(path, text)| view! { <p class="crumb"><a href=keep_moment(path)>{text}</a></p> })}
            <div class="title-line"><h1>{name(title)}</h1><div class="row">{beside.into_any()}</div></div>
            {below.into_any()}
        </header>
    }
    .into_any()
}

/// A place with nothing in it, and what to do about it.
pub fn empty(title: &str, body: impl IntoView + 'static) -> AnyView {
    view! { <div class="empty"><h2>{title.to_owned()}</h2>{body.into_any()}</div> }.into_any()
}

/// A link that leaves Junoscope for YunoJuno. The address comes from a body: which host it may lead to was looked at where
/// the answer was made; that it is an encrypted web address is looked at here, too.
pub fn outward(url: Option<&str>) -> AnyView {
    url.filter(|url| url.starts_with("https://"))
        .map(|url| view! { <a class="pill" href=url.to_owned() rel="noreferrer">"Open on YunoJuno ↗"</a> })
        .into_any()
}
