//! The requests that may match a search by the index, newest first.

use crate::collation::whole_search_form;
use crate::index::docs::Docs;
use crate::index::lookup::{LoadedSegment, blocks_of};
use crate::index::segment::{Level, Segment};
use crate::store::deliveries::DeliveryQuery;
use crate::store::{Store, StoreError};
use domain::event::EventType;
use domain::id::SubjectKind;
use domain::query::search::{Expr, Known, Pattern, Plan, Query, Term, TermHash, conditions, lookups, plan};
use jiff::Timestamp;
use std::collections::{BinaryHeap, HashMap};
use std::ops::Range;
use std::time::Instant;

/// Maximum number of requests in no segment. If more are, the index is of no use yet.
const MAX_UNINDEXED: i64 = 20_000;
/// Maximum number of subjects with a name that a search asks for: of more, each message about any subject may match.
const MAX_NAMED: usize = 2_000;
/// Maximum number of further attempts that a search looks for.
const MAX_REPEATED: i64 = 50_000;
/// Maximum number of segments read at once.
const MAX_GROUP: usize = 8;

/// Arrival, in milliseconds since 1970, and sequence number: the order of the list.
type Place = (i64, i64);

/// A walk through the requests that may match.
#[derive(Debug)]
pub(super) struct Indexed {
    plan: Plan,
    /// Every term and column of the plan, and those that each segment is asked for.
    terms: Vec<TermHash>,
    /// The segments that are left, the one with the newest arrival last.
    segments: Vec<Segment>,
    group: usize,
    /// Sequence numbers that were looked up.
    done: Vec<Range<i64>>,
    /// Requests that may match, and whose turn has not come.
    waiting: BinaryHeap<Place>,
    /// Requests at this place or after it are not looked for.
    before: Option<Place>,
    arrivals: Range<i64>,
    /// The number of requests told of by segments.
    told: u64,
}

/// How a search begins.
pub(super) enum Beginning {
    /// With the index.
    Walk(Box<Indexed>),
    /// Without it, as so many requests are not in it.
    Behind(u64),
}

impl Indexed {
    /// Begins a walk, unless the index is too far behind.
    pub(super) async fn begin(
        store: &Store,
        wanted: &DeliveryQuery,
        query: &Query,
        now: Timestamp,
    ) -> Result<Beginning, StoreError> {
        // The segments are read first: what is indexed meanwhile is only looked at twice.
        let segments = store.list_segments().await?;
        let position = segments.last().map_or(0, Segment::end_seq);
        // Without segments there is nothing that the index could tell.
        let limit = if segments.is_empty() { 0 } else { MAX_UNINDEXED };
        let Some(unindexed) = store.list_unindexed(position, wanted.head, limit).await? else {
            let count = wanted.head.saturating_add(1).saturating_sub(position.max(1));
            // Less than a segment is never indexed, and is not behind.
            let is_behind = usize::try_from(count).is_ok_and(|count| count > Level::SMALL.size());
            return Ok(Beginning::Behind(if is_behind { count.unsigned_abs() } else { 0 }));
        };
        let query = joined(query, wanted);
        let plan = planned(store, &query, now).await?;
        let mut terms = vec![TermHash::EVERY, TermHash::PARTIAL, TermHash::ARRIVAL];
        plan.add_hashes(&mut terms);
        let of_query = conditions(&query, now);
        let bound =
            |at: Option<Timestamp>, form: Option<i64>| at.map(Timestamp::as_millisecond).into_iter().chain(form);
        let mut walk = Self {
            plan,
            terms,
            segments: Vec::new(),
            group: 1,
            done: Vec::new(),
            waiting: BinaryHeap::new(),
            before: wanted.before,
            arrivals: bound(of_query.after, wanted.from).max().unwrap_or(i64::MIN)
                // Bounds of a search are instants between milliseconds.
                ..of_query.before.map(|at| at.as_millisecond().saturating_add(1)).into_iter().chain(wanted.until).min().unwrap_or(i64::MAX),
            told: 0,
        };
        walk.done.push(position..i64::MAX);
        walk.set_segments(segments);
        for place in unindexed {
            walk.tell(place, true);
        }
        Ok(Beginning::Walk(Box::new(walk)))
    }

    /// Sets the segments that are left.
    fn set_segments(&mut self, mut segments: Vec<Segment>) {
        segments.retain(|segment| {
            let is_done =
                self.done.iter().any(|done| done.start <= segment.first_seq() && segment.end_seq() <= done.end);
            let is_newer = self.before.is_some_and(|(at, _)| segment.from_at > at);
            !is_done && !is_newer && segment.from_at < self.arrivals.end && segment.until_at >= self.arrivals.start
        });
        segments.sort_by_key(|segment| (segment.until_at, segment.number));
        self.segments = segments;
    }

    /// Counts a request that is asked for, and keeps it if it may match.
    fn tell(&mut self, place: Place, may_match: bool) {
        if self.before.is_some_and(|before| place >= before) || !self.arrivals.contains(&place.0) {
            return;
        }
        self.told = self.told.saturating_add(1);
        if may_match {
            self.waiting.push(place);
        }
    }

    /// Returns at most `limit` requests that may match, newest first. None are returned at the end, and when the deadline
    /// has passed and no request is known to be the next.
    pub(super) async fn next(
        &mut self,
        store: &Store,
        limit: usize,
        deadline: Instant,
    ) -> Result<Vec<Place>, StoreError> {
        loop {
            let newest = self.segments.last().map_or(i64::MIN, |segment| segment.until_at);
            let mut candidates = Vec::new();
            while candidates.len() < limit
                && self.waiting.peek().is_some_and(|place| self.segments.is_empty() || place.0 > newest)
            {
                candidates.extend(self.waiting.pop());
            }
            if !candidates.is_empty() || self.segments.is_empty() {
                return Ok(candidates);
            }
            self.load(store).await?;
            if Instant::now() >= deadline && self.waiting.is_empty() {
                return Ok(Vec::new());
            }
        }
    }

    /// Loads the next segments.
    async fn load(&mut self, store: &Store) -> Result<(), StoreError> {
        let group = self.segments.split_off(self.segments.len().saturating_sub(self.group));
        self.group = (self.group * 2).min(MAX_GROUP);
        for level in Level::ALL {
            let segments: Vec<Segment> = group.iter().filter(|segment| segment.level == level).copied().collect();
            if segments.is_empty() {
                continue;
            }
            let numbers: Vec<i64> = segments.iter().map(|segment| segment.number).collect();
            let mut blocks = HashMap::<i64, HashMap<i64, Vec<u8>>>::new();
            for row in store.list_blocks(level, &numbers, &blocks_of(&self.terms, level)).await? {
                blocks.entry(row.number).or_default().insert(row.block, row.terms);
            }
            for segment in segments {
                let blocks = blocks.remove(&segment.number).unwrap_or_default();
                let loaded = LoadedSegment { segment, blocks };
                let every = loaded.every();
                if every.count() == 0 && segment.until_at >= segment.from_at {
                    // It was merged into a larger one since the segments were read.
                    let all = store.list_segments().await?;
                    self.set_segments(all);
                    return Ok(());
                }
                self.add(&loaded, &every);
            }
        }
        Ok(())
    }

    fn add(&mut self, loaded: &LoadedSegment, every: &Docs) {
        let told = loaded.tell(&self.plan);
        let (first, end) = (loaded.segment.first_seq(), loaded.segment.end_seq());
        let may_match = |seq: i64| u16::try_from(seq - first).is_ok_and(|doc| told.perhaps.contains(doc));
        if self.is_asked_for(&loaded.segment) {
            // Nothing else is read of a request that does not match: a million arrivals take longer than all else.
            self.told = self.told.saturating_add(every.count());
            self.waiting.extend(loaded.arrivals(&told.perhaps));
        } else {
            for place in loaded.arrivals(every) {
                // Of a segment that others were merged into, a part may be done.
                if !self.done.iter().any(|done| done.contains(&place.1)) {
                    self.tell(place, may_match(place.1));
                }
            }
        }
        self.done.push(first..end);
    }

    /// Returns whether every request of a segment is asked for, and none of them is done.
    fn is_asked_for(&self, segment: &Segment) -> bool {
        let is_done = |done: &Range<i64>| done.start < segment.end_seq() && segment.first_seq() < done.end;
        self.before.is_none_or(|(at, _)| segment.until_at < at)
            && self.arrivals.contains(&segment.from_at)
            && self.arrivals.contains(&segment.until_at)
            && !self.done.iter().any(is_done)
    }

    /// Returns whether no request is left.
    pub(super) fn is_end(&self) -> bool {
        self.segments.is_empty() && self.waiting.is_empty()
    }

    /// Returns a place such that every request there or after it was returned, if it may match.
    pub(super) fn place(&self) -> Option<Place> {
        let segment = self.segments.last().map(|segment| segment.until_at);
        let waiting = self.waiting.peek().map(|place| place.0);
        segment.max(waiting).map(|at| (at, i64::MAX))
    }

    /// Returns the number of requests that were told of, and do not wait.
    pub(super) fn covered(&self) -> u64 {
        self.told.saturating_sub(u64::try_from(self.waiting.len()).unwrap_or(u64::MAX))
    }
}

/// Adds what the form asks for to a search.
fn joined(query: &Query, wanted: &DeliveryQuery) -> Query {
    let whole = |text: &String| Pattern { text: text.clone(), is_prefix: false };
    let mut parts: Vec<Expr> = query.root.iter().cloned().collect();
    let mut add = |term: Term| parts.push(Expr::Term(term));
    if let Some(types) = &wanted.event_types {
        add(Term::Type(types.iter().map(whole).collect()));
    }
    if let Some(outcome) = wanted.outcome {
        add(Term::Outcome(vec![outcome]));
    }
    if let Some(endpoint) = &wanted.endpoint {
        add(Term::Endpoint(vec![endpoint.clone()]));
    }
    if let Some(mode) = wanted.mode {
        add(Term::Mode(vec![mode]));
    }
    Query { root: (!parts.is_empty()).then(|| Expr::all(parts)) }
}

/// Looks up what a search needs, and plans it.
async fn planned(store: &Store, query: &Query, now: Timestamp) -> Result<Plan, StoreError> {
    let needed = lookups(query);
    let mut named = HashMap::<(&str, &str), Option<Vec<String>>>::new();
    for (kind, pattern) in &needed.names {
        let folded = whole_search_form(&pattern.text);
        let words: Vec<&str> = folded.split(|letter: char| !letter.is_alphanumeric()).collect();
        let ids = store.list_ids_named(*kind, words.join(" ").trim(), MAX_NAMED).await?;
        named.insert((kind.as_str(), pattern.text.as_str()), ids);
    }
    let mut types = if needed.types { store.list_event_types().await? } else { Vec::new() };
    types.extend(EventType::KNOWN.iter().map(|known| known.as_str().to_owned()));
    let repeated = if needed.repeated { store.list_repeated(MAX_REPEATED).await? } else { None };
    Ok(plan(
        query,
        &Known {
            now,
            fold: &whole_search_form,
            types: &types,
            named: &|kind: SubjectKind, pattern: &Pattern| {
                named.get(&(kind.as_str(), pattern.text.as_str())).cloned().flatten()
            },
            repeated: repeated.as_deref(),
        },
    ))
}
