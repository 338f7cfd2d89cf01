//! Sections, headings and empty states.

use super::as_of::with_moment;
use super::name::name;
use leptos::prelude::*;

/// Renders a bordered section with a heading and a short note beside it.
pub fn card(title: &str, note: Option<String>, body: impl IntoView + 'static) -> AnyView {
    view! {
        <section class="card">
            <div class="card-head"><h2>{title.to_owned()}</h2>{note.map(|text| view! { <p>{text}</p> })}</div>
            {body.into_any()}
        </section>
    }
    .into_any()
}

/// Renders the head of a page: breadcrumb, title, and what is beside and below it.
pub fn head(
    crumb: Option<(&'static str, &'static str)>,
    title: impl Into<String>,
    beside: impl IntoView + 'static,
    below: impl IntoView + 'static,
) -> AnyView {
    view! {
        <header class="page-head">
            {crumb.map(|(path, text)| view! { <p class="crumb"><a href=with_moment(path)>{text}</a></p> })}
            <div class="title-line"><h1>{name(title)}</h1><div class="row">{beside.into_any()}</div></div>
            {below.into_any()}
        </header>
    }
    .into_any()
}

/// Renders an empty state, with what to do about it.
pub fn empty(title: &str, body: impl IntoView + 'static) -> AnyView {
    view! { <div class="empty"><h2>{title.to_owned()}</h2>{body.into_any()}</div> }.into_any()
}

/// Renders a link to YunoJuno. The URL is from a body: its host was checked by the read model; that it is https is
/// checked here as well.
pub fn outward(url: Option<&str>) -> AnyView {
    url.filter(|url| url.starts_with("https://"))
        .map(|url| view! { <a class="pill" href=url.to_owned() rel="noreferrer">"Open on YunoJuno ↗"</a> })
        .into_any()
}
