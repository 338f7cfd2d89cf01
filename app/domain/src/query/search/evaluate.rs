//! Whether a request matches a search.

mod field;

use super::ast::{Expr, Field, Pattern, Query, Term};
use crate::event::{EventType, Mode};
use crate::id::{Subject, SubjectKind};
use crate::query::outcome::Outcome;
use jiff::Timestamp;
use serde_json::Value;
use std::cell::OnceCell;

/// What is stored of one request. What a refused request says of itself is not believed: it has no type, mode, time,
/// attempts or subjects.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The name of the endpoint.
    pub endpoint: &'a str,
    /// Time of arrival.
    pub received_at: Timestamp,
    /// What became of it.
    pub outcome: Outcome,
    /// The reason of a refusal or of a parse error; `None` for other outcomes.
    pub reason: Option<&'a str>,
    /// The event type of its message, on the wire.
    pub event_type: Option<&'a str>,
    /// The mode of its message.
    pub mode: Option<Mode>,
    /// Svix's id.
    pub message_id: Option<&'a str>,
    /// Time of the event.
    pub occurred_at: Option<Timestamp>,
    /// The number of attempts of its message so far.
    pub attempts: Option<u32>,
    /// Names and values, in the order received.
    pub headers: &'a [(String, String)],
    /// The subjects that its message mentions.
    pub mentions: &'a [Mention<'a>],
    /// The exact bytes; of a further attempt with the same body, those of the first.
    pub body: &'a [u8],
}

/// A subject that a message mentions.
#[derive(Clone, Copy, Debug)]
pub struct Mention<'a> {
    /// The subject.
    pub subject: &'a Subject,
    /// Its name or title, if known.
    pub label: Option<&'a str>,
}

/// What a search depends on besides the request.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The current time.
    pub now: Timestamp,
    /// Folds case, accents and apostrophes, of a text of any length.
    pub fold: &'a dyn Fn(&str) -> String,
}

/// Returns whether a request matches. The body is parsed at most once.
pub fn matches(query: &Query, request: &Request<'_>, context: &Context<'_>) -> bool {
    let searched = Searched { request, context, body: OnceCell::new(), words: OnceCell::new() };
    query.root.as_ref().is_none_or(|root| searched.meets(root))
}

/// Returns the values of a body at a path, as [`Term::Field`] finds them: those from the top, or else those of
/// `data.object`. Null is no value.
pub fn values_at<'a>(body: &'a Value, path: &Field) -> Vec<&'a Value> {
    field::values(body, path)
}

struct Searched<'a> {
    request: &'a Request<'a>,
    context: &'a Context<'a>,
    body: OnceCell<Option<Value>>,
    /// The words of all values, see [`append_words`].
    words: OnceCell<String>,
}

impl Searched<'_> {
    fn meets(&self, expr: &Expr) -> bool {
        match expr {
            Expr::All(parts) => parts.iter().all(|part| self.meets(part)),
            Expr::Any(parts) => parts.iter().any(|part| self.meets(part)),
            Expr::Not(part) => !self.meets(part),
            Expr::Term(term) => self.meets_term(term),
        }
    }

    fn meets_term(&self, term: &Term) -> bool {
        let request = self.request;
        match term {
            Term::Words(pattern) => self.are_in(pattern, self.words()),
            Term::Type(types) => request.event_type.is_some_and(|name| types.iter().any(|one| is_type(one, name))),
            Term::Family(families) => {
                let family = request.event_type.and_then(|name| EventType::parse(name).family());
                family.is_some_and(|family| families.contains(&family))
            }
            Term::Outcome(outcomes) => outcomes.contains(&request.outcome),
            Term::Endpoint(names) => names.iter().any(|name| name == request.endpoint),
            Term::Mode(modes) => mode(request).is_some_and(|mode| modes.contains(&mode)),
            Term::Id(ids) => ids.iter().any(|id| {
                request.message_id == Some(id) || request.mentions.iter().any(|mention| mention.subject.id() == id)
            }),
            Term::Subject(kind, patterns) => self.is_about(*kind, patterns),
            Term::After(when) => request.received_at >= when.instant(self.context.now),
            Term::Before(when) => request.received_at < when.instant(self.context.now),
            Term::Attempts(operator, count) => request.attempts.is_some_and(|made| operator.fits(made.cmp(count))),
            Term::Late(operator, age) => request
                .occurred_at
                .is_some_and(|at| operator.fits(request.received_at.duration_since(at).cmp(&age.duration()))),
            Term::Reason(patterns) => request.reason.is_some_and(|reason| self.any_in(patterns, reason)),
            Term::Header(name, words) => {
                request.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).any(|(_, value)| {
                    words.as_ref().is_none_or(|words| self.any_in(std::slice::from_ref(words), value))
                })
            }
            Term::Field(path, test) => {
                self.body().is_some_and(|body| field::holds(body, path, test, self.context.fold))
            }
        }
    }

    fn is_about(&self, kind: SubjectKind, patterns: &[Pattern]) -> bool {
        self.request.mentions.iter().filter(|mention| SubjectKind::of(mention.subject) == Some(kind)).any(|mention| {
            let is_named = |one: &Pattern| {
                !one.is_id_of(kind) && mention.label.is_some_and(|label| self.any_in(std::slice::from_ref(one), label))
            };
            patterns.iter().any(|one| one.is(mention.subject.id()) || is_named(one))
        })
    }

    /// Returns the body as JSON, unless it is a stranger's or none.
    fn body(&self) -> Option<&Value> {
        let parse = || {
            let is_genuine = self.request.outcome != Outcome::Refused;
            is_genuine.then(|| serde_json::from_slice(self.request.body).ok()).flatten()
        };
        self.body.get_or_init(parse).as_ref()
    }

    fn words(&self) -> &str {
        self.words.get_or_init(|| {
            let mut words = String::new();
            let mut add = |text: &str| append_words(&(self.context.fold)(text), &mut words);
            let ids = self.request.mentions.iter().map(|mention| mention.subject.id());
            self.request.message_id.into_iter().chain(self.request.event_type).chain(ids).for_each(&mut add);
            match self.body() {
                Some(body) => each_text(body, &mut add),
                // What is no JSON is searched as one text.
                None if self.request.outcome != Outcome::Refused => {
                    std::str::from_utf8(self.request.body).into_iter().for_each(add);
                }
                None => {}
            }
            words
        })
    }

    fn any_in(&self, patterns: &[Pattern], text: &str) -> bool {
        let mut words = String::new();
        append_words(&(self.context.fold)(text), &mut words);
        patterns.iter().any(|one| self.are_in(one, &words))
    }

    /// Returns whether the words of a pattern stand in a row within one text. The last word of a prefix is the beginning
    /// of one, unless other characters end it, as in `ct_*`.
    fn are_in(&self, pattern: &Pattern, words: &str) -> bool {
        let folded = (self.context.fold)(&pattern.text);
        let mut wanted = String::new();
        append_words(&folded, &mut wanted);
        let is_open = pattern.is_prefix && folded.ends_with(char::is_alphanumeric);
        wanted != " " && words.contains(if is_open { wanted.trim_end() } else { wanted.as_str() })
    }
}

/// Returns whether the name of an event type fits, with or without its `client.`.
pub(super) fn is_type(pattern: &Pattern, name: &str) -> bool {
    pattern.is(name) || name.strip_prefix("client.").is_some_and(|short| pattern.is(short))
}

/// Returns the mode by which a request is found.
pub(super) fn mode(request: &Request<'_>) -> Option<Mode> {
    request.mode.or_else(|| (request.outcome != Outcome::Refused).then(Mode::default))
}

/// Appends the words of a folded text with a space before and after each, so that words in a row are a part of it. Two
/// spaces separate it from the next text, so that no words of two texts are in a row.
fn append_words(folded: &str, words: &mut String) {
    words.push(' ');
    for word in self::words(folded) {
        words.push_str(word);
        words.push(' ');
    }
}

/// Returns the words of a folded text.
pub(super) fn words(folded: &str) -> impl DoubleEndedIterator<Item = &str> {
    folded.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Calls `add` with every text and number. The parser has bounded the depth.
fn each_text(value: &Value, add: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => add(text),
        Value::Number(number) => add(&number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| each_text(item, add)),
        Value::Object(fields) => fields.values().for_each(|inside| each_text(inside, add)),
        Value::Null | Value::Bool(_) => {}
    }
}
