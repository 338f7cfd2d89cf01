//! What surrounds every page: document, frame, navigation, and the context of a request.

pub mod context;
mod forbidden;
pub mod frame;
pub mod load;
mod title;

use crate::islands::{KeyMap, LocalTimes};
use context::viewer;
use domain::text::cut;
use leptos::prelude::*;
use leptos_meta::MetaTags;

/// Maximum length of a page's title, so that the program's name stays visible after it.
const MAX_TITLE_LENGTH: usize = 120;

/// The server's facts for the document, put into context for every page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assets {
    /// URL of the stylesheet, with the hash of its content.
    pub css: String,
    /// Every endpoint's name with the full URL to paste into the YunoJuno portal.
    pub webhook_urls: Vec<(String, String)>,
}

/// Renders the document around every page.
pub fn document<V: IntoView>(options: LeptosOptions, routes: impl FnOnce() -> V) -> impl IntoView {
    let viewer = viewer();
    let css = use_context::<Assets>().unwrap_or_default().css;
    view! {
        <!DOCTYPE html>
        <html lang="en-GB" data-theme=viewer.theme.as_str() data-zone=viewer.zone.as_str() data-now=viewer.now.as_millisecond().to_string()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="robots" content="noindex, nofollow"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="stylesheet" href=css/>
                <link rel="icon" type="image/svg+xml" href="/favicon.svg"/>
                <HydrationScripts options=options islands=true/>
                <MetaTags/>
            </head>
            <body>
                {routes()}
                <LocalTimes/>
                <KeyMap/>
            </body>
        </html>
    }
}

/// A page's title with the name of the program, ready to stand in `<title>`.
pub fn document_title(page: String) -> String {
    let title =
        if page.is_empty() { "Junoscope".to_owned() } else { format!("{} · Junoscope", cut(&page, MAX_TITLE_LENGTH)) };
    title::escaped(&title)
}
