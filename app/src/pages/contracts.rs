//! The list of contracts, newest event first unless another order is chosen.

use super::lists::{ListTexts, ask, clients, currencies, custom_fields, hirers, list};
use crate::shell::context::{filter, viewer_in_time};
use crate::shell::frame::{Section, page};
use crate::shell::load::load;
use crate::ui::chips::choose_days;
use crate::ui::filter_form::{Field, days};
use domain::lifecycle::contract::Phase;
use domain::query::filter::{ContractFilter, Days, Listing as _, Query as _};
use leptos::prelude::*;

const WORDS: ListTexts = ListTexts {
    title: "Contracts",
    lede: None,
    search: "Title, contractor or id",
    nouns: ["contract", "contracts"],
    none: (
        "No contracts yet",
        "A contract appears with its first event: approved, offered, or whatever comes first. Drafts send nothing.",
    ),
};

/// Renders `/contracts`.
pub fn contracts() -> AnyView {
    let viewer = viewer_in_time();
    let filter: ContractFilter = filter();
    let (asked, moment) = (filter.clone(), viewer.moment());
    load(
        Section::Contracts,
        move |model| async move { ask(&model, model.contracts(&asked, moment).await, &asked, moment).await },
        move |answer| {
            let phases = Phase::ALL.into_iter().map(|phase| (phase.as_str(), phase.label().to_owned()));
            let fields = vec![
                days("ending", "Ends within"),
                days("starting", "Starts within"),
                Field::Day { key: "starts_from", label: "Starts from" },
                Field::Day { key: "starts_to", label: "Starts until" },
                Field::Day { key: "ends_from", label: "Ends from" },
                Field::Day { key: "ends_to", label: "Ends until" },
                Field::Day { key: "work_from", label: "At work from" },
                Field::Day { key: "work_to", label: "At work until" },
                hirers(&answer.choices),
                clients(&answer.choices),
                custom_fields(&answer.choices),
                currencies(&answer.choices),
            ];
            // Of a list with a number of days as well, the range alone is left.
            let others = filter.without("ending");
            let ranges = Days::around(viewer.today());
            let ends = choose_days("Ends (UTC)", ContractFilter::PATH, &others, ["ends_from", "ends_to"], ranges);
            page(Section::Contracts, WORDS.title, list(&answer, &filter, &viewer, &WORDS, phases, fields, ends))
        },
    )
}
