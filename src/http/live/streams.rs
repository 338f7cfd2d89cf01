//! The registry of open event streams, bounded per session and in total; a new stream displaces the oldest.

use crate::http::event_stream::Ended;
use crate::http::session::SessionHandle;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Maximum number of streams per session. Browsers open six connections per host over HTTP/1.1; one stays free for
/// pages.
pub(super) const OF_ONE_SESSION: usize = 5;

/// All open streams; clones share them.
#[derive(Clone)]
pub(super) struct Streams {
    most: usize,
    open: Arc<Mutex<Open>>,
}

#[derive(Default)]
struct Open {
    next: u64,
    /// The open streams, oldest first.
    streams: Vec<One>,
}

struct One {
    id: u64,
    session: SessionHandle,
    ended: oneshot::Sender<Ended>,
}

impl Streams {
    /// Creates a registry of at most `most` streams in total, and never fewer than one session may have.
    pub(super) fn new(most: usize) -> Self {
        Self { most: most.max(OF_ONE_SESSION), open: Arc::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers a new stream. At a limit it displaces the oldest stream of its session, or of all.
    pub(super) fn open(&self, session: SessionHandle) -> Ticket {
        let (ended, is_ended) = oneshot::channel();
        let mut open = self.lock();
        let own = |one: &One| one.session.is_same(&session);
        let victim = if open.streams.iter().filter(|one| own(one)).count() >= OF_ONE_SESSION {
            open.streams.iter().position(own).map(|place| (place, Ended::Displaced))
        } else if open.streams.len() >= self.most {
            Some((0, Ended::LimitReached))
        } else {
            None
        };
        if let Some((place, why)) = victim {
            // A failed send means that the stream has just ended by itself.
            let _ = open.streams.remove(place).ended.send(why);
        }
        let id = open.next;
        open.next += 1;
        open.streams.push(One { id, session, ended });
        drop(open);
        Ticket { id, streams: self.clone(), is_ended }
    }
}

/// The registration of one stream, released on drop.
pub(super) struct Ticket {
    id: u64,
    streams: Streams,
    is_ended: oneshot::Receiver<Ended>,
}

impl Ticket {
    /// Waits until another stream displaces this one.
    pub(super) async fn ended(&mut self) -> Ended {
        match (&mut self.is_ended).await {
            Ok(why) => why,
            // Only this ticket removes its entry without a message, and it still exists.
            Err(_) => std::future::pending().await,
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.streams.lock().streams.retain(|one| one.id != self.id);
    }
}
