//! The delivery that is open beside the list.

use crate::api::{ApiError, SharedReadModel};
use crate::islands::KeepPlace;
use crate::pages::delivery::{Spot, beside as delivery};
use crate::shell::context::{query_value, with_moment};
use crate::ui::name::name;
use crate::ui::search::search_help;
use crate::view::delivery::DeliveryDetail;
use domain::account::Role;
use domain::query::filter::{DeliveryFilter, Query as _};
use leptos::prelude::*;

/// What is open beside the list.
pub(super) enum Open {
    /// A delivery.
    Found(Box<DeliveryDetail>),
    /// Nothing has this sequence number, or the quarantine has let it go.
    Missing(i64),
}

impl Open {
    /// Returns the sequence number.
    pub(super) fn seq(&self) -> i64 {
        match self {
            Self::Found(of) => of.summary.seq,
            Self::Missing(seq) => *seq,
        }
    }
}

/// Returns the delivery that the address asks for.
pub(super) fn asked() -> Option<i64> {
    query_value("open")?.parse().ok()
}

/// Loads the delivery that is asked for, if any.
pub(super) async fn find(
    model: &SharedReadModel,
    seq: Option<i64>,
    role: Option<Role>,
) -> Result<Option<Open>, ApiError> {
    let Some(seq) = seq else { return Ok(None) };
    match model.delivery(seq, role).await {
        Ok(of) => Ok(Some(Open::Found(Box::new(of)))),
        Err(ApiError::NotFound) => Ok(Some(Open::Missing(seq))),
        Err(error) => Err(error),
    }
}

/// Renders the help of the search. Beside a delivery it is a link to it, as the page is to stay small.
pub(super) fn help(open: Option<&Open>, filter: &DeliveryFilter) -> AnyView {
    if open.is_none() {
        return search_help("/deliveries");
    }
    let href = with_moment(format!("/deliveries{}#how-to-search", filter.to_query()));
    view! { <p class="search-help"><a href=href>"How to search"</a></p> }.into_any()
}

/// Renders the list, with what is open beside it.
pub(super) fn panes(list: AnyView, open: Option<&Open>, filter: &DeliveryFilter) -> AnyView {
    let Some(open) = open else {
        return view! { <div class="list-pane">{list}</div> <KeepPlace/> }.into_any();
    };
    let seq = open.seq();
    let close = with_moment(format!("/deliveries{}#d{seq}", filter.to_query()));
    let (title, shown) = match open {
        Open::Found(of) => (of.summary.title().to_owned(), delivery(of, &Spot::beside(seq, filter))),
        Open::Missing(_) => (
            format!("Delivery {seq}"),
            view! { <p class="panel-top">"There is nothing of this number, or no longer: of refused requests only the newest are kept."</p> }
                .into_any(),
        ),
    };
    let page = with_moment(format!("/deliveries/{seq}"));
    view! {
        <div class="panes">
            <div class="list-pane">{list}</div>
            <aside class="panel" aria-labelledby="panel-title">
                <header class="panel-head">
                    <h2 id="panel-title"><a href=page>{name(title)}</a></h2>
                    <a class="pill" href=close data-close="">"Close"</a>
                </header>
                {shown}
            </aside>
        </div>
        <KeepPlace/>
    }
    .into_any()
}
