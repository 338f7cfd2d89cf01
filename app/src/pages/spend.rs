//! The list of spend requisitions, newest event first unless another order is chosen.

use super::lists::{ListTexts, ask, clients, currencies, custom_fields, hirers, list};
use crate::shell::context::{filter, viewer_in_time};
use crate::shell::frame::{Section, page};
use crate::shell::load::load;
use crate::ui::filter_form::{Field, days};
use domain::event::spend::AmountType;
use domain::lifecycle::spend::RequisitionState;
use domain::query::filter::RequisitionFilter;
use leptos::prelude::*;

const WORDS: ListTexts = ListTexts {
    title: "Spend",
    lede: Some("Requisitions: what was asked for, what was approved, and which contracts draw on it."),
    search: "Title, number or id",
    nouns: ["requisition", "requisitions"],
    none: (
        "No requisitions yet",
        "A requisition appears when it is created on YunoJuno, or with the first contract that draws on it.",
    ),
};

/// Renders `/spend`.
pub fn spend() -> AnyView {
    let viewer = viewer_in_time();
    let filter: RequisitionFilter = filter();
    let (asked, moment) = (filter.clone(), viewer.moment());
    load(
        Section::Spend,
        move |model| async move { ask(&model, model.requisitions(&asked, moment).await, &asked, moment).await },
        move |answer| {
            let states = RequisitionState::ALL.into_iter().map(|state| (state.as_str(), state.label().to_owned()));
            let kinds =
                [AmountType::DayRate, AmountType::Total].map(|kind| (kind.as_str().to_owned(), kind.in_words()));
            let fields = vec![
                Field::Choose { key: "amount_type", label: "Amount", options: kinds.into() },
                hirers(&answer.choices),
                clients(&answer.choices),
                days("ending", "A contract ends within"),
                custom_fields(&answer.choices),
                currencies(&answer.choices),
            ];
            page(Section::Spend, WORDS.title, list(&answer, &filter, &viewer, &WORDS, states, fields, ().into_any()))
        },
    )
}
