//! One row of the delivery list, used on the page and for rows that arrive live.

use super::as_of::with_moment;
use super::badge::{Badge, badge, dot, mode_tag};
use super::name::name;
use super::time::row_time;
use crate::view::delivery::{DeliverySummary, RefusedFrom};
use domain::id::Subject;
use domain::query::filter::{Cursor, DeliveryFilter, Query as _};
use domain::query::outcome::Outcome;
use domain::refusal::RefusalCode;
use jiff::Timestamp;
use leptos::prelude::*;

/// Number of subjects in a row; the delivery's page has all.
const NAMED: usize = 2;

/// Returns the address of the list with a delivery open beside it. The anchor leads back to its row.
pub fn opened_at(filter: &DeliveryFilter, seq: i64) -> String {
    let query = filter.to_query();
    let mark = if query.is_empty() { '?' } else { '&' };
    format!("/deliveries{query}{mark}open={seq}#d{seq}")
}

/// Returns what refused requests have in common that are listed as one, for scripts.
pub fn refused_key(of: &RefusedFrom) -> String {
    let code = of.code.map_or("other", RefusalCode::as_str);
    format!("{code} {}", of.remote.as_deref().unwrap_or_default())
}

/// Renders the row, which opens the delivery beside the list with this filter. Beside one that is `open` the row has no
/// other links and no outcome. Of a refused request only the reason is shown, as nothing else was verified.
pub fn delivery_row(of: &DeliverySummary, filter: &DeliveryFilter, open: Option<i64>, now: Timestamp) -> AnyView {
    let href = with_moment(opened_at(filter, of.seq));
    let is_open = (open == Some(of.seq)).then_some("true");
    let title = of.title().to_owned();
    let is_refused = of.outcome == Outcome::Refused;
    let tone = if is_refused { "ended" } else { of.event_type.as_ref().map_or("deleted", Badge::tone) };
    let tag = of.mode.map(mode_tag);
    // Beside a delivery there is no room for the outcome; of others than repeats the row says it in other words.
    let is_repeat = open.is_some() && of.outcome == Outcome::Duplicate;
    let repeat = is_repeat.then(|| view! { " " <span class="tag">"repeat"</span> });
    view! {
        <tr
            data-seq=of.seq.to_string() data-at=of.received_at.as_millisecond().to_string() id=format!("d{}", of.seq)
            data-refused=of.refused.as_ref().map(refused_key)
        >
            <td class="fit dim">{row_time(of.received_at, now)}</td>
            <td>
                <span class="mark">{dot(tone)}<a class="main" href=href aria-current=is_open>{name(title)}</a>{tag}{repeat}</span>
            </td>
            <td class="about">{about(of, open.is_none())}</td>
            <td class=open.is_none().then_some("fit")>{open.is_none().then(|| badge(&of.outcome))}</td>
        </tr>
    }
    .into_any()
}

fn about(of: &DeliverySummary, has_links: bool) -> AnyView {
    if !of.outcome.is_event() {
        let reason = of.reason.clone().unwrap_or_else(|| "not read".to_owned());
        return view! { <span class="dim">{reason}</span> }.into_any();
    }
    let named = of.about.iter().filter(|about| !matches!(about.subject, Subject::Hirer(_))).take(NAMED);
    named
        .enumerate()
        .map(|(place, about)| {
            let label = name(about.label.clone());
            let link = match about.subject.path().filter(|_| has_links) {
                Some(path) => view! { <a href=with_moment(path) class="quiet-link">{label}</a> }.into_any(),
                None => label,
            };
            view! { {(place > 0).then_some(" · ")} {link} }
        })
        .collect_view()
        .into_any()
}

/// Returns the row as one line of HTML, for the stream of live rows. Called on the server only.
pub fn delivery_row_html(row: &DeliverySummary, filter: &DeliveryFilter, viewer_now: Timestamp) -> String {
    let html = Owner::new().with(|| delivery_row(row, filter, None, viewer_now).to_html());
    // A line break in a name would end the event's `data:` line.
    html.replace(['\r', '\n'], " ")
}

/// Renders the row that leads to live rows that were left out, as too many arrived at once: those before `first`, the
/// arrival and sequence number of the oldest row sent. Called on the server only.
pub fn skipped_row_html(filter: &DeliveryFilter, (at, seq): (Timestamp, i64)) -> String {
    let at = at.as_millisecond();
    let before = Some(Cursor { key: at.to_string(), id: seq.to_string() });
    let href = with_moment(format!("/deliveries{}", DeliveryFilter { before, ..filter.clone() }.to_query()));
    let row = move || {
        view! {
            <tr data-seq=(seq - 1).to_string() data-at=at.to_string()>
                <td colspan="4" class="dim">
                    "More deliveries arrived than are shown here. "<a href=href>"Show those before this row"</a>
                </td>
            </tr>
        }
    };
    Owner::new().with(|| row().to_html())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::delivery::LabelledSubject;
    use domain::event::{EventType, Mode};

    fn hostile() -> DeliverySummary {
        let text = "</td><script>alert(1)</script>\n\r\n\"'&";
        DeliverySummary {
            seq: 7,
            received_at: "2026-02-09T16:42:07Z".parse().unwrap(),
            endpoint: text.to_owned(),
            outcome: Outcome::Stored,
            reason: Some(text.to_owned()),
            event_type: Some(EventType::Unknown(text.to_owned())),
            mode: Some(Mode::Test),
            message_id: Some(text.to_owned()),
            occurred_at: None,
            about: vec![LabelledSubject {
                subject: Subject::Contract("ct_\"><img src=x>".into()),
                label: text.to_owned(),
            }],
            refused: Some(RefusedFrom { remote: Some(text.to_owned()), code: None }),
        }
    }

    fn html(row: &DeliverySummary, now: Timestamp) -> String {
        delivery_row_html(row, &DeliveryFilter::from_query("q=a+b&before=1~2"), now)
    }

    #[test]
    fn a_live_row_is_one_line_and_escapes_what_it_was_told() {
        for outcome in Outcome::ALL {
            let html = html(&DeliverySummary { outcome, ..hostile() }, "2026-02-09T17:00:00Z".parse().unwrap());
            assert!(html.starts_with("<tr"), "{html}");
            assert!(html.ends_with("</tr>"), "{html}");
            assert!(!html.contains("<script"), "{html}");
            assert!(!html.contains("<img"), "{html}");
            assert!(!html.contains(['\n', '\r']), "{html}");
            assert_eq!(html.matches("<td").count(), 4, "{html}");
        }
    }

    #[test]
    fn nothing_a_refused_request_said_is_shown() {
        let mut row = hostile();
        row.outcome = Outcome::Refused;
        row.reason = Some("the signature does not match".to_owned());
        row.event_type = Some(EventType::ContractOffered);
        let html = html(&row, row.received_at);
        assert!(html.contains("the signature does not match"), "{html}");
        assert!(!html.contains("Contract offered"), "{html}");
        assert!(!html.contains("ct_"), "{html}");
    }

    #[test]
    fn a_row_opens_beside_the_list_as_it_is_filtered() {
        let html = html(&hostile(), hostile().received_at);
        assert!(html.contains("href=\"/deliveries?q=a+b&amp;before=1%7E2&amp;open=7#d7\""), "{html}");
        assert_eq!(opened_at(&DeliveryFilter::default(), 5), "/deliveries?all=1&open=5#d5");
    }
}
