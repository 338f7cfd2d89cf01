//! How many requests arrived over time, and by the values of each filter of the list of deliveries.

use super::StoreReadModel;
use super::overview::endpoint_names;
use crate::store::people::Email;
use crate::store::projections::row::HOUR;
use crate::store::{Store, StoreError, instant};
use app::view::delivery::DeliveryView;
use domain::health::{self, Hour};
use domain::query::filter::DeliveryFilter;
use domain::query::view::always_there;
use domain::query::volume::{CountedRequests, Selection, Silence, Volume};
use domain::query::window::{self, Grain, Stretch, hour_of};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Maximum length of a stretch of time in which silences are looked for, in hours: in a longer one none could be seen.
const MAX_JUDGED: i64 = 100 * 24;

/// Returns the requests of the stretch of time that a filter asks for.
pub(super) async fn volume(
    reader: &StoreReadModel,
    filter: &DeliveryFilter,
    now: Timestamp,
) -> Result<Volume, StoreError> {
    let store = &reader.store;
    let first = store.find_first_hour().await?.unwrap_or_else(|| hour_of(now));
    let selection = Selection::of(filter, now);
    let stretch = selection.stretch(first, now);
    let counted = store.list_volume(stretch.grain(), stretch.from, stretch.until).await?;
    let (bars, facets) = selection.add_up(stretch, counted);
    let silences = silences(reader, filter.endpoint.as_deref(), stretch, now).await?;
    Ok(Volume {
        stretch,
        bars,
        facets,
        silences,
        is_more: selection.is_more,
        is_of_last_week: selection.is_of_any_time(),
    })
}

async fn silences(
    reader: &StoreReadModel,
    endpoint: Option<&str>,
    stretch: Stretch,
    now: Timestamp,
) -> Result<Vec<Silence>, StoreError> {
    let mut silences = Vec::new();
    if stretch.until - stretch.from > MAX_JUDGED {
        return Ok(silences);
    }
    let (from, until) = (window::instant(stretch.from), window::instant(stretch.until));
    for name in endpoint_names(reader).await? {
        if endpoint.is_some_and(|only| only != name) {
            continue;
        }
        let rows = reader.store.list_arrival_hours(&name, health::first_hour(from) * HOUR).await?;
        let hours = rows
            .iter()
            .map(|row| Ok(Hour { hour: row.start.div_euclid(HOUR), count: row.live, last_at: instant(row.last_at)? }));
        let hours = hours.collect::<Result<Vec<_>, StoreError>>()?;
        let found = health::unusual_silences(&hours, (from, until), now);
        silences.extend(found.into_iter().map(|(from, until)| Silence { endpoint: name.clone(), from, until }));
    }
    silences.sort_by_key(|silence| silence.from);
    Ok(silences)
}

/// Returns the views that a person sees: those that are always there, then saved ones, with the exact number of the
/// requests in each, where it is counted.
pub(super) async fn views(store: &Store, email: &Email, now: Timestamp) -> Result<Vec<DeliveryView>, StoreError> {
    let always = always_there(super::summaries::day(now));
    let always = always.map(|(name, filter)| DeliveryView { name: name.to_owned(), filter, saved: None, count: None });
    let saved = store.list_views(email).await?.into_iter().map(|view| DeliveryView {
        name: view.name.clone(),
        filter: view.filter.clone(),
        saved: Some(view),
        count: None,
    });
    let mut views: Vec<DeliveryView> = always.into_iter().chain(saved).collect();
    let mut sums = BTreeMap::<(Grain, i64, i64), Vec<CountedRequests>>::new();
    for view in &mut views {
        let selection = Selection::of(&view.filter, now);
        let Some((grain, from, until)) = selection.exact(now) else { continue };
        let counted = match sums.entry((grain, from, until)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(store.sum_volume(grain, from, until).await?),
        };
        view.count = Some(counted.iter().filter(|one| selection.admits(&one.kind)).map(|one| one.count).sum());
    }
    Ok(views)
}
