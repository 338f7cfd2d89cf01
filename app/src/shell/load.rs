//! Queries the read model for a page, and renders the answer or an error page.

use super::context::{here as this_page, set_status, viewer, with_moment};
use super::forbidden::forbidden;
use super::frame::{Section, page};
use crate::api::{ApiError, SharedReadModel};
use crate::ui::as_of::{as_of_picker, provide_moment};
use crate::ui::card::{empty, head};
use crate::ui::first_event::not_yet;
use crate::view::first_event::{AtMoment, FirstEvent};
use crate::view::viewer::Viewer;
use domain::id::Subject;
use domain::policy::{Sight, Thing, sight};
use domain::query::moment::Moment;
use leptos::prelude::*;
use std::future::Future;

/// Awaits a query, and renders its answer with `show`, or an error page.
pub fn load<T, Asked>(
    here: Section,
    ask: impl FnOnce(SharedReadModel) -> Asked,
    show: impl FnOnce(T) -> AnyView + Send + 'static,
) -> AnyView
where
    T: Send + 'static,
    Asked: Future<Output = Result<T, ApiError>> + Send + 'static,
{
    provide_moment();
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

/// Returns a subject at a moment: `found`, or its first event, where that is known by now and after the moment.
pub async fn at_moment<T>(
    model: &SharedReadModel,
    subject: Subject,
    moment: Moment,
    found: Result<T, ApiError>,
) -> Result<AtMoment<T>, ApiError> {
    match found {
        Err(ApiError::NotFound) if moment.as_of.is_some() => {
            let first_event = model.first_event(&subject).await?;
            if first_event.is_ahead_of(moment) {
                Ok(AtMoment::BeforeFirstEvent(first_event))
            } else {
                Err(ApiError::NotFound)
            }
        }
        found => found.map(AtMoment::Present),
    }
}

/// Renders the page of a subject as of a moment before its first event.
pub fn before(here: Section, crumb: (&'static str, &'static str), of: &FirstEvent, viewer: &Viewer) -> AnyView {
    page(
        here,
        of.name.clone(),
        view! { {head(Some(crumb), of.name.clone(), view! { {as_of_picker(viewer)} }, ())} {not_yet(of)} },
    )
}

/// Renders a page, if the viewer sees some of what it is about.
pub fn allowed(here: Section, thing: Thing, show: impl FnOnce() -> AnyView) -> AnyView {
    match sight(viewer().role(), thing) {
        Sight::Seen | Sight::Masked => show(),
        Sight::Refused => failed(here, ApiError::Refused),
    }
}

/// Renders an error page.
pub fn failed(here: Section, error: ApiError) -> AnyView {
    set_status(error.status());
    provide_moment();
    let overview = view! { <a class="button" href=with_moment("/")>"Go to the overview"</a> };
    let (title, hint, ways) = match error {
        ApiError::Refused => return forbidden(here),
        ApiError::NotFound => (
            "Nothing here",
            "The address may be mistyped, or the event that would tell of it has not arrived. Look in the lists beside.",
            overview.into_any(),
        ),
        // The error concerns reading only: webhooks have a writer of their own, and may well be stored meanwhile.
        ApiError::Unavailable => (
            "Not just now",
            "Only reading failed: what is stored stays stored. Other pages may answer; the reason is in the server’s log.",
            view! { <div class="row"><a class="button primary" href=this_page()>"Try again"</a> {overview}</div> }
                .into_any(),
        ),
    };
    page(
        here,
        title,
        view! {
            {head(None, title, (), ())}
            {empty(&error.to_string(), view! { <p>{hint}</p> {ways} })}
        },
    )
}
