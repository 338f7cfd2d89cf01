//! The messages of one batch, parsed, and the subjects they affect. Pure.

use super::volume::Volume;
use crate::collation::{search_form, sort_key};
use crate::store::projections::is_key;
use crate::store::projections::row::{
    Arrivals, Changes, EndpointArrivals, FilterValue, HOUR, HirerName, MINUTE, Mention, Message, SubjectName, Tally,
};
use crate::stories::list_rows::client_id;
use crate::stories::parse::{happening, instant};
use domain::event::contact::tidy;
use domain::event::{Event, Mode, Payload};
use domain::id::Subject;
use domain::timeline::{self, StoredEvent, TimeOrigin};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A parsed batch.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// The readable messages by sequence number.
    pub(super) happenings: BTreeMap<i64, Arc<StoredEvent>>,
    /// Mentions, tallies, arrivals and names; list rows are added later.
    pub(super) changes: Changes,
}

impl Batch {
    /// Returns the ids of the subjects of one kind that this batch mentions.
    pub(super) fn touched(&self, kind: &str) -> BTreeSet<&str> {
        let of_kind = self.changes.mentions.iter().filter(|mention| mention.kind == kind);
        of_kind.map(|mention| mention.subject_id.as_str()).collect()
    }
}

/// Parses every body once. `again` are messages that another endpoint received first: they are counted there.
pub(super) fn read(messages: &[Message], again: &BTreeSet<i64>) -> Batch {
    let mut batch = Batch::default();
    let mut tallies = BTreeMap::<(String, &str), Tally>::new();
    let mut arrivals = BTreeMap::<i64, Arrivals>::new();
    let mut at_endpoints = BTreeMap::<(&str, i64, i64), EndpointArrivals>::new();
    let mut volume = Volume::default();
    let mut hirers = BTreeMap::<String, HirerName>::new();
    let mut choices = BTreeMap::<(&str, String, String), FilterValue>::new();
    let mut names = Names::new();
    for message in messages {
        let happening = happening(message, 1);
        // The mode as parsed today, which an earlier version may have stored differently.
        let filed = || message.mode.as_deref().map(Mode::parse).unwrap_or_default();
        let mode = happening.as_ref().map_or_else(filed, |happening| happening.event.mode);
        volume.add(message, mode);
        if mode == Mode::Live {
            arrive_at(&mut at_endpoints, message);
        }
        if !again.contains(&message.seq) {
            tally(&mut tallies, message, mode);
            arrive(&mut arrivals, message, mode);
        }
        let Some(happening) = happening else { continue };
        batch.changes.mentions.extend(mentions(message, &happening.event));
        name_hirers(&mut hirers, message, &happening.event);
        choose(&mut choices, message, &happening.event);
        name(&mut names, message, &happening.event);
        batch.happenings.insert(message.seq, Arc::new(happening));
    }
    batch.changes.tallies = tallies.into_values().collect();
    batch.changes.arrivals = arrivals.into_values().collect();
    batch.changes.endpoint_arrivals = at_endpoints.into_values().collect();
    batch.changes.volume = volume.into_rows().collect();
    batch.changes.hirers = hirers.into_values().collect();
    batch.changes.choices = choices.into_values().collect();
    let naming = |((kind, subject_id, name), (first_at, known_at)): ((&str, _, _), _)| SubjectName {
        kind: kind.to_owned(),
        subject_id,
        name,
        first_at,
        known_at,
    };
    batch.changes.names = names.into_iter().map(naming).collect();
    batch
}

fn mentions(message: &Message, event: &Event) -> Vec<Mention> {
    let subjects = event.about();
    let mention = |(place, subject): (usize, &Subject)| Mention {
        kind: subject.kind().to_owned(),
        subject_id: subject.id().to_owned(),
        is_own: place == 0,
        is_live: event.mode == Mode::Live,
        occurred_at: message.occurred_at,
        received_at: message.received_at,
        message_id: message.message_id.clone(),
        seq: message.seq,
    };
    subjects.iter().enumerate().filter(|(_, subject)| is_key(subject.id())).map(mention).collect()
}

fn tally(tallies: &mut BTreeMap<(String, &str), Tally>, message: &Message, mode: Mode) {
    let Some(event_type) = message.event_type.clone() else { return };
    let mode = mode.as_str();
    let tally = tallies.entry((event_type.clone(), mode)).or_insert_with(|| Tally {
        event_type,
        mode: mode.to_owned(),
        count: 0,
        first_at: message.received_at,
        last_at: message.received_at,
    });
    tally.count += 1;
    tally.first_at = tally.first_at.min(message.received_at);
    tally.last_at = tally.last_at.max(message.received_at);
}

fn arrive(arrivals: &mut BTreeMap<i64, Arrivals>, message: &Message, mode: Mode) {
    let minute = message.received_at.div_euclid(60_000);
    let row = arrivals.entry(minute).or_insert_with(|| Arrivals { minute, ..Arrivals::default() });
    let origin = TimeOrigin::parse(&message.occurred_from);
    let is_late = timeline::is_late(instant(message.occurred_at), origin, instant(message.received_at));
    row.live += i64::from(mode == Mode::Live);
    row.late += i64::from(mode == Mode::Live && is_late);
    row.unreadable += i64::from(message.outcome == "unreadable");
}

fn arrive_at<'a>(arrivals: &mut BTreeMap<(&'a str, i64, i64), EndpointArrivals>, message: &'a Message) {
    let minute = message.received_at.div_euclid(60_000);
    for span in [MINUTE, HOUR] {
        let start = minute - minute.rem_euclid(span);
        let row = arrivals.entry((&message.endpoint, span, start)).or_insert_with(|| EndpointArrivals {
            endpoint: message.endpoint.clone(),
            span,
            start,
            live: 0,
            last_at: message.received_at,
        });
        row.live += 1;
        row.last_at = row.last_at.max(message.received_at);
    }
}

/// Names of subjects in the messages read so far: kind, id and name, with the first times of event and arrival.
type Names = BTreeMap<(&'static str, String, String), (i64, i64)>;

/// Collects the searchable texts of an event's subjects: each name and the id of contractors and requisitions, and for
/// contracts, of which there are many, one text of title and contractor's name.
fn name(names: &mut Names, message: &Message, event: &Event) {
    for subject in event.about().into_iter().filter(|subject| is_key(subject.id())) {
        let id = subject.id().to_owned();
        let told = match (&subject, &event.payload) {
            (Subject::Contractor(_), Payload::Contact(contact)) => {
                vec![contact.person.name.as_ref(), contact.person.email.as_ref(), Some(&id)]
            }
            (Subject::Contractor(_), Payload::Contract(contract)) => {
                vec![contract.person.name.as_ref(), contract.person.email.as_ref(), Some(&id)]
            }
            (Subject::Requisition(_), Payload::Requisition(of)) => {
                vec![of.title.as_ref(), of.external_id.as_ref(), Some(&id)]
            }
            (Subject::Requisition(_), Payload::Contract(contract)) => {
                let of = contract.requisition.as_ref();
                vec![of.and_then(|of| of.title.as_ref()), of.and_then(|of| of.external_id.as_ref()), Some(&id)]
            }
            (Subject::Contractor(_) | Subject::Requisition(_), _)
            | (Subject::Contract(_), Payload::Unrecognised(_)) => vec![Some(&id)],
            (Subject::Contract(_), Payload::Contract(contract)) => {
                let parts = [contract.title.as_ref().or(Some(&id)), contract.person.name.as_ref()];
                // Joined by a line break, so that no word matches across the two.
                let text: Vec<String> = parts.into_iter().flatten().map(|part| search_form(part)).collect();
                first_called(names, message, (subject.kind(), id, text.join("\n")));
                continue;
            }
            (Subject::Contract(_) | Subject::Hirer(_), _) => continue,
        };
        for name in told.into_iter().flatten() {
            first_called(names, message, (subject.kind(), id.clone(), search_form(name)));
        }
    }
}

fn first_called(names: &mut Names, message: &Message, name: (&'static str, String, String)) {
    let first = names.entry(name).or_insert((message.occurred_at, message.received_at));
    *first = (first.0.min(message.occurred_at), first.1.min(message.received_at));
}

fn name_hirers(hirers: &mut BTreeMap<String, HirerName>, message: &Message, event: &Event) {
    let Payload::Contract(contract) = &event.payload else { return };
    for hirer in &contract.hirers {
        let (Some(id), Some(name)) = (&hirer.id, &hirer.name) else { continue };
        if !is_key(id.as_str()) {
            continue;
        }
        let named = HirerName {
            id: id.as_str().to_owned(),
            named_at: message.occurred_at,
            message_id: message.message_id.clone(),
            name: name.clone(),
        };
        // The newest event decides; of two names in one event the greater, so that the result does not depend on order.
        let kept = hirers.entry(named.id.clone()).or_insert_with(|| named.clone());
        if named > *kept {
            *kept = named;
        }
    }
}

/// Maximum length of a choice's name, in characters, so that an index key can contain it.
const LONGEST_NAME: usize = 200;

/// Collects the filter values that an event contains.
fn choose(choices: &mut BTreeMap<(&'static str, String, String), FilterValue>, message: &Message, event: &Event) {
    let mut offer = |facet: &'static str, value: &str, name: &str| {
        if value.is_empty() || !is_key(value) {
            return;
        }
        let name: String = name.chars().take(LONGEST_NAME).collect();
        let kept = choices.entry((facet, value.to_owned(), name.clone())).or_insert_with(|| FilterValue {
            facet: facet.to_owned(),
            value: value.to_owned(),
            search: search_form(&name),
            sort_key: sort_key(&name),
            name,
            named_at: message.occurred_at,
            message_id: message.message_id.clone(),
            first_at: message.occurred_at,
            known_at: message.received_at,
        });
        if (message.occurred_at, &message.message_id) > (kept.named_at, &kept.message_id) {
            kept.named_at = message.occurred_at;
            kept.message_id.clone_from(&message.message_id);
        }
        kept.first_at = kept.first_at.min(message.occurred_at);
        kept.known_at = kept.known_at.min(message.received_at);
    };
    let (client, fields) = match &event.payload {
        Payload::Contract(contract) => {
            for hirer in &contract.hirers {
                if let (Some(id), Some(name)) = (&hirer.id, &hirer.name) {
                    offer("hirer", id.as_str(), name);
                }
            }
            if let Some(currency) = contract.rate.as_ref().and_then(|rate| rate.currency.as_ref()) {
                offer("currency", currency.as_str(), currency.as_str());
            }
            (contract.client.as_ref(), &contract.custom_fields)
        }
        Payload::Contact(contact) => (contact.client.as_ref(), &contact.custom_fields),
        Payload::Requisition(requisition) => {
            if let Some(currency) = &requisition.currency {
                offer("currency", currency.as_str(), currency.as_str());
            }
            (None, &requisition.custom_fields)
        }
        Payload::Unrecognised(_) => return,
    };
    if let Some(client) = client
        && let Some(id) = client_id(client)
    {
        offer("client", &id, client.name.as_deref().unwrap_or(&id));
    }
    for field in fields {
        let name = tidy(&field.name);
        offer("field", &name, &name);
    }
}
