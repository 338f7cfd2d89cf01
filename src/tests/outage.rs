//! Process test of a database outage: few log lines, and recovery without a restart.

use crate::crash::post;
use crate::server::{Server, TIMEOUT, client, on_postgres};
use std::time::{Duration, Instant};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Length of the outage.
const AWAY: Duration = Duration::from_secs(4);
/// Maximum number of log lines for it: one at the start and one at the end for each kind of work, and some of the pool.
const MAX_LINES: usize = 20;

/// Starts a proxy to the database that can be cut; returns the URL through it.
async fn line_to(database_url: &str, is_up: watch::Receiver<bool>) -> String {
    let mut url = url::Url::parse(database_url).unwrap();
    let target = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let (target, mut is_up) = (target.clone(), is_up.clone());
            tokio::spawn(async move {
                if !*is_up.borrow_and_update() {
                    return;
                }
                let Ok(mut server) = TcpStream::connect(target).await else { return };
                tokio::select! {
                    _ = copy_bidirectional(&mut client, &mut server) => {}
                    _ = is_up.changed() => {}
                }
            });
        }
    });
    url.into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_of_the_database_writes_few_lines_and_ends_by_itself() {
    on_postgres(async |database_url| {
        let (line, is_up) = watch::channel(true);
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start_with(&line_to(database_url, is_up).await, folder.path(), None, &[]).await;
        let url = server.url("/webhooks/yunojuno");
        assert_eq!(post(&client(), &url, "msg_before").await.unwrap(), 200);
        let log = server.logged();
        let first = log.lines().find(|line| line.contains("Junoscope listens")).expect(&log);
        assert!(first.contains(server.address()) && first.contains("postgres://"), "{first}");
        assert!(first.contains(env!("CARGO_PKG_VERSION")), "{first}");

        line.send_replace(false);
        let began = Instant::now();
        let (one, mut failed) = (client(), 0);
        while began.elapsed() < AWAY {
            let page = one.get(server.url("/contracts")).header("cookie", "junoscope_session=x").send().await.unwrap();
            let status = post(&one, &url, &format!("msg_away_{failed}")).await.unwrap();
            assert_eq!((page.status().as_u16(), status), (503, 503));
            failed += 1;
        }
        line.send_replace(true);
        let back = async {
            while post(&one, &url, "msg_after").await.unwrap() != 200 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(TIMEOUT, back).await.expect("it did not work again");

        let written = server.logged().lines().count() - log.lines().count();
        assert!(failed > 3 * MAX_LINES, "only {failed} requests failed");
        assert!(written <= MAX_LINES, "{written} lines for {failed} failures:\n{}", server.logged());
    })
    .await;
}
