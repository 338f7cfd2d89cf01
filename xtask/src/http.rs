//! A minimal HTTP client, enough to see whether a server on this machine answers.

use anyhow::{Context as _, Result, bail};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::program::{Running, stopping};

/// Returns a port that is free at the moment.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Requests a path; returns the status and the rest of the response, as text.
pub fn get(address: SocketAddr, path: &str) -> Result<(u16, String)> {
    let patience = Duration::from_secs(5);
    let mut stream = TcpStream::connect_timeout(&address, patience)?;
    stream.set_read_timeout(Some(patience))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).context("not an HTTP answer")?;
    Ok((status, answer))
}

/// Waits until a server that was just started answers 200; fails as soon as it has ended.
pub fn wait_for(server: &mut Running, address: SocketAddr, path: &str) -> Result<()> {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        if matches!(get(address, path), Ok((200, _))) {
            return Ok(());
        }
        if let Some(status) = server.ended() {
            bail!("The server ended before it answered: {status}.");
        }
        if stopping() || Instant::now() > deadline {
            bail!("The server did not answer http://{address}{path} within a minute.");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
