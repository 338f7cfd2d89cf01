//! The page shown instead of one that the viewer's role does not see.

use super::context::{set_status, with_moment};
use super::frame::{Section, page};
use crate::api::ApiError;
use crate::ui::as_of::provide_moment;
use crate::ui::card::{empty, head};
use leptos::prelude::*;

/// Renders a 403 page, with links to what the viewer may open.
pub(super) fn forbidden(here: Section) -> AnyView {
    set_status(ApiError::Refused.status());
    provide_moment();
    let (what, why) = if here == Section::Deliveries {
        (
            "Raw deliveries are shown to admins only.",
            "They hold whole payloads, with dates of birth and e-mail addresses. What they say of contractors, contracts and spend is on the other pages. If you need to see a delivery itself, ask an admin of Junoscope.",
        )
    } else {
        ("Your role does not see this page.", "If you need it, ask an admin of Junoscope.")
    };
    page(
        here,
        "For admins",
        view! {
            {head(None, "For admins", (), ())}
            {empty(
                what,
                view! {
                    <p>{why}</p>
                    <div class="row">
                        <a class="button" href=with_moment("/contractors")>"Contractors"</a>
                        <a class="button" href=with_moment("/contracts")>"Contracts"</a>
                        <a class="button" href=with_moment("/spend")>"Spend"</a>
                    </div>
                },
            )}
        },
    )
}
