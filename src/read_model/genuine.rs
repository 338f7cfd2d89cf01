//! Verified messages as they were received, to be sent again.

use super::{StoreReadModel, allowed, answered};
use app::api::ApiError;
use domain::account::Role;
use domain::policy::Thing;

/// A verified message as it was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenuineMessage {
    /// The name of the endpoint.
    pub endpoint: String,
    /// Svix's id.
    pub id: String,
    /// The exact bytes of the body.
    pub body: Vec<u8>,
}

impl StoreReadModel {
    /// Returns the message of a request; `None` for a refused one, and where there is none.
    pub async fn genuine_message(&self, seq: i64, role: Option<Role>) -> Result<Option<GenuineMessage>, ApiError> {
        allowed(role, Thing::SignedRequest)?;
        let found = answered("genuine_message", self.store.find_delivery(seq).await)?;
        Ok(found.and_then(|(row, kept)| {
            let id = row.message_id.filter(|_| kept.code.is_none())?;
            Some(GenuineMessage { endpoint: row.endpoint, id, body: kept.body })
        }))
    }
}
