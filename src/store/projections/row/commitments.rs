//! Rows with the cost that a contract committed over time.

use crate::store::statement::row;

row! {
    /// The commitments of a contract after each of its events.
    pub struct CommitmentsRow in "commitments" {
        /// `ct_…`
        pub id: String,
        /// The commitments, oldest first, as a JSON list.
        pub history: String,
    }
}

row! {
    /// The title and the commitments of a contract that draws on a requisition.
    pub struct ContributionRow {
        /// `ct_…`
        pub id: String,
        /// As [`ContractRow::title`](super::ContractRow::title).
        pub title: String,
        /// As [`CommitmentsRow::history`].
        pub history: String,
    }
}
