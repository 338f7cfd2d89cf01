//! The columns of lists. Each is defined once for the table and the CSV file, so that headings, cells and exports
//! cannot diverge.

pub mod contract;
pub mod contractor;
pub mod requisition;

use crate::view::summary::RequisitionSummary;
use crate::view::summary::{ContractSummary, ContractorSummary};
use domain::event::Mode;
use domain::event::contract::Rate;
use domain::event::spend::{AmountType, TypedAmount};
use domain::lifecycle::contact::ContactState;
use domain::lifecycle::contract::Phase;
use domain::lifecycle::spend::RequisitionState;
use domain::money::Money;
use domain::query::column_names::ColumnName;
use domain::query::filter::{ContractFilter, ContractorFilter, Listing, RequisitionFilter, SortKey};
use domain::text::{is_blank, without_direction};
use jiff::Timestamp;
use jiff::civil::Date;

/// One column of a list.
pub struct Column<T: 'static> {
    /// The key in URLs.
    pub key: &'static str,
    /// The heading of the table.
    pub label: &'static str,
    /// The headings of the CSV file: money has one for the amount and one for its currency.
    pub headings: &'static [&'static str],
    /// The sort key that a click on the heading selects.
    pub sort: Option<SortKey>,
    /// The layout of the column.
    pub width: Width,
    /// What a row has in it.
    pub cell: fn(&T) -> Cell,
}

/// A column whose cells are still to be said.
const fn column<T>(
    key: &'static str,
    label: &'static str,
    headings: &'static [&'static str],
    width: Width,
) -> Column<T> {
    Column { key, label, headings, sort: None, width, cell: |_| Cell::Text(None) }
}

/// A list with the content of its columns.
pub trait Table: Listing {
    /// One row of the list.
    type Row: Clone + Send + Sync + 'static;
    /// One for each of [`Listing::COLUMNS`], in the same order.
    const CELLS: &'static [Column<Self::Row>];

    /// The columns in force, in their own order.
    fn columns(&self) -> Vec<&'static Column<Self::Row>> {
        let columns = Self::CELLS.iter().zip(Self::COLUMNS);
        columns.filter(|(_, name)| self.shows(name)).map(|(column, _)| column).collect()
    }
}

impl Table for ContractorFilter {
    type Row = ContractorSummary;
    const CELLS: &'static [Column<ContractorSummary>] = contractor::COLUMNS;
}

impl Table for ContractFilter {
    type Row = ContractSummary;
    const CELLS: &'static [Column<ContractSummary>] = contract::COLUMNS;
}

impl Table for RequisitionFilter {
    type Row = RequisitionSummary;
    const CELLS: &'static [Column<RequisitionSummary>] = requisition::COLUMNS;
}

// A column that is named and has no content, or the other way round, does not compile.
const _: () = assert!(have_the_names(contractor::COLUMNS, ContractorFilter::COLUMNS));
const _: () = assert!(have_the_names(contract::COLUMNS, ContractFilter::COLUMNS));
const _: () = assert!(have_the_names(requisition::COLUMNS, RequisitionFilter::COLUMNS));

const fn have_the_names<T>(columns: &[Column<T>], names: &[ColumnName]) -> bool {
    if columns.len() != names.len() {
        return false;
    }
    let mut at = 0;
    while at < names.len() {
        if !is_same(columns[at].key.as_bytes(), names[at].key.as_bytes()) {
            return false;
        }
        at += 1;
    }
    true
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// The layout of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// Text, also on narrow screens.
    Text,
    /// Text, hidden on narrow screens.
    Wide,
    /// As narrow as its content, also on narrow screens.
    Fit,
    /// A number or date, also on narrow screens.
    Number,
    /// A number or date, hidden on narrow screens.
    WideNumber,
}

impl Width {
    /// Returns the classes of its cells; explicitly chosen columns are never hidden.
    pub fn class(self, is_chosen: bool) -> &'static str {
        match self {
            Self::Text => "",
            Self::Wide if is_chosen => "",
            Self::Wide => "wide",
            Self::Fit => "fit",
            Self::Number => "num",
            Self::WideNumber if is_chosen => "num",
            Self::WideNumber => "num wide",
        }
    }
}

/// The state of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The state of a contractor.
    Contractor(ContactState),
    /// The phase of a contract on the day of the list, with its last day.
    Contract(Phase, Option<Date>),
    /// The state of a requisition.
    Requisition(RequisitionState),
}

impl State {
    /// Returns the state in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Contractor(state) => state.label(),
            Self::Contract(phase, _) => phase.label(),
            Self::Requisition(state) => state.label(),
        }
    }
}

/// The content of a cell, rendered as HTML or CSV.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// The subject of the row, with a link to its page.
    Subject {
        /// Its page.
        href: String,
        /// Its name or title.
        text: String,
        /// A second line.
        under: Option<String>,
        /// Whether it is live, test or sample.
        mode: Mode,
        /// Number of its findings.
        findings: u32,
    },
    /// Another subject with a link.
    Link {
        /// Its page, if known.
        href: Option<String>,
        /// Its name.
        text: Option<String>,
    },
    /// Plain text.
    Text(Option<String>),
    /// An identifier.
    Code(Option<String>),
    /// Several short texts.
    Texts(Vec<String>),
    /// A state.
    State(State),
    /// A count.
    Count(u32),
    /// A day.
    Day(Option<Date>),
    /// The last day; the flag means that no end is given.
    LastDay(Option<Date>, bool),
    /// A future day, with its distance from today.
    DayAhead(Option<Date>),
    /// An instant.
    Instant(Timestamp),
    /// A rate.
    Rate(Option<Rate>),
    /// Sums, one for each currency; with a remark if they are incomplete.
    Sums(Vec<Money>, Option<&'static str>),
    /// A sum; with a remark if it is incomplete.
    Sum(Option<Money>, Option<&'static str>),
    /// What is left of an amount; negative for an excess.
    Remaining {
        /// The amount left.
        left: Option<Money>,
        /// Whether it is an upper bound, as not everything that draws on it could be counted.
        is_partial: bool,
        /// Whether it is per day.
        is_by_day: bool,
    },
    /// An amount with its type, and the approved one.
    Amount {
        /// The current amount.
        now: Option<TypedAmount>,
        /// The approved amount, if an approval was seen.
        approved: Option<TypedAmount>,
    },
}

impl Cell {
    /// Returns the fields of a CSV file: dates as ISO 8601, money as a plain decimal beside its currency, one field for
    /// each of the column's headings.
    pub fn fields(&self) -> Vec<String> {
        match self {
            Self::Subject { text, .. } => vec![escape_formula(text)],
            Self::Link { text, .. } | Self::Text(text) | Self::Code(text) => {
                vec![text.as_deref().map(escape_formula).unwrap_or_default()]
            }
            Self::Texts(texts) => vec![escape_formula(&texts.join("; "))],
            Self::State(state) => vec![state.label().to_owned()],
            Self::Count(count) => vec![count.to_string()],
            Self::Day(day) | Self::DayAhead(day) | Self::LastDay(day, _) => {
                vec![day.map(|day| day.to_string()).unwrap_or_default()]
            }
            Self::Instant(at) => vec![at.to_string()],
            Self::Rate(rate) => {
                let rate = rate.as_ref();
                vec![
                    rate.and_then(rate_amount).unwrap_or_default(),
                    rate.and_then(|rate| rate.currency.as_ref())
                        .map(|of| escape_formula(of.as_str()))
                        .unwrap_or_default(),
                    rate.and_then(|rate| rate.unit.as_deref()).map(escape_formula).unwrap_or_default(),
                ]
            }
            // Sums of several currencies are one text with their currencies.
            Self::Sums(sums, note) => {
                let told: Vec<String> = sums.iter().map(|sum| format!("{} {}", sum.currency, sum.plain())).collect();
                vec![escape_formula(&told.join("; ")), note.unwrap_or_default().to_owned()]
            }
            Self::Sum(money, note) => noted(money.as_ref(), *note),
            Self::Remaining { left, is_partial, is_by_day } => noted(
                left.as_ref(),
                match (is_partial, is_by_day) {
                    (true, true) => Some("at most, a day"),
                    (true, false) => Some("at most"),
                    (false, true) => Some("a day"),
                    (false, false) => None,
                },
            ),
            Self::Amount { now, approved } => [now, approved].into_iter().flat_map(|of| priced(of.as_ref())).collect(),
        }
    }
}

/// Returns an amount, its currency and its type.
fn priced(of: Option<&TypedAmount>) -> [String; 3] {
    let kind = of.and_then(|of| of.kind.as_ref()).map(AmountType::as_str);
    [
        of.map(|of| of.money.plain()).unwrap_or_default(),
        of.map(|of| escape_formula(of.money.currency.as_str())).unwrap_or_default(),
        kind.map(escape_formula).unwrap_or_default(),
    ]
}

/// Returns the rate as a plain decimal; verbatim without a currency, which defines the number of decimals.
fn rate_amount(rate: &Rate) -> Option<String> {
    rate.money().map(|money| money.plain()).or_else(|| Some(rate.amount?.to_string()))
}

/// Returns an amount, its currency, and the remark on its completeness.
fn noted(money: Option<&Money>, note: Option<&str>) -> Vec<String> {
    vec![
        money.map(Money::plain).unwrap_or_default(),
        money.map(|money| escape_formula(money.currency.as_str())).unwrap_or_default(),
        note.filter(|_| money.is_some()).unwrap_or_default().to_owned(),
    ]
}

/// Protects text against formula injection: spreadsheets run what begins like a formula, and titles are untrusted, so
/// an apostrophe is inserted before it. Generated numbers and dates are not affected.
///
/// The separator of a spreadsheet is a local setting, and one that splits at semicolons takes the quotes of this file
/// for text: so formulas are also detected after every separator in the text. Direction controls are removed, as no
/// cell could isolate them.
pub fn escape_formula(text: &str) -> String {
    let text = without_direction(text);
    let mut safe = String::with_capacity(text.len());
    // Leading tabs and line breaks are treated as an attack in any case.
    if text.starts_with(['\t', '\r']) {
        safe.push('\'');
    }
    for piece in text.split_inclusive(SEPARATORS) {
        if begins_like_a_formula(piece) {
            safe.push('\'');
        }
        safe.push_str(piece);
    }
    safe
}

/// What any spreadsheet may take for the end of a cell.
const SEPARATORS: [char; 6] = [';', ',', '\t', '|', '\n', '\r'];

/// Returns whether a spreadsheet would run the text. Leading characters that it trims, and a leading quote, are
/// skipped.
fn begins_like_a_formula(text: &str) -> bool {
    let is_passed_over = |one: char| one == '"' || is_blank(one.encode_utf8(&mut [0; 4]));
    let first = text.trim_start_matches(is_passed_over).chars().next();
    matches!(first, Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_looks_like_a_formula_is_text() {
        for (text, safe) in [
            ("=1+1", "'=1+1"),
            ("+44 20", "'+44 20"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("\r=1", "'\r'=1"),
            (" =1", "' =1"),
            ("\u{200b}=1", "'\u{200b}=1"),
            ("Design;=cmd|' /C calc'!A0;", "Design;'=cmd|' /C calc'!A0;"),
            ("Ada Lee; =1+1", "Ada Lee;' =1+1"),
            ("a\t=1", "a\t'=1"),
            ("a,\"=1\"", "a,'\"=1\""),
            ("a|+1\n@b", "a|'+1\n'@b"),
            ("Ada \u{202e}eeL", "Ada eeL"),
        ] {
            assert_eq!(escape_formula(text), safe, "{text:?}");
        }
        for text in ["", "Ana", "a=b", "1-2", "'=1", "Northwind, Ltd; UK", "a;b|c"] {
            assert_eq!(escape_formula(text), text);
        }
    }

    proptest! {
        #[test]
        fn no_text_reaches_a_spreadsheet_as_a_formula(text in any::<String>()) {
            let field = Cell::Text(Some(text)).fields().remove(0);
            for piece in field.split(SEPARATORS) {
                prop_assert!(!begins_like_a_formula(piece), "{piece:?} in {field:?}");
            }
        }

        #[test]
        fn no_separator_hides_a_formula(text in "[;,|\t\n\r =+@\"'a-]{0,12}") {
            for cell in [Cell::Text(Some(text.clone())), Cell::Texts(vec![text.clone(), text])] {
                let field = cell.fields().remove(0);
                for piece in field.split(SEPARATORS) {
                    prop_assert!(!begins_like_a_formula(piece), "{piece:?} in {field:?}");
                }
            }
        }
    }

    #[test]
    fn money_is_a_plain_decimal_beside_its_currency() {
        let money =
            Money { amount: "-1250.50".parse().unwrap(), currency: domain::money::Currency::parse("gbp").unwrap() };
        let now = Some(TypedAmount { money: money.clone(), kind: Some(AmountType::Total) });
        let cell = Cell::Amount { now, approved: None };
        assert_eq!(cell.fields(), ["-1250.50", "GBP", "TOTAL", "", "", ""]);
        let left = Cell::Remaining { left: Some(money), is_partial: true, is_by_day: true };
        assert_eq!(left.fields(), ["-1250.50", "GBP", "at most, a day"]);
        assert_eq!(Cell::Rate(None).fields(), ["", "", ""]);
    }
}
