//! The registry of open event streams, bounded per session and in total; a new stream displaces the oldest.

use crate::http::session::HeldSession;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Streams of one session. Browsers open six connections to a host over HTTP/1.1: one is left for pages.
pub(super) const OF_ONE_SESSION: usize = 5;

/// Why a stream ends although its reader is still there. The word is what the page is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// Another stream of the same session was opened, and there were as many as there may be.
    Elsewhere,
    /// Another stream was opened, and there were as many as the server holds.
    Crowded,
    /// The session is over.
    SignedOut,
}

impl Ended {
    /// As the event says it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Elsewhere => "elsewhere",
            Self::Crowded => "crowded",
            Self::SignedOut => "signed-out",
        }
    }
}

/// All open streams; clones share them.
#[derive(Clone)]
pub(super) struct Streams {
    most: usize,
    open: Arc<Mutex<Open>>,
}

#[derive(Default)]
struct Open {
    next: u64,
    /// Oldest first.
    streams: Vec<One>,
}

struct One {
    id: u64,
    session: HeldSession,
    ended: oneshot::Sender<Ended>,
}

impl Streams {
    /// At most `most` in all, and always enough for one session.
    pub(super) fn new(most: usize) -> Self {
        Self { most: most.max(OF_ONE_SESSION), open: Arc::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place for a new stream. Where there is none, the oldest of this session, or the oldest of all, gives its
    /// own.
    pub(super) fn open(&self, session: HeldSession) -> Ticket {
        let (ended, is_ended) = oneshot::channel();
        let mut open = self.lock();
        let own = |one: &One| one.session.is_same(&session);
        let victim = if open.streams.iter().filter(|one| own(one)).count() >= OF_ONE_SESSION {
            open.streams.iter().position(own).map(|place| (place, Ended::Elsewhere))
        } else if open.streams.len() >= self.most {
            Some((0, Ended::Crowded))
        } else {
            None
        };
        if let Some((place, why)) = victim {
            // A stream that has just ended by itself needs no word.
            let _ = open.streams.remove(place).ended.send(why);
        }
        let id = open.next;
        open.next += 1;
        open.streams.push(One { id, session, ended });
        drop(open);
        Ticket { id, streams: self.clone(), is_ended }
    }
}

/// The place of one stream, given back when it is dropped.
pub(super) struct Ticket {
    id: u64,
    streams: Streams,
    is_ended: oneshot::Receiver<Ended>,
}

impl Ticket {
    /// Waits until another stream takes the place.
    pub(super) async fn ended(&mut self) -> Ended {
        match (&mut self.is_ended).await {
            Ok(why) => why,
            // Only this ticket takes its entry out without a word, and it is still here.
            Err(_) => std::future::pending().await,
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.streams.lock().streams.retain(|one| one.id != self.id);
    }
}
