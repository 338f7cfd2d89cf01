//! Asks the read model, and shows the answer or what to do without one.

use super::context::set_status;
use super::frame::{Here, page};
use crate::api::{ApiError, SharedReadModel};
use crate::ui::card::{empty, head};
use leptos::prelude::*;
use std::future::Future;

/// `show` gets the answer and makes the whole page of it.
pub fn load<T, Asked>(
    here: Here,
    ask: impl FnOnce(SharedReadModel) -> Asked,
    show: impl FnOnce(T) -> AnyView + Send + 'static,
) -> AnyView
where
    T: Send + 'static,
    Asked: Future<Output = Result<T, ApiError>> + Send + 'static,
{
    let Some(model) = use_context::<SharedReadModel>() else {
        return failed(here, ApiError::Unavailable);
    };
    let asked = ask(model);
    Suspend::new(async move {
        match asked.await {
            Ok(answer) => show(answer),
            Err(error) => failed(here, error),
        }
    })
    .into_any()
}

/// The page instead of the one that was asked for.
pub fn failed(here: Here, error: ApiError) -> AnyView {
    set_status(error.status());
    let title = match error {
        ApiError::NotFound => "Nothing here",
        ApiError::Unavailable => "Not just now",
    };
    let hint = match error {
        ApiError::NotFound => {
            "The address may be mistyped, or the event that would tell of it has not arrived. Look in the lists beside."
        }
        ApiError::Unavailable => {
            "Webhooks that arrive meanwhile are sent again by YunoJuno. Reload this page to try again."
        }
    };
    page(
        here,
        title,
        view! {
            {head(None, title, (), ())}
            {empty(&error.to_string(), view! { <p>{hint}</p> <a class="button" href="/">"Go to the overview"</a> })}
        },
    )
}
