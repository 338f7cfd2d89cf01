//! Rows with a few columns of a contract, for queries in which reading all columns would take longer than the rest.

use super::ContractRow;
use crate::store::statement::row;

row! {
    /// The columns of a contract that the row of its requisition depends on.
    pub struct CommitmentRow {
        /// The id of the requisition.
        pub requisition_id: String,
        /// As [`ContractRow::standing`].
        pub standing: String,
        /// As [`ContractRow::commitment_amount`].
        pub commitment_amount: Option<String>,
        /// As [`ContractRow::commitment_per_day`].
        pub commitment_per_day: Option<String>,
        /// As [`ContractRow::commitment_currency`].
        pub commitment_currency: Option<String>,
    }
}

row! {
    /// The columns of a contract that decide whether it renews another one.
    pub struct RenewalCandidateRow {
        /// `ct_…`
        pub id: String,
        /// The id of its contractor.
        pub contractor_id: Option<String>,
        /// Whether only test events mention it.
        pub is_test: bool,
        /// `ContractState::as_str`
        pub state: String,
        /// First day.
        pub start_on: Option<String>,
        /// Last day, as far as known.
        pub ends_on: Option<String>,
        /// A JSON list of the contract ids `renewal_meta` names.
        pub renewal_ids: String,
    }
}

impl From<&ContractRow> for RenewalCandidateRow {
    fn from(row: &ContractRow) -> Self {
        Self {
            id: row.id.clone(),
            contractor_id: row.contractor_id.clone(),
            is_test: row.is_test,
            state: row.state.clone(),
            start_on: row.start_on.clone(),
            ends_on: row.ends_on.clone(),
            renewal_ids: row.renewal_ids.clone(),
        }
    }
}

row! {
    /// The columns of a contract that draws on a requisition.
    pub struct ContractCommitmentRow {
        /// `ct_…`
        pub id: String,
        /// Whether only test events mention it.
        pub is_test: bool,
        /// Its commitment.
        #[sqlx(flatten)]
        pub draw: CommitmentRow,
    }
}

impl From<&ContractRow> for ContractCommitmentRow {
    /// A contract without a requisition gets an empty id.
    fn from(row: &ContractRow) -> Self {
        Self {
            id: row.id.clone(),
            is_test: row.is_test,
            draw: CommitmentRow {
                requisition_id: row.requisition_id.clone().unwrap_or_default(),
                standing: row.standing.clone(),
                commitment_amount: row.commitment_amount.clone(),
                commitment_per_day: row.commitment_per_day.clone(),
                commitment_currency: row.commitment_currency.clone(),
            },
        }
    }
}

row! {
    /// A further attempt of a message.
    pub struct Repeat {
        /// The sequence number in the log.
        pub seq: i64,
        /// The endpoint it came to.
        pub endpoint: String,
        /// Its arrival.
        pub received_at: i64,
        /// Whether its body is that of the first attempt.
        pub same_body: bool,
        /// The sequence number of the message.
        pub message_seq: i64,
        /// `Message::event_type` of the message.
        pub event_type: Option<String>,
        /// `Message::mode` of the message.
        pub mode: Option<String>,
    }
}
