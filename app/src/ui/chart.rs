//! The chart of a contractor's work: lanes on a time axis as inline SVG, the controls of its view, and its tables.
//!
//! No script and no style attribute: it is complete without WASM, and in print. Every link in it is in a table too, so
//! the keyboard skips the chart in one step instead of a hundred.

mod label;
mod money;
mod sheet;
mod table;

use super::as_of::with_moment;
use super::chips::chip;
use super::time::{day, day_range};
use crate::chart::layout::Drawing;
use crate::chart::window::{Choice, Zoom};
use crate::chart::{ChartData, draw};
use crate::islands::ChartZoom;
use crate::view::viewer::Viewer;
use domain::policy::Thing;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// The targets of links in the chart.
#[derive(Clone)]
pub(super) struct Links {
    /// The contractor's page.
    path: String,
    /// The other pairs of its query string.
    kept: Vec<(String, String)>,
    /// Whether links lead to deliveries, rather than to events in stories.
    to_deliveries: bool,
    /// The sequence numbers of the events listed below the chart.
    told: BTreeSet<i64>,
}

impl Links {
    /// Returns the URL of another view.
    fn view(&self, choice: Choice) -> String {
        let chosen = choice.pairs().into_iter().map(|(key, value)| (key.to_owned(), value));
        let pairs: Vec<(String, String)> = self.kept.iter().cloned().chain(chosen).collect();
        let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
        let query = if query.is_empty() { query } else { format!("?{query}") };
        with_moment(format!("{}{query}#picture", self.path))
    }

    /// Returns the link to the event below the chart, or to its delivery if it is not listed.
    fn below(&self, seq: i64) -> String {
        if !self.to_deliveries && self.told.contains(&seq) {
            format!("#event-{seq}")
        } else {
            with_moment(format!("/deliveries/{seq}"))
        }
    }

    /// Returns the link to an event's delivery, or, for readers who may not open it, to the event on its contract's
    /// page.
    fn event(&self, page: &str, seq: Option<i64>) -> String {
        match seq {
            Some(seq) if self.to_deliveries => with_moment(format!("/deliveries/{seq}")),
            Some(seq) => with_moment(format!("{page}#event-{seq}")),
            None => with_moment(page),
        }
    }
}

/// Renders the chart; `kept` are the other pairs of the page's query string, `told` the events listed on the page.
/// Nothing without contracts.
pub fn chart(
    data: &ChartData,
    choice: Choice,
    path: String,
    kept: Vec<(String, String)>,
    told: BTreeSet<i64>,
    viewer: &Viewer,
) -> AnyView {
    if data.contracts.is_empty() {
        return ().into_any();
    }
    let at = viewer.moment().at();
    let drawing = draw(data, choice, at);
    let links = Links { path, kept, to_deliveries: viewer.sees(Thing::RawDelivery), told };
    let axis = drawing.window.axis;
    let last = axis.to.yesterday().unwrap_or(axis.to);
    let shown = day_range(Some(axis.from), Some(last)).unwrap_or_default();
    let now_says = if viewer.as_of.is_some() { day(viewer.today()) } else { "Today".to_owned() };
    view! {
        <section class="picture card" id="picture" aria-labelledby="picture-title"
            data-from=axis.from.to_string() data-days=axis.days() data-zoom=choice.zoom.as_str()>
            <div class="picture-head">
                <h2 class="visually-hidden" id="picture-title">"Contracts and spend over time"</h2>
                {controls(&drawing, choice, &links)}
                <p class="dim">{shown.clone()}</p>
            </div>
            // The element takes the keyboard focus, and scrolls on narrow screens.
            <div class="picture-scroll" tabindex="0" role="region" aria-label="Contracts and spend over time, drawn" aria-describedby="picture-keys">
                <div class="picture-sheet">
                    {label::labels(data, &drawing, choice, &links)}
                    {sheet::sheet(data, &drawing, choice, &links, &now_says, &shown)}
                </div>
            </div>
            {legend(&drawing)}
            {notes(data)}
            <p class="visually-hidden" id="picture-keys">"The same facts stand in the table below."</p>
            <ChartZoom/>
            <details class="picture-table">
                <summary>"The same as a table"</summary>
                {table::contracts(data, &drawing, viewer, &links)}
                {data.spend.iter().zip(1_usize..).map(|(spend, place)| money::table(spend, place, &links)).collect_view()}
            </details>
        </section>
    }
    .into_any()
}

fn controls(drawing: &Drawing, choice: Choice, links: &Links) -> AnyView {
    let step = |to: Option<Choice>, name: &'static str, sign: &'static str, words: &'static str| {
        to.map(|to| view! { <a class="chip" data-move=name href=links.view(to) aria-label=words>{sign}</a> })
    };
    let zooms: Vec<AnyView> = Zoom::ALL
        .into_iter()
        .map(|zoom| {
            let to = Choice { zoom, from: None, ..choice };
            chip(links.view(to), zoom.label(), zoom == choice.zoom)
        })
        .collect();
    let (count, is_shared) = drawing.ended;
    let hide = (count > 1 && !is_shared).then(|| {
        let to = Choice { ended: Some(false), ..choice };
        view! { <a class="chip plain" href=links.view(to)>{format!("Put {count} ended in one lane")}</a> }
    });
    view! {
        <nav class="chips" aria-label="Stretch of time">
            {step(drawing.window.earlier, "earlier", "«", "Earlier")} {zooms}
            {step(drawing.window.later, "later", "»", "Later")} {hide}
        </nav>
    }
    .into_any()
}

/// Renders the legend of what is drawn, in the order of a contract's life.
fn legend(drawing: &Drawing) -> AnyView {
    let kinds: BTreeSet<_> = drawing.lanes.iter().flat_map(|lane| &lane.segments).map(|segment| segment.kind).collect();
    let items: Vec<AnyView> = kinds
        .into_iter()
        .map(|kind| {
            view! {
                <li>
                    <svg class="swatch" viewBox="0 0 22 12" aria-hidden="true">{sheet::bar(kind, (1, 1), (20, 10), (false, false))}</svg>
                    {kind.label()}
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ul class="picture-legend" aria-label="What the bars mean">{items}</ul> }.into_any()
}

/// Renders the list of what could not be drawn, and why.
fn notes(data: &ChartData) -> AnyView {
    let notes: Vec<AnyView> = data.obstacles.iter().map(|text| view! { <li>{text.clone()}</li> }.into_any()).collect();
    (!notes.is_empty()).then(|| view! { <ul class="picture-notes">{notes}</ul> }).into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::ChartContract;
    use crate::chart::spend::{Against, Level, Spend};
    use crate::view::viewer::{Theme, Zone};
    use domain::account::Person;
    use domain::account::Role;
    use domain::lifecycle::contract::ContractState;
    use domain::money::Currency;
    use domain::timeline::Step;

    fn viewer(role: Role) -> Viewer {
        let person = Person { name: "Priya Raman".to_owned(), email: "priya@example.com".to_owned(), role };
        let now = "2026-02-09T12:00:00Z".parse().unwrap();
        Viewer { person: Some(person), theme: Theme::default(), zone: Zone::default(), now, as_of: None }
    }

    fn step(state: ContractState, at: &str, seq: i64) -> Step {
        Step { state, at: at.parse().ok(), seq: Some(seq) }
    }

    fn html(title: &str, role: Role) -> String {
        let steps = vec![
            step(ContractState::Offered, "2025-11-20T12:00:00Z", 7),
            step(ContractState::Accepted, "2025-11-24T12:00:00Z", 9),
        ];
        html_of(title, role, steps)
    }

    fn html_of(title: &str, role: Role, steps: Vec<Step>) -> String {
        let contract = ChartContract {
            id: "ct_1".into(),
            title: title.to_owned(),
            subtitle: Some("Art director · £520.00 a day".to_owned()),
            state: ContractState::Accepted,
            steps,
            start_on: "2025-12-01".parse().ok(),
            ends_on: "2026-05-29".parse().ok(),
            planned_end_on: None,
            findings: Vec::new(),
            renews: None,
        };
        let data = ChartData { contracts: vec![contract], ..ChartData::default() };
        let links = Links {
            path: "/contractors/clct_1".to_owned(),
            kept: Vec::new(),
            to_deliveries: viewer(role).sees(Thing::RawDelivery),
            told: BTreeSet::new(),
        };
        let drawing = draw(&data, Choice::default(), viewer(role).now);
        let parts = || {
            let sheet = sheet::sheet(&data, &drawing, Choice::default(), &links, "Today", "2025");
            view! { {sheet} {label::labels(&data, &drawing, Choice::default(), &links)} {table::contracts(&data, &drawing, &viewer(role), &links)} }
        };
        Owner::new().with(|| parts().to_html())
    }

    #[test]
    fn an_admin_is_led_to_deliveries_and_a_hirer_to_places_they_may_go() {
        assert!(html("Brand refresh", Role::Admin).contains(r#"href="/deliveries/7""#));
        let hirers = html("Brand refresh", Role::Hirer);
        assert!(!hirers.contains("/deliveries"), "{hirers}");
        assert!(hirers.contains(r#"href="/contracts/ct_1#event-7""#), "{hirers}");
    }

    #[test]
    fn a_revoked_offer_that_was_made_again_is_no_exit_of_what_runs() {
        let steps = |rest: &[(ContractState, &str)]| {
            let mut all = vec![step(ContractState::Offered, "2025-11-20T12:00:00Z", 1)];
            all.extend((2..).zip(rest).map(|(seq, (state, at))| step(*state, at, seq)));
            html_of("Brand refresh", Role::Admin, all)
        };
        let revoked = (ContractState::Revoked, "2025-11-21T12:00:00Z");
        let again = (ContractState::Offered, "2025-11-22T12:00:00Z");
        assert!(steps(&[revoked]).contains(">Revoked"));
        assert!(!steps(&[revoked, again]).contains(">Revoked"));
        assert!(steps(&[revoked, (ContractState::Deleted, "2025-11-22T12:00:00Z")]).contains(">Revoked"));
    }

    #[test]
    fn the_sums_of_one_instant_stay_in_the_order_in_which_they_were_added_up() {
        let level = |seq: i64, amount: i64| Level {
            at: "2026-02-01T09:00:00Z".parse().unwrap(),
            seq,
            amount: amount.into(),
            cause: format!("Contract {seq}"),
        };
        let spend = Spend {
            currency: Currency::parse("GBP").unwrap(),
            against: Against::Nothing,
            committed: vec![level(9, 100), level(7, 250), level(8, 400)],
            approved: Vec::new(),
            is_approved: true,
            breaches: Vec::new(),
        };
        let links = Links { path: String::new(), kept: Vec::new(), to_deliveries: true, told: BTreeSet::new() };
        let html = Owner::new().with(|| money::table(&spend, 1, &links).to_html());
        let places: Vec<Option<usize>> = ["£100.00", "£250.00", "£400.00"].iter().map(|sum| html.find(sum)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{html}");
    }

    #[test]
    fn what_a_title_holds_is_text_and_never_markup() {
        let html = html("</title><script>alert(1)</script>\"&", Role::Admin);
        assert!(!html.contains("<script"), "{html}");
    }
}
