//! Which rows does a search find? Those that hold the text, or whose whole id it is.
//!
//! Everything a subject was ever found by is among the names, with an index of the three characters that begin at each
//! place of them. What is found there is looked at again: the row itself has to hold the text, at the moment asked for.

use super::{Page, id};
use crate::store::Dialect;
use crate::store::projections::source::Source;
use crate::store::projections::statement::{Statement, containing};
use std::collections::BTreeSet;

/// Adds that a search text is part of what the row is found by, or its whole id.
pub(super) fn searched(page: &mut Page<'_>, q: &str, dialect: Dialect) {
    page.narrow.push(" and (instr(search, ").bind(&q.to_lowercase()).push(") > 0 or ").push(id(page.source));
    page.narrow.push(" = ").bind(q).push(")");
    page.hints_ever.push(ever_found_by(page.source, q, dialect));
}

/// The ids of all that was ever found by a text; one may come more than once. PostgreSQL has an index for it where
/// `pg_trgm` could be added, and looks through all names of the kind where not; so does SQLite for less than three
/// characters.
pub(crate) fn ever_found_by(source: Source, q: &str, dialect: Dialect) -> Statement {
    let (grams, names, whole) = match source {
        Source::Contractors => {
            ("contractor_grams", "names where kind = 'contractor'", " union all select id from contractors where id = ")
        }
        Source::Contracts => {
            ("contract_grams", "names where kind = 'contract'", " union all select id from contracts where id = ")
        }
        Source::Requisitions => (
            "requisition_grams",
            "names where kind = 'requisition'",
            " union all select id from requisitions where id = ",
        ),
    };
    let text = q.to_lowercase();
    let mut select = Statement::new("select subject_id from ");
    match (dialect, trigrams(&text)) {
        (Dialect::Postgres, _) => {
            select.push(names).push(" and name like ").bind(&containing(&text)).push(" escape '\\'");
        }
        (Dialect::Sqlite, Some(trigrams)) => {
            select.push(grams).push(" cross join names where ").push(grams).push(" match ").bind(&trigrams);
            select.push(" and names.n = ").push(grams).push(".rowid and instr(names.name, ").bind(&text).push(") > 0");
        }
        (Dialect::Sqlite, None) => {
            select.push(names).push(" and instr(name, ").bind(&text).push(") > 0");
        }
    }
    select.push(whole).bind(q);
    select
}

/// So many are asked for: few texts that hold them all do not hold the text.
const TRIGRAMS: usize = 32;

/// What a text that holds this one is found by, as FTS5 asks for it; nothing is shorter than three characters.
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
