//! The routes of the pages.

use crate::pages;
use crate::shell::{document, document_title};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::SsrMode;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

/// The document of whichever page is asked for.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    document(options, || view! { <App/> })
}

/// Every route. All of them wait for their data, so that a page is whole without WASM.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        // Leptos writes a title into the document as it stands, outside every view: every title passes here and is escaped.
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
                <Route path=path!("/welcome/:token") view=pages::set_password::set_password ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}
