//! The sources of list rows: the only place that says `from contractors`, `from contracts` or `from requisitions`, and
//! the conditions on their columns that several queries share.

use super::row::{ContractRow, ContractorRow, RequisitionRow};
use super::states::{PROPOSED_OR_SIGNED, SIGNED};
use crate::store::statement::Statement;
use domain::lifecycle::contract::Phase;
use domain::query::filter::Days;
use domain::query::moment::Moment;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};

/// The table of list rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The contractor list.
    Contractors,
    /// The contract list.
    Contracts,
    /// The spend list.
    Requisitions,
}

impl Source {
    /// Returns `Subject::kind`.
    pub(super) fn subject(self) -> &'static str {
        match self {
            Self::Contractors => "contractor",
            Self::Contracts => "contract",
            Self::Requisitions => "requisition",
        }
    }

    /// Returns the same as an SQL literal.
    pub(super) fn subject_literal(self) -> &'static str {
        match self {
            Self::Contractors => "'contractor'",
            Self::Contracts => "'contract'",
            Self::Requisitions => "'requisition'",
        }
    }

    /// Appends every column, in the order of the row's fields.
    pub(crate) fn push_columns(self, select: &mut Statement) -> &mut Statement {
        match self {
            Self::Contractors => select.columns::<ContractorRow>("contractors."),
            Self::Contracts => select.columns::<ContractRow>("contracts."),
            Self::Requisitions => select.columns::<RequisitionRow>("requisitions."),
        }
    }

    /// Returns the table name. At a past moment a common table expression has this name and the same columns: see
    /// [`Statement::as_of`].
    pub(crate) fn from(self) -> &'static str {
        match self {
            Self::Contractors => "contractors",
            Self::Contracts => "contracts",
            Self::Requisitions => "requisitions",
        }
    }

    /// Returns `select … from …`.
    pub(crate) fn select(self, what: &'static str) -> Statement {
        let mut select = Statement::new("select ");
        select.push(what).push(" from ").push(self.from());
        select
    }

    /// Returns a `select` of every column as of a moment. Only contracts have past versions.
    pub(crate) fn all_at(self, moment: Moment) -> Statement {
        let mut select = Statement::as_of(moment, "select ");
        self.push_columns(&mut select).push(" from ").push(self.from());
        select
    }

    /// Returns a `select` of every column.
    pub(crate) fn all(self) -> Statement {
        let mut select = Statement::new("select ");
        self.push_columns(&mut select).push(" from ").push(self.from());
        select
    }
}

/// Returns the day after this number of days, as stored.
pub(crate) fn days_ahead(today: Date, days: u16) -> String {
    today.saturating_add(i64::from(days).days()).to_string()
}

/// Adds [`Phase::is_bound`] as conditions on columns of this alias of contracts.
pub(crate) fn bound(select: &mut Statement, name: &'static str, today: Date) {
    select.push(" and ").push(name).push(".state in ").push(SIGNED).push(" and ").push(name);
    select.push(".last_day >= ").bind(&today.to_string());
}

/// Adds [`Phase::is_running`] as conditions on columns of `contracts`.
pub(crate) fn running(select: &mut Statement, today: Date) {
    bound(select, Source::Contracts.from(), today);
    begun(select, today);
}

/// Adds the condition that a contract has started.
fn begun(select: &mut Statement, today: Date) {
    select.push(" and (contracts.start_on is null or contracts.start_on <= ").bind(&today.to_string()).push(")");
}

/// Adds the condition that a contract is signed and ends within this number of days, started or not: short contracts
/// start and end within them.
pub(crate) fn ending(select: &mut Statement, today: Date, days: u16) {
    bound(select, Source::Contracts.from(), today);
    select.push(" and contracts.last_day <= ").bind(&days_ahead(today, days));
}

/// Adds the condition that a contract is proposed or signed, and that a day of it is in a range. `day` is an expression
/// that is `'9999'` where the day is not known, which is in no range.
pub(crate) fn has_day(select: &mut Statement, day: &'static str, range: Days) {
    select.push(" and contracts.state in ").push(PROPOSED_OR_SIGNED).push(" and ").push(day);
    // As text, the first day of all is the empty one, and the last one is before '9999'.
    select.push(" between ").bind(&range.from.map(|day| day.to_string()).unwrap_or_default());
    let last = range.to.map_or(LAST_DAY, |day| day.min(LAST_DAY));
    select.push(" and ").bind(&last.to_string());
}

/// Adds the condition that a contract is signed, and runs on a day of a range.
pub(crate) fn at_work(select: &mut Statement, range: Days) {
    select.push(" and contracts.state in ").push(SIGNED);
    if let Some(from) = range.from {
        select.push(" and contracts.last_day >= ").bind(&from.to_string());
    }
    if let Some(to) = range.to {
        begun(select, to);
    }
}

/// The last day before '9999', which stands for no day.
const LAST_DAY: Date = date(9998, 12, 31);

/// Adds [`Phase::on`] as conditions on columns; a property test compares the two.
pub(crate) fn within(select: &mut Statement, phase: Phase, today: Date) {
    let running = |select: &mut Statement, state: &'static str| {
        select.push(" and contracts.state = ").bind(state);
        select.push(" and contracts.last_day >= ").bind(&today.to_string());
        begun(select, today);
    };
    match phase {
        Phase::Known | Phase::Approved | Phase::Offered | Phase::Revoked | Phase::Cancelled | Phase::Deleted => {
            select.push(" and contracts.state = ").bind(phase.as_str());
        }
        Phase::Completed => {
            select.push(" and contracts.state in ").push(SIGNED).push(" and contracts.last_day < ");
            select.bind(&today.to_string());
        }
        Phase::UnderNotice => running(select, "notice_served"),
        Phase::Ending => running(select, "end_known"),
        Phase::Upcoming => {
            bound(select, Source::Contracts.from(), today);
            select.push(" and contracts.start_on > ").bind(&today.to_string());
        }
        Phase::Active => running(select, "accepted"),
    }
}
