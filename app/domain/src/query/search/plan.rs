//! What an index can tell of a search: which requests surely match, and which perhaps do.

use super::ast::{Age, Expr, Field, Literal, Operator, Pattern, Query, Segment, Term, Test};
use super::evaluate;
use super::terms::{PREFIX_CHARACTERS, Path, TermHash, midnight};
use crate::id::SubjectKind;
use crate::number;
use crate::query::outcome::Outcome;
use jiff::{Timestamp, ToSpan as _};
use std::ops::RangeInclusive;

/// A search in the terms of an index. Every request that matches the search is among those that perhaps match the plan,
/// and those that surely match the plan match the search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Every one of them; of none, everything.
    All(Vec<Plan>),
    /// At least one of them; of none, nothing.
    Any(Vec<Plan>),
    /// The opposite.
    Not(Box<Plan>),
    /// The requests with a term.
    Has(TermHash),
    /// The requests with a value in a column within a range.
    Within {
        /// The column.
        column: TermHash,
        /// Values that match.
        surely: RangeInclusive<i64>,
        /// Values that may match, those of `surely` among them.
        perhaps: RangeInclusive<i64>,
    },
    /// Those that match perhaps match, and none surely.
    Perhaps(Box<Plan>),
    /// The requests with these sequence numbers, ordered, perhaps match.
    OneOf(Vec<i64>),
}

impl Plan {
    /// A condition that the index knows nothing of.
    fn unknown() -> Self {
        Self::Perhaps(Box::new(Self::All(Vec::new())))
    }

    fn perhaps(self) -> Self {
        Self::Perhaps(Box::new(self))
    }

    fn any_of(terms: impl IntoIterator<Item = TermHash>) -> Self {
        Self::Any(terms.into_iter().map(Self::Has).collect())
    }

    /// Adds the hashes of every term and column.
    pub fn add_hashes(&self, all: &mut Vec<TermHash>) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.add_hashes(all)),
            Self::Not(part) | Self::Perhaps(part) => part.add_hashes(all),
            Self::Has(term) => all.push(*term),
            Self::Within { column, .. } => all.push(*column),
            Self::OneOf(_) => {}
        }
    }
}

/// What has to be looked up before a search is planned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lookups {
    /// Kinds of subjects, and words of their names.
    pub names: Vec<(SubjectKind, Pattern)>,
    /// Whether the names of all event types are needed.
    pub types: bool,
    /// Whether the messages with further attempts are needed.
    pub repeated: bool,
}

/// What was looked up, and what a search depends on besides.
pub struct Known<'a> {
    /// The current time.
    pub now: Timestamp,
    /// Folds as [`evaluate::Context`]'s does.
    pub fold: &'a dyn Fn(&str) -> String,
    /// The name of every event type that was received.
    pub types: &'a [String],
    /// The ids of all subjects for [`Lookups::names`], and of others; `None` if they are too many.
    pub named: &'a dyn Fn(SubjectKind, &Pattern) -> Option<Vec<String>>,
    /// The sequence numbers of all requests whose message had several attempts, ordered; `None` if they are too many.
    pub repeated: Option<&'a [i64]>,
}

/// Returns what has to be looked up for a search.
pub fn lookups(query: &Query) -> Lookups {
    let mut needed = Lookups::default();
    if let Some(root) = &query.root {
        look_up(root, &mut needed);
    }
    needed
}

fn look_up(expr: &Expr, needed: &mut Lookups) {
    match expr {
        Expr::All(parts) | Expr::Any(parts) => parts.iter().for_each(|part| look_up(part, needed)),
        Expr::Not(part) => look_up(part, needed),
        Expr::Term(Term::Subject(kind, patterns)) => {
            needed.names.extend(patterns.iter().filter(|one| !one.is_id_of(*kind)).map(|one| (*kind, one.clone())));
        }
        Expr::Term(Term::Type(patterns)) => needed.types |= patterns.iter().any(|one| one.is_prefix),
        Expr::Term(Term::Attempts(operator, count)) => needed.repeated |= !operator.fits(1.cmp(count)),
        Expr::Term(
            Term::Words(_)
            | Term::Family(_)
            | Term::Outcome(_)
            | Term::Endpoint(_)
            | Term::Mode(_)
            | Term::Id(_)
            | Term::After(_)
            | Term::Before(_)
            | Term::Late(..)
            | Term::Reason(_)
            | Term::Header(..)
            | Term::Field(..),
        ) => {}
    }
}

/// Returns the plan of a search.
pub fn plan(query: &Query, known: &Known<'_>) -> Plan {
    query.root.as_ref().map_or(Plan::All(Vec::new()), |root| of(root, known))
}

fn of(expr: &Expr, known: &Known<'_>) -> Plan {
    match expr {
        Expr::All(parts) => Plan::All(parts.iter().map(|part| of(part, known)).collect()),
        Expr::Any(parts) => Plan::Any(parts.iter().map(|part| of(part, known)).collect()),
        Expr::Not(part) => Plan::Not(Box::new(of(part, known))),
        Expr::Term(term) => of_term(term, known),
    }
}

fn of_term(term: &Term, known: &Known<'_>) -> Plan {
    match term {
        Term::Words(pattern) => words(pattern, known),
        Term::Type(patterns) => Plan::Any(patterns.iter().map(|one| event_type(one, known)).collect()),
        Term::Family(families) => Plan::any_of(families.iter().copied().map(TermHash::family)),
        Term::Outcome(outcomes) => Plan::any_of(outcomes.iter().copied().map(TermHash::outcome)),
        Term::Endpoint(names) => Plan::any_of(names.iter().map(|name| TermHash::endpoint(name))),
        Term::Mode(modes) => Plan::any_of(modes.iter().copied().map(TermHash::mode)),
        Term::Id(ids) => Plan::any_of(ids.iter().map(|id| TermHash::id(id))),
        Term::Subject(kind, patterns) => {
            Plan::Any(patterns.iter().flat_map(|one| subject(*kind, one, known)).collect())
        }
        Term::After(when) => exactly(TermHash::ARRIVAL, millisecond_from(when.instant(known.now))..=i64::MAX),
        Term::Before(when) => {
            let last = millisecond_from(when.instant(known.now)).saturating_sub(1);
            exactly(TermHash::ARRIVAL, i64::MIN..=last)
        }
        Term::Attempts(operator, count) => match known.repeated {
            // A message with one attempt may get another after it is indexed.
            Some(seqs) if !operator.fits(1.cmp(count)) => Plan::OneOf(seqs.to_vec()),
            _ => Plan::unknown(),
        },
        Term::Late(operator, age) => late(*operator, *age),
        // Of others than events the reason is known, and it is not indexed.
        Term::Reason(_) => {
            let outcomes = Outcome::ALL.into_iter().filter(|outcome| !outcome.is_event());
            Plan::any_of(outcomes.map(TermHash::outcome)).perhaps()
        }
        Term::Header(..) => Plan::unknown(),
        Term::Field(field, test) => of_field(field, test, known),
    }
}

/// Returns the first whole millisecond that is not before an instant.
fn millisecond_from(at: Timestamp) -> i64 {
    // Rounded towards zero, which is later before 1970.
    let milliseconds = at.as_millisecond();
    let is_whole = at.as_nanosecond() % 1_000_000 == 0;
    milliseconds.saturating_add(i64::from(!is_whole && at > Timestamp::UNIX_EPOCH))
}

fn exactly(column: TermHash, range: RangeInclusive<i64>) -> Plan {
    Plan::Within { column, surely: range.clone(), perhaps: range }
}

fn words(pattern: &Pattern, known: &Known<'_>) -> Plan {
    let folded = (known.fold)(&pattern.text);
    let words: Vec<&str> = evaluate::words(&folded).collect();
    let Some(last) = words.last() else { return Plan::Any(Vec::new()) };
    let is_open = pattern.is_prefix && folded.ends_with(char::is_alphanumeric);
    let whole = if is_open { words.len() - 1 } else { words.len() };
    let pairs = words.get(..whole).unwrap_or_default().windows(2).map(|pair| TermHash::pair(&pair.join(" ")));
    let mut terms: Vec<Plan> = pairs.map(Plan::Has).collect();
    // Pairs hold the words, if there are two.
    terms.extend(words.first().filter(|_| whole == 1).map(|word| Plan::Has(TermHash::word(word))));
    let mut is_sure = terms.len() == 1;
    if is_open {
        let end = last.char_indices().nth(PREFIX_CHARACTERS).map(|(end, _)| end);
        is_sure = terms.is_empty() && end.is_none();
        terms.push(Plan::Has(TermHash::prefix(last.get(..end.unwrap_or(last.len())).unwrap_or(last))));
    }
    if is_sure { Plan::All(terms) } else { Plan::All(terms).perhaps() }
}

fn event_type(pattern: &Pattern, known: &Known<'_>) -> Plan {
    if pattern.is_prefix {
        let names = known.types.iter().filter(|name| evaluate::is_type(pattern, name));
        return Plan::any_of(names.map(|name| TermHash::event_type(name)));
    }
    let client = format!("client.{}", pattern.text);
    Plan::any_of([TermHash::event_type(&pattern.text), TermHash::event_type(&client)])
}

fn subject(kind: SubjectKind, pattern: &Pattern, known: &Known<'_>) -> Vec<Plan> {
    let mut plans = Vec::new();
    if pattern.is_prefix {
        // The ids are searched by words as well.
        plans.push(words(pattern, known).perhaps());
    } else {
        plans.push(Plan::Has(TermHash::about(kind, &pattern.text)));
    }
    if !pattern.is_id_of(kind) {
        plans.push(match (known.named)(kind, pattern) {
            Some(ids) => Plan::any_of(ids.iter().map(|id| TermHash::about(kind, id))).perhaps(),
            None => Plan::unknown(),
        });
    }
    plans
}

fn late(operator: Operator, age: Age) -> Plan {
    let age = i64::try_from(age.duration().as_millis()).unwrap_or(i64::MAX);
    let within = |range| exactly(TermHash::LATENESS, range);
    match operator {
        Operator::Equal => within(age..=age),
        Operator::NotEqual => {
            Plan::Any(vec![within(i64::MIN..=age.saturating_sub(1)), within(age.saturating_add(1)..=i64::MAX)])
        }
        Operator::Greater => within(age.saturating_add(1)..=i64::MAX),
        Operator::AtLeast => within(age..=i64::MAX),
        Operator::Less => within(i64::MIN..=age.saturating_sub(1)),
        Operator::AtMost => within(i64::MIN..=age),
    }
}

fn of_field(Field(segments): &Field, test: &Test, known: &Known<'_>) -> Plan {
    let path = |from: Path, segments: &[Segment]| segments.iter().fold(from, |path, one| path.child(&one.name));
    let mut paths = vec![path(Path::TOP, segments), path(Path::OBJECT, segments)];
    if let [data, object, rest @ ..] = segments.as_slice()
        && data.name == "data"
        && object.name == "object"
    {
        paths.push(path(Path::OBJECT, rest));
    }
    let plan = Plan::Any(paths.into_iter().map(|path| of_values(path, test, known)).collect());
    // Which fields are lists is not indexed.
    if segments.iter().any(|one| one.is_list) { plan.perhaps() } else { plan }
}

fn of_values(path: Path, test: &Test, known: &Known<'_>) -> Plan {
    match test {
        Test::Exists => Plan::Has(TermHash::exists(path)),
        Test::Contains(_) | Test::Compare(Operator::NotEqual, _) => Plan::Has(TermHash::exists(path)).perhaps(),
        Test::In(literals) => {
            Plan::Any(literals.iter().map(|one| compared(path, Operator::Equal, one, known)).collect())
        }
        Test::Compare(operator, literal) => compared(path, *operator, literal, known),
    }
}

/// Returns the plan of every comparison but `!=`.
fn compared(path: Path, operator: Operator, literal: &Literal, known: &Known<'_>) -> Plan {
    match literal {
        Literal::Null => Plan::Has(TermHash::null(path)),
        Literal::Bool(value) => Plan::Has(TermHash::bool(path, *value)),
        Literal::Text(text) => Plan::Has(TermHash::text(path, (known.fold)(text).trim())),
        Literal::Number(text) => {
            let Some(number) = number::read(text) else { return Plan::Any(Vec::new()) };
            rounded(TermHash::numbers(path), operator, number.scaled())
        }
        Literal::At(at) => {
            // Days are in the column as well, and are not compared with instants.
            rounded(TermHash::times(path), operator, at.as_millisecond()).perhaps()
        }
        Literal::Day(day) => {
            let first = midnight(*day);
            let last = day.checked_add(1.day()).map_or(i64::MAX, |next| midnight(next).saturating_sub(1));
            exactly(
                TermHash::times(path),
                match operator {
                    Operator::Equal | Operator::NotEqual => first..=last,
                    Operator::Greater => last.saturating_add(1)..=i64::MAX,
                    Operator::AtLeast => first..=i64::MAX,
                    Operator::Less => i64::MIN..=first.saturating_sub(1),
                    Operator::AtMost => i64::MIN..=last,
                },
            )
        }
    }
}

/// Returns the plan of a comparison with a value of which the column has a rounded form.
#[expect(clippy::reversed_empty_ranges, reason = "no equal value surely is the same")]
fn rounded(column: TermHash, operator: Operator, value: i64) -> Plan {
    let above = || value.checked_add(1).map_or(1..=0, |next| next..=i64::MAX);
    let below = || value.checked_sub(1).map_or(1..=0, |previous| i64::MIN..=previous);
    let (surely, perhaps) = match operator {
        Operator::Equal | Operator::NotEqual => (1..=0, value..=value),
        Operator::Greater | Operator::AtLeast => (above(), value..=i64::MAX),
        Operator::Less | Operator::AtMost => (below(), i64::MIN..=value),
    };
    Plan::Within { column, surely, perhaps }
}
