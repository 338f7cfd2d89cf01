//! How long one more event takes to be in the lists, by the number of contracts on its requisition or of its contractor.

use clap::Args;
use domain::event;
use domain::query::outcome::Outcome;
use domain::timeline::TimeOrigin;
use jiff::{SignedDuration, Timestamp};
use junoscope::background;
use junoscope::clock::Clock;
use junoscope::load::LoadGate;
use junoscope::projector::{self, Projector};
use junoscope::store::Store;
use junoscope::store::log::{Bounds, NewMessage};
use serde_json::{Value, json};
use std::error::Error;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Which database to fill.
#[derive(Args)]
pub struct Plan {
    /// An empty database
    #[arg(long)]
    database_url: String,
    /// How often one more event is sent in each case
    #[arg(long, default_value_t = 15)]
    events: u32,
}

/// A case: its name, the number of contracts, and whether one contractor has all of them.
const CASES: [(&str, u32, bool); 4] = [
    ("10 contracts on its requisition", 10, false),
    ("500 contracts on its requisition", 500, false),
    ("5,000 contracts on its requisition", 5_000, false),
    ("500 contracts of its contractor", 500, true),
];

/// Messages per transaction while the database is filled.
const AT_ONCE: usize = 256;
/// Pause between two events, so that each finds the projector idle.
const PAUSE: Duration = Duration::from_millis(700);
/// Maximum time for an event to be in the lists.
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs every case; returns one object per case, with times in milliseconds.
pub fn run(plan: &Plan) -> Result<Value, Box<dyn Error>> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(measure(plan))
}

async fn measure(plan: &Plan) -> Result<Value, Box<dyn Error>> {
    let store = Store::connect(&plan.database_url).await?;
    store.migrate().await?;
    let start = Clock::system().now().saturating_sub(SignedDuration::from_hours(48))?;
    let mut log = Log { store: store.clone(), at: start, sent: 0 };
    for case in CASES {
        let all: Vec<NewMessage> = log.case(case)?;
        for some in all.chunks(AT_ONCE) {
            log.append(some).await?;
        }
    }
    projector::rebuild(&store, |_, _| ()).await?;

    let (commits, wake) = watch::channel(0);
    let stop = CancellationToken::new();
    let running = background::start("projector", store.clone(), {
        let stop = stop.clone();
        move |store| Projector::new(store).run(wake, LoadGate::default(), stop)
    });
    let mut measured = Vec::new();
    for (name, contracts, of_one) in CASES {
        let mut times = Vec::new();
        for round in 0..plan.events {
            tokio::time::sleep(PAUSE).await;
            let title = format!("Title {round}");
            let message =
                log.message("custom_fields_updated", &contract(contracts, of_one, round % contracts, &title))?;
            let started = Instant::now();
            let last = log.append(&[message]).await?;
            commits.send_replace(last);
            while store.count_waiting(1).await? > 0 {
                if started.elapsed() > PATIENCE {
                    return Err(format!("{name}: an event was not in the lists after {PATIENCE:?}").into());
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            times.push(started.elapsed().as_secs_f64() * 1_000.0);
        }
        times.sort_by(f64::total_cmp);
        let median = times.get(times.len() / 2).copied().unwrap_or_default();
        measured.push(json!({ "name": name, "median_ms": median, "max_ms": times.last() }));
    }
    stop.cancel();
    running.await?;
    store.close().await;
    Ok(Value::from(measured))
}

/// The events sent so far.
struct Log {
    store: Store,
    at: Timestamp,
    sent: u64,
}

impl Log {
    /// Returns the events that make a case: every contract is offered and accepted, and its requisition is exceeded.
    fn case(&mut self, (_, contracts, of_one): (&str, u32, bool)) -> Result<Vec<NewMessage>, Box<dyn Error>> {
        let mut all = Vec::new();
        for number in 0..contracts {
            for event in ["offered", "accepted"] {
                all.push(self.message(event, &contract(contracts, of_one, number, "Title"))?);
            }
        }
        Ok(all)
    }

    fn message(&mut self, event: &str, object: &Value) -> Result<NewMessage, Box<dyn Error>> {
        self.sent += 1;
        self.at = self.at.checked_add(SignedDuration::from_secs(1))?;
        let event_type = format!("client.contract.{event}");
        let data = json!({ "object": object });
        let body = json!({ "api_version": "2024-04-10", "event_type": event_type, "mode": "live", "data": data });
        let body = body.to_string().into_bytes();
        let label = event::label(&body);
        Ok(NewMessage {
            endpoint: "yunojuno".to_owned(),
            message_id: format!("msg_{}", self.sent),
            received_at: self.at,
            sent_at: self.at,
            occurred_at: self.at,
            occurred_from: TimeOrigin::MessageId,
            event_type: label.event_type,
            mode: label.mode,
            outcome: Outcome::Stored,
            reason: None,
            headers: "[]".to_owned(),
            remote: None,
            signed_with: "0badcafe".to_owned(),
            body: body.into(),
        })
    }

    async fn append(&self, messages: &[NewMessage]) -> Result<i64, Box<dyn Error>> {
        Ok(self.store.append(messages, &[], Bounds { requests: 1_000, bytes: 1 << 20 }).await?.last_seq)
    }
}

/// Returns a contract of a case, as in its events. On a requisition with many contracts each has a contractor of its own;
/// the contracts of one contractor draw on none.
fn contract(contracts: u32, of_one: bool, number: u32, title: &str) -> Value {
    let case = format!("{contracts}_{of_one}");
    let contractor = if of_one { format!("clct_{case}") } else { format!("clct_{case}_{number}") };
    let requisition = json!({
        "spend_request_id": format!("spreq_{case}"), "title": "Budget", "amount": "25000.00", "currency": "GBP",
        "amount_type": "TOTAL",
    });
    json!({
        "contract_id": format!("ct_{case}_{number}"),
        "client_contact": { "client_contact_id": contractor },
        "freelancer": { "full_name": "Amara Okoye", "email": "amara@example.com" },
        "client": { "client_id": "cl_1", "name": "Northwind Studios" },
        "hirers": [{ "hirer_id": "hp_1", "full_name": "Priya Raman" }],
        "title": title,
        "start_date": "2026-03-02",
        "end_date": "2026-05-29",
        "rate": { "value": "450.00", "currency": "GBP", "unit": "DAY" },
        "spend_request": if of_one { Value::Null } else { requisition },
    })
}
