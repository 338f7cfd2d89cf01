//! The frame of every page: document, routes, navigation.

pub mod context;
pub mod frame;
pub mod load;

use crate::islands::{KeyMap, LocalTimes};
use crate::pages;
use crate::text::{self, cut};
use context::viewer;
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::SsrMode;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

/// Maximum length of a page's title, so that the program's name stays visible after it.
const LONGEST_TITLE: usize = 120;

/// The server's facts for the document, put into context for every page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assets {
    /// URL of the stylesheet, with the hash of its content.
    pub css: String,
    /// Every endpoint's name with the full URL to paste into the YunoJuno portal.
    pub webhook_urls: Vec<(String, String)>,
}

/// Renders the document around every page.
pub fn shell(options: LeptosOptions) -> impl IntoView {
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
                <App/>
                <LocalTimes/>
                <KeyMap/>
            </body>
        </html>
    }
}

/// Returns the content of `<title>`: a page's title and the program's name.
fn document_title(page: String) -> String {
    let title =
        if page.is_empty() { "Junoscope".to_owned() } else { format!("{} · Junoscope", cut(&page, LONGEST_TITLE)) };
    text::document_title(&title)
}

/// The routes. All of them wait for their data, so that pages are complete without WASM.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        // Leptos writes the title into the document unescaped, so it is escaped here.
        <Title formatter=document_title/>
        <Router>
            <Routes fallback=pages::missing::not_found>
                <Route path=path!("/") view=pages::overview::overview ssr=SsrMode::Async/>
                <Route path=path!("/contractors") view=pages::contractors::contractors ssr=SsrMode::Async/>
                <Route path=path!("/contractors/:id") view=pages::contractor::contractor ssr=SsrMode::Async/>
                <Route path=path!("/contracts") view=pages::contracts::contracts ssr=SsrMode::Async/>
                <Route path=path!("/contracts/:id") view=pages::contract::contract ssr=SsrMode::Async/>
                <Route path=path!("/calendar") view=pages::calendar::calendar ssr=SsrMode::Async/>
                <Route path=path!("/spend") view=pages::spend::spend ssr=SsrMode::Async/>
                <Route path=path!("/spend/:id") view=pages::requisition::requisition ssr=SsrMode::Async/>
                <Route path=path!("/findings") view=pages::findings::findings ssr=SsrMode::Async/>
                <Route path=path!("/deliveries") view=pages::deliveries::deliveries ssr=SsrMode::Async/>
                <Route path=path!("/deliveries/:seq") view=pages::delivery::delivery ssr=SsrMode::Async/>
                <Route path=path!("/catalog") view=pages::catalog::catalog ssr=SsrMode::Async/>
                <Route path=path!("/catalog/:event") view=pages::catalog_event::catalog_event ssr=SsrMode::Async/>
                <Route path=path!("/account") view=pages::account::account ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=pages::sign_in::sign_in ssr=SsrMode::Async/>
                <Route path=path!("/welcome/:token") view=pages::welcome::welcome ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}
