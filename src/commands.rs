//! The write operations of pages, carried out on the store. Permissions are checked before, in the form handlers.

use crate::store::{Store, StoreError};
use app::api::{ApiError, Commands};
use async_trait::async_trait;
use domain::account::Person;
use jiff::Timestamp;

/// The implementation of [`Commands`] on the store.
#[derive(Clone, Debug)]
pub struct StoreCommands {
    store: Store,
}

impl StoreCommands {
    /// Creates the commands for `store`.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

fn done(command: &'static str, result: Result<(), StoreError>) -> Result<(), ApiError> {
    result.map_err(|error| {
        tracing::error!(command, %error, "a command failed");
        ApiError::Unavailable
    })
}

#[async_trait]
impl Commands for StoreCommands {
    async fn dismiss(&self, key: &str, reason: &str, by: &Person, now: Timestamp) -> Result<(), ApiError> {
        done("dismiss", self.store.dismiss(key, reason, (&by.name, &by.email), now.as_millisecond()).await)
    }

    async fn restore(&self, key: &str, by: &Person, now: Timestamp) -> Result<(), ApiError> {
        done("restore", self.store.restore(key, &by.email, now.as_millisecond()).await)
    }
}
