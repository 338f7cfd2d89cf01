//! The list of contractors, by name unless another order is chosen.

use super::lists::{ListTexts, ask, clients, currencies, custom_fields, hirers, list};
use crate::shell::context::{filter, viewer_in_time};
use crate::shell::frame::{Section, page};
use crate::shell::load::load;
use crate::ui::filter_form::{Field, days};
use domain::lifecycle::contact::ContactState;
use domain::query::filter::{ContractorFilter, CurrentContracts};
use leptos::prelude::*;

const WORDS: ListTexts = ListTexts {
    title: "Contractors",
    lede: None,
    search: "Name, e-mail address or id",
    nouns: ["contractor", "contractors"],
    none: (
        "No contractors yet",
        "A contractor appears with the first event that names them: when they are invited, or when a contract of theirs \
         is approved or offered.",
    ),
};

/// Renders `/contractors`.
pub fn contractors() -> AnyView {
    let viewer = viewer_in_time();
    let filter: ContractorFilter = filter();
    let (asked, moment) = (filter.clone(), viewer.moment());
    load(
        Section::Contractors,
        move |model| async move { ask(&model, model.contractors(&asked, moment).await, &asked, moment).await },
        move |answer| {
            let states = ContactState::ALL.into_iter().map(|state| (state.as_str(), state.label().to_owned()));
            let has = CurrentContracts::ALL.map(|has| (has.as_str().to_owned(), has.label().to_owned()));
            let fields = vec![
                Field::Choose { key: "has", label: "Work", options: has.into() },
                days("ending", "A contract ends within"),
                hirers(&answer.choices),
                clients(&answer.choices),
                custom_fields(&answer.choices),
                currencies(&answer.choices),
            ];
            page(
                Section::Contractors,
                WORDS.title,
                list(&answer, &filter, &viewer, &WORDS, states, fields, ().into_any()),
            )
        },
    )
}
