//! The page shown instead of one that the reader's role may not open.

use crate::shell::context::{set_status, with_moment};
use crate::shell::frame::{Section, page};
use crate::ui::as_of::provide_moment;
use crate::ui::card::{empty, head};
use leptos::prelude::*;

/// Renders a 403 page, with links to what the reader may open.
pub fn forbidden(here: Section) -> AnyView {
    set_status(403);
    provide_moment();
    page(
        here,
        "For admins",
        view! {
            {head(None, "For admins", (), ())}
            {empty(
                "Raw deliveries are shown to admins only.",
                view! {
                    <p>
                        "They hold whole payloads, with dates of birth and e-mail addresses. What they say of contractors, contracts and spend is on the other pages. If you need to see a delivery itself, ask an admin of Junoscope."
                    </p>
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
