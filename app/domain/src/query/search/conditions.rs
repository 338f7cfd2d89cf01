//! What a database can decide about a search before anything is evaluated.

use super::ast::{Expr, Pattern, Query, Term, When};
use super::evaluate::{self, Request};
use crate::event::{EventType, Family, Mode};
use crate::query::outcome::Outcome;
use jiff::Timestamp;

/// Conditions that every matching request meets, and others may meet as well. `None` asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// One of these event types, with or without their `client.`.
    pub types: Option<Vec<Pattern>>,
    /// A type of one of these families.
    pub families: Option<Vec<Family>>,
    /// One of these outcomes.
    pub outcomes: Option<Vec<Outcome>>,
    /// One of these endpoints.
    pub endpoints: Option<Vec<String>>,
    /// One of these modes; a genuine message that states none is live.
    pub modes: Option<Vec<Mode>>,
    /// One of these ids, of the message or of a subject it mentions.
    pub ids: Option<Vec<String>>,
    /// Arrival at this instant or later.
    pub after: Option<Timestamp>,
    /// Arrival before this instant.
    pub before: Option<Timestamp>,
}

/// Returns the conditions of a search.
pub fn conditions(query: &Query, now: Timestamp) -> Conditions {
    query.root.as_ref().map(|root| of(root, now)).unwrap_or_default()
}

/// Returns whether the conditions of a search are the search: it finds every request that meets them. They may mention
/// neither ids nor, twice, a type.
pub fn is_of_conditions(query: &Query) -> bool {
    let terms = match &query.root {
        None => &[],
        Some(Expr::All(parts)) => parts.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    let is_decided = |term: &Expr| match term {
        Expr::Term(
            Term::Type(_)
            | Term::Family(_)
            | Term::Outcome(_)
            | Term::Endpoint(_)
            | Term::Mode(_)
            | Term::After(_)
            | Term::Before(_),
        ) => true,
        Expr::All(_) | Expr::Any(_) | Expr::Not(_) | Expr::Term(_) => false,
    };
    let types = terms.iter().filter(|term| matches!(term, Expr::Term(Term::Type(_))));
    terms.iter().all(is_decided) && types.count() < 2
}

fn of(expr: &Expr, now: Timestamp) -> Conditions {
    match expr {
        Expr::All(parts) => parts.iter().map(|part| of(part, now)).fold(Conditions::default(), Conditions::and),
        Expr::Any(parts) => parts.iter().map(|part| of(part, now)).reduce(Conditions::or).unwrap_or_default(),
        Expr::Not(part) => not(part, now),
        Expr::Term(term) => of_term(term, now),
    }
}

fn not(expr: &Expr, now: Timestamp) -> Conditions {
    match expr {
        Expr::Not(part) => of(part, now),
        Expr::Term(Term::Outcome(outcomes)) => others(|outcome| !outcomes.contains(&outcome)),
        Expr::Term(Term::After(when)) => arrived_before(*when, now),
        Expr::Term(Term::Before(when)) => arrived_after(*when, now),
        Expr::Term(_) | Expr::All(_) | Expr::Any(_) => Conditions::default(),
    }
}

fn others(is_kept: impl Fn(Outcome) -> bool) -> Conditions {
    let outcomes = Outcome::ALL.into_iter().filter(|outcome| is_kept(*outcome)).collect();
    Conditions { outcomes: Some(outcomes), ..Conditions::default() }
}

fn arrived_after(when: When, now: Timestamp) -> Conditions {
    Conditions { after: Some(when.instant(now)), ..Conditions::default() }
}

fn arrived_before(when: When, now: Timestamp) -> Conditions {
    Conditions { before: Some(when.instant(now)), ..Conditions::default() }
}

fn of_term(term: &Term, now: Timestamp) -> Conditions {
    // A refused request has no type, mode, time, attempts, subjects or searched body.
    let genuine = || others(|outcome| outcome != Outcome::Refused);
    match term {
        Term::Type(types) => Conditions { types: Some(types.clone()), ..genuine() },
        Term::Family(families) => Conditions { families: Some(families.clone()), ..genuine() },
        Term::Outcome(outcomes) => others(|outcome| outcomes.contains(&outcome)),
        Term::Endpoint(names) => Conditions { endpoints: Some(names.clone()), ..Conditions::default() },
        Term::Mode(modes) => Conditions { modes: Some(modes.clone()), ..genuine() },
        Term::Id(ids) => Conditions { ids: Some(ids.clone()), ..Conditions::default() },
        Term::Subject(kind, patterns) => {
            let is_whole_id = |one: &Pattern| one.is_id_of(*kind) && !one.is_prefix;
            let ids = patterns.iter().map(|one| is_whole_id(one).then(|| one.text.clone())).collect();
            Conditions { ids, ..genuine() }
        }
        Term::After(when) => arrived_after(*when, now),
        Term::Before(when) => arrived_before(*when, now),
        Term::Attempts(..) | Term::Late(..) | Term::Field(..) => genuine(),
        Term::Reason(_) => others(|outcome| !outcome.is_event()),
        Term::Words(_) | Term::Header(..) => Conditions::default(),
    }
}

/// Keeps what both lists hold.
fn common<T: PartialEq>(one: Option<Vec<T>>, other: Option<Vec<T>>) -> Option<Vec<T>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.into_iter().filter(|value| other.contains(value)).collect()),
        (one, other) => one.or(other),
    }
}

/// Keeps what either list holds.
fn joined<T: PartialEq>(one: Option<Vec<T>>, other: Option<Vec<T>>) -> Option<Vec<T>> {
    let (mut all, other) = (one?, other?);
    for value in other {
        if !all.contains(&value) {
            all.push(value);
        }
    }
    Some(all)
}

impl Conditions {
    fn and(self, other: Self) -> Self {
        Self {
            // One type can fit two patterns, and one request can mention two subjects: one list of each is asked for.
            types: self.types.or(other.types),
            ids: self.ids.or(other.ids),
            families: common(self.families, other.families),
            outcomes: common(self.outcomes, other.outcomes),
            endpoints: common(self.endpoints, other.endpoints),
            modes: common(self.modes, other.modes),
            after: self.after.max(other.after),
            before: self.before.into_iter().chain(other.before).min(),
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            types: joined(self.types, other.types),
            ids: joined(self.ids, other.ids),
            families: joined(self.families, other.families),
            outcomes: joined(self.outcomes, other.outcomes),
            endpoints: joined(self.endpoints, other.endpoints),
            modes: joined(self.modes, other.modes),
            after: self.after.zip(other.after).map(|(one, other)| one.min(other)),
            before: self.before.zip(other.before).map(|(one, other)| one.max(other)),
        }
    }

    /// Returns whether a request meets them.
    pub fn admit(&self, request: &Request<'_>) -> bool {
        let meets = |is_met: Option<bool>| is_met.unwrap_or(true);
        let name = request.event_type.unwrap_or_default();
        let has_id = |id: &String| {
            request.message_id == Some(id) || request.mentions.iter().any(|mention| mention.subject.id() == id)
        };
        meets(self.types.as_ref().map(|types| types.iter().any(|one| evaluate::is_type(one, name))))
            && meets(
                self.families.as_ref().map(|all| EventType::parse(name).family().is_some_and(|of| all.contains(&of))),
            )
            && meets(self.outcomes.as_ref().map(|all| all.contains(&request.outcome)))
            && meets(self.endpoints.as_ref().map(|all| all.iter().any(|one| one == request.endpoint)))
            && meets(self.modes.as_ref().map(|all| evaluate::mode(request).is_some_and(|mode| all.contains(&mode))))
            && meets(self.ids.as_ref().map(|all| all.iter().any(has_id)))
            && self.after.is_none_or(|after| request.received_at >= after)
            && self.before.is_none_or(|before| request.received_at < before)
    }
}
