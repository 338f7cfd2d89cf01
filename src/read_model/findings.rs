//! The current findings with their dismissals, and why an event arrived late.

use super::{ASKED, PAGE, page, row};
use crate::store::projections::findings::{FindingQuery, FoundRow};
use crate::store::projections::row::ContractRow;
use crate::store::{Store, StoreError, instant};
use crate::stories::load::happenings;
use app::view::Page;
use app::view::finding::FindingSummary;
use domain::account::Role;
use domain::event::EventType;
use domain::findings;
use domain::id::SubjectKind;
use domain::id::{ContractorId, Subject};
use domain::lifecycle::finding::{Dismissal, Finding, FindingKind, Severity};
use domain::lifecycle::rules::{Limits, Rule};
use domain::query::filter::Cursor;
use domain::query::filter::FindingFilter;
use domain::query::moment::{AsOf, Meaning, Moment};
use domain::timeline::words::duration_in_words;
use domain::timeline::{self, ContractStory, Entry, Renewal, RenewalCandidate};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Maximum number of late events per page for which the cause is searched.
const MAX_EXPLAINED: usize = 20;

/// The kinds that lists and counts leave out for a role.
fn without(role: Option<Role>) -> Vec<&'static str> {
    FindingKind::ALL.into_iter().filter(|kind| !kind.is_listed_for(role)).map(FindingKind::as_str).collect()
}

/// Returns one page of current findings.
pub(super) async fn list(
    store: &Store,
    filter: &FindingFilter,
    now: Timestamp,
    role: Option<Role>,
) -> Result<Page<FindingSummary>, StoreError> {
    let after = filter.after.as_ref().and_then(|cursor| {
        let (severity, at) = cursor.key.split_once('.')?;
        Some((severity.parse().ok()?, at.parse().ok()?, cursor.id.as_str()))
    });
    let without = without(role);
    let sought = FindingQuery {
        kind: filter.kind.map(FindingKind::as_str),
        severity: filter.severity.map(Severity::rank),
        subject_kind: filter.about.map(SubjectKind::as_str),
        q: filter.q.as_deref(),
        is_dismissed: filter.dismissed,
        is_test: filter.test,
        without: &without,
        after,
    };
    let rows = store.list_findings(&sought, now.as_millisecond(), ASKED).await?;
    let mut rows = page(rows, PAGE, |row| Cursor {
        key: format!("{}.{}", row.finding.severity, row.finding.at),
        id: row.finding.key.clone(),
    });
    let items: Vec<FindingSummary> = rows.items.drain(..).map(|row| summary(row, now)).collect::<Result<_, _>>()?;
    let mut page = Page { items, next: rows.next };
    find_delay_cause(store, now.into(), page.items.iter_mut().map(|one| &mut one.finding)).await?;
    Ok(page)
}

/// Returns the most severe open findings.
pub(super) async fn most_severe(
    store: &Store,
    now: Timestamp,
    role: Option<Role>,
    rows: i64,
) -> Result<Vec<FindingSummary>, StoreError> {
    let without = without(role);
    let sought =
        FindingQuery { severity: Some(Severity::Warning.rank()), without: &without, ..FindingQuery::default() };
    store.list_findings(&sought, now.as_millisecond(), rows).await?.into_iter().map(|row| summary(row, now)).collect()
}

/// Counts the open findings.
pub(super) async fn count(store: &Store, now: Timestamp, role: Option<Role>) -> Result<u64, StoreError> {
    let without = without(role);
    let sought =
        FindingQuery { severity: Some(Severity::Warning.rank()), without: &without, ..FindingQuery::default() };
    Ok(store.count_findings(&sought, now.as_millisecond()).await?.unsigned_abs())
}

/// Counts the open findings of each of these contracts. The list is the same for every reader, so it counts what
/// everybody sees.
pub(super) async fn count_of_contracts(
    store: &Store,
    ids: &[&str],
    now: Timestamp,
) -> Result<BTreeMap<String, u32>, StoreError> {
    let without = without(None);
    let sought =
        FindingQuery { severity: Some(Severity::Warning.rank()), without: &without, ..FindingQuery::default() };
    let counted = store.count_findings_of("contract", ids, &sought, now.as_millisecond()).await?;
    Ok(counted.into_iter().map(|(id, count)| (id, u32::try_from(count).unwrap_or(u32::MAX))).collect())
}

/// The same at a moment in the past, for which no list is stored: each of these contracts is folded as it was then.
pub(super) async fn count_of_contracts_then(
    store: &Store,
    ids: &[&str],
    is_test: bool,
    moment: Moment,
    limits: Limits,
) -> Result<BTreeMap<String, u32>, StoreError> {
    let happened = happenings(store, SubjectKind::Contract, ids, moment).await?;
    let stories: Vec<ContractStory> = happened.values().filter_map(|told| timeline::contract(told)).collect();
    // Repeats with another body are transport findings, which are not counted here.
    let of_contract = |story| {
        let counts = |one: &Finding| one.holds(moment.at()) && one.needs_a_person();
        let found = findings::of_contract(story, &BTreeSet::new(), limits).into_iter().filter(counts);
        found.collect::<Vec<Finding>>()
    };
    let found: Vec<(&ContractStory, Vec<Finding>)> = stories.iter().map(|story| (story, of_contract(story))).collect();
    let is_ending = |findings: &[Finding]| findings.iter().any(|one| one.rule == Rule::RenewedBeforeEnd);
    let ending = found.iter().filter(|(_, findings)| is_ending(findings)).map(|(story, _)| story);
    let whose: BTreeSet<&str> =
        ending.filter_map(|story| story.facts.contractor_id.as_ref()).map(ContractorId::as_str).collect();
    let whose: Vec<&str> = whose.into_iter().collect();
    let rows = store.list_contracts_of(&whose, is_test, moment).await?;
    let mut named = Vec::new();
    for (story, findings) in found {
        let is_theirs = |row: &&ContractRow| {
            story.facts.contractor_id.as_ref().is_some_and(|id| row.contractor_id.as_deref() == Some(id.as_str()))
        };
        let neighbours =
            rows.iter().filter(is_theirs).map(row::neighbour).collect::<Result<Vec<RenewalCandidate>, _>>()?;
        let renewal = timeline::renewal(&story.facts.id, &neighbours);
        let subject = Subject::Contract(story.facts.id.clone());
        let open = findings.into_iter().filter_map(|one| findings::renewed(one, renewal));
        named.extend(open.map(|one| (one.key(&subject), story.facts.id.to_string())));
    }
    let keys: Vec<&str> = named.iter().map(|(key, _)| key.as_str()).collect();
    let aside = store.list_dismissals(&keys, moment.at().as_millisecond()).await?;
    let aside: BTreeSet<String> = aside.into_iter().map(|(key, ..)| key).collect();
    let mut counted = BTreeMap::new();
    for (_, id) in named.into_iter().filter(|(key, _)| !aside.contains(key)) {
        *counted.entry(id).or_default() += 1;
    }
    Ok(counted)
}

/// Converts a row at an instant: with the age of a lasting condition, and with the renewal that is offered.
fn summary(row: FoundRow, now: Timestamp) -> Result<FindingSummary, StoreError> {
    let FoundRow { finding: row, reason, by_name, dismissed_at } = row;
    let corrupt = |what: &str| StoreError::Corrupt(format!("{what} of a finding: {}", row.key));
    let rule = Rule::parse(&row.rule).ok_or_else(|| corrupt("rule"))?;
    let subject = Subject::from_parts(&row.subject_kind, &row.subject_id).ok_or_else(|| corrupt("subject"))?;
    let dismissed = match (reason, by_name, dismissed_at) {
        (Some(reason), Some(by), Some(at)) => Some(Dismissal { reason, by, at: instant(at)? }),
        _ => None,
    };
    let finding = Finding {
        advice: row.advice,
        from: (row.from_at != 0).then(|| instant(row.from_at)).transpose()?,
        until: (row.until_at != i64::MAX).then(|| instant(row.until_at)).transpose()?,
        dismissed,
        aging: row.aging.as_deref().and_then(|aging| serde_json::from_str(aging).ok()),
        ..Finding::new(rule, row.seq, EventType::parse(&row.event_type), row.sentence)
    };
    let renewal = if row.is_offered { Renewal::Offered } else { Renewal::Nothing };
    let finding = findings::renewed(finding, renewal).ok_or_else(|| corrupt("renewal"))?.aged(now);
    Ok(FindingSummary {
        key: row.key,
        finding,
        subject,
        title: row.title,
        contractor_name: row.contractor_name,
        is_test: row.is_test,
        at: instant(row.at)?,
    })
}

/// Returns the findings that hold at a moment, with their dismissals by then, and the likely cause of late events.
pub(super) async fn findings_at(
    store: &Store,
    found: Vec<(Subject, Finding)>,
    moment: Moment,
) -> Result<Vec<Finding>, StoreError> {
    let at = moment.at();
    let mut found: Vec<(String, Finding)> = found
        .into_iter()
        .filter(|(_, finding)| finding.holds(at))
        .map(|(subject, finding)| (finding.key(&subject), finding.aged(at)))
        .collect();
    let keys: Vec<&str> = found.iter().map(|(key, _)| key.as_str()).collect();
    let mut dismissals = BTreeMap::new();
    for (key, reason, by, at) in store.list_dismissals(&keys, at.as_millisecond()).await? {
        dismissals.insert(key, Dismissal { reason, by, at: instant(at)? });
    }
    for (key, finding) in &mut found {
        finding.dismissed = dismissals.remove(key);
    }
    find_delay_cause(store, moment, found.iter_mut().map(|(_, finding)| finding)).await?;
    Ok(found.into_iter().map(|(_, finding)| finding).collect())
}

/// Adds these findings to the entries they concern.
pub(super) fn place(entries: &mut [Entry], findings: &[Finding]) {
    for entry in entries {
        let here = findings.iter().filter(|finding| finding.seq == entry.seq && !finding.is_standing());
        entry.findings = here.cloned().collect();
    }
}

/// Minimum length of a silence: a message on time may take this long.
const SILENCE_MILLISECONDS: i64 = 5 * 60 * 1_000;

/// Adds the cause of delays, searched in other arrivals: a silence after the event, and others that came late when it ended,
/// indicate an outage on this side; anything that arrived soon after the event indicates a delay on its own way.
async fn find_delay_cause(
    store: &Store,
    moment: Moment,
    findings: impl Iterator<Item = &mut Finding>,
) -> Result<(), StoreError> {
    // As known then, later arrivals are ignored; as it happened, later events are.
    let (known_until, happened_until) = match moment.as_of {
        Some(AsOf { at, meaning: Meaning::Known }) => (at.as_millisecond(), i64::MAX),
        Some(AsOf { at, meaning: Meaning::Happened }) => (i64::MAX, at.as_millisecond()),
        None => (i64::MAX, i64::MAX),
    };
    let late = findings.filter(|finding| finding.kind == FindingKind::Late);
    let late: Vec<&mut Finding> = late.take(MAX_EXPLAINED).collect();
    if late.is_empty() {
        return Ok(());
    }
    let seqs: Vec<i64> = late.iter().map(|finding| finding.seq).collect();
    let times = store.list_times(&seqs).await?;
    let times: BTreeMap<i64, (i64, i64)> = times.into_iter().map(|(seq, at, received)| (seq, (at, received))).collect();
    let (late, spans): (Vec<_>, Vec<_>) =
        late.into_iter().filter_map(|finding| times.get(&finding.seq).map(|span| (finding, *span))).unzip();
    let silences = store.list_silences(&spans, known_until, happened_until).await?;
    for (finding, silence) in late.into_iter().zip(silences) {
        finding.advice = cause(silence);
    }
    Ok(())
}

/// Describes the likely cause of a delay: by how long nothing arrived, in milliseconds, and by how many others came late
/// when that ended.
fn cause((silence, others): (i64, i64)) -> String {
    if silence <= SILENCE_MILLISECONDS {
        return "Other requests arrived meanwhile, so Junoscope could be reached: this one was held up on its way, or a \
                first attempt failed. Nothing has to be done."
            .to_owned();
    }
    let duration = duration_in_words(silence / 1_000);
    match others {
        0 => format!(
            "Nothing else arrived for {duration} after it happened, which may be chance. Nothing has to be done: it is \
             here now, and in its place."
        ),
        _ => format!(
            "Nothing at all arrived for {duration} after it happened, and then {others} other {} late as well: Junoscope \
             or its network was down. If that was not planned, look into the server’s log of that time.",
            if others == 1 { "message came" } else { "messages came" }
        ),
    }
}
