//! The frame around a page: navigation, the signed-in person, display preferences.

use super::context::{here as this_page, viewer, viewer_in_time, with_moment};
use crate::ui::as_of::{as_of_banner, present_only_banner, provide_moment};
use crate::ui::finding::notice;
use crate::ui::keys::keys;
use crate::view::viewer::{OpenFindingCount, Theme, Viewer, Zone};
use domain::account::Person;
use domain::policy::Thing;
use domain::progress::MakingProgress;
use leptos::prelude::*;
use leptos_meta::Title;

/// The section of the navigation a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// `/`
    Overview,
    /// `/contractors`
    Contractors,
    /// `/contracts`
    Contracts,
    /// `/spend`
    Spend,
    /// `/calendar`
    Calendar,
    /// `/findings`
    Findings,
    /// `/deliveries`
    Deliveries,
    /// `/catalog`
    Catalog,
    /// `/account`
    Account,
    /// A page outside the navigation.
    Nowhere,
}

impl Section {
    fn path(self) -> &'static str {
        match self {
            Self::Overview | Self::Nowhere => "/",
            Self::Contractors => "/contractors",
            Self::Contracts => "/contracts",
            Self::Spend => "/spend",
            Self::Calendar => "/calendar",
            Self::Findings => "/findings",
            Self::Deliveries => "/deliveries",
            Self::Catalog => "/catalog",
            Self::Account => "/account",
        }
    }

    /// Returns whether its pages can show a past moment; the others say that they show the present.
    fn is_of_time(self) -> bool {
        match self {
            Self::Contractors | Self::Contracts | Self::Spend | Self::Calendar => true,
            Self::Overview | Self::Findings | Self::Deliveries | Self::Catalog | Self::Account | Self::Nowhere => false,
        }
    }

    /// Returns whether its pages show what the projector makes.
    fn shows_lists(self) -> bool {
        match self {
            Self::Overview
            | Self::Contractors
            | Self::Contracts
            | Self::Spend
            | Self::Calendar
            | Self::Findings
            | Self::Deliveries
            | Self::Catalog => true,
            Self::Account | Self::Nowhere => false,
        }
    }

    /// Returns what its first page shows.
    fn thing(self) -> Thing {
        match self {
            Self::Overview | Self::Nowhere => Thing::Overview,
            Self::Contractors => Thing::Contractors,
            Self::Contracts => Thing::Contracts,
            Self::Spend => Thing::Requisitions,
            Self::Calendar => Thing::Calendar,
            Self::Findings => Thing::Findings,
            Self::Deliveries => Thing::DeliveryList,
            Self::Catalog => Thing::Catalog,
            Self::Account => Thing::OwnAccount,
        }
    }

    /// Returns the list that `/` searches from a page without a search box.
    fn search_path(self, viewer: &Viewer) -> &'static str {
        match self {
            Self::Overview | Self::Account | Self::Nowhere | Self::Contractors => "/contractors",
            Self::Deliveries if viewer.sees(Thing::DeliveryList) => "/deliveries",
            Self::Contracts | Self::Calendar | Self::Deliveries => "/contracts",
            Self::Spend | Self::Findings | Self::Catalog => self.path(),
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Overview | Self::Nowhere => "Overview",
            Self::Contractors => "Contractors",
            Self::Contracts => "Contracts",
            Self::Spend => "Spend",
            Self::Calendar => "Calendar",
            Self::Findings => "Findings",
            Self::Deliveries => "Deliveries",
            Self::Catalog => "Catalog",
            Self::Account => "Your account",
        }
    }
}

/// Renders the logo with the name.
pub fn brand() -> AnyView {
    view! {
        <a class="brand" href=with_moment("/")>
            <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" class="logo">
                <circle cx="12" cy="12" r="10"></circle>
                <path d="M3 12.5h4.2l2-5 3.2 9 2.4-6.2 1.2 2.2h5"></path>
            </svg>
            "Junoscope"
        </a>
    }
    .into_any()
}

/// Renders a page with its navigation.
pub fn page(here: Section, title: impl Into<String>, body: impl IntoView + 'static) -> AnyView {
    let viewer = viewer();
    // A page without queries, such as one for admins only, has no moment in its context yet.
    provide_moment();
    view! {
        <Title text=title.into()/>
        <a class="skip" href="#main">"Skip to the content"</a>
        <div class="frame">
            <header class="side">
                <div class="side-inner">
                    {brand()}
                    <button class="button menu-button" type="button" popovertarget="menu">"Menu"</button>
                    <div class="nav" id="menu" popover="auto">{navigation(here, &viewer)} {account(here, &viewer)}</div>
                </div>
            </header>
            <main class="page" id="main" tabindex="-1" data-search=with_moment(here.search_path(&viewer))>
                {if here.is_of_time() { as_of_banner(&viewer_in_time()) } else { present_only_banner() }}
                {being_made(here, &viewer)}
                {body.into_any()}
            </main>
        </div>
        {keys()}
    }
    .into_any()
}

/// Renders that lists are being made, on pages that show what is in them.
fn being_made(here: Section, viewer: &Viewer) -> Option<AnyView> {
    let progress: MakingProgress = use_context()?;
    here.shows_lists().then(|| notice("notice", progress.words(viewer.now)))
}

/// Renders a page without navigation, for readers who are not signed in.
pub fn page_without_navigation(title: &'static str, body: impl IntoView + 'static) -> AnyView {
    view! { <Title text=title/> <main class="centre" id="main">{brand()} {body.into_any()}</main> }.into_any()
}

fn navigation(here: Section, viewer: &Viewer) -> AnyView {
    let item = |to: Section| {
        if !viewer.sees(to.thing()) {
            return None;
        }
        let current = (to == here).then_some("page");
        let href = with_moment(to.path());
        let count = (to == Section::Findings).then(open_finding_count).flatten();
        Some(view! { <li><a href=href data-page=to.path() aria-current=current>{to.label()}{count}</a></li> })
    };
    view! {
        <nav aria-label="Main">
            <ul class="nav-list">
                {item(Section::Overview)} {item(Section::Contractors)} {item(Section::Contracts)} {item(Section::Spend)} {item(Section::Calendar)}
                {item(Section::Findings)}
            </ul>
            <h2 class="nav-head" id="nav-events">"Events"</h2>
            <ul class="nav-list" aria-labelledby="nav-events">{item(Section::Deliveries)} {item(Section::Catalog)}</ul>
        </nav>
    }
    .into_any()
}

/// Renders the number of open findings, if any.
fn open_finding_count() -> Option<AnyView> {
    let count = use_context::<OpenFindingCount>().map_or(0, |open_finding_count| open_finding_count.0);
    let text =
        if count < OpenFindingCount::MANY { count.to_string() } else { format!("{}+", OpenFindingCount::MANY - 1) };
    (count > 0).then(|| {
        view! { " " <span class="count" title="Problems and warnings nobody has dismissed">{text}</span> }.into_any()
    })
}

fn account(here: Section, viewer: &Viewer) -> AnyView {
    let person = viewer.person.as_ref().map(|person| who(here, person));
    let theme = [(Theme::System, "Auto"), (Theme::Light, "Light"), (Theme::Dark, "Dark")]
        .map(|(theme, label)| (theme.as_str(), label, theme == viewer.theme));
    let zone =
        [(Zone::Local, "Local"), (Zone::Utc, "UTC")].map(|(zone, label)| (zone.as_str(), label, zone == viewer.zone));
    view! {
        <div class="account">
            // A popover opens without scripts, though the shortcuts need one.
            <button class="button quiet keys-button" type="button" popovertarget="keys"><kbd>"?"</kbd> " Keys"</button>
            {choice("Theme", "theme", &theme)}
            {choice("Times", "zone", &zone)}
            {person}
        </div>
    }
    .into_any()
}

fn choice(legend: &'static str, name: &'static str, options: &[(&'static str, &'static str, bool)]) -> AnyView {
    let buttons: Vec<_> = options
        .iter()
        .map(|(value, label, is_chosen)| {
            view! { <button type="submit" name=name value=*value aria-pressed=if *is_chosen { "true" } else { "false" }>{*label}</button> }
        })
        .collect();
    view! {
        <form method="post" action="/preferences">
            <input type="hidden" name="next" value=this_page()/>
            <div class="segmented" role="group" aria-label=legend>{buttons}</div>
        </form>
    }
    .into_any()
}

fn who(here: Section, person: &Person) -> AnyView {
    let current = (here == Section::Account).then_some("page");
    view! {
        <div class="person"><b>{person.name.clone()}</b><span>{person.email.clone()}</span></div>
        <a href=Section::Account.path() aria-current=current>{Section::Account.label()}</a>
        <form method="post" action="/sign-out"><button class="button quiet" type="submit">"Sign out"</button></form>
    }
    .into_any()
}
