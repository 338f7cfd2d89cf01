//! The registry of open connections, and the choice of the one to close when there are too many.

use super::connection::{Closing, Connection};
use super::limits::Limits;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Time that a closed connection has to end before the next one is closed.
const TIMEOUT: Duration = Duration::from_millis(20);

/// All open connections.
#[derive(Debug)]
pub(super) struct Registry {
    pub(super) limits: Limits,
    places: Arc<Semaphore>,
    open: Mutex<HashMap<u64, Arc<Connection>>>,
    next: AtomicU64,
}

impl Registry {
    pub(super) fn new(limits: Limits) -> Self {
        let places = limits.connections.clamp(1, Semaphore::MAX_PERMITS);
        Self { limits, places: Arc::new(Semaphore::new(places)), open: Mutex::default(), next: AtomicU64::new(0) }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, Arc<Connection>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a place for one more connection. If there is none, the longest idle one is closed; while all are busy,
    /// this waits for the first that is not.
    pub(super) async fn admit(self: &Arc<Self>) -> Place {
        let permit = loop {
            if let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() {
                break permit;
            }
            self.close_longest_idle();
            if let Ok(Ok(permit)) = tokio::time::timeout(TIMEOUT, Arc::clone(&self.places).acquire_owned()).await {
                break permit;
            }
        };
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let connection = Connection::new(Instant::now());
        self.open().insert(id, Arc::clone(&connection));
        Place { id, connection, registry: Arc::clone(self), _permit: permit }
    }

    /// Aborts the most dispensable connection, if there is one.
    pub(super) fn close_longest_idle(&self) {
        let now = Instant::now();
        let open = self.open();
        let longest = open
            .values()
            .filter(|connection| !connection.is_dropped())
            .filter_map(|connection| Some((connection.with(|state| state.dispensable(now))?, connection)))
            .min_by_key(|(rank, _)| *rank);
        if let Some((_, connection)) = longest {
            connection.close(Closing::Now, now);
        }
    }

    /// Closes every connection that exceeds a time limit.
    pub(super) fn close_overdue(&self, now: Instant) {
        for connection in self.open().values() {
            if let Some(how) = connection.with(|state| state.overdue(&self.limits, now)) {
                connection.close(how, now);
            }
        }
    }

    /// Starts the graceful shutdown of every connection.
    pub(super) fn finish_all(&self) {
        let now = Instant::now();
        self.open().values().for_each(|connection| connection.close(Closing::WhenIdle, now));
    }

    /// Aborts all remaining connections, and returns how many there were.
    pub(super) fn close_all(&self) -> usize {
        let now = Instant::now();
        let open = self.open();
        open.values().for_each(|connection| connection.close(Closing::Now, now));
        open.len()
    }
}

/// The place of one connection, released on drop.
#[derive(Debug)]
pub(super) struct Place {
    id: u64,
    connection: Arc<Connection>,
    registry: Arc<Registry>,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    pub(super) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.registry.open().remove(&self.id);
    }
}
