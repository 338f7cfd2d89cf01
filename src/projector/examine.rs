//! Finds what is wrong with the subjects of a batch, and with those whose findings depend on them.
//!
//! A contract's events may break a rule about its requisition, and its dates may satisfy one about another contract. So
//! the requisitions that a batch's contracts draw on, or drew on before, are examined with every contract on them. What a
//! contract outside the batch contributes is read from its stored row, and not folded again.

use super::ALL_EVENTS;
use crate::store::projections::row::{
    Changes, CommitmentRow, ContractCommitmentRow, ContractRow, FindingRow, RenewalCandidateRow, RequisitionRow,
};
use crate::store::{Store, StoreError};
use crate::stories::commitments;
use crate::stories::messages::messages_of;
use crate::stories::stored;
use domain::budget::Contribution;
use domain::commitment::CommitmentState;
use domain::findings;
use domain::id::{ContractId, Subject, SubjectKind};
use domain::lifecycle::contract::ContractState;
use domain::lifecycle::finding::Finding;
use domain::lifecycle::rules::Limits;
use domain::timeline::{self, Entry, Renewal, RenewalCandidate, StoredEvent};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

type Messages = BTreeMap<String, BTreeSet<i64>>;

/// The subjects to examine, and the sequence numbers of their messages.
pub(super) struct ExaminedSubjects {
    contractors: Messages,
    contracts: Messages,
    requisitions: Messages,
    /// The contributions of all contracts of their mode to each requisition whose contracts cost more than its amount:
    /// only for these is the time of the breach computed.
    exceeded: BTreeMap<String, Vec<Contribution>>,
    /// Requisitions that a contract of their mode draws on.
    drawn_on: BTreeSet<String>,
    /// All contracts of the contractors of the batch's contracts, as after the batch.
    neighbours: Vec<RenewalCandidateRow>,
    /// The contracts of the batch, as before it and as after it.
    changed: Vec<RenewalCandidateRow>,
}

impl ExaminedSubjects {
    /// Iterates over the sequence numbers of all messages needed.
    pub(super) fn seqs(&self) -> impl Iterator<Item = i64> {
        let all = [&self.contractors, &self.contracts, &self.requisitions];
        all.into_iter().flat_map(|messages| messages.values().flatten().copied())
    }
}

/// Determines the subjects to examine. `before` are the stored rows of its contracts,
/// `changes` has the new rows, `stories` the messages of the batch's own subjects.
pub(super) async fn gather(
    store: &Store,
    before: &[ContractRow],
    changes: &Changes,
    stories: Vec<(SubjectKind, Messages)>,
) -> Result<ExaminedSubjects, StoreError> {
    let (mut contractors, mut contracts, mut requisitions) = (Messages::new(), Messages::new(), Messages::new());
    for (kind, messages) in stories {
        match kind {
            SubjectKind::Contractor => contractors = messages,
            SubjectKind::Contract => contracts = messages,
            SubjectKind::Requisition => requisitions = messages,
        }
    }
    let own: BTreeSet<&String> = contracts.keys().collect();
    let rows = || before.iter().chain(&changes.contracts);

    let drawn: BTreeSet<&str> = rows().filter_map(|row| row.requisition_id.as_deref()).collect();
    let further: Vec<&str> = drawn.into_iter().filter(|id| !requisitions.contains_key(*id)).collect();
    let mut rows_of = changes.requisitions.clone();
    rows_of.extend(store.list_requisitions_named(&further).await?);
    requisitions.extend(messages_of(store, SubjectKind::Requisition, &further, &changes.mentions, ALL_EVENTS).await?);
    let on: Vec<&str> = requisitions.keys().map(String::as_str).collect();
    let mut drawing = store.list_drawing(&on).await?;
    drawing.retain(|row| !own.contains(&row.id));
    drawing.extend(changes.contracts.iter().map(ContractCommitmentRow::from));
    let (exceeded, drawn_on) = classify(&rows_of, &drawing);
    let exceeded = contributions(store, changes, &exceeded, &drawing).await?;

    let whose: BTreeSet<&str> = rows().filter_map(|row| row.contractor_id.as_deref()).collect();
    let whose: Vec<&str> = whose.into_iter().collect();
    let mut neighbours = store.list_neighbours(&whose).await?;
    neighbours.retain(|row| !own.contains(&row.id));
    neighbours.extend(changes.contracts.iter().map(RenewalCandidateRow::from));
    let changed = rows().map(RenewalCandidateRow::from).collect();
    Ok(ExaminedSubjects { contractors, contracts, requisitions, exceeded, drawn_on, neighbours, changed })
}

/// Returns which of these requisitions are exceeded, each with whether it is a test, and which are drawn on, by the list
/// rows.
fn classify(
    requisitions: &[RequisitionRow],
    drawing: &[ContractCommitmentRow],
) -> (BTreeMap<String, bool>, BTreeSet<String>) {
    let mut draws = BTreeMap::<(&str, bool), Vec<CommitmentRow>>::new();
    for row in drawing {
        draws.entry((&row.draw.requisition_id, row.is_test)).or_default().push(row.draw.clone());
    }
    let (mut exceeded, mut drawn_on) = (BTreeMap::new(), BTreeSet::new());
    for row in requisitions {
        let draws = draws.get(&(row.id.as_str(), row.is_test)).map_or(&[][..], Vec::as_slice);
        if draws.iter().any(|draw| CommitmentState::parse(&draw.standing) != Some(CommitmentState::Nothing)) {
            drawn_on.insert(row.id.clone());
        }
        // A row that cannot be read counts as exceeded: then the contributions decide.
        let remaining = stored::used(row, draws).map(|used| used.remaining);
        if remaining.map_or(true, |left| left.is_some_and(|left| left.amount.is_sign_negative())) {
            exceeded.insert(row.id.clone(), row.is_test);
        }
    }
    (exceeded, drawn_on)
}

/// Returns what each contract contributes to the exceeded requisitions, in order of id: of the batch's contracts by
/// their new rows, of others by the stored ones.
async fn contributions(
    store: &Store,
    changes: &Changes,
    exceeded: &BTreeMap<String, bool>,
    drawing: &[ContractCommitmentRow],
) -> Result<BTreeMap<String, Vec<Contribution>>, StoreError> {
    let on: Vec<&str> = exceeded.keys().map(String::as_str).collect();
    let stored = store.list_contributions(&on).await?;
    let mut told: HashMap<&str, (&str, &str)> =
        stored.iter().map(|row| (row.id.as_str(), (row.title.as_str(), row.history.as_str()))).collect();
    let histories: HashMap<&str, &str> =
        changes.commitments.iter().map(|row| (row.id.as_str(), row.history.as_str())).collect();
    for row in &changes.contracts {
        let history = histories.get(row.id.as_str()).copied().unwrap_or("[]");
        told.insert(&row.id, (&row.title, history));
    }
    let mut found = BTreeMap::<String, Vec<Contribution>>::new();
    for row in drawing.iter().filter(|row| exceeded.get(&row.draw.requisition_id) == Some(&row.is_test)) {
        let Some((title, history)) = told.get(row.id.as_str()) else { continue };
        if let Some(one) = contribution(row, title, history) {
            found.entry(row.draw.requisition_id.clone()).or_default().push(one);
        } else {
            tracing::error!(contract = %row.id, "the stored commitments of a contract are unreadable");
        }
    }
    for contributions in found.values_mut() {
        contributions.sort_by(|a, b| a.contract.cmp(&b.contract));
    }
    Ok(found)
}

fn contribution(row: &ContractCommitmentRow, title: &str, history: &str) -> Option<Contribution> {
    Some(Contribution {
        contract: row.id.as_str().into(),
        title: title.to_owned(),
        standing: CommitmentState::parse(&row.draw.standing)?,
        cost: stored::cost(&row.draw).ok()?,
        history: commitments::read(history)?,
    })
}

/// Adds the findings of all examined subjects to `changes`.
pub(super) fn examine(
    subjects: &ExaminedSubjects,
    parsed: &HashMap<i64, Arc<StoredEvent>>,
    altered: &BTreeSet<i64>,
    limits: Limits,
    changes: &mut Changes,
) {
    let events = |seqs: &BTreeSet<i64>| -> Vec<StoredEvent> {
        seqs.iter().filter_map(|seq| parsed.get(seq)).map(|one| (**one).clone()).collect()
    };
    for (id, seqs) in &subjects.contractors {
        changes.examined.insert((SubjectKind::Contractor.as_str(), id.clone()));
        let Some(story) = timeline::contractor(&id.as_str().into(), &events(seqs)) else { continue };
        let about = About {
            subject: Subject::Contractor(story.facts.id.clone()),
            title: story.facts.person.name.clone(),
            contractor: None,
            is_test: story.is_test,
            last_at: story.last_at,
        };
        changes.findings.extend(about.rows(findings::of_contractor(&story, altered), &story.entries, &[]));
    }
    for (id, seqs) in &subjects.contracts {
        changes.examined.insert((SubjectKind::Contract.as_str(), id.clone()));
        let Some(story) = timeline::contract(&events(seqs)) else { continue };
        let about = About {
            subject: Subject::Contract(story.facts.id.clone()),
            title: story.facts.title.clone(),
            contractor: story
                .facts
                .person
                .name
                .clone()
                .or_else(|| story.facts.contractor_id.as_ref().map(ToString::to_string)),
            is_test: story.is_test,
            last_at: story.last_at,
        };
        changes.findings.extend(about.rows(findings::of_contract(&story, altered, limits), &story.entries, &[]));
    }
    for (id, seqs) in &subjects.requisitions {
        changes.examined.insert((SubjectKind::Requisition.as_str(), id.clone()));
        let Some(story) = timeline::requisition(&id.as_str().into(), &events(seqs)) else { continue };
        let about = About {
            subject: Subject::Requisition(story.facts.id.clone()),
            title: story.facts.title.clone(),
            contractor: None,
            is_test: story.is_test,
            last_at: story.last_at,
        };
        let contributions = subjects.exceeded.get(id).map_or(&[][..], Vec::as_slice);
        let mut found = findings::of_requisition_within_budget(&story, subjects.drawn_on.contains(id), altered, limits);
        if subjects.exceeded.contains_key(id) {
            found.extend(findings::exceeded(&story, contributions, "its contracts"));
        }
        let commitments = contributions.iter().flat_map(|one| &one.history).map(|one| (one.seq, one.at));
        let amounts = story.limits.iter().map(|amount| (amount.seq, amount.at));
        changes.findings.extend(about.rows(found, &story.entries, &commitments.chain(amounts).collect::<Vec<_>>()));
    }
    renewals(&subjects.neighbours, &subjects.changed, &mut changes.renewed);
}

/// The subject of finding rows.
struct About {
    subject: Subject,
    title: Option<String>,
    contractor: Option<String>,
    is_test: bool,
    last_at: Timestamp,
}

impl About {
    /// Converts findings to rows; their events are looked up in `own`, then among the sequence numbers and times of
    /// `others`.
    fn rows(&self, found: Vec<Finding>, own: &[Entry], others: &[(i64, Timestamp)]) -> Vec<FindingRow> {
        let title = self.title.clone().unwrap_or_else(|| self.subject.id().to_owned());
        let happened = |seq: i64| {
            let own = own.iter().map(|entry| (entry.seq, entry.occurred_at));
            own.chain(others.iter().copied()).find(|(of, _)| *of == seq).map_or(self.last_at, |(_, at)| at)
        };
        let row = |finding: Finding| FindingRow {
            key: finding.key(&self.subject),
            subject_kind: self.subject.kind().to_owned(),
            subject_id: self.subject.id().to_owned(),
            title: title.clone(),
            contractor_name: self.contractor.clone(),
            kind: finding.kind.as_str().to_owned(),
            rule: finding.rule.as_str().to_owned(),
            severity: finding.severity.rank(),
            seq: finding.seq,
            event_type: finding.event_type.as_str().to_owned(),
            from_at: finding.from.map_or(0, Timestamp::as_millisecond),
            until_at: finding.until.map_or(i64::MAX, Timestamp::as_millisecond),
            is_met: false,
            is_offered: false,
            aging: finding.aging.as_ref().and_then(|aging| serde_json::to_string(aging).ok()),
            is_test: self.is_test,
            at: finding.from.unwrap_or_else(|| happened(finding.seq)).as_millisecond(),
            sentence: finding.sentence,
            advice: finding.advice,
        };
        found.into_iter().map(row).collect()
    }
}

/// Sorts contracts by how they are renewed within the same contractor and mode: by a signed contract, by an offered
/// one, or not at all. Contracts that no `changed` one has a part in are left out, as nothing changes for them.
fn renewals(rows: &[RenewalCandidateRow], changed: &[RenewalCandidateRow], renewed: &mut [BTreeSet<String>; 3]) {
    let by_contractor = |rows: &[RenewalCandidateRow]| {
        let mut of = BTreeMap::<String, Vec<(bool, RenewalCandidate)>>::new();
        for row in rows {
            of.entry(row.contractor_id.clone().unwrap_or_default()).or_default().push((row.is_test, neighbour(row)));
        }
        of
    };
    let changed = by_contractor(changed);
    for (whose, rows) in by_contractor(rows) {
        let changed = changed.get(&whose).map_or(&[][..], Vec::as_slice);
        for is_test in [false, true] {
            let of_mode = rows.iter().filter(|(of, _)| *of == is_test).map(|(_, row)| row.clone());
            let of_mode: Vec<RenewalCandidate> = of_mode.collect();
            let others = if whose.is_empty() { &[][..] } else { of_mode.as_slice() };
            let has_a_part =
                |me: &RenewalCandidate| changed.iter().any(|(_, one)| one.id == me.id || timeline::may_link(me, one));
            for me in of_mode.iter().filter(|me| has_a_part(me)) {
                let [signed, offered, none] = &mut *renewed;
                let ids = match timeline::renewal(&me.id, others) {
                    Renewal::Signed => signed,
                    Renewal::Offered => offered,
                    Renewal::Nothing => none,
                };
                ids.insert(me.id.to_string());
            }
        }
    }
}

fn neighbour(row: &RenewalCandidateRow) -> RenewalCandidate {
    let day = |text: &Option<String>| text.as_ref().and_then(|text| text.parse().ok());
    let renewal_ids: Vec<ContractId> = serde_json::from_str(&row.renewal_ids).unwrap_or_default();
    RenewalCandidate {
        id: row.id.as_str().into(),
        start_on: day(&row.start_on),
        ends_on: day(&row.ends_on),
        renewal_ids,
        rate: None,
        state: ContractState::parse(&row.state).unwrap_or(ContractState::Known),
    }
}
