//! The page of one contractor: contracts, money and history.

use crate::chart::window::Choice;
use crate::shell::context::{param, query_value, viewer_in_time, with_moment};
use crate::shell::frame::{Section, page};
use crate::shell::load::{at_moment, before, load};
use crate::ui::as_of::{address, as_of_picker};
use crate::ui::badge::{badge, id_pill, mode_tag, pill, plain_pill};
use crate::ui::box_pairs::{side_box, side_list};
use crate::ui::card::{card, empty, head, outward};
use crate::ui::chart::chart;
use crate::ui::chips::chip;
use crate::ui::committed::committed_pairs;
use crate::ui::entries::entries;
use crate::ui::facts::Facts;
use crate::ui::finding::{counts, lasting};
use crate::ui::name::name;
use crate::ui::tables::amount;
use crate::ui::time::{ago_in_words, day, days_from};
use crate::view::detail::ContractorDetail;
use crate::view::first_event::AtMoment;
use crate::view::viewer::Viewer;
use domain::event::{Family, Mode};
use domain::id::{ContractorId, Subject};
use domain::query::moment::{AsOf, Meaning};
use domain::timeline::Entry;
use domain::timeline::words::sentence_case;
use leptos::prelude::*;

/// The breadcrumb to the list.
const CRUMB: (&str, &str) = ("/contractors", "Contractors");
/// Number of events shown first; a link shows the rest.
const FIRST_EVENTS: usize = 500;

/// Renders `/contractors/{id}`, with `?show=contract|contact|spend` for one family of events, `?events=all` for all
/// events of a long story, and `?zoom=month|quarter|year&from=2026-01-01&ended=1` for the chart.
pub fn contractor() -> AnyView {
    let viewer = viewer_in_time();
    let id: ContractorId = param().as_str().into();
    let shown = Shown {
        family: query_value("show").as_deref().and_then(Family::parse),
        is_whole: query_value("events").as_deref() == Some("all"),
    };
    let [zoom, from, ended] = ["zoom", "from", "ended"].map(query_value);
    let choice = Choice::parse(zoom.as_deref(), from.as_deref(), ended.as_deref());
    let moment = viewer.moment();
    load(
        Section::Contractors,
        move |model| async move {
            let found = model.contractor(&id, moment).await;
            at_moment(&model, Subject::Contractor(id), moment, found).await
        },
        move |answer| match answer {
            AtMoment::Present(answer) => show(&answer, shown, choice, &viewer),
            AtMoment::BeforeFirstEvent(first_event) => before(Section::Contractors, CRUMB, &first_event, &viewer),
        },
    )
}

/// The choice of events.
#[derive(Clone, Copy)]
struct Shown {
    /// The only family to show, if any.
    family: Option<Family>,
    /// Whether to show all events.
    is_whole: bool,
}

impl Shown {
    /// Returns the events to show, and the number of matching ones.
    fn listed(self, of: &ContractorDetail) -> (Vec<Entry>, usize) {
        let fits = |entry: &&Entry| self.family.is_none() || entry.event_type.family() == self.family;
        let mut listed: Vec<Entry> = of.entries.iter().filter(fits).cloned().collect();
        let found = listed.len();
        listed.truncate(if self.is_whole { usize::MAX } else { FIRST_EVENTS });
        (listed, found)
    }

    /// Returns the choice as pairs of the query string.
    fn pairs(self) -> Vec<(String, String)> {
        let family = self.family.map(|family| ("show".to_owned(), family.as_str().to_owned()));
        let whole = self.is_whole.then(|| ("events".to_owned(), "all".to_owned()));
        family.into_iter().chain(whole).collect()
    }
}

fn show(of: &ContractorDetail, shown: Shown, choice: Choice, viewer: &Viewer) -> AnyView {
    let (listed, found) = shown.listed(of);
    let summary = &of.summary;
    let path = summary.id.path();
    let pills = view! {
        <div class="row">
            {pill(&summary.state, None)}
            {summary.bookability.as_deref().map(|words| plain_pill(sentence_case(words)))}
            {summary.client.clone().map(plain_pill)}
            {id_pill(summary.id.as_str())}
            {mode_tag(Mode::of_subject(summary.is_test, summary.id.as_str()))}
        </div>
    };
    let drawn = if of.contracts.is_empty() {
        no_contracts(viewer.as_of)
    } else {
        let told = listed.iter().map(|entry| entry.seq).collect();
        chart(&of.chart, choice, path.clone(), shown.pairs(), told, viewer)
    };
    page(
        Section::Contractors,
        summary.name.clone(),
        view! {
            {head(Some(CRUMB), summary.name.clone(), view! { {as_of_picker(viewer)} {outward(of.url.as_deref())} }, pills)}
            {lasting(&of.findings)}
            {drawn}
            <div class="columns">
                <div>{story(of, &listed, found, shown, choice, &path)}</div>
                <aside aria-label="In short">{now(of, viewer)} {findings(of)} {requisitions(of)} {facts(of)}</aside>
            </div>
        },
    )
}

/// Renders the notice that there are no contracts, or none as of a past moment.
fn no_contracts(as_of: Option<AsOf>) -> AnyView {
    let Some(as_of) = as_of else {
        return empty(
            "No contracts yet",
            view! { <p>"Their contracts appear here with the first event about one."</p> },
        );
    };
    let title = format!("No contract by {}", as_of.in_words());
    match as_of.meaning {
        Meaning::Happened => {
            empty(&title, view! { <p>"No event about a contract of theirs had happened by then."</p> })
        }
        Meaning::Known => {
            let happened = AsOf { meaning: Meaning::Happened, ..as_of };
            empty(
                &title,
                view! {
                    <p>"No event about a contract of theirs had reached Junoscope by then. " <a href=address(Some(happened))>"See it as it happened"</a> "."</p>
                },
            )
        }
    }
}

/// Renders the story; `listed` are shown of `found` events.
fn story(of: &ContractorDetail, listed: &[Entry], found: usize, shown: Shown, choice: Choice, path: &str) -> AnyView {
    let link = |family: Option<Family>, is_whole: bool| {
        let zoom = choice.pairs().into_iter().map(|(key, value)| (key.to_owned(), value));
        let pairs: Vec<(String, String)> = Shown { family, is_whole }.pairs().into_iter().chain(zoom).collect();
        let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
        let query = if query.is_empty() { query } else { format!("?{query}") };
        with_moment(format!("{path}{query}#events"))
    };
    let count = |family: Family| of.entries.iter().filter(|entry| entry.event_type.family() == Some(family)).count();
    let chips: Vec<AnyView> = Family::ALL
        .into_iter()
        .filter(|family| count(*family) > 0)
        .map(|family| {
            let text = format!("{} {}", family.label(), count(family));
            chip(link(Some(family), false), text, shown.family == Some(family))
        })
        .collect();
    let all = match of.entries.len() {
        1 => "The one event".to_owned(),
        count => format!("All {count} events"),
    };
    let rest = (listed.len() < found).then(|| {
        let text = format!("Show all {found}");
        view! {
            <p class="dim">{format!("These are the newest {FIRST_EVENTS} events. ")} <a href=link(shown.family, true)>{text}</a></p>
        }
    });
    let told = of.chart.contracts.len();
    let untold = (told < of.contracts.len()).then(|| {
        let text = format!(
            "Drawn and told here are the latest {told} of {} contracts. Older ones are told on their own pages.",
            of.contracts.len()
        );
        view! { <p class="dim">{text}</p> }
    });
    view! {
        <section class="stack" id="events" aria-label="Events">
            <h2 class="visually-hidden">"Events"</h2>
            <nav class="chips" aria-label="Which events">{chip(link(None, false), all, shown.family.is_none())} {chips}</nav>
            {entries(listed)}
            {rest}
            {untold}
        </section>
    }
    .into_any()
}

fn now(of: &ContractorDetail, viewer: &Viewer) -> AnyView {
    let summary = &of.summary;
    let offers = match of.oldest_open_offer() {
        Some(at) if summary.open_offers == 1 => format!("1, made {}", ago_in_words(at, viewer.moment().at())),
        Some(at) => format!("{}, oldest {}", summary.open_offers, ago_in_words(at, viewer.moment().at())),
        None => summary.open_offers.to_string(),
    };
    let mut pairs = vec![
        ("Contracts at work".to_owned(), summary.active_contracts.into_any()),
        ("Open offers".to_owned(), offers.into_any()),
    ];
    if let Some(last) = summary.next_end_on {
        let text = format!("{}, {}", day(last), days_from(viewer.today(), last));
        pairs.push(("Ends next".to_owned(), text.into_any()));
    }
    pairs.extend(committed_pairs(&of.contracts));
    if let Some(words) = summary.bookability.as_deref() {
        pairs.push(("Bookability".to_owned(), sentence_case(words).into_any()));
    }
    let title = if viewer.as_of.is_some() { format!("On {}", day(viewer.today())) } else { "Now".to_owned() };
    side_box(&title, pairs)
}

fn findings(of: &ContractorDetail) -> AnyView {
    if of.findings.is_empty() {
        return ().into_any();
    }
    let pairs = counts(&of.findings).into_iter().map(|(name, count)| (name.to_owned(), count.into_any())).collect();
    side_box("Findings", pairs)
}

fn requisitions(of: &ContractorDetail) -> AnyView {
    if of.requisitions.is_empty() {
        return ().into_any();
    }
    let lines = of
        .requisitions
        .iter()
        .map(|one| {
            let href = with_moment(one.id.path());
            view! {
                <div class="between"><a href=href>{name(one.title.clone())}</a>{badge(&one.state)}</div>
                <div class="dim">{one.external_id.clone().map(|number| view! { {name(number)} " · " })}{amount(one)}</div>
            }
            .into_any()
        })
        .collect();
    side_list("Requisitions", lines)
}

fn facts(of: &ContractorDetail) -> AnyView {
    let facts = Facts::default().maybe("E-mail", of.email.clone()).custom_fields(&of.custom_fields);
    if facts.is_empty() {
        ().into_any()
    } else {
        card("Details", None, view! { <div class="body">{facts.show()}</div> })
    }
}
