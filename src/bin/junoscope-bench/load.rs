//! Closed-loop load generator: a fixed number of connections, each with one request in flight.

use crate::sender::{Sender, key};
use crate::usage::{Usage, peak_memory};
use clap::Args;
use hdrhistogram::Histogram;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

/// What to send, to whom, and whose costs to count.
#[derive(Args)]
pub struct Plan {
    #[arg(long)]
    target: SocketAddr,
    #[arg(long, default_value = "/webhooks/yunojuno")]
    path: String,
    #[arg(long)]
    secret: String,
    #[arg(long)]
    connections: u64,
    /// How long to measure
    #[arg(long)]
    seconds: f64,
    /// How long to send before measuring
    #[arg(long)]
    warm_up_seconds: f64,
    /// How long each connection rests after an answer
    #[arg(long, default_value_t = 0)]
    pause_ms: u64,
    /// The process id of the receiver
    #[arg(long)]
    receiver: u32,
    /// The process id of its database server, if it is another one
    #[arg(long)]
    database: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    WarmUp,
    Measuring,
    Over,
}

struct Tally {
    phase: Cell<Phase>,
    /// Latencies of stored messages, in microseconds.
    times: RefCell<Histogram<u64>>,
    refused: Cell<u32>,
    /// Requests without a response.
    failed: Cell<u32>,
}

/// Runs the load, and returns its result.
pub fn run(plan: &Plan) -> Result<Value, Box<dyn Error>> {
    let key = key(&plan.secret)?;
    let tally = Rc::new(Tally {
        phase: Cell::new(Phase::WarmUp),
        times: RefCell::new(Histogram::new_with_bounds(1, 60_000_000, 3)?),
        refused: Cell::new(0),
        failed: Cell::new(0),
    });
    // A single thread leaves the other cores to the receiver.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let connections = LocalSet::new();
    for number in 0..plan.connections {
        let sender = Sender::new(key.clone(), &plan.target.to_string(), &plan.path, number);
        let pause = Duration::from_millis(plan.pause_ms);
        connections.spawn_local(send(plan.target, sender, pause, Rc::clone(&tally)));
    }
    let (before, after, elapsed) = runtime.block_on(connections.run_until(async {
        tokio::time::sleep(Duration::from_secs_f64(plan.warm_up_seconds)).await;
        let before = Usage::read(plan.receiver, plan.database)?;
        let started = Instant::now();
        tally.phase.set(Phase::Measuring);
        tokio::time::sleep(Duration::from_secs_f64(plan.seconds)).await;
        tally.phase.set(Phase::Over);
        let elapsed = started.elapsed().as_secs_f64();
        let after = Usage::read(plan.receiver, plan.database)?;
        io::Result::Ok((before, after, elapsed))
    }))?;

    let times = tally.times.borrow();
    let stored = u32::try_from(times.len()).map(f64::from)?;
    Ok(json!({
        "stored": stored,
        "refused": tally.refused.get(),
        "failed": tally.failed.get(),
        "per_second": stored / elapsed,
        "p50_us": times.value_at_quantile(0.5),
        "p99_us": times.value_at_quantile(0.99),
        "max_us": times.max(),
        "receiver_cpu_us": (after.receiver - before.receiver) * 1e6 / stored.max(1.0),
        "other_cores": after.others_since(&before),
        "peak_memory": peak_memory(plan.receiver)?,
    }))
}

async fn send(target: SocketAddr, mut sender: Sender, pause: Duration, tally: Rc<Tally>) {
    let (mut request, mut answer) = (Vec::with_capacity(4096), Vec::with_capacity(4096));
    let mut stream = None;
    while tally.phase.get() != Phase::Over {
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        sender.write_next(&mut request);
        let sent_at = Instant::now();
        let status = exchange(target, &mut stream, &request, &mut answer).await;
        if status.is_err() {
            stream = None;
        }
        if tally.phase.get() != Phase::Measuring {
            continue;
        }
        match status {
            Ok(200) => {
                let microseconds = u64::try_from(sent_at.elapsed().as_micros()).unwrap_or(u64::MAX);
                tally.times.borrow_mut().saturating_record(microseconds);
            }
            Ok(_) => tally.refused.set(tally.refused.get() + 1),
            Err(_) => tally.failed.set(tally.failed.get() + 1),
        }
    }
}

/// Sends one request and reads its response on a kept-alive connection.
async fn exchange(
    target: SocketAddr,
    kept: &mut Option<TcpStream>,
    request: &[u8],
    answer: &mut Vec<u8>,
) -> io::Result<u16> {
    let stream = if let Some(stream) = kept {
        stream
    } else {
        let stream = TcpStream::connect(target).await?;
        stream.set_nodelay(true)?;
        kept.insert(stream)
    };
    stream.write_all(request).await?;
    answer.clear();
    loop {
        if stream.read_buf(answer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(status) = complete(answer) {
            return Ok(status);
        }
    }
}

/// Returns the status of a complete response. Every receiver measured here sends `Content-Length`.
pub fn complete(answer: &[u8]) -> Option<u16> {
    let head_end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..head_end]).ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    })?;
    (answer.len() >= head_end + 4 + length).then(|| head.get(9..12)?.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_complete_with_its_last_byte_and_not_before() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(complete(answer), Some(200));
        assert_eq!(complete(&answer[..answer.len() - 1]), None);
        assert_eq!(complete(b"HTTP/1.1 503 "), None);
    }
}
