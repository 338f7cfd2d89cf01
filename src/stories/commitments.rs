//! The commitments of a contract over time, as stored beside its list row. Pure.

use super::parse::instant;
use crate::store::projections::row::CommitmentsRow;
use domain::commitment::{self, Commitment, CommitmentState};
use domain::event::{EventType, Payload};
use domain::id::ContractId;
use domain::money::{Currency, Money};
use domain::timeline::StoredEvent;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A commitment as a JSON list: one contract has several, and one requisition thousands of contracts.
#[derive(Serialize, Deserialize)]
struct Stored<'a>(
    i64,
    i64,
    #[serde(borrow)] Text<'a>,
    Text<'a>,
    Option<Priced<'a>>,
    Option<Priced<'a>>,
    Option<Text<'a>>,
);

/// A text, borrowed unless it has escapes: the histories of a requisition have tens of thousands.
#[derive(Serialize, Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// An exact decimal and a currency.
type Priced<'a> = (Text<'a>, Text<'a>);

/// Returns the commitments of a contract by its events; `None` if no event names a requisition.
pub(crate) fn of(id: &ContractId, happenings: &[StoredEvent]) -> Option<CommitmentsRow> {
    let draws = |one: &StoredEvent| match &one.event.payload {
        Payload::Contract(contract) => contract.requisition.is_some(),
        Payload::Contact(_) | Payload::Requisition(_) | Payload::Unrecognised(_) => false,
    };
    if !happenings.iter().any(draws) {
        return None;
    }
    let commitments = commitment::history(happenings);
    let stored: Vec<Stored<'_>> = commitments.iter().map(stored).collect();
    // Lists of numbers and texts can always be written as JSON.
    let history = serde_json::to_string(&stored).unwrap_or_else(|_| "[]".to_owned());
    Some(CommitmentsRow { id: id.to_string(), history })
}

/// Reads stored commitments; `None` if they are unreadable.
pub(crate) fn read(history: &str) -> Option<Vec<Commitment>> {
    let stored: Vec<Stored<'_>> = serde_json::from_str(history).ok()?;
    stored.iter().map(commitment).collect()
}

fn stored(commitment: &Commitment) -> Stored<'_> {
    let Commitment { at, seq, event_type, standing, amount, cost_per_day, draws_on } = commitment;
    let text = |text| Text(Cow::Borrowed(text));
    Stored(
        at.as_millisecond(),
        *seq,
        text(event_type.as_str()),
        text(standing.as_str()),
        amount.as_ref().map(priced),
        cost_per_day.as_ref().map(priced),
        draws_on.as_ref().map(|id| text(id.as_str())),
    )
}

fn priced(money: &Money) -> Priced<'_> {
    (Text(Cow::Owned(money.amount.to_string())), Text(Cow::Borrowed(money.currency.as_str())))
}

fn commitment(stored: &Stored<'_>) -> Option<Commitment> {
    let Stored(at, seq, event_type, standing, amount, cost_per_day, draws_on) = stored;
    let money = |priced: &Option<Priced<'_>>| match priced {
        None => Some(None),
        Some((amount, currency)) => {
            Some(Some(Money { amount: amount.0.parse().ok()?, currency: Currency::parse(&currency.0)? }))
        }
    };
    Some(Commitment {
        at: instant(*at),
        seq: *seq,
        event_type: EventType::parse(&event_type.0),
        standing: CommitmentState::parse(&standing.0)?,
        amount: money(amount)?,
        cost_per_day: money(cost_per_day)?,
        draws_on: draws_on.as_ref().map(|id| id.0.as_ref().into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::support::history::{TestMessage, history};
    use domain::id::{MessageId, Subject};
    use std::collections::BTreeMap;

    #[test]
    fn stored_commitments_are_read_as_they_were_written() {
        let mut of_contract = BTreeMap::<ContractId, Vec<StoredEvent>>::new();
        for (seq, told) in (1..).zip(history(9).iter().map(TestMessage::message)) {
            let Ok(event) = domain::event::parse(&told.body) else { continue };
            let Some(Subject::Contract(id)) = event.about().into_iter().next() else { continue };
            of_contract.entry(id).or_default().push(StoredEvent {
                seq,
                message_id: MessageId(told.message_id),
                occurred_at: told.occurred_at,
                occurred_from: told.occurred_from,
                received_at: told.received_at,
                attempts: 1,
                event: event.into(),
            });
        }
        let mut commitments = 0;
        for (id, happenings) in &of_contract {
            let Some(row) = of(id, happenings) else { continue };
            let read = read(&row.history).unwrap();
            assert_eq!(read, commitment::history(happenings));
            commitments += read.len();
        }
        assert!(commitments > 20, "only {commitments}");
    }

    #[test]
    fn what_is_no_history_is_refused() {
        assert_eq!(read("[]"), Some(Vec::new()));
        assert_eq!(read("{}"), None);
        assert_eq!(read(r#"[[0, 1, "client.contract.offered", "promised", null, null, null]]"#), None);
        assert_eq!(read(r#"[[0, 1, "client.contract.offered", "pending", ["x", "GBP"], null, null]]"#), None);
    }
}
