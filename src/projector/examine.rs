//! What is wrong with the subjects of a batch, and with those whose findings depend on them?
//!
//! A contract's events may break a rule about its requisition, and its dates keep one about another contract. So the
//! requisitions that the contracts of a batch draw on, or drew on before it, are looked at with every contract on them.

use super::EVERYTHING;
use super::gather::{Kind, messages_of};
use crate::store::projections::row::{Changes, ContractRow, FindingRow};
use crate::store::{Store, StoreError};
use app::budget;
use app::estimate::{self, Standing};
use app::findings;
use app::id::{ContractId, Subject};
use app::lifecycle::contract::ContractState;
use app::lifecycle::finding::Finding;
use app::lifecycle::rules::Limits;
use app::timeline::{self, ContractStory, Entry, Happening, Neighbour};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

type Messages = BTreeMap<String, BTreeSet<i64>>;

/// What is looked at, and the messages that tell of it.
pub(super) struct Around {
    contractors: Messages,
    /// Those of the batch, and all that draw on one of its requisitions.
    contracts: Messages,
    requisitions: Messages,
    /// The contracts of every contractor of the batch's contracts, as they are after the batch.
    neighbours: Vec<ContractRow>,
    /// The contracts of the batch itself: only their findings are replaced.
    own: BTreeSet<String>,
}

impl Around {
    /// Every message needed.
    pub(super) fn seqs(&self) -> impl Iterator<Item = i64> {
        let all = [&self.contractors, &self.contracts, &self.requisitions];
        all.into_iter().flat_map(|messages| messages.values().flatten().copied())
    }
}

/// Finds what a batch touches. `changes` holds the new rows, `stories` the messages of the batch's own subjects.
pub(super) async fn gather(
    store: &Store,
    changes: &Changes,
    stories: Vec<(Kind, Messages)>,
) -> Result<Around, StoreError> {
    let (mut contractors, mut contracts, mut requisitions) = (Messages::new(), Messages::new(), Messages::new());
    for (kind, messages) in stories {
        match kind {
            Kind::Contractor => contractors = messages,
            Kind::Contract => contracts = messages,
            Kind::Requisition => requisitions = messages,
        }
    }
    let own: BTreeSet<String> = contracts.keys().cloned().collect();
    let ids: Vec<&str> = own.iter().map(String::as_str).collect();
    let before = store.list_contracts_named(&ids, EVERYTHING).await?;
    let rows = || before.iter().chain(&changes.contracts);

    let drawn: BTreeSet<&str> = rows().filter_map(|row| row.requisition_id.as_deref()).collect();
    let further: Vec<&str> = drawn.into_iter().filter(|id| !requisitions.contains_key(*id)).collect();
    let further = messages_of(store, Kind::Requisition, &further, &changes.mentions, EVERYTHING).await?;
    requisitions.extend(further);
    let on: Vec<&str> = requisitions.keys().map(String::as_str).collect();
    let drawing = store.list_drawing(&on).await?;
    let others: Vec<&str> = drawing.iter().map(String::as_str).filter(|id| !own.contains(*id)).collect();
    contracts.extend(messages_of(store, Kind::Contract, &others, &changes.mentions, EVERYTHING).await?);

    let whose: BTreeSet<&str> = rows().filter_map(|row| row.contractor_id.as_deref()).collect();
    let whose: Vec<&str> = whose.into_iter().collect();
    let mut neighbours = changes.contracts.clone();
    for is_test in [false, true] {
        let known = store.list_contracts_of(&whose, is_test, EVERYTHING).await?;
        neighbours.extend(known.into_iter().filter(|row| !own.contains(&row.id)));
    }
    Ok(Around { contractors, contracts, requisitions, neighbours, own })
}

/// Puts the findings of everything touched into `changes`.
pub(super) fn examine(
    around: &Around,
    parsed: &HashMap<i64, Arc<Happening>>,
    altered: &BTreeSet<i64>,
    limits: Limits,
    changes: &mut Changes,
) {
    let told = |seqs: &BTreeSet<i64>| -> Vec<Happening> {
        seqs.iter().filter_map(|seq| parsed.get(seq)).map(|one| (**one).clone()).collect()
    };
    for (id, seqs) in &around.contractors {
        changes.examined.insert((Kind::Contractor.word(), id.clone()));
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
    let mut drawing = BTreeMap::<String, Vec<(ContractStory, Vec<Happening>)>>::new();
    for (id, seqs) in &around.contracts {
        let happenings = told(seqs);
        let is_own = around.own.contains(id);
        if is_own {
            changes.examined.insert((Kind::Contract.word(), id.clone()));
        }
        let Some(story) = timeline::contract(&happenings) else { continue };
        if is_own {
            let about = About {
                subject: Subject::Contract(story.facts.id.clone()),
                title: story.facts.title.clone(),
                contractor: story.facts.person.name.clone(),
                is_test: story.is_test,
                last_at: story.last_at,
            };
            changes.findings.extend(about.rows(findings::of_contract(&story, altered, limits), &story.entries, &[]));
        }
        if let Some(requisition) = &story.facts.requisition {
            drawing.entry(requisition.id.to_string()).or_default().push((story, happenings));
        }
    }
    for (id, seqs) in &around.requisitions {
        changes.examined.insert((Kind::Requisition.word(), id.clone()));
        let Some(story) = timeline::requisition(&id.as_str().into(), &told(seqs)) else { continue };
        let drawing = drawing.remove(id).unwrap_or_default();
        let (mut contracts, happenings): (Vec<_>, Vec<_>) = drawing
            .into_iter()
            .filter(|(contract, _)| contract.is_test == story.is_test)
            .map(|(contract, happenings)| ((contract, Vec::new()), happenings))
            .unzip();
        // What each event bound is worked out only where too much is bound: it takes a fold for every event.
        let remaining = budget::of(&story, &contracts).remaining;
        if remaining.is_some_and(|left| left.amount.is_sign_negative()) {
            for ((_, history), happenings) in contracts.iter_mut().zip(&happenings) {
                *history = estimate::history(happenings);
            }
        }
        let about = About {
            subject: Subject::Requisition(story.facts.id.clone()),
            title: story.facts.title.clone(),
            contractor: None,
            is_test: story.is_test,
            last_at: story.last_at,
        };
        let entries: Vec<&[Entry]> = contracts.iter().map(|(contract, _)| contract.entries.as_slice()).collect();
        let found = findings::of_requisition(&story, &contracts, altered, limits);
        changes.findings.extend(about.rows(found, &story.entries, &entries));
    }
    renewals(&around.neighbours, &mut changes.renewed);
}

/// Whom the rows are about.
struct About {
    subject: Subject,
    title: Option<String>,
    contractor: Option<String>,
    is_test: bool,
    last_at: Timestamp,
}

impl About {
    /// The rows of these findings; `own` and `others` are the entries their events are looked up in.
    fn rows(&self, found: Vec<Finding>, own: &[Entry], others: &[&[Entry]]) -> Vec<FindingRow> {
        let title = self.title.clone().unwrap_or_else(|| self.subject.id().to_owned());
        let searched = [Some(&title), self.contractor.as_ref()];
        let search = searched.into_iter().flatten().map(|part| part.to_lowercase()).collect::<Vec<_>>().join("\n");
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
            is_test: self.is_test,
            at: finding.from.unwrap_or_else(|| happened(finding.seq)).as_millisecond(),
            sentence: finding.sentence,
            advice: finding.advice,
            search: search.clone(),
        };
        found.into_iter().map(row).collect()
    }
}

/// Which of the contracts that run are renewed by another one of the same contractor and mode, and which are not.
fn renewals(rows: &[ContractRow], renewed: &mut [BTreeSet<String>; 2]) {
    let mut of_contractor = BTreeMap::<(&str, bool), Vec<&ContractRow>>::new();
    for row in rows {
        let whose = row.contractor_id.as_deref().unwrap_or_default();
        of_contractor.entry((whose, row.is_test)).or_default().push(row);
    }
    for ((whose, _), rows) in of_contractor {
        // What was taken back renews nothing.
        let holds = |row: &&&ContractRow| {
            ContractState::parse(&row.state).is_some_and(|state| estimate::standing(state) != Standing::Nothing)
        };
        let others: Vec<Neighbour> =
            rows.iter().filter(holds).filter(|_| !whose.is_empty()).map(|row| neighbour(row)).collect();
        for row in rows {
            let is_renewed = timeline::renewals(&neighbour(row), &others).1.is_some();
            let [yes, no] = renewed;
            if is_renewed { yes } else { no }.insert(row.id.clone());
        }
    }
}

fn neighbour(row: &ContractRow) -> Neighbour {
    let day = |text: &Option<String>| text.as_ref().and_then(|text| text.parse().ok());
    let renewal_ids: Vec<ContractId> = serde_json::from_str(&row.renewal_ids).unwrap_or_default();
    Neighbour {
        id: row.id.as_str().into(),
        start_on: day(&row.start_on),
        ends_on: day(&row.ends_on),
        renewal_ids,
        rate: None,
    }
}
