//! Facts as a definition list. Unknown ones are left out, so that a page never shows an empty line.

use crate::ui::name::name as called;
use domain::event::contact::CustomField;
use domain::text::is_blank;
use leptos::prelude::*;

/// A builder of a list of facts.
#[derive(Default)]
pub struct Facts(Vec<(String, AnyView)>);

impl Facts {
    /// Adds a fact.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl IntoView + 'static) -> Self {
        self.0.push((name.into(), value.into_any()));
        self
    }

    /// Adds a fact if it is known.
    #[must_use]
    pub fn maybe(self, name: &str, value: Option<impl IntoView + 'static>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds the client's own fields by their names.
    #[must_use]
    pub fn custom_fields(mut self, fields: &[CustomField]) -> Self {
        for field in fields {
            let value = field.value.clone().filter(|value| !is_blank(value)).unwrap_or_else(|| "empty".to_owned());
            self.0.push((field.name.clone(), value.into_any()));
        }
        self
    }

    /// Returns whether there are no facts.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Renders the list.
    pub fn show(self) -> AnyView {
        self.list("facts")
    }

    /// Renders the list in two columns where there is room, for many short facts.
    pub fn show_in_two(self) -> AnyView {
        self.list("facts two")
    }

    fn list(self, class: &'static str) -> AnyView {
        let pairs: Vec<_> = self
            .0
            .into_iter()
            .map(|(name, value)| view! { <div><dt>{called(name)}</dt><dd>{value}</dd></div> })
            .collect();
        view! { <dl class=class>{pairs}</dl> }.into_any()
    }
}
