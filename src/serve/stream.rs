//! A socket wrapper that records when the peer last sent data, and since when it accepts none.

use super::connection::Connection;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The socket of a connection, with its state.
#[derive(Debug)]
pub(super) struct TrackedSocket {
    socket: TcpStream,
    connection: Arc<Connection>,
    is_stalled: bool,
}

impl TrackedSocket {
    pub(super) fn new(socket: TcpStream, connection: Arc<Connection>) -> Self {
        Self { socket, connection, is_stalled: false }
    }

    /// Updates the state after a write: whether the peer keeps up. The lock is taken only when that changes.
    fn wrote(&mut self, outcome: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        let is_stalled = outcome.is_pending();
        if is_stalled != self.is_stalled {
            self.is_stalled = is_stalled;
            self.connection.with(|state| if is_stalled { state.stall(Instant::now()) } else { state.flow() });
        }
        outcome
    }
}

impl AsyncRead for TrackedSocket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let outcome = Pin::new(&mut self.socket).poll_read(cx, into);
        if into.filled().len() > before {
            self.connection.with(|state| state.received(Instant::now()));
        }
        outcome
    }
}

impl AsyncWrite for TrackedSocket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.wrote(outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.socket).poll_write_vectored(cx, bytes);
        self.wrote(outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
