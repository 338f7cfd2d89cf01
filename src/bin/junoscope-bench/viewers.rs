//! Readers of live rows: each keeps a stream open and reads what arrives.

use crate::pages::sign_in;
use clap::Args;
use junoscope::store::Store;
use serde_json::{Value, json};
use std::cell::Cell;
use std::error::Error;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

/// Maximum number of streams of one session at the server.
const OF_ONE_SESSION: usize = 5;

/// How many readers, and for how long.
#[derive(Args)]
pub struct Plan {
    #[arg(long)]
    target: SocketAddr,
    /// The server's database, through which the readers sign in
    #[arg(long)]
    database_url: String,
    #[arg(long)]
    viewers: usize,
    /// How long they read
    #[arg(long)]
    seconds: f64,
}

#[derive(Default)]
struct Seen {
    open: Cell<u32>,
    rows: Cell<u64>,
    bytes: Cell<u64>,
}

/// Opens the streams, prints a line once all are open, and reads; returns what was read.
pub fn run(plan: &Plan) -> Result<Value, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let readers = LocalSet::new();
    runtime.block_on(readers.run_until(async {
        let store = Store::connect_existing(&plan.database_url).await?;
        let seen = Rc::new(Seen::default());
        let mut cookie = String::new();
        for number in 0..plan.viewers {
            if number % OF_ONE_SESSION == 0 {
                cookie = sign_in(&store).await?;
            }
            let (target, cookie, seen) = (plan.target, cookie.clone(), Rc::clone(&seen));
            tokio::task::spawn_local(async move {
                if let Err(error) = read(target, &cookie, &seen).await {
                    eprintln!("a stream ended: {error}");
                }
                seen.open.set(seen.open.get().saturating_sub(1));
            });
        }
        store.close().await;
        while usize::try_from(seen.open.get())? < plan.viewers {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        println!("open");
        tokio::time::sleep(Duration::from_secs_f64(plan.seconds)).await;
        Ok(json!({ "open": seen.open.get(), "rows": seen.rows.get(), "bytes": seen.bytes.get() }))
    }))
}

/// Reads one stream to its end.
async fn read(target: SocketAddr, cookie: &str, seen: &Seen) -> Result<(), Box<dyn Error>> {
    let mut stream = TcpStream::connect(target).await?;
    let request = format!(
        "GET /live/deliveries?all=1 HTTP/1.1\r\nhost: {target}\r\ncookie: {cookie}\r\naccept: text/event-stream\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut piece = vec![0; 64 * 1024];
    let mut is_open = false;
    loop {
        let length = stream.read(&mut piece).await?;
        let read = piece.get(..length).unwrap_or_default();
        if read.is_empty() {
            return Err("the server closed it".into());
        }
        if !is_open {
            if !read.starts_with(b"HTTP/1.1 200") {
                return Err(String::from_utf8_lossy(read).lines().next().unwrap_or_default().to_owned().into());
            }
            is_open = true;
            seen.open.set(seen.open.get() + 1);
        }
        // A mark that two pieces share is not counted; there is one row in hundreds of bytes.
        let rows = read.windows(8).filter(|mark| mark == b"\ndata: <").count();
        seen.rows.set(seen.rows.get() + u64::try_from(rows)?);
        seen.bytes.set(seen.bytes.get() + u64::try_from(length)?);
    }
}
