//! The condition of a search: rows with a name for each of its words, in any order, or with exactly this id.
//!
//! Every name that a subject has or had is in the table of names, in the folded form that searches compare and with the
//! moment since when it holds. A trigram index finds the names that contain a word.

use super::{ListQuery, id, told_by};
use crate::collation::Words;
use crate::store::Dialect;
use crate::store::projections::source::Source;
use crate::store::statement::{Statement, containing};
use domain::query::moment::AsOf;
use std::collections::BTreeSet;

/// Number of search words, the longest ones, that are looked up in the index.
const LOOKED_UP: usize = 3;

/// Adds the condition that a row has names with all words, or the text as its id; by the moment of the page, if any.
pub(super) fn searched(page: &mut ListQuery<'_>, q: &str, dialect: Dialect) {
    let as_of = page.moment.and_then(|moment| moment.as_of);
    is_called(&mut page.narrow, (page.source.subject_literal(), id(page.source)), q, as_of);
    page.historic_candidates.extend(called(page.source, q, as_of, dialect));
}

/// Adds the condition that the subject of this kind and id (both SQL) has names with all words of the text, or the text
/// as its id.
pub(crate) fn is_called(
    select: &mut Statement,
    (kind, id): (&'static str, &'static str),
    q: &str,
    as_of: Option<AsOf>,
) {
    select.push(" and (").push(id).push(" = ").bind(q);
    for (place, word) in Words::of(q).iter().enumerate() {
        select.push(if place == 0 { " or (" } else { " and " });
        select.push("exists (select 1 from names where names.kind = ").push(kind).push(" and names.subject_id = ");
        select.push(id).push(" and instr(names.name, ").bind(word).push(") > 0");
        told_by(select, "names", as_of);
        select.push(")");
    }
    select.push(if Words::of(q).is_empty() { ")" } else { "))" });
}

/// Adds the condition that a name contains all words; none does if there are no words.
pub(crate) fn holds_all(select: &mut Statement, column: &'static str, words: &Words) {
    if words.is_empty() {
        select.push("1 = 0");
        return;
    }
    for (place, word) in words.iter().enumerate() {
        select
            .push(if place == 0 { "(instr(" } else { " and instr(" })
            .push(column)
            .push(", ")
            .bind(word)
            .push(") > 0");
    }
    select.push(")");
}

/// Returns queries of candidate ids: one for each of the longest words, then one for all of these, each including an
/// exact id. Every match is among the results of each query, which may contain duplicates.
pub(crate) fn called(source: Source, q: &str, as_of: Option<AsOf>, dialect: Dialect) -> Vec<Statement> {
    let words = Words::of(q);
    let whole_id = || {
        let mut select = source.select(id(source));
        select.push(" where ").push(id(source)).push(" = ").bind(q);
        select
    };
    let by_word: Vec<Statement> =
        words.iter().take(LOOKED_UP).map(|word| called_by(source, word, as_of, dialect)).collect();
    let mut all = Statement::new("select subject_id from (");
    for (place, select) in by_word.iter().enumerate() {
        all.push(if place == 0 { "" } else { " intersect " }).append(select);
    }
    all.push(") as called");
    let either = |mut select: Statement| {
        select.push(" union all ").append(&whole_id());
        select
    };
    match by_word.len() {
        0 => vec![whole_id()],
        1 => by_word.into_iter().map(either).collect(),
        _ => by_word.into_iter().chain([all]).map(either).collect(),
    }
}

/// Returns the query for one word. PostgreSQL uses a trigram index where `pg_trgm` is installed, and scans all names of
/// the kind otherwise; so does SQLite for words of fewer than three characters.
fn called_by(source: Source, word: &str, as_of: Option<AsOf>, dialect: Dialect) -> Statement {
    let (grams, names) = match source {
        Source::Contractors => ("contractor_grams", "names where kind = 'contractor'"),
        Source::Contracts => ("contract_grams", "names where kind = 'contract'"),
        Source::Requisitions => ("requisition_grams", "names where kind = 'requisition'"),
    };
    let mut select = Statement::new("select subject_id from ");
    match (dialect, trigrams(word)) {
        (Dialect::Postgres, _) => {
            select.push(names).push(" and name like ").bind(&containing(word)).push(" escape '\\'");
        }
        (Dialect::Sqlite, Some(trigrams)) => {
            select.push(grams).push(" cross join names where ").push(grams).push(" match ").bind(&trigrams);
            select.push(" and names.n = ").push(grams).push(".rowid and instr(names.name, ").bind(word).push(") > 0");
        }
        (Dialect::Sqlite, None) => {
            select.push(names).push(" and instr(name, ").bind(word).push(") > 0");
        }
    }
    told_by(&mut select, "names", as_of);
    select
}

/// Maximum number of trigrams in a query: few texts that contain all of these do not match.
const TRIGRAMS: usize = 32;

/// Returns the FTS5 query for texts that contain this one; `None` for fewer than three characters.
fn trigrams(text: &str) -> Option<String> {
    let characters: Vec<char> = text.replace('\0', "\u{fffd}").chars().collect();
    let all: BTreeSet<String> = characters.windows(3).map(|three| three.iter().collect()).collect();
    let asked: Vec<String> =
        all.into_iter().take(TRIGRAMS).map(|three| format!("\"{}\"", three.replace('"', "\"\""))).collect();
    Some(asked.join(" ")).filter(|asked| !asked.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_asked_for_by_threes_of_its_characters() {
        assert_eq!(trigrams("ab"), None);
        assert_eq!(trigrams("ärger").as_deref(), Some("\"ger\" \"rge\" \"ärg\""));
        assert_eq!(trigrams("a\"b").as_deref(), Some("\"a\"\"b\""));
        let long: String = (0..300).filter_map(|place| char::from_u32(0x4e00 + place)).collect();
        assert_eq!(trigrams(&long).unwrap_or_default().split(' ').count(), TRIGRAMS);
    }
}
