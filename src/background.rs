//! The threads of background work. On `SQLite` each has its own, at low priority: lists may be a second late, requests may
//! not.

use crate::store::{Dialect, Store};
use std::future::Future;
use tokio::task::JoinHandle;

/// The `nice` value of background threads, so that requests get the processor first.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Starts `run` with connections of its own. The handle ends when `run` does. `name` is that of the thread.
pub fn start<F, R>(name: &'static str, store: Store, run: F) -> JoinHandle<()>
where
    F: FnOnce(Store) -> R + Send + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    // On PostgreSQL the database does the work, and its connections belong to the runtime they were opened on.
    if store.dialect() == Dialect::Postgres {
        return tokio::spawn(with_own_connections(name, store, run));
    }
    let (ended, end) = tokio::sync::oneshot::channel::<()>();
    let handle = tokio::runtime::Handle::current();
    let own = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        give_way(name);
        // Threads that this runtime starts for blocking work inherit the priority.
        match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime.block_on(with_own_connections(name, store, run)),
            Err(error) => {
                tracing::warn!(name, %error, "background work has no threads of its own, and shares those of requests");
                handle.block_on(run(store));
            }
        }
        drop(ended);
    });
    if let Err(error) = own {
        tracing::error!(name, %error, "background work does not run: no thread could be started");
    }
    // Nothing is ever sent: the channel closes with the thread, however that ends.
    tokio::spawn(async move { drop(end.await) })
}

async fn with_own_connections<F, R>(name: &'static str, store: Store, run: F)
where
    F: FnOnce(Store) -> R,
    R: Future<Output = ()>,
{
    let own: Option<Store> = match store.with_own_connections(name).await {
        Ok(store) => Some(store),
        Err(error) => {
            tracing::warn!(name, %error, "background work reads on the connections of pages");
            None
        }
    };
    run(own.clone().unwrap_or(store)).await;
    if let Some(store) = own {
        store.close_own_connections().await;
    }
}

/// Lowers the priority of this thread. Only Linux has priorities per thread.
fn give_way(name: &'static str) {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICENESS) {
        tracing::debug!(name, %error, "background work has the priority of requests");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = name;
}
