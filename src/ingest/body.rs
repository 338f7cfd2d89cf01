//! Reading of request bodies, with a bound on the memory that all bodies being read take together.
//!
//! Events are a few kilobytes and never wait. Only bodies longer than `FREE_BYTES` need a permit, and those are few: a
//! sender of many long bodies at once waits, and the backlog stays in its memory instead of the server's.

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Maximum length of a body that is read without a permit, in bytes. Standard Webhooks asks senders to stay below 20
/// kB.
const FREE_BYTES: usize = 32_768;

/// Total size of the longer bodies read at once, in bytes; one of the longest always fits.
const BUDGET: usize = 4 << 20;

/// The unit of permits, in bytes.
const PERMIT_BYTES: usize = 1_024;

/// Delay before a refused long body releases its permits, which also bounds the processor time that strangers can use.
const RELEASE_DELAY: Duration = Duration::from_millis(100);

/// The memory budget of bodies being read; clones share it.
#[derive(Clone, Debug)]
pub struct BodyBudget {
    available: Arc<Semaphore>,
    /// Maximum length of a body, in bytes.
    longest: usize,
}

/// A complete body, with the permits for its memory.
#[derive(Debug)]
pub struct CompleteBody {
    /// The exact bytes.
    pub bytes: Bytes,
    permits: Option<OwnedSemaphorePermit>,
}

/// The reason why a body was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyError {
    /// It exceeds the maximum length.
    TooLarge,
    /// It did not arrive in time.
    TimedOut,
    /// The connection was closed.
    BrokenOff,
    /// Other bodies took the whole budget.
    Busy,
}

/// Returns the `Content-Length`; `None` for a chunked body.
pub fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

impl BodyBudget {
    /// Creates a budget for bodies of at most `longest` bytes.
    pub fn new(longest: usize) -> Self {
        let permits = BUDGET.max(longest).div_ceil(PERMIT_BYTES).min(Semaphore::MAX_PERMITS);
        Self { available: Arc::new(Semaphore::new(permits)), longest }
    }

    /// Returns the maximum length of a body, in bytes.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Reads a body until the deadline.
    pub async fn read(&self, headers: &HeaderMap, body: Body, deadline: Instant) -> Result<CompleteBody, BodyError> {
        let announced = announced(headers).map(|length| usize::try_from(length).unwrap_or(usize::MAX));
        if announced.is_some_and(|length| length > self.longest) {
            return Err(BodyError::TooLarge);
        }
        let mut permits = None;
        if let Some(length) = announced.filter(|length| *length > FREE_BYTES) {
            permits = Some(self.take(length, deadline).await?);
        }
        match tokio::time::timeout_at(deadline, self.collect(body, announced, &mut permits, deadline)).await {
            Ok(bytes) => Ok(CompleteBody { bytes: bytes?, permits }),
            Err(_) => Err(BodyError::TimedOut),
        }
    }

    async fn take(&self, length: usize, deadline: Instant) -> Result<OwnedSemaphorePermit, BodyError> {
        let count = u32::try_from(length.div_ceil(PERMIT_BYTES)).map_err(|_| BodyError::TooLarge)?;
        let taken = tokio::time::timeout_at(deadline, Arc::clone(&self.available).acquire_many_owned(count)).await;
        taken.ok().and_then(Result::ok).ok_or(BodyError::Busy)
    }

    async fn collect(
        &self,
        mut body: Body,
        announced: Option<usize>,
        permits: &mut Option<OwnedSemaphorePermit>,
        deadline: Instant,
    ) -> Result<Bytes, BodyError> {
        let mut first = Bytes::new();
        let mut whole = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let Ok(piece) = frame.map_err(|_| BodyError::BrokenOff)?.into_data() else { continue };
            let length = first.len() + whole.len() + piece.len();
            if length > self.longest {
                return Err(BodyError::TooLarge);
            }
            // Nearly every event arrives as a single chunk, which becomes the body without a copy.
            if length == piece.len() {
                first = piece;
                continue;
            }
            if length > FREE_BYTES && permits.is_none() {
                *permits = Some(self.take(self.longest, deadline).await?);
            }
            if whole.is_empty() {
                // Copied, so that the connection's buffer is free for further data.
                whole.reserve(announced.unwrap_or(2 * length).max(length));
                whole.extend_from_slice(&std::mem::take(&mut first));
            }
            whole.extend_from_slice(&piece);
        }
        Ok(if whole.is_empty() { first } else { whole.freeze() })
    }
}

impl CompleteBody {
    /// Returns whether it needed permits.
    pub fn is_long(&self) -> bool {
        self.permits.is_some()
    }

    /// Drops the bytes at once, and releases the permits after a delay.
    pub fn refuse(self) {
        if let Some(permits) = self.permits {
            tokio::spawn(async move {
                tokio::time::sleep(RELEASE_DELAY).await;
                drop(permits);
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{StreamExt as _, stream};

    fn pieces(of: &[usize]) -> Body {
        let pieces: Vec<_> =
            of.iter().map(|length| Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; *length]))).collect();
        Body::from_stream(stream::iter(pieces))
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_mins(1)
    }

    /// A deadline that has passed already.
    fn now() -> Instant {
        Instant::now()
    }

    #[tokio::test]
    async fn bodies_come_back_whole_in_one_piece_or_many_with_and_without_a_length() {
        let budget = BodyBudget::new(1 << 20);
        for shape in [vec![], vec![5], vec![1, 1, 1], vec![30_000, 30_000], vec![1 << 20], vec![1 << 19, 1 << 19]] {
            let length: usize = shape.iter().sum();
            let mut headers = HeaderMap::new();
            for _ in 0..2 {
                let whole = budget.read(&headers, pieces(&shape), soon()).await.unwrap();
                assert_eq!(whole.bytes.len(), length, "{shape:?}");
                headers.insert(header::CONTENT_LENGTH, length.to_string().parse().unwrap());
            }
        }
        let longer = budget.read(&HeaderMap::new(), pieces(&[1 << 20, 1]), soon()).await;
        assert_eq!(longer.unwrap_err(), BodyError::TooLarge);
    }

    #[tokio::test]
    async fn long_bodies_wait_for_the_budget_and_short_ones_never_do() {
        let budget = BodyBudget::new(1 << 20);
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_LENGTH, (1 << 20).into());
        let mut held = Vec::new();
        for _ in 0..BUDGET >> 20 {
            held.push(budget.read(&headers, pieces(&[1 << 20]), soon()).await.unwrap());
        }
        let late = budget.read(&headers, pieces(&[1 << 20]), now()).await;
        assert_eq!(late.unwrap_err(), BodyError::Busy);
        let unannounced = budget.read(&HeaderMap::new(), pieces(&[FREE_BYTES, 1]), now()).await;
        assert_eq!(unannounced.unwrap_err(), BodyError::Busy);
        assert!(!budget.read(&HeaderMap::new(), pieces(&[2_000]), now()).await.unwrap().is_long());

        let before = Instant::now();
        held.pop().unwrap().refuse();
        assert!(budget.read(&headers, pieces(&[1 << 20]), soon()).await.unwrap().is_long());
        assert!(before.elapsed() >= RELEASE_DELAY);
    }

    #[tokio::test]
    async fn a_body_that_stops_is_late_and_one_that_breaks_says_so() {
        let budget = BodyBudget::new(1 << 20);
        let stops = Body::from_stream(
            stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"x"))]).chain(stream::pending()),
        );
        assert_eq!(budget.read(&HeaderMap::new(), stops, now()).await.unwrap_err(), BodyError::TimedOut);
        let breaks = Body::from_stream(stream::iter([Err::<Bytes, _>(std::io::Error::other("gone"))]));
        assert_eq!(budget.read(&HeaderMap::new(), breaks, soon()).await.unwrap_err(), BodyError::BrokenOff);
    }
}
