//! The list of deliveries, and the page of one.

use super::changes::OfMessage;
use super::check::{Checked, steps};
use crate::store::deliveries::{AttemptRow, Delivery, DeliveryQuery};
use crate::store::{Store, StoreError, instant};
use crate::stories::stored::corrupt;
use app::view::delivery::{
    Attempt, Body, BodyKept, DeliveryDetail, DeliverySummary, LabelledSubject, RefusedCount, RefusedFrom,
};
use domain::account::Role;
use domain::diff::changed_paths;
use domain::event::sample::is_documented;
use domain::event::{EventType, Family, Mode};
use domain::id::Subject;
use domain::policy::{Thing, sees};
use domain::query::filter::DeliveryFilter;
use domain::query::import_source::ImportSource;
use domain::query::outcome::Outcome;
use domain::query::search::Conditions;
use domain::refusal::RefusalCode;
use domain::timeline::TimeOrigin;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Maximum number of bytes in a hex dump.
const DUMPED_BYTES: usize = 4_096;

pub(super) fn wanted(filter: &DeliveryFilter, head: i64, limit: i64) -> DeliveryQuery {
    let of_family = |family: Family| {
        EventType::KNOWN
            .iter()
            .filter(move |event| event.family() == Some(family))
            .map(|event| event.as_str().to_owned())
    };
    let event_types = match (&filter.event_type, filter.family) {
        (None, None) => None,
        (Some(event_type), None) => Some(vec![event_type.clone()]),
        (None, Some(family)) => Some(of_family(family).collect()),
        (Some(event_type), Some(family)) => Some(of_family(family).filter(|known| known == event_type).collect()),
    };
    let midnight = |day: Date| TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok().map(Timestamp::as_millisecond);
    let before = filter.before.as_ref().and_then(|cursor| Some((cursor.key.parse().ok()?, cursor.id.parse().ok()?)));
    DeliveryQuery {
        event_types,
        from: filter.from.and_then(midnight).max(filter.arrived_since.map(Timestamp::as_millisecond)),
        until: filter
            .to
            .and_then(|day| midnight(day.checked_add(1.day()).ok()?))
            .into_iter()
            .chain(filter.arrived_until.map(Timestamp::as_millisecond))
            .min(),
        outcome: filter.outcome,
        conditions: Conditions::default(),
        endpoint: filter.endpoint.clone(),
        mode: filter.mode,
        is_late: filter.late,
        messages: None,
        once: filter.once,
        before,
        only: None,
        since: None,
        head,
        limit,
    }
}

/// Returns the requests that a filter admits, in the order of [`Store::list_deliveries`].
pub(super) async fn list(store: &Store, wanted: &DeliveryQuery) -> Result<Vec<DeliverySummary>, StoreError> {
    let rows = store.list_deliveries(wanted).await?;
    let about = about(store, rows.iter().filter_map(|row| row.message_seq).collect()).await?;
    rows.into_iter().map(|row| summary(row, &about)).collect()
}

/// The subjects that messages mention, by the sequence number of the message.
pub(super) type About = BTreeMap<i64, Vec<LabelledSubject>>;

/// Returns the subjects that these messages mention.
pub(super) async fn about(store: &Store, mut seqs: Vec<i64>) -> Result<About, StoreError> {
    seqs.sort_unstable();
    seqs.dedup();
    let mut about = About::new();
    for row in store.list_mentioned_subjects(&seqs).await? {
        let Some(subject) = Subject::from_parts(&row.kind, &row.subject_id) else { continue };
        about.entry(row.seq).or_default().push(LabelledSubject { subject, label: row.label.unwrap_or(row.subject_id) });
    }
    Ok(about)
}

pub(super) fn summary(row: Delivery, about: &About) -> Result<DeliverySummary, StoreError> {
    let about = row.message_seq.and_then(|seq| about.get(&seq).cloned()).unwrap_or_default();
    let differs = "Its body is not that of the first attempt; only the first one counts.";
    let outcome = Outcome::parse(&row.outcome).ok_or_else(|| corrupt("outcome", &row.outcome))?;
    let code = row.code.as_deref().and_then(RefusalCode::parse);
    Ok(DeliverySummary {
        seq: row.seq,
        received_at: instant(row.received_at)?,
        endpoint: row.endpoint,
        outcome,
        refused: (outcome == Outcome::Refused).then_some(RefusedFrom { remote: row.remote, code }),
        reason: row.reason.or_else(|| (!row.same_body).then(|| differs.to_owned())),
        event_type: row.event_type.as_deref().map(EventType::parse),
        mode: row.mode.as_deref().map(Mode::parse).map(|mode| of_subject(mode, &about)),
        message_id: row.message_id,
        occurred_at: row.occurred_at.map(instant).transpose()?,
        about,
    })
}

/// Corrects the mode of samples that an earlier version stored as live. A message's own subject comes first.
fn of_subject(mode: Mode, about: &[LabelledSubject]) -> Mode {
    let is_sample = mode == Mode::Live && about.first().is_some_and(|own| is_documented(own.subject.id()));
    if is_sample { Mode::Sample } else { mode }
}

/// Returns one request in full; `None` when there is none at this position.
pub(super) async fn find(store: &Store, seq: i64) -> Result<Option<DeliveryDetail>, StoreError> {
    let Some((row, kept)) = store.find_delivery(seq).await? else { return Ok(None) };
    let named = about(store, row.message_seq.into_iter().collect()).await?;
    let attempts = match &row.message_id {
        Some(message_id) => store.list_attempts(&row.endpoint, message_id).await?,
        None => Vec::new(),
    };
    // Only this program writes them; if they are unreadable all the same, the rest of the page is still shown.
    let mut headers: Vec<(String, String)> = serde_json::from_str(&kept.headers).unwrap_or_default();
    headers.sort();
    let imported_from = kept.imported_from.as_deref().map(source).transpose()?;
    let checks = steps(&Checked {
        is_unchecked: imported_from.is_some(),
        headers: &headers,
        received_at: instant(row.received_at)?,
        signed_with: kept.signed_with.as_deref(),
        refused: kept.code.as_deref().map(|code| (code, row.reason.as_deref().unwrap_or_default())),
    });
    let OfMessage { changes: changed, told } = match row.message_seq {
        Some(seq) => super::changes::of_message(store, seq).await?,
        None => OfMessage::default(),
    };
    // A further attempt may have another body, whose changes are not those of the event.
    let changed_paths = match &changed {
        Some(changed) if row.same_body => changed_paths(&kept.body, changed),
        _ => BTreeSet::new(),
    };
    // An unverified body is never parsed as an event, not even here.
    let skipped_fields = match row.message_seq.map(|_| domain::event::parse(&kept.body)) {
        Some(Ok(event)) => event.skipped_fields,
        _ => Vec::new(),
    };
    let body_kept = match (kept.code.is_some(), kept.body_length.map(i64::unsigned_abs)) {
        (true, Some(length)) if kept.body.is_empty() && length > 0 => BodyKept::NotRead(Some(length)),
        (true, None) => BodyKept::NotRead(None),
        (true, Some(length)) if u64::try_from(kept.body.len()).is_ok_and(|kept| kept < length) => {
            BodyKept::FirstOf(length)
        }
        _ => BodyKept::Whole,
    };
    Ok(Some(DeliveryDetail {
        body_kept,
        imported_from,
        occurred_from: kept.occurred_from.as_deref().map(TimeOrigin::parse),
        body: body(kept.body),
        headers,
        remote: kept.remote,
        attempts: attempts.into_iter().map(attempt).collect::<Result<_, _>>()?,
        checks,
        skipped_fields,
        changed,
        changed_paths,
        told,
        summary: summary(row, &named)?,
    }))
}

/// Returns what a delivery is by the policy: history of a subject, or of no account.
pub(super) fn thing(of: &DeliveryDetail) -> Thing {
    let is_event = of.summary.outcome.is_event() && of.summary.event_type.is_some();
    if is_event { Thing::DeliveryHistory } else { Thing::UncountedDeliveries }
}

/// Removes what a role does not see.
pub(super) fn seen_by(role: Option<Role>, mut of: DeliveryDetail) -> DeliveryDetail {
    let is_of_contact = of.summary.event_type.as_ref().and_then(EventType::family) == Some(Family::Contact);
    of.changed = of.changed.filter(|_| !is_of_contact || sees(role, Thing::ContactChanges));
    of.changed = of.changed.map(|changed| changed.seen_by(role));
    if !sees(role, Thing::UncountedDeliveries) {
        of.attempts.retain(|attempt| attempt.outcome != Outcome::Refused);
    }
    if !sees(role, Thing::RawDelivery) {
        of.body = Body::Withheld;
        (of.remote, of.told) = (None, None);
        (of.headers, of.checks, of.skipped_fields) = (Vec::new(), Vec::new(), Vec::new());
        of.changed_paths = BTreeSet::new();
    }
    of
}

/// Counts all requests ever refused, and those still kept.
pub(super) async fn refused(store: &Store) -> Result<RefusedCount, StoreError> {
    let kept = store.count_refused_kept(Timestamp::UNIX_EPOCH).await?.unsigned_abs();
    Ok(RefusedCount { all: store.count_refused_ever().await?.unsigned_abs(), kept })
}

fn source(stored: &str) -> Result<ImportSource, StoreError> {
    ImportSource::parse(stored).ok_or_else(|| corrupt("imported_from", stored))
}

fn attempt(row: AttemptRow) -> Result<Attempt, StoreError> {
    Ok(Attempt {
        seq: row.seq,
        received_at: instant(row.received_at)?,
        sent_at: row.sent_at.map(instant).transpose()?,
        outcome: Outcome::parse(&row.outcome).ok_or_else(|| corrupt("outcome", &row.outcome))?,
        same_body: row.same_body,
        reason: row.reason,
        is_unchecked: row.imported_from.is_some(),
    })
}

fn body(bytes: Vec<u8>) -> Body {
    match String::from_utf8(bytes) {
        Ok(text) => Body::Text(text),
        Err(not_text) => {
            let bytes = not_text.into_bytes();
            Body::Bytes { hex: dump(&bytes), length: bytes.len() }
        }
    }
}

/// Returns a hex dump of sixteen bytes a line, each line with its offset.
fn dump(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (line, sixteen) in bytes.get(..DUMPED_BYTES).unwrap_or(bytes).chunks(16).enumerate() {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{:04x} ", line * 16);
        for byte in sixteen {
            let _ = write!(text, " {byte:02x}");
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_are_dumped_and_cut() {
        let bytes: Vec<u8> = std::iter::repeat_n(0xff, 5_000).collect();
        let Body::Bytes { hex, length } = body(bytes) else { panic!("not bytes") };
        assert_eq!(length, 5_000);
        assert_eq!(hex.lines().count(), 256);
        assert!(hex.starts_with("0000  ff ff"));
        assert_eq!(body(b"{}".to_vec()), Body::Text("{}".to_owned()));
    }

    #[test]
    fn a_type_outside_its_family_finds_nothing() {
        let filter = DeliveryFilter {
            event_type: Some("client.contract.offered".into()),
            family: Some(Family::Spend),
            ..DeliveryFilter::default()
        };
        assert_eq!(wanted(&filter, 1, 1).event_types, Some(vec![]));
    }

    #[test]
    fn the_last_day_there_is_does_not_overflow() {
        let filter = DeliveryFilter { to: Some(Date::MAX), from: Some(Date::MIN), ..DeliveryFilter::default() };
        assert_eq!(wanted(&filter, 1, 1).until, None);
    }
}
