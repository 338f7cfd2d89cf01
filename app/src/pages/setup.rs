//! Instructions for receiving the first event, shown wherever there is no data yet.

use crate::shell::Assets;
use crate::ui::as_of::with_moment;
use crate::ui::card::empty;
use crate::ui::finding::replay_reach;
use leptos::prelude::*;

/// Renders the endpoint's URL, how to add it in the YunoJuno portal, and how to send a test event.
pub fn waiting_for_the_first_event() -> AnyView {
    let urls = use_context::<Assets>().unwrap_or_default().webhook_urls;
    let target = urls.first().map(|(_, url)| url.clone()).unwrap_or_default();
    let lines: Vec<AnyView> = urls
        .into_iter()
        .map(|(name, url)| view! { <p>"Endpoint " <b>{name}</b></p> <code class="url">{url}</code> }.into_any())
        .collect();
    empty(
        "Waiting for the first event",
        view! {
            <p>"Nothing has reached this receiver yet. Give YunoJuno its address:"</p>
            {lines}
            <ol>
                <li>"Open the webhook portal in YunoJuno and choose " <b>"Endpoints"</b> ", then " <b>"Add endpoint"</b> "."</li>
                <li>"Paste the address above, exactly: YunoJuno does not follow redirects."</li>
                <li>"Choose the event types; without a choice all are sent. The " <a href=with_moment("/catalog")>"catalog"</a> " says what each one tells."</li>
                <li>
                    "Copy the signing secret the portal shows (" <code>"whsec_…"</code> ") into "
                    <code>"JUNOSCOPE_WEBHOOK_SECRET"</code> " and start Junoscope again."
                </li>
                <li>
                    "Events sent before this endpoint existed can be fetched with " <b>"Replay Missing"</b> " in the portal. "
                    {replay_reach()}
                </li>
            </ol>
            <p>"Or send signed test events from this machine, with the secret Junoscope printed at its start:"</p>
            <code class="url">{format!("junoscope simulate --target {target} --secret whsec_… --contractors 3 --months 2 --mode test")}</code>
        },
    )
}
