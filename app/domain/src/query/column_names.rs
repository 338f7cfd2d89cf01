//! The columns that lists can be asked for: their names in URLs, and which are shown unless others are chosen. What stands
//! in them is in `app::view::columns`.

/// A column of a list, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnName {
    /// The word in URLs.
    pub key: &'static str,
    /// When it is shown.
    pub shown: Shown,
}

/// When a column is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Always; it is no part of the choice.
    Always,
    /// Unless other columns are chosen.
    ByDefault,
    /// Only when it is chosen.
    OnRequest,
}

const fn always(key: &'static str) -> ColumnName {
    ColumnName { key, shown: Shown::Always }
}

const fn by_default(key: &'static str) -> ColumnName {
    ColumnName { key, shown: Shown::ByDefault }
}

const fn on_request(key: &'static str) -> ColumnName {
    ColumnName { key, shown: Shown::OnRequest }
}

/// The columns of the list of contractors, from left to right.
pub const CONTRACTOR: &[ColumnName] = &[
    always("name"),
    on_request("id"),
    on_request("email"),
    by_default("client"),
    by_default("state"),
    on_request("bookability"),
    by_default("active"),
    by_default("offers"),
    by_default("ends"),
    by_default("committed"),
    on_request("fields"),
    by_default("last"),
];

/// The columns of the list of contracts, from left to right.
pub const CONTRACT: &[ColumnName] = &[
    always("title"),
    on_request("id"),
    on_request("job"),
    by_default("contractor"),
    on_request("contractor_id"),
    on_request("client"),
    on_request("hirers"),
    by_default("state"),
    by_default("start"),
    by_default("end"),
    on_request("notice"),
    by_default("rate"),
    by_default("estimate"),
    on_request("requisition"),
    on_request("fields"),
    on_request("findings"),
    by_default("last"),
];

/// The columns of the list of spend requisitions, from left to right.
pub const REQUISITION: &[ColumnName] = &[
    always("title"),
    on_request("id"),
    by_default("number"),
    by_default("state"),
    by_default("amount"),
    by_default("committed"),
    by_default("left"),
    by_default("contracts"),
    on_request("versions"),
    on_request("fields"),
    by_default("last"),
];
