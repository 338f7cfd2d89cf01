//! Bodies tied to their connection: a request's has a deadline, a response's keeps its request in flight.

use super::connection::{Connection, InFlight};
use axum::body::Body;
use axum::{BoxError, Error};
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::time::{Sleep, sleep_until};

/// The body of a request. After its deadline it fails, and sets `is_late`.
pub(super) struct RequestBody {
    body: Incoming,
    connection: Arc<Connection>,
    deadline: tokio::time::Instant,
    /// Created on the first wait: most bodies arrive with their head.
    timer: Option<Pin<Box<Sleep>>>,
    is_waiting: bool,
    is_late: Arc<AtomicBool>,
}

impl RequestBody {
    pub(super) fn new(body: Incoming, connection: Arc<Connection>, limit: Duration, is_late: Arc<AtomicBool>) -> Self {
        let deadline = tokio::time::Instant::now() + limit;
        Self { body, connection, deadline, timer: None, is_waiting: false, is_late }
    }

    fn wait(&mut self, is_waiting: bool) {
        if self.is_waiting != is_waiting {
            self.is_waiting = is_waiting;
            self.connection.with(
                |state| {
                    if is_waiting { state.wait_for_body(Instant::now()) } else { state.got_body() }
                },
            );
        }
    }
}

impl HttpBody for RequestBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            this.wait(false);
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        this.wait(true);
        let deadline = this.deadline;
        let timer = this.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        this.is_late.store(true, Ordering::Relaxed);
        let error = io::Error::new(io::ErrorKind::TimedOut, "the body did not arrive in time");
        Poll::Ready(Some(Err(error.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        self.wait(false);
    }
}

/// The body of a response; its request is in flight until this is dropped.
#[derive(Debug)]
pub(super) struct AnswerBody {
    body: Body,
    _in_flight: InFlight,
}

impl AnswerBody {
    pub(super) fn new(body: Body, in_flight: InFlight) -> Self {
        Self { body, _in_flight: in_flight }
    }
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
