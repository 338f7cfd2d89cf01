//! Keeps this server known to others on its database, and removes lists that no server uses any more.

use crate::clock::Clock;
use crate::store::{Store, StoreError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Interval at which a server says that it runs.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// Number of heartbeats between two looks for unused lists.
const SWEEP_EVERY: u32 = 6;

/// This server among those on its database.
#[derive(Debug)]
pub struct Instance {
    store: Store,
    clock: Clock,
    id: String,
}

impl Instance {
    /// Makes this server known, before it makes lists: nobody drops what a known server uses.
    pub async fn enter(store: Store, clock: Clock) -> Result<Self, StoreError> {
        let instance = Self { store, clock, id: format!("{:016x}", rand::random::<u64>()) };
        instance.beat().await?;
        Ok(instance)
    }

    async fn beat(&self) -> Result<(), StoreError> {
        self.store.record_instance(&self.id, self.clock.now()).await
    }

    /// Drops the lists that no server uses, and makes those of this one again if another has dropped them, which happens
    /// when this process was halted for a while.
    pub async fn sweep(&self) -> Result<(), StoreError> {
        self.store.drop_unused_lists(self.clock.now()).await?;
        self.store.make_lists().await
    }

    /// Stays known until `stop`, and then leaves.
    pub async fn run(self, stop: CancellationToken) {
        let mut beats = 0;
        while !stop.is_cancelled() {
            let mut kept = self.beat().await;
            if kept.is_ok() && beats % SWEEP_EVERY == 0 {
                kept = self.sweep().await;
            }
            beats += 1;
            if let Err(error) = kept {
                // After an outage the others need time to be seen again before anything of theirs is dropped.
                beats = 1;
                tracing::debug!(%error, "this server is not known to others for now");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.clock.sleep(HEARTBEAT) => {}
            }
        }
        if let Err(error) = self.store.remove_instance(&self.id).await {
            tracing::debug!(%error, "other servers learn of this stop in a minute");
        }
    }
}
