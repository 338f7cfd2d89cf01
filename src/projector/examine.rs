//! Finds what is wrong with the subjects of a batch, and with those whose findings depend on them.
//!
//! A contract's events may break a rule about its requisition, and its dates may satisfy one about another contract. So
//! the requisitions that a batch's contracts draw on, or drew on before, are examined with every contract on them.

use super::EVERYTHING;
use crate::store::projections::row::{
    Changes, CommitmentRow, ContractCommitmentRow, FindingRow, RenewalCandidateRow, RequisitionRow,
};
use crate::store::{Store, StoreError};
use crate::stories::messages::messages_of;
use crate::stories::stored;
use domain::commitment::{self, CommitmentState};
use domain::findings;
use domain::id::{ContractId, Subject, SubjectKind};
use domain::lifecycle::contract::ContractState;
use domain::lifecycle::finding::Finding;
use domain::lifecycle::rules::Limits;
use domain::timeline::{self, ContractStory, Entry, Renewal, RenewalCandidate, StoredEvent};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

type Messages = BTreeMap<String, BTreeSet<i64>>;

/// The subjects to examine, and the sequence numbers of their messages.
pub(super) struct Around {
    contractors: Messages,
    /// The contracts of the batch, and all that draw on an exceeded requisition.
    contracts: Messages,
    requisitions: Messages,
    /// Requisitions whose contracts cost more than their amount: only for these is the time of the breach computed.
    passed: BTreeSet<String>,
    /// Requisitions that a contract of their mode draws on.
    drawn_on: BTreeSet<String>,
    /// All contracts of the contractors of the batch's contracts, as after the batch.
    neighbours: Vec<RenewalCandidateRow>,
    /// The contracts of the batch itself: only their findings are replaced.
    own: BTreeSet<String>,
}

impl Around {
    /// Iterates over the sequence numbers of all messages needed.
    pub(super) fn seqs(&self) -> impl Iterator<Item = i64> {
        let all = [&self.contractors, &self.contracts, &self.requisitions];
        all.into_iter().flat_map(|messages| messages.values().flatten().copied())
    }
}

/// Determines the subjects to examine. `changes` has the new rows, `stories` the messages of the batch's own subjects.
pub(super) async fn gather(
    store: &Store,
    changes: &Changes,
    stories: Vec<(SubjectKind, Messages)>,
) -> Result<Around, StoreError> {
    let (mut contractors, mut contracts, mut requisitions) = (Messages::new(), Messages::new(), Messages::new());
    for (kind, messages) in stories {
        match kind {
            SubjectKind::Contractor => contractors = messages,
            SubjectKind::Contract => contracts = messages,
            SubjectKind::Requisition => requisitions = messages,
        }
    }
    let own: BTreeSet<String> = contracts.keys().cloned().collect();
    let rows = || changes.before.contracts.iter().chain(&changes.contracts);

    let drawn: BTreeSet<&str> = rows().filter_map(|row| row.requisition_id.as_deref()).collect();
    let further: Vec<&str> = drawn.into_iter().filter(|id| !requisitions.contains_key(*id)).collect();
    let mut rows_of = changes.requisitions.clone();
    rows_of.extend(store.list_requisitions_named(&further).await?);
    requisitions.extend(messages_of(store, SubjectKind::Requisition, &further, &changes.mentions, EVERYTHING).await?);
    let on: Vec<&str> = requisitions.keys().map(String::as_str).collect();
    let mut drawing = store.list_drawing(&on).await?;
    drawing.retain(|row| !own.contains(&row.id));
    drawing.extend(changes.contracts.iter().map(ContractCommitmentRow::from));
    let (passed, drawn_on) = weigh(&rows_of, &drawing);
    let others: Vec<&str> = drawing
        .iter()
        .filter(|row| !own.contains(&row.id) && passed.contains(&row.draw.requisition_id))
        .map(|row| row.id.as_str())
        .collect();
    contracts.extend(messages_of(store, SubjectKind::Contract, &others, &changes.mentions, EVERYTHING).await?);

    let whose: BTreeSet<&str> = rows().filter_map(|row| row.contractor_id.as_deref()).collect();
    let whose: Vec<&str> = whose.into_iter().collect();
    let mut neighbours = store.list_neighbours(&whose).await?;
    neighbours.retain(|row| !own.contains(&row.id));
    neighbours.extend(changes.contracts.iter().map(RenewalCandidateRow::from));
    Ok(Around { contractors, contracts, requisitions, passed, drawn_on, neighbours, own })
}

/// Returns which of these requisitions are exceeded, and which are drawn on, by the list rows. A row that cannot be
/// read counts as exceeded: then the stories decide.
fn weigh(requisitions: &[RequisitionRow], drawing: &[ContractCommitmentRow]) -> (BTreeSet<String>, BTreeSet<String>) {
    let mut draws = BTreeMap::<(&str, bool), Vec<CommitmentRow>>::new();
    for row in drawing {
        draws.entry((&row.draw.requisition_id, row.is_test)).or_default().push(row.draw.clone());
    }
    let (mut passed, mut drawn_on) = (BTreeSet::new(), BTreeSet::new());
    for row in requisitions {
        let draws = draws.get(&(row.id.as_str(), row.is_test)).map_or(&[][..], Vec::as_slice);
        if draws.iter().any(|draw| CommitmentState::parse(&draw.standing) != Some(CommitmentState::Nothing)) {
            drawn_on.insert(row.id.clone());
        }
        let remaining = stored::used(row, draws).map(|used| used.remaining);
        if remaining.map_or(true, |left| left.is_some_and(|left| left.amount.is_sign_negative())) {
            passed.insert(row.id.clone());
        }
    }
    (passed, drawn_on)
}

/// Adds the findings of all examined subjects to `changes`.
pub(super) fn examine(
    around: &Around,
    parsed: &HashMap<i64, Arc<StoredEvent>>,
    altered: &BTreeSet<i64>,
    limits: Limits,
    changes: &mut Changes,
) {
    let told = |seqs: &BTreeSet<i64>| -> Vec<StoredEvent> {
        seqs.iter().filter_map(|seq| parsed.get(seq)).map(|one| (**one).clone()).collect()
    };
    for (id, seqs) in &around.contractors {
        changes.examined.insert((SubjectKind::Contractor.as_str(), id.clone()));
        let Some(story) = timeline::contractor(&id.as_str().into(), &told(seqs)) else { continue };
        let about = About {
            subject: Subject::Contractor(story.facts.id.clone()),
            title: story.facts.person.name.clone(),
            contractor: None,
            is_test: story.is_test,
            last_at: story.last_at,
        };
        changes.findings.extend(about.rows(findings::of_contractor(&story, altered), &story.entries, &[]));
    }
    let mut drawing = BTreeMap::<String, Vec<(ContractStory, Vec<StoredEvent>)>>::new();
    for (id, seqs) in &around.contracts {
        let happenings = told(seqs);
        let is_own = around.own.contains(id);
        if is_own {
            changes.examined.insert((SubjectKind::Contract.as_str(), id.clone()));
        }
        let Some(story) = timeline::contract(&happenings) else { continue };
        if is_own {
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
        if let Some(requisition) =
            story.facts.requisition.as_ref().filter(|one| around.passed.contains(one.id.as_str()))
        {
            drawing.entry(requisition.id.to_string()).or_default().push((story, happenings));
        }
    }
    for (id, seqs) in &around.requisitions {
        changes.examined.insert((SubjectKind::Requisition.as_str(), id.clone()));
        let Some(story) = timeline::requisition(&id.as_str().into(), &told(seqs)) else { continue };
        let drawing = drawing.remove(id).unwrap_or_default();
        let (mut contracts, happenings): (Vec<_>, Vec<_>) = drawing
            .into_iter()
            .filter(|(contract, _)| contract.is_test == story.is_test)
            .map(|(contract, happenings)| ((contract, Vec::new()), happenings))
            .unzip();
        // The commitments per event are computed only where a requisition is exceeded, as that takes a fold for every
        // event.
        for ((_, history), happenings) in contracts.iter_mut().zip(&happenings) {
            *history = commitment::history(happenings);
        }
        let about = About {
            subject: Subject::Requisition(story.facts.id.clone()),
            title: story.facts.title.clone(),
            contractor: None,
            is_test: story.is_test,
            last_at: story.last_at,
        };
        let entries: Vec<&[Entry]> = contracts.iter().map(|(contract, _)| contract.entries.as_slice()).collect();
        let found = if around.passed.contains(id) {
            findings::of_requisition(&story, &contracts, altered, limits)
        } else {
            findings::of_requisition_within_budget(&story, around.drawn_on.contains(id), altered, limits)
        };
        changes.findings.extend(about.rows(found, &story.entries, &entries));
    }
    renewals(&around.neighbours, &mut changes.renewed);
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
    /// Converts findings to rows; `own` and `others` are the entries in which their events are looked up.
    fn rows(&self, found: Vec<Finding>, own: &[Entry], others: &[&[Entry]]) -> Vec<FindingRow> {
        let title = self.title.clone().unwrap_or_else(|| self.subject.id().to_owned());
        let happened = |seq: i64| {
            let all = own.iter().chain(others.iter().copied().flatten());
            all.into_iter().find(|entry| entry.seq == seq).map_or(self.last_at, |entry| entry.occurred_at)
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
/// one, or not at all.
fn renewals(rows: &[RenewalCandidateRow], renewed: &mut [BTreeSet<String>; 3]) {
    let mut of_contractor = BTreeMap::<(&str, bool), Vec<&RenewalCandidateRow>>::new();
    for row in rows {
        let whose = row.contractor_id.as_deref().unwrap_or_default();
        of_contractor.entry((whose, row.is_test)).or_default().push(row);
    }
    for ((whose, _), rows) in of_contractor {
        let others: Vec<RenewalCandidate> =
            rows.iter().filter(|_| !whose.is_empty()).map(|row| neighbour(row)).collect();
        for row in rows {
            let [signed, offered, none] = &mut *renewed;
            let ids = match timeline::renewal(&row.id.as_str().into(), &others) {
                Renewal::Signed => signed,
                Renewal::Offered => offered,
                Renewal::Nothing => none,
            };
            ids.insert(row.id.clone());
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
