//! The terms of a request, by which an index finds it: hashes of its words, of the values at its paths, and of what is
//! known of it besides.

use super::ast::{day, time};
use super::evaluate::{self, Request};
use crate::event::{EventType, Family, Mode};
use crate::id::{Subject, SubjectKind};
use crate::number;
use crate::query::outcome::Outcome;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The version of the terms. Raise it whenever a request gets other terms than before: indexes are then made anew.
pub const TERMS_VERSION: u32 = 1;

/// Maximum number of terms of a request; one that has more is only partly indexed, and every search looks at it.
const MAX_TERMS: usize = 16_384;

/// Number of characters of a word whose beginnings are terms. A longer beginning is looked up by these.
pub(super) const PREFIX_CHARACTERS: usize = 6;

/// The hash of a term: XXH3 of its text, seeded with its kind and path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TermHash(pub u64);

/// The hash of a path, by the names of its fields; lists have no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Path(u64);

impl Path {
    /// The top of the body.
    pub(super) const TOP: Self = Self(1);
    /// `data.object`, where neither is in a list. Paths below it may be written without it.
    pub(super) const OBJECT: Self = Self(2);

    /// Returns the path of a field.
    pub(super) fn child(self, name: &str) -> Self {
        Self(xxh3_64_with_seed(name.as_bytes(), self.0))
    }
}

fn hash(kind: u64, text: &str) -> TermHash {
    TermHash(xxh3_64_with_seed(text.as_bytes(), kind))
}

fn at(kind: u64, path: Path, text: &str) -> TermHash {
    TermHash(xxh3_64_with_seed(text.as_bytes(), path.0.rotate_left(8) ^ kind))
}

impl TermHash {
    /// Every request.
    pub const EVERY: Self = Self(0);
    /// Requests with more terms than are indexed.
    pub const PARTIAL: Self = Self(1 << 60);
    /// The column of arrivals, in milliseconds since 1970.
    pub const ARRIVAL: Self = Self(2 << 60);
    /// The column of the time from the event to its arrival, in milliseconds.
    pub const LATENESS: Self = Self(3 << 60);

    pub(super) fn word(word: &str) -> Self {
        hash(1, word)
    }

    /// Two words in a row, with a space between.
    pub(super) fn pair(pair: &str) -> Self {
        hash(2, pair)
    }

    /// The beginning of a word, of at most [`PREFIX_CHARACTERS`].
    pub(super) fn prefix(prefix: &str) -> Self {
        hash(3, prefix)
    }

    pub(super) fn id(id: &str) -> Self {
        hash(4, id)
    }

    pub(super) fn about(kind: SubjectKind, id: &str) -> Self {
        hash(5 + 256 * u64::from(kind == SubjectKind::Contract) + 512 * u64::from(kind == SubjectKind::Requisition), id)
    }

    pub(super) fn event_type(name: &str) -> Self {
        hash(6, name)
    }

    pub(super) fn family(family: Family) -> Self {
        hash(7, family.as_str())
    }

    pub(super) fn outcome(outcome: Outcome) -> Self {
        hash(8, outcome.as_str())
    }

    pub(super) fn mode(mode: Mode) -> Self {
        hash(9, mode.as_str())
    }

    pub(super) fn endpoint(name: &str) -> Self {
        hash(10, name)
    }

    /// A value or an object at the path.
    pub(super) fn exists(path: Path) -> Self {
        at(11, path, "")
    }

    pub(super) fn null(path: Path) -> Self {
        at(12, path, "")
    }

    pub(super) fn bool(path: Path, value: bool) -> Self {
        at(13, path, if value { "true" } else { "false" })
    }

    /// A text, folded and trimmed.
    pub(super) fn text(path: Path, folded: &str) -> Self {
        at(14, path, folded)
    }

    /// The column of numbers, by [`number::Number::scaled`].
    pub(super) fn numbers(path: Path) -> Self {
        at(15, path, "")
    }

    /// The column of instants and of the beginnings of days in UTC, in milliseconds since 1970.
    pub(super) fn times(path: Path) -> Self {
        at(16, path, "")
    }
}

/// The terms of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Each once, ordered.
    pub hashes: Vec<TermHash>,
    /// Columns with their values. A column may have several.
    pub values: Vec<(TermHash, i64)>,
}

/// Returns the terms of a genuine request; `None` for a refused one, which is not indexed.
pub fn terms(request: &Request<'_>, fold: &dyn Fn(&str) -> String) -> Option<Terms> {
    if request.outcome == Outcome::Refused {
        return None;
    }
    let mut collector = Collector { fold, hashes: Vec::new(), values: Vec::new(), is_partial: false };
    collector.metadata(request);
    match serde_json::from_slice::<Value>(request.body) {
        Ok(body) => collector.value(&body, Path::TOP, true),
        // What is no JSON is searched as one text.
        Err(_) => std::str::from_utf8(request.body).into_iter().for_each(|text| collector.words(&fold(text))),
    }
    let Collector { mut hashes, values, is_partial, .. } = collector;
    hashes.extend(is_partial.then_some(TermHash::PARTIAL));
    hashes.sort_unstable();
    hashes.dedup();
    Some(Terms { hashes, values })
}

struct Collector<'a> {
    fold: &'a dyn Fn(&str) -> String,
    hashes: Vec<TermHash>,
    values: Vec<(TermHash, i64)>,
    is_partial: bool,
}

impl Collector<'_> {
    fn metadata(&mut self, request: &Request<'_>) {
        self.hashes.extend([TermHash::EVERY, TermHash::outcome(request.outcome), TermHash::endpoint(request.endpoint)]);
        self.hashes.extend(evaluate::mode(request).map(TermHash::mode));
        if let Some(name) = request.event_type {
            self.hashes.push(TermHash::event_type(name));
            self.hashes.extend(EventType::parse(name).family().map(TermHash::family));
        }
        self.values.push((TermHash::ARRIVAL, request.received_at.as_millisecond()));
        if let Some(at) = request.occurred_at {
            let late = request.received_at.as_millisecond().saturating_sub(at.as_millisecond());
            self.values.push((TermHash::LATENESS, late));
        }
        let subjects = || request.mentions.iter().map(|mention| mention.subject);
        self.hashes.extend(request.message_id.into_iter().chain(subjects().map(Subject::id)).map(TermHash::id));
        self.hashes.extend(
            subjects()
                .filter_map(|subject| SubjectKind::of(subject).map(|kind| (kind, subject)))
                .map(|(kind, subject)| TermHash::about(kind, subject.id())),
        );
        for text in request.message_id.into_iter().chain(request.event_type).chain(subjects().map(Subject::id)) {
            self.words(&(self.fold)(text));
        }
    }

    /// Adds a value and those inside. `is_direct` says that no list is around it. The parser has bounded the depth.
    fn value(&mut self, value: &Value, path: Path, is_direct: bool) {
        match value {
            Value::Null => self.hashes.push(TermHash::null(path)),
            Value::Bool(value) => self.hashes.extend([TermHash::exists(path), TermHash::bool(path, *value)]),
            Value::Number(number) => {
                let text = number.to_string();
                self.hashes.push(TermHash::exists(path));
                self.number(&text, path);
                self.words(&(self.fold)(&text));
            }
            Value::String(text) => {
                let folded = (self.fold)(text);
                self.hashes.extend([TermHash::exists(path), TermHash::text(path, folded.trim())]);
                self.number(text, path);
                let instant = || time(text).map(jiff::Timestamp::as_millisecond);
                if let Some(at) = day(text).map(midnight).or_else(instant) {
                    self.values.push((TermHash::times(path), at));
                }
                self.words(&folded);
            }
            Value::Array(items) => {
                for item in items {
                    if self.is_full() {
                        break;
                    }
                    self.value(item, path, false);
                }
            }
            Value::Object(fields) => {
                self.hashes.push(TermHash::exists(path));
                let is_data = is_direct && path == Path::TOP.child("data");
                for (name, inside) in fields {
                    if self.is_full() {
                        break;
                    }
                    let below = if is_data && name == "object" { Path::OBJECT } else { path.child(name) };
                    self.value(inside, below, is_direct);
                }
            }
        }
    }

    fn number(&mut self, text: &str, path: Path) {
        if let Some(number) = number::read(text) {
            self.values.push((TermHash::numbers(path), number.scaled()));
        }
    }

    fn words(&mut self, folded: &str) {
        let mut pair = String::new();
        let mut last: Option<&str> = None;
        for word in evaluate::words(folded) {
            if self.is_full() {
                return;
            }
            self.hashes.push(TermHash::word(word));
            let ends = word.char_indices().map(|(place, letter)| place + letter.len_utf8());
            self.hashes.extend(ends.take(PREFIX_CHARACTERS).filter_map(|end| word.get(..end)).map(TermHash::prefix));
            if let Some(last) = last {
                pair.clear();
                pair.extend([last, " ", word]);
                self.hashes.push(TermHash::pair(&pair));
            }
            last = Some(word);
        }
    }

    /// Returns whether no term may be added, and remembers it.
    fn is_full(&mut self) -> bool {
        if self.hashes.len().max(self.values.len()) >= MAX_TERMS && !self.is_partial {
            self.hashes.sort_unstable();
            self.hashes.dedup();
            // Of a text that repeats itself, more than half of the terms were the same.
            self.is_partial = self.hashes.len().max(self.values.len()) > MAX_TERMS / 2;
        }
        self.is_partial
    }
}

/// Returns the beginning of a day in UTC.
pub(super) fn midnight(day: Date) -> i64 {
    TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).map_or(i64::MIN, jiff::Timestamp::as_millisecond)
}
