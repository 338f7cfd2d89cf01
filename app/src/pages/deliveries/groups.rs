//! Rows of the delivery list, in which consecutive refused requests of one sender and reason are one.

use crate::ui::badge::dot;
use crate::ui::delivery_row::{delivery_row, refused_key};
use crate::ui::name::name;
use crate::ui::time::row_time;
use crate::view::delivery::{DeliverySummary, RefusedFrom};
use domain::query::filter::DeliveryFilter;
use jiff::Timestamp;
use leptos::prelude::*;

/// Renders the rows of a page.
pub(super) fn rows(of: &[DeliverySummary], filter: &DeliveryFilter, open: Option<i64>, now: Timestamp) -> Vec<AnyView> {
    of.chunk_by(|one, next| one.refused.is_some() && one.refused == next.refused)
        .map(|group| {
            let mut rows: Vec<AnyView> = group.iter().map(|row| delivery_row(row, filter, open, now)).collect();
            match (group, &group.first().and_then(|first| first.refused.as_ref())) {
                ([newest, .., oldest], Some(from)) => {
                    let is_open = group.iter().any(|row| open == Some(row.seq));
                    refused(rows, (newest, oldest), from, is_open, now)
                }
                _ => rows.pop().into_any(),
            }
        })
        .collect()
}

/// Renders "×6 since 07:53 from 44.228.126.217, step: signature", which opens to its rows.
fn refused(
    rows: Vec<AnyView>,
    (newest, oldest): (&DeliverySummary, &DeliverySummary),
    from: &RefusedFrom,
    is_open: bool,
    now: Timestamp,
) -> AnyView {
    let times = format!("×{}", rows.len());
    let sender = match &from.remote {
        Some(remote) => view! { " from " {name(remote.clone())} }.into_any(),
        None => " from an unknown address".into_any(),
    };
    let step = from.code.map(|code| format!(", step: {}", code.stage().label().to_lowercase()));
    view! {
        <tr
            class="refusals" data-seq=newest.seq.to_string() data-at=newest.received_at.as_millisecond().to_string()
            data-refused=refused_key(from)
        >
            <td colspan="4">
                <details open=is_open>
                    <summary>
                        <span class="mark">{dot("ended")}<b>"Refused requests"</b></span>
                        " " <span class="times">{times}</span> " since " {row_time(oldest.received_at, now)} {sender} {step}
                    </summary>
                    <table class="table deliveries">
                        <thead class="visually-hidden">
                            <tr><th scope="col">"Received"</th><th scope="col">"Request"</th><th scope="col">"Why"</th><th scope="col">"Outcome"</th></tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </details>
            </td>
        </tr>
    }
    .into_any()
}
