//! Time limits for peers, and the limit on open connections.

use std::time::Duration;

/// The limits of every connection.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Maximum number of open connections; at least 1.
    pub connections: usize,
    /// Time limit of a request's head, from its first byte, and for the first request from the accept.
    pub head: Duration,
    /// Maximum idle time between two requests. Longer than the minute after which common reverse proxies drop an idle
    /// connection themselves: the side that sends requests should be the one that closes.
    pub idle: Duration,
    /// Time limit of a request's body, from the end of its head.
    pub body: Duration,
    /// Maximum time for which the peer may read nothing of a pending response.
    pub stall: Duration,
}

impl Limits {
    /// Returns the default time limits, with this limit on connections.
    pub fn new(connections: usize) -> Self {
        Self {
            connections: connections.max(1),
            head: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            body: Duration::from_secs(15),
            stall: Duration::from_secs(30),
        }
    }

    /// Returns the interval of checks, short enough that no limit is exceeded by much.
    pub(super) fn sweep(&self) -> Duration {
        let shortest = self.head.min(self.idle).min(self.stall);
        (shortest / 4).clamp(Duration::from_millis(10), Duration::from_millis(250))
    }
}

/// File descriptors reserved for other purposes: databases and journals, the terminal, the log, and some to spare.
const OTHER_FILES: u64 = 128;
/// Upper bound of the default: each connection takes memory.
const MAX_DEFAULT: u64 = 4_096;
/// Lower bound of the default: fewer serve no browser.
const MIN_DEFAULT: u64 = 8;
/// The default where the limit on open files is unknown.
const UNKNOWN: u64 = 512;

/// Returns the default limit on connections for this process.
pub fn default_max_connections() -> usize {
    usize::try_from(usual(of_open_files(open_files()))).unwrap_or(usize::MAX)
}

/// Returns the number of connections the limit on open files allows; `None` where that is unknown.
pub fn connections_files_allow() -> Option<usize> {
    usize::try_from(of_open_files(open_files())?).ok()
}

/// At least half of the files, where there are few.
fn of_open_files(files: Option<u64>) -> Option<u64> {
    files.map(|files| files.saturating_sub(OTHER_FILES).max(files / 2))
}

fn usual(allowed: Option<u64>) -> u64 {
    allowed.map_or(UNKNOWN, |allowed| allowed.clamp(MIN_DEFAULT, MAX_DEFAULT))
}

/// Returns the soft limit, which is the effective one; `None` where there is none, or none that can be read.
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
            (Some(1_048_576), MAX_DEFAULT),
            (Some(0), MIN_DEFAULT),
            (None, UNKNOWN),
        ] {
            assert_eq!(usual(of_open_files(files)), connections, "{files:?}");
        }
        assert!(default_max_connections() >= 8);
    }
}
