//! Tests of the accept loop over real sockets: time limits, closed connections, and admission under load.

use super::*;
use axum::extract::Extension;
use axum::routing::{get, post};
use bytes::Bytes;
use futures_util::StreamExt as _;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::{Notify, mpsc::UnboundedSender};
use tokio::task::JoinHandle;

/// Time limit for expected events.
const TIMEOUT: Duration = Duration::from_secs(30);
/// A limit under test.
const SOON: Duration = Duration::from_millis(150);

struct Site {
    address: SocketAddr,
    stop: CancellationToken,
    release: Arc<Notify>,
    serving: JoinHandle<usize>,
    dropped: mpsc::UnboundedReceiver<()>,
}

/// Sends a message when dropped.
struct Held(UnboundedSender<()>);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

async fn start(limits: Limits, last_requests: Duration) -> Site {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, release) = (CancellationToken::new(), Arc::new(Notify::new()));
    let (gone, dropped) = mpsc::unbounded_channel();
    let waiting = Arc::clone(&release);
    let app = Router::new()
        .route(
            "/",
            get(|Extension(ConnectInfo(peer)): Extension<ConnectInfo<SocketAddr>>| async move { peer.to_string() }),
        )
        .route("/length", post(|body: Bytes| async move { body.len().to_string() }))
        .route(
            "/wait",
            get(move || async move {
                waiting.notified().await;
                "done"
            }),
        )
        .route(
            "/endless",
            get(move || async move {
                let held = Held(gone);
                let pieces = futures_util::stream::repeat(Bytes::from(vec![b'x'; 65_536]));
                Body::from_stream(pieces.map(move |piece| {
                    let _ = &held;
                    Ok::<_, Infallible>(piece)
                }))
            }),
        );
    let serving = tokio::spawn(serve(listener, app, limits, stop.clone(), last_requests));
    Site { address, stop, release, serving, dropped }
}

async fn connect(site: &Site, sent: &str) -> TcpStream {
    let mut socket = TcpStream::connect(site.address).await.unwrap();
    socket.write_all(sent.as_bytes()).await.unwrap();
    socket
}

/// Reads until the other side closes, in any way.
async fn rest(socket: &mut TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    let read = tokio::time::timeout(TIMEOUT, socket.read_to_end(&mut all)).await;
    // A reset counts as an end.
    drop(read.expect("the connection was not closed"));
    all
}

/// Reads until the received text ends with these words.
async fn until(socket: &mut TcpStream, words: &str) -> String {
    let mut all = Vec::new();
    let reading = async {
        while !all.ends_with(words.as_bytes()) {
            assert_ne!(socket.read_buf(&mut all).await.unwrap(), 0, "closed before {words:?}");
        }
    };
    tokio::time::timeout(TIMEOUT, reading).await.unwrap();
    String::from_utf8(all).unwrap()
}

const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
const HALF: &str = "POST /length HTTP/1.1\r\nhost: a\r\nx-";
const SLOW: &str = "POST /length HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n1";

#[tokio::test]
async fn a_request_is_answered_with_the_address_of_its_peer_as_often_as_it_comes() {
    let site = start(Limits::new(10), TIMEOUT).await;
    let mut socket = connect(&site, "").await;
    let own = socket.local_addr().unwrap().to_string();
    for _ in 0..3 {
        socket.write_all(GET.as_bytes()).await.unwrap();
        until(&mut socket, &own).await;
    }
    socket.write_all(format!("{SLOW}234567890").as_bytes()).await.unwrap();
    until(&mut socket, "\r\n\r\n10").await;
}

#[tokio::test]
async fn a_head_that_does_not_come_whole_ends_the_connection() {
    let site = start(Limits { head: SOON, ..Limits::new(10) }, TIMEOUT).await;
    for begun in ["", "G", "PRI * HT", HALF] {
        let mut socket = connect(&site, begun).await;
        assert_eq!(rest(&mut socket).await, b"", "{begun:?}");
    }
    // A later one as well.
    let mut socket = connect(&site, GET).await;
    let own = socket.local_addr().unwrap().to_string();
    until(&mut socket, &own).await;
    socket.write_all(HALF.as_bytes()).await.unwrap();
    assert_eq!(rest(&mut socket).await, b"");
}

#[tokio::test]
async fn a_connection_that_is_idle_for_long_is_closed() {
    let site = start(Limits { idle: SOON, ..Limits::new(10) }, TIMEOUT).await;
    let mut socket = connect(&site, GET).await;
    let own = socket.local_addr().unwrap().to_string();
    assert!(String::from_utf8(rest(&mut socket).await).unwrap().ends_with(&own));
}

/// Returns the frame types of the HTTP/2 frames in these bytes.
fn frames(mut bytes: &[u8]) -> Vec<u8> {
    let mut kinds = Vec::new();
    while let [a, b, c, kind, ..] = *bytes {
        kinds.push(kind);
        let length = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
        bytes = bytes.get(9 + length..).unwrap_or_default();
    }
    kinds
}

#[tokio::test]
async fn an_idle_http2_connection_is_told_so_and_closed() {
    const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
    /// `GET http://a/` on stream 1.
    const HEADERS: &[u8] = &[0, 0, 6, 1, 5, 0, 0, 0, 1, 0x82, 0x86, 0x84, 0x41, 1, b'a'];
    let site = start(Limits { idle: SOON, head: SOON, ..Limits::new(10) }, TIMEOUT).await;
    let mut socket = connect(&site, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    socket.write_all(&[SETTINGS, HEADERS].concat()).await.unwrap();
    let kinds = frames(&rest(&mut socket).await);
    assert!(kinds.contains(&1), "no answer: {kinds:?}");
    assert!(kinds.contains(&7), "no GOAWAY: {kinds:?}");

    // Without a request it has the time limit of a head.
    let mut socket = connect(&site, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    socket.write_all(SETTINGS).await.unwrap();
    assert!(!frames(&rest(&mut socket).await).contains(&1));
}

#[tokio::test]
async fn a_body_that_does_not_come_is_answered_408() {
    let site = start(Limits { body: SOON, ..Limits::new(10) }, TIMEOUT).await;
    for sent in [SLOW, "POST /length HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n"] {
        let mut socket = connect(&site, sent).await;
        let answer = String::from_utf8(rest(&mut socket).await).unwrap();
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.contains("connection: close") && answer.ends_with("Send it again.\n"), "{answer}");
    }
}

#[tokio::test]
async fn an_answer_that_nobody_takes_is_given_up() {
    let mut site = start(Limits { stall: SOON, ..Limits::new(10) }, TIMEOUT).await;
    let _socket = connect(&site, "GET /endless HTTP/1.1\r\nhost: a\r\n\r\n").await;
    tokio::time::timeout(TIMEOUT, site.dropped.recv()).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_new_request_gets_in_however_many_connections_are_held() {
    for held in ["", HALF, SLOW, GET] {
        let site = start(Limits::new(8), TIMEOUT).await;
        let mut first = connect(&site, held).await;
        let mut others = Vec::new();
        for _ in 0..30 {
            others.push(connect(&site, held).await);
        }
        for _ in 0..3 {
            let mut socket = connect(&site, GET).await;
            let own = socket.local_addr().unwrap().to_string();
            until(&mut socket, &own).await;
        }
        // The oldest idle connection was closed.
        rest(&mut first).await;
    }
}

#[tokio::test]
async fn what_is_being_answered_makes_way_for_nobody() {
    let site = start(Limits::new(2), TIMEOUT).await;
    let wait = "GET /wait HTTP/1.1\r\nhost: a\r\n\r\n";
    let (mut one, mut two) = (connect(&site, wait).await, connect(&site, wait).await);
    let mut third = connect(&site, GET).await;
    let own = third.local_addr().unwrap().to_string();
    let early = tokio::time::timeout(SOON, third.readable()).await;
    assert!(early.is_err(), "there was no place for it yet");
    site.release.notify_one();
    site.release.notify_one();
    until(&mut third, &own).await;
    // One of the two was idle from then on, and may have been closed; both were answered.
    for socket in [&mut one, &mut two] {
        until(socket, "done").await;
    }
}

#[tokio::test]
async fn a_stop_answers_what_is_in_flight_and_waits_for_nobody_else() {
    let site = start(Limits::new(10), TIMEOUT).await;
    let mut busy = connect(&site, "GET /wait HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let mut idle = connect(&site, GET).await;
    let own = idle.local_addr().unwrap().to_string();
    until(&mut idle, &own).await;
    let mut half = connect(&site, HALF).await;
    // Connections are accepted in order: when this one is answered, the others are registered.
    let mut last = connect(&site, GET).await;
    let own = last.local_addr().unwrap().to_string();
    until(&mut last, &own).await;

    site.stop.cancel();
    for socket in [&mut idle, &mut half, &mut last] {
        assert_eq!(rest(socket).await, b"");
    }
    assert!(TcpStream::connect(site.address).await.is_err(), "nobody listens any more");
    assert!(!site.serving.is_finished());
    site.release.notify_one();
    assert!(String::from_utf8(rest(&mut busy).await).unwrap().ends_with("done"));
    assert_eq!(tokio::time::timeout(TIMEOUT, site.serving).await.unwrap().unwrap(), 0);
}

#[tokio::test]
async fn a_stop_breaks_off_what_does_not_end() {
    let site = start(Limits::new(10), SOON).await;
    let mut busy = connect(&site, "GET /wait HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let mut last = connect(&site, GET).await;
    let own = last.local_addr().unwrap().to_string();
    until(&mut last, &own).await;
    site.stop.cancel();
    assert_eq!(tokio::time::timeout(TIMEOUT, site.serving).await.unwrap().unwrap(), 1);
    assert_eq!(rest(&mut busy).await, b"");
}

#[test]
fn failed_accepts_wait_longer_each_time_and_begin_anew() {
    let error = io::Error::from_raw_os_error(24);
    let mut backoff = AcceptBackoff::default();
    let waits: Vec<u128> = (0..9).map(|_| backoff.wait(&error).as_millis()).collect();
    assert_eq!(waits, [10, 20, 40, 80, 160, 320, 640, 1_000, 1_000]);
    backoff.is_over();
    assert_eq!(backoff.wait(&error), FIRST_WAIT);
    assert!(!is_of_one_connection(&error));
    assert!(is_of_one_connection(&io::ErrorKind::ConnectionAborted.into()));
}
