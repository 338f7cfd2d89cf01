//! The threads the projector runs on. On `SQLite` they are its own, at low priority: lists may be a second late,
//! requests may not.

use super::Projector;
use crate::store::{Dialect, Store};
use std::future::Future;
use tokio::task::JoinHandle;

/// The `nice` value of the projector's threads, so that requests get the processor first.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Starts `run` with the projector. The handle ends when `run` does.
pub fn start<F, R>(projector: Projector, run: F) -> JoinHandle<()>
where
    F: FnOnce(Projector) -> R + Send + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    // On PostgreSQL the database does the work, and its connections belong to the runtime they were opened on.
    if projector.store.dialect() == Dialect::Postgres {
        return tokio::spawn(with_own_reader(projector, run));
    }
    let (ended, end) = tokio::sync::oneshot::channel::<()>();
    let handle = tokio::runtime::Handle::current();
    let own = std::thread::Builder::new().name("projector".to_owned()).spawn(move || {
        give_way();
        // Threads that this runtime starts for blocking work inherit the priority.
        match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime.block_on(with_own_reader(projector, run)),
            Err(error) => {
                tracing::warn!(%error, "the projector has no threads of its own, and shares those of requests");
                handle.block_on(run(projector));
            }
        }
        drop(ended);
    });
    if let Err(error) = own {
        tracing::error!(%error, "the lists are not kept up to date: no thread could be started");
    }
    // Nothing is ever sent: the channel closes with the thread, however that ends.
    tokio::spawn(async move { drop(end.await) })
}

async fn with_own_reader<F, R>(projector: Projector, run: F)
where
    F: FnOnce(Projector) -> R,
    R: Future<Output = ()>,
{
    let follower: Option<Store> = match projector.store.follower().await {
        Ok(store) => Some(store),
        Err(error) => {
            tracing::warn!(%error, "the projector reads on the connections of pages");
            None
        }
    };
    let store = follower.clone().unwrap_or_else(|| projector.store.clone());
    run(Projector { store, ..projector }).await;
    if let Some(store) = follower {
        store.close_reader().await;
    }
}

/// Lowers the priority of this thread. Only Linux has priorities per thread.
fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICENESS) {
        tracing::debug!(%error, "the projector has the priority of requests");
    }
}
