//! The overview page.

use super::story::entries_of_messages;
use super::summaries::{contracts, day};
use super::{StoreReadModel, findings};
use crate::store::projections::row::HOUR;
use crate::store::{Store, StoreError, instant};
use crate::stories::stored::corrupt;
use app::view::catalog::EventTally;
use app::view::overview::{MAX_BEHIND, Overview, WrongAddresses};
use domain::account::Role;
use domain::event::{EventType, Mode};
use domain::health::{self, CannotStore, EndpointHealth, Hour};
use domain::lifecycle::contract::{ContractState, Phase};
use domain::policy::{Thing, sees};
use domain::query::moment::Moment;
use domain::timeline::Entry;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// Rows of each short list.
const ROWS: i64 = 8;
/// Number of events shown.
const RECENT: usize = 12;
/// Number of newest arrivals they are chosen from: more than are shown, as a replay brings old events after new ones.
const LOOKED_AT: i64 = 60;
/// The range of "ending soon", in days.
const SOON_DAYS: u16 = 14;

pub(super) async fn overview(
    reader: &StoreReadModel,
    now: Timestamp,
    role: Option<Role>,
) -> Result<Overview, StoreError> {
    let store = &reader.store;
    let today = day(now);
    let day_ago = now.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
    // Whole minutes, so the last day is up to 59 seconds longer.
    let minute = day_ago.as_millisecond().div_euclid(60_000);
    let a_day_ago = minute * 60_000;
    let [live, late, unreadable] = store.count_arrivals(minute).await?;
    let is_operator = sees(role, Thing::OperatorNotices);
    let wrong_addresses = if is_operator { wrong_addresses(store, day_ago).await? } else { None };
    Ok(Overview {
        last_received_at: store.find_last_received().await?.map(instant).transpose()?,
        since: instant(a_day_ago)?,
        endpoints: endpoints(reader, minute, day_ago, now).await?,
        received_last_day: live.unsigned_abs(),
        cannot_store: reader.cannot_store().map(|found| if is_operator { found } else { without_reason(found) }),
        wrong_addresses,
        refused_last_day: store.count_refused(day_ago).await?.unsigned_abs(),
        refused_last_day_kept: store.count_refused_kept(day_ago).await?.unsigned_abs(),
        unreadable_last_day: unreadable.unsigned_abs(),
        late_last_day: late.unsigned_abs(),
        behind: store.count_waiting(i64::try_from(MAX_BEHIND).unwrap_or(i64::MAX)).await?.unsigned_abs(),
        running: running(store, today).await?,
        contractors: store.count_contractors().await?.unsigned_abs(),
        open_offers: contracts(&store.list_open_offers(ROWS).await?, today)?,
        ending_soon: contracts(&store.list_ending(today, SOON_DAYS, ROWS).await?, today)?,
        findings: findings::most_severe(store, now, role, ROWS).await?,
        recent: recent(store, now.into()).await?,
        webhook_url: reader.webhook_url.clone(),
        warnings: if is_operator { reader.warnings.clone() } else { Vec::new() },
    })
}

fn without_reason(found: CannotStore) -> CannotStore {
    CannotStore { reason: String::new(), ..found }
}

async fn wrong_addresses(store: &Store, since: Timestamp) -> Result<Option<WrongAddresses>, StoreError> {
    let row = store.find_wrong_addresses(since).await?;
    let (Some(last_path), Some(minute)) = (row.last_path, row.last_minute) else { return Ok(None) };
    let last_at = instant(minute.saturating_mul(60_000))?;
    Ok(Some(WrongAddresses { count: row.count.unsigned_abs(), last_path, last_at }))
}

/// Returns the names of the endpoints whose health is shown.
pub(super) async fn endpoint_names(reader: &StoreReadModel) -> Result<Vec<String>, StoreError> {
    if reader.endpoints.is_empty() { reader.store.list_endpoints().await } else { Ok(reader.endpoints.clone()) }
}

/// Returns the health of each endpoint; its last 24 hours begin at `minute`.
async fn endpoints(
    reader: &StoreReadModel,
    minute: i64,
    day_ago: Timestamp,
    now: Timestamp,
) -> Result<Vec<EndpointHealth>, StoreError> {
    let store = &reader.store;
    let refused = store.count_refused_at_each(day_ago).await?;
    let mut all = Vec::new();
    for name in endpoint_names(reader).await? {
        let rows = store.list_arrival_hours(&name, health::first_hour(now) * HOUR).await?;
        let hours = rows
            .iter()
            .map(|row| Ok(Hour { hour: row.start.div_euclid(HOUR), count: row.live, last_at: instant(row.last_at)? }));
        let hours = hours.collect::<Result<Vec<_>, StoreError>>()?;
        let last_at = match hours.last() {
            Some(hour) => Some(hour.last_at),
            None => store.find_last_arrival(&name).await?.map(instant).transpose()?,
        };
        let received = store.count_arrivals_at(&name, minute).await?.unsigned_abs();
        let refused = refused.get(&name).map_or(0, |count| count.unsigned_abs());
        all.push(health::of_endpoint(name, &hours, last_at, (received, refused), now));
    }
    Ok(all)
}

/// Counts running contracts by their phase before the end, of which each has one.
async fn running(store: &Store, today: Date) -> Result<[(Phase, u64); 3], StoreError> {
    let mut running = [Phase::Active, Phase::UnderNotice, Phase::Ending].map(|phase| (phase, 0));
    for (state, count) in store.count_running(today).await? {
        let state = ContractState::parse(&state).ok_or_else(|| corrupt("state of a contract", &state))?;
        let phase = Phase::on(today, state, None, None);
        if let Some((_, total)) = running.iter_mut().find(|(of, _)| *of == phase) {
            *total += count.unsigned_abs();
        }
    }
    Ok(running)
}

/// Returns the latest events among the newest arrivals.
async fn recent(store: &Store, moment: Moment) -> Result<Vec<Entry>, StoreError> {
    let mut entries = entries_of_messages(store, &store.list_newest_stored(LOOKED_AT).await?, moment).await?;
    entries.sort_by_key(|entry| std::cmp::Reverse((entry.occurred_at, entry.seq)));
    // Samples that an earlier version stored as live are no live events.
    entries.retain(|entry| entry.mode == Mode::Live);
    entries.truncate(RECENT);
    Ok(entries)
}

/// Returns the tallies: the 15 types of the catalog in its order, then unknown ones by name.
pub(super) async fn tallies(reader: &StoreReadModel) -> Result<Vec<EventTally>, StoreError> {
    let none = |event_type| EventTally { event_type, live: 0, test: 0, first_at: None, last_at: None };
    let mut tallies: Vec<EventTally> = EventType::KNOWN.into_iter().map(none).collect();
    for row in reader.store.list_tallies().await? {
        let event_type = EventType::parse(&row.event_type);
        let place = tallies.iter().position(|tally| tally.event_type == event_type);
        let place = place.unwrap_or_else(|| {
            tallies.push(none(event_type));
            tallies.len() - 1
        });
        let tally = &mut tallies[place];
        match row.mode.as_str() {
            "live" => tally.live += row.count.unsigned_abs(),
            _ => tally.test += row.count.unsigned_abs(),
        }
        let (first, last) = (instant(row.first_at)?, instant(row.last_at)?);
        tally.first_at = Some(tally.first_at.map_or(first, |known| known.min(first)));
        tally.last_at = Some(tally.last_at.map_or(last, |known| known.max(last)));
    }
    Ok(tallies)
}
