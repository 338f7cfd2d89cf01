//! The routes of the pages, with what each is about.

use crate::pages;
use crate::shell::frame::Section;
use crate::shell::load::allowed;
use crate::shell::{document, document_title};
use domain::policy::Thing;
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
                <Route path=path!("/") view=|| allowed(Section::Overview, Thing::Overview, pages::overview::overview) ssr=SsrMode::Async/>
                <Route path=path!("/contractors") view=|| allowed(Section::Contractors, Thing::Contractors, pages::contractors::contractors) ssr=SsrMode::Async/>
                <Route path=path!("/contractors/:id") view=|| allowed(Section::Contractors, Thing::Contractors, pages::contractor::contractor) ssr=SsrMode::Async/>
                <Route path=path!("/contracts") view=|| allowed(Section::Contracts, Thing::Contracts, pages::contracts::contracts) ssr=SsrMode::Async/>
                <Route path=path!("/contracts/:id") view=|| allowed(Section::Contracts, Thing::Contracts, pages::contract::contract) ssr=SsrMode::Async/>
                <Route path=path!("/calendar") view=|| allowed(Section::Calendar, Thing::Calendar, pages::calendar::calendar) ssr=SsrMode::Async/>
                <Route path=path!("/spend") view=|| allowed(Section::Spend, Thing::Requisitions, pages::spend::spend) ssr=SsrMode::Async/>
                <Route path=path!("/spend/:id") view=|| allowed(Section::Spend, Thing::Requisitions, pages::requisition::requisition) ssr=SsrMode::Async/>
                <Route path=path!("/findings") view=|| allowed(Section::Findings, Thing::Findings, pages::findings::findings) ssr=SsrMode::Async/>
                <Route path=path!("/deliveries") view=|| allowed(Section::Deliveries, Thing::DeliveryList, pages::deliveries::deliveries) ssr=SsrMode::Async/>
                <Route path=path!("/deliveries/:seq") view=|| allowed(Section::Deliveries, Thing::DeliveryHistory, pages::delivery::delivery) ssr=SsrMode::Async/>
                <Route path=path!("/catalog") view=|| allowed(Section::Catalog, Thing::Catalog, pages::catalog::catalog) ssr=SsrMode::Async/>
                <Route path=path!("/catalog/:event") view=|| allowed(Section::Catalog, Thing::Catalog, pages::catalog_event::catalog_event) ssr=SsrMode::Async/>
                <Route path=path!("/account") view=|| allowed(Section::Account, Thing::OwnAccount, pages::account::account) ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=pages::sign_in::sign_in ssr=SsrMode::Async/>
                <Route path=path!("/welcome/:token") view=pages::set_password::set_password ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}
