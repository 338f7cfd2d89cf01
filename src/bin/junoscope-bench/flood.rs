//! A flooding sender: long bodies with plausible headers and wrong signatures, sent as fast as they are accepted.

use clap::Args;
use junoscope::clock::Clock;
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use svix_ksuid::KsuidMs;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::LocalSet;
use tokio::time::{Instant, timeout_at};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What to send, and to whom.
#[derive(Args)]
pub struct Plan {
    #[arg(long)]
    target: SocketAddr,
    #[arg(long, default_value = "/webhooks/yunojuno")]
    path: String,
    #[arg(long)]
    connections: u64,
    #[arg(long)]
    seconds: f64,
    #[arg(long, default_value_t = 1_000_000)]
    body_bytes: usize,
}

/// Counts of responses by status, and of requests without a response.
#[derive(Default)]
struct Answers {
    by_status: BTreeMap<u16, u64>,
    none: u64,
}

/// Runs the flood, and returns its result.
pub fn run(plan: &Plan) -> Result<Value, Box<dyn Error>> {
    let body: Rc<[u8]> = vec![b'x'; plan.body_bytes].into();
    let answers = Rc::new(RefCell::new(Answers::default()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let connections = LocalSet::new();
    runtime.block_on(connections.run_until(async {
        let end = Instant::now() + Duration::from_secs_f64(plan.seconds);
        for number in 0..plan.connections {
            let (path, body, answers) = (plan.path.clone(), Rc::clone(&body), Rc::clone(&answers));
            tokio::task::spawn_local(send(plan.target, path, body, number, end, answers));
        }
        tokio::time::sleep_until(end).await;
    }));
    let answers = answers.borrow();
    let by_status: BTreeMap<String, u64> =
        answers.by_status.iter().map(|(status, count)| (status.to_string(), *count)).collect();
    Ok(json!({ "answers": by_status, "without_answer": answers.none }))
}

async fn send(
    target: SocketAddr,
    path: String,
    body: Rc<[u8]>,
    number: u64,
    end: Instant,
    answers: Rc<RefCell<Answers>>,
) {
    let clock = Clock::system();
    let mut random = SmallRng::seed_from_u64(number);
    let mut kept = None;
    while Instant::now() < end {
        let now = clock.now();
        let id = KsuidMs::from_millis(Some(now.as_millisecond()), Some(&random.random::<[u8; 15]>()));
        let signature = STANDARD.encode(random.random::<[u8; 32]>());
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {target}\r\nContent-Type: application/json\r\nsvix-id: msg_{id}\r\n\
             svix-timestamp: {}\r\nsvix-signature: v1,{signature}\r\nContent-Length: {}\r\n\r\n",
            now.as_second(),
            body.len()
        );
        let Ok(outcome) = timeout_at(end, exchange(target, &mut kept, head.as_bytes(), &body)).await else { return };
        let mut answers = answers.borrow_mut();
        match outcome {
            Ok(status) => *answers.by_status.entry(status).or_default() += 1,
            Err(_) => answers.none += 1,
        }
    }
}

/// Sends one request and reads its response; the connection is kept alive if the server allows it.
async fn exchange(target: SocketAddr, kept: &mut Option<TcpStream>, head: &[u8], body: &[u8]) -> io::Result<u16> {
    let mut stream = match kept.take() {
        Some(stream) => stream,
        None => TcpStream::connect(target).await?,
    };
    // The server may respond and close before the body is sent: the response counts, not the write error.
    let written = match stream.write_all(head).await {
        Ok(()) => stream.write_all(body).await,
        failed => failed,
    };
    let mut answer = Vec::new();
    let status = loop {
        if stream.read_buf(&mut answer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(status) = crate::load::complete(&answer) {
            break status;
        }
    };
    let text = String::from_utf8_lossy(&answer).to_ascii_lowercase();
    if written.is_ok() && !text.contains("connection: close") {
        *kept = Some(stream);
    }
    Ok(status)
}
