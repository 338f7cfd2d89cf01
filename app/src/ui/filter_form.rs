//! The filter form of a list: people, clients, fields, days, money. States are filtered by chips instead.

use super::chips::kept;
use domain::query::filter::Query;
use leptos::prelude::*;

/// A field of the form.
pub enum Field {
    /// A choice of values, with labels.
    Choose {
        /// The key in the query string.
        key: &'static str,
        /// The label of the field.
        label: &'static str,
        /// Values and their labels.
        options: Vec<(String, String)>,
    },
    /// A day.
    Day {
        /// The key in the query string.
        key: &'static str,
        /// The label of the field.
        label: &'static str,
    },
    /// Free text, with suggested values.
    Type {
        /// The key in the query string.
        key: &'static str,
        /// The label of the field.
        label: &'static str,
        /// The placeholder.
        example: &'static str,
        /// The suggestions.
        offered: Vec<String>,
    },
}

impl Field {
    fn key(&self) -> &'static str {
        match self {
            Self::Choose { key, .. } | Self::Day { key, .. } | Self::Type { key, .. } => key,
        }
    }
}

/// Returns a choice of a number of days ahead.
pub fn days(key: &'static str, label: &'static str) -> Field {
    let options = [7, 14, 30, 60, 90, 180].map(|days| (days.to_string(), format!("{days} days")));
    Field::Choose { key, label, options: options.into() }
}

/// Renders the form, collapsed; active filters are chips beside it.
pub fn filter_form(path: &'static str, filter: &impl Query, fields: Vec<Field>) -> AnyView {
    let keys: Vec<&str> = fields.iter().map(Field::key).collect();
    let in_force = filter.pairs().iter().filter(|(key, _)| keys.contains(key)).count();
    let kept = kept(filter, &keys);
    let fields: Vec<AnyView> = fields.into_iter().map(|field| shown(field, filter)).collect();
    view! {
        <details class="drop wide-drop">
            <summary class="pill">"Filters"{(in_force > 0).then(|| format!(": {in_force}"))}</summary>
            <form class="drop-form" method="get" action=path>
                {kept}
                <div class="narrow">{fields}</div>
                <div class="row"><button class="button" type="submit">"Show"</button></div>
            </form>
        </details>
    }
    .into_any()
}

fn shown(field: Field, filter: &impl Query) -> AnyView {
    let current = filter.value(field.key()).unwrap_or_default();
    let id = format!("narrow-{}", field.key());
    match field {
        Field::Choose { key, label, mut options } => {
            // Sending the form must keep a value that is not offered, such as one typed into the URL.
            if !current.is_empty() && options.iter().all(|(value, _)| *value != current) {
                options.push((current.clone(), current.clone()));
            }
            let options: Vec<AnyView> = options
                .into_iter()
                .map(|(value, words)| {
                    let is_current = value == current;
                    view! { <option value=value selected=is_current>{words}</option> }.into_any()
                })
                .collect();
            view! {
                <div class="field">
                    <label for=id.clone()>{label}</label>
                    <select class="input" id=id name=key><option value="">"Any"</option>{options}</select>
                </div>
            }
            .into_any()
        }
        Field::Day { key, label } => day_field(key, label, id, current),
        Field::Type { key, label, example, offered } => {
            let list = format!("{id}-offered");
            let offered: Vec<AnyView> =
                offered.into_iter().map(|value| view! { <option value=value></option> }.into_any()).collect();
            view! {
                <div class="field">
                    <label for=id.clone()>{label}</label>
                    <input class="input" id=id type="text" name=key value=current placeholder=example list=list.clone() autocomplete="off"/>
                    <datalist id=list>{offered}</datalist>
                </div>
            }
            .into_any()
        }
    }
}

/// Renders a field for a day.
pub fn day_field(key: &'static str, label: &'static str, id: String, value: String) -> AnyView {
    // For the style sheet: WebKit shows today's date in an empty field.
    let is_empty = value.is_empty().then_some("");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input class="input" id=id type="date" name=key data-empty=is_empty value=value/>
        </div>
    }
    .into_any()
}
