//! Time limits for peers, and the limit on open connections.

use std::time::Duration;

/// The bounds of every connection.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections open at once; at least 1.
    pub connections: usize,
    /// How long the head of a request may take: from its first byte, and for the first request from the accept on.
    pub head: Duration,
    /// How long a connection may be open between two requests. Longer than the minute after which common reverse
    /// proxies drop an idle connection themselves: the side that sends should be the one that closes.
    pub idle: Duration,
    /// How long the body of a request may take, from the end of its head.
    pub body: Duration,
    /// How long a peer may take none of an answer that is ready for it.
    pub stall: Duration,
}

impl Limits {
    /// The usual times, with a bound on connections.
    pub fn new(connections: usize) -> Self {
        Self {
            connections: connections.max(1),
            head: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            body: Duration::from_secs(15),
            stall: Duration::from_secs(30),
        }
    }

    /// How often connections are looked at: often enough that no limit is passed by much.
    pub(super) fn sweep(&self) -> Duration {
        let shortest = self.head.min(self.idle).min(self.stall);
        (shortest / 4).clamp(Duration::from_millis(10), Duration::from_millis(250))
    }
}

/// Files that are no connections: the databases with their journals, the terminal, the log, and room to spare.
const OTHER_FILES: u64 = 128;
/// More connections than this are no use to anybody, and each takes memory.
const MOST: u64 = 4_096;
/// Fewer serve no browser.
const FEWEST: u64 = 8;
/// Where nobody tells the limit on open files.
const UNKNOWN: u64 = 512;

/// How many connections this process holds where nobody says otherwise.
pub fn default_max_connections() -> usize {
    usize::try_from(usual(of_open_files(open_files()))).unwrap_or(usize::MAX)
}

/// How many connections the limit on open files leaves room for; `None` where that is not known.
pub fn connections_files_allow() -> Option<usize> {
    usize::try_from(of_open_files(open_files())?).ok()
}

/// Half of the files where there are few of them.
fn of_open_files(files: Option<u64>) -> Option<u64> {
    files.map(|files| files.saturating_sub(OTHER_FILES).max(files / 2))
}

fn usual(allowed: Option<u64>) -> u64 {
    allowed.map_or(UNKNOWN, |allowed| allowed.clamp(FEWEST, MOST))
}

/// The soft limit, which is the one that counts; `None` where there is none, or none that can be asked for.
#[cfg(unix)]
fn open_files() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

#[cfg(not(unix))]
fn open_files() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_the_databases() {
        for (files, connections) in [
            (Some(200), 100),
            (Some(1_024), 896),
            (Some(256), 128),
            (Some(1_048_576), MOST),
            (Some(0), FEWEST),
            (None, UNKNOWN),
        ] {
            assert_eq!(usual(of_open_files(files)), connections, "{files:?}");
        }
        assert!(default_max_connections() >= 8);
    }
}
