//! The parts shared by the lists of contractors, contracts and spend: search, filters, order, columns, export.

use crate::api::{ApiError, SharedReadModel};
use crate::shell::context::with_moment;
use crate::ui::as_of::{as_of_picker, moment_pairs};
use crate::ui::card::{empty, head};
use crate::ui::chips::{choose, in_force, search};
use crate::ui::filter_form::{Field, filter_form};
use crate::ui::first_event::not_yet;
use crate::ui::listing::{table, toolbar};
use crate::ui::pager::pager;
use crate::ui::time;
use crate::view::Page;
use crate::view::choices::Choices;
use crate::view::columns::Table;
use crate::view::first_event::FirstEvent;
use crate::view::viewer::Viewer;
use domain::event::spend::AmountType;
use domain::lifecycle::contact::ContactState;
use domain::lifecycle::contract::Phase;
use domain::lifecycle::spend::RequisitionState;
use domain::query::filter::{CurrentContracts, Query};
use domain::query::moment::Moment;
use leptos::prelude::*;

/// The texts of one list.
pub(super) struct ListTexts {
    /// The heading.
    pub(super) title: &'static str,
    /// The lead paragraph.
    pub(super) lede: Option<&'static str>,
    /// The label of the search field.
    pub(super) search: &'static str,
    /// Singular and plural of a row.
    pub(super) nouns: [&'static str; 2],
    /// Title and text of the empty list without filters.
    pub(super) none: (&'static str, &'static str),
}

/// The data of one list page.
pub(super) struct ListData<F: Table> {
    page: Page<F::Row>,
    /// The values that filters offer.
    pub(super) choices: Choices,
    /// The first event of its rows, where the list is empty because that is after the moment.
    first_event: Option<FirstEvent>,
}

/// Queries one page of a list, with what is shown around it.
pub(super) async fn ask<F: Table>(
    model: &SharedReadModel,
    page: Result<Page<F::Row>, ApiError>,
    filter: &F,
    moment: Moment,
) -> Result<ListData<F>, ApiError> {
    let page = page?;
    let is_empty = page.items.is_empty() && page.next.is_none();
    let first_event = not_begun(model, is_empty, F::KIND, filter.is_test(), moment).await?;
    Ok(ListData { page, choices: model.choices(moment).await?, first_event })
}

/// Returns the first event of any subject of a kind, where a page of the past is empty because that is after the
/// moment.
pub(super) async fn not_begun(
    model: &SharedReadModel,
    is_empty: bool,
    kind: &'static str,
    is_test: bool,
    moment: Moment,
) -> Result<Option<FirstEvent>, ApiError> {
    if !is_empty || moment.as_of.is_none() {
        return Ok(None);
    }
    Ok(model.first_event_of_any(kind, is_test).await?.filter(|first_event| first_event.is_ahead_of(moment)))
}

/// Renders the list. What depends on the search text is marked, so that the search island can replace it.
pub(super) fn list<F: Table>(
    answer: &ListData<F>,
    filter: &F,
    viewer: &Viewer,
    words: &ListTexts,
    states: impl IntoIterator<Item = (&'static str, String)>,
    fields: Vec<Field>,
    more_chips: AnyView,
) -> AnyView {
    let ListData { page: of, choices, first_event } = answer;
    let beside = view! { {as_of_picker(viewer)} <span data-swap="">{test_switch(F::PATH, filter)}</span> };
    let lede = words.lede.map(|text| view! { <p class="lede">{text}</p> });
    let rows = of.items.len();
    view! {
        {head(None, words.title, beside, lede)}
        {search(F::PATH, filter, words.search)}
        <div class="row narrow-row">
            {filter_form(F::PATH, filter, fields)}
            <div class="chips-box" data-swap="">{choose("State", F::PATH, filter, "state", states)} {more_chips}</div>
        </div>
        <div class="stack" id="list" data-swap="">
            {in_force(F::PATH, filter, |key, value| match key {
                "ending" if F::PATH != "/contracts" => format!("A contract ends within {value} days"),
                _ => in_words(key, value, choices),
            })}
            {toolbar(filter, rows, of.next.is_some(), words.nouns)}
            {in_one_order::<F>()}
            {match first_event {
                Some(first_event) => not_yet(first_event),
                None if rows == 0 => nothing(filter, words, of.next.is_some()),
                None => table(filter, &of.items, viewer),
            }}
            {pager(F::PATH, filter, "after", of.next.as_ref())}
        </div>
    }
    .into_any()
}

/// Renders the notice that a list of the past has a fixed order.
fn in_one_order<F: Table>() -> Option<AnyView> {
    let key = if F::PATH == "/spend" { "titles" } else { "names" };
    (!F::IS_SORTED_IN_THE_PAST && !moment_pairs().is_empty()).then(|| {
        view! { <p class="dim">{format!("Told of the past, this list is in the order of {key} as they are today.")}</p> }.into_any()
    })
}

// A search in the past examines a limited number of rows per page.
fn nothing<F: Table>(filter: &F, words: &ListTexts, goes_on: bool) -> AnyView {
    if goes_on {
        let [one, _] = words.nouns;
        return empty(
            &format!("No {one} fits so far"),
            view! { <p>"The next page goes on looking where this one stopped."</p> },
        );
    }
    if filter.row_filters().is_empty() && filter.after().is_none() {
        if !moment_pairs().is_empty() {
            let [one, _] = words.nouns;
            return empty(
                &format!("No {one} at that moment"),
                view! { <p>"Choose another day, or go back to today."</p> },
            );
        }
        let (title, text) = words.none;
        return empty(title, view! { <p>{text}</p> });
    }
    let [one, many] = words.nouns;
    empty(
        &format!("No {one} fits"),
        view! {
            <p>"Try fewer letters, or take a filter away."</p>
            <a class="button" href=with_moment(F::PATH)>{format!("Show all {many}")}</a>
        },
    )
}

/// Renders the switch between live and test subjects, which are never mixed.
pub(super) fn test_switch(path: &'static str, filter: &impl Query) -> AnyView {
    let is_test = filter.value("test").is_some();
    let (href, text) =
        if is_test { (filter.without("test"), "Show live") } else { (filter.with("test", "1"), "Show test") };
    view! { <a class="pill" href=with_moment(format!("{path}{}", href.to_query()))>{text}</a> }.into_any()
}

/// Returns the label of an active filter.
pub(super) fn in_words(key: &str, value: &str, choices: &Choices) -> String {
    match key {
        "q" => format!("“{value}”"),
        "state" => state(value).to_owned(),
        "has" => CurrentContracts::parse(value).map(CurrentContracts::label).unwrap_or_default().to_owned(),
        "hirer" => format!("Hirer: {value}"),
        "client" => {
            let name = choices.clients.iter().find(|(id, _)| id == value).map_or(value, |(_, name)| name);
            format!("Client: {name}")
        }
        "field" => value
            .split_once(':')
            .map_or_else(|| format!("{value}: any"), |(name, value)| format!("{}: {}", name.trim(), value.trim())),
        "ending" => format!("Ends within {value} days"),
        "starting" => format!("Starts within {value} days"),
        "starts_from" => format!("Starts from {}", day(value)),
        "starts_to" => format!("Starts until {}", day(value)),
        "ends_from" => format!("Ends from {}", day(value)),
        "ends_to" => format!("Ends until {}", day(value)),
        "work_from" => format!("At work from {}", day(value)),
        "work_to" => format!("At work until {}", day(value)),
        "currency" => format!("In {value}"),
        "amount_type" => format!("Amount {}", AmountType::from(value.to_owned()).in_words()),
        _ => "Test traffic".to_owned(),
    }
}

fn day(value: &str) -> String {
    value.parse().map_or_else(|_| value.to_owned(), time::day)
}

fn state(value: &str) -> &'static str {
    let contact = || ContactState::parse(value).map(ContactState::label);
    let requisition = || RequisitionState::parse(value).map(RequisitionState::label);
    Phase::parse(value).map(Phase::label).or_else(contact).or_else(requisition).unwrap_or_default()
}

/// Returns the client field.
pub(super) fn clients(choices: &Choices) -> Field {
    Field::Choose { key: "client", label: "Client", options: choices.clients.clone() }
}

/// Returns the hirer field, by name.
pub(super) fn hirers(choices: &Choices) -> Field {
    Field::Type { key: "hirer", label: "Hirer", example: "Name or id", offered: choices.hirers.clone() }
}

/// Returns the custom field filter.
pub(super) fn custom_fields(choices: &Choices) -> Field {
    let offered = choices.fields.iter().map(|name| format!("{name}:")).collect();
    Field::Type { key: "field", label: "Custom field", example: "Cost centre:1234", offered }
}

/// Returns the currency field.
pub(super) fn currencies(choices: &Choices) -> Field {
    let options = choices.currencies.iter().map(|code| (code.clone(), code.clone())).collect();
    Field::Choose { key: "currency", label: "Currency", options }
}
