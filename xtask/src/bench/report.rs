//! The report of a benchmark: medians side by side, and whether each threshold is met.

use super::measurement::{Measured, Receiver};
use super::{CONNECTIONS, Results};
use std::fmt;
use std::fmt::Write as _;

/// Returns one line for each receiver and number of connections.
pub fn table(results: &Results) -> String {
    let mut text = format!(
        "{:<28}{:>6}{:>9}{:>9}{:>10}{:>10}{:>14}{:>9}{:>6}\n",
        "median of", "conns", "msg/s", "of (a)", "p50 ms", "p99 ms", "CPU us/msg", "peak MB", "runs"
    );
    for connections in CONNECTIONS {
        let rate = |receiver| median(results, receiver, connections, |measured| measured.per_second);
        for receiver in Receiver::ALL {
            let of = |field| median(results, receiver, connections, field);
            let runs = results.get(&(receiver, connections)).map_or(0, Vec::len);
            // Writing to a string cannot fail.
            if runs == 0 {
                let _ = writeln!(text, "{receiver:<28}{connections:>6}  no valid measurement");
                continue;
            }
            let _ = writeln!(
                text,
                "{receiver:<28}{connections:>6}{:>9.0}{:>9.2}{:>10.2}{:>10.2}{:>14.0}{:>9.0}{runs:>6}",
                rate(receiver),
                rate(receiver) / rate(Receiver::VerifyOnly),
                of(|measured| measured.p50_ms),
                of(|measured| measured.p99_ms),
                of(|measured| measured.cpu_us),
                of(|measured| measured.peak_memory) / 1e6,
            );
        }
    }
    text
}

/// A threshold with the measured value.
pub struct Threshold {
    what: &'static str,
    value: f64,
    bar: f64,
    /// Whether the threshold is met.
    pub passed: bool,
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.passed { "pass" } else { "MISS" };
        write!(f, "{word}  {:<82}{:>8.2} (bar {})", self.what, self.value, self.bar)
    }
}

/// Returns all thresholds, in order of importance.
pub fn thresholds(results: &Results) -> Vec<Threshold> {
    use Receiver::{OneTransaction, Postgres, Sqlite, VerifyOnly};
    let rate = |receiver, connections| median(results, receiver, connections, |measured| measured.per_second);
    let at_16 = |field| median(results, Sqlite, 16, field);
    let memory = |receiver| {
        let all = CONNECTIONS.iter().filter_map(|connections| results.get(&(receiver, *connections))).flatten();
        all.map(|measured| measured.peak_memory / 1e6).fold(0.0, f64::max)
    };
    vec![
        at_least(
            "SQLite, 64 connections: share of what only verifying reaches",
            rate(Sqlite, 64) / rate(VerifyOnly, 64),
            0.25,
        ),
        at_least(
            "SQLite, 64 connections: times one transaction each",
            rate(Sqlite, 64) / rate(OneTransaction, 64),
            4.0,
        ),
        at_least(
            "SQLite, 1 connection: share of one transaction each",
            rate(Sqlite, 1) / rate(OneTransaction, 1),
            0.85,
        ),
        at_least(
            "PostgreSQL, 64 connections: share of what only verifying reaches",
            rate(Postgres, 64) / rate(VerifyOnly, 64),
            0.2,
        ),
        at_most("SQLite, 16 connections: p99 over p50", at_16(|m| m.p99_ms) / at_16(|m| m.p50_ms), 6.0),
        at_most("SQLite: the most memory held in any run, in MB", memory(Sqlite), 128.0),
        at_most("PostgreSQL: the most memory the server itself held in any run, in MB", memory(Postgres), 128.0),
    ]
}

/// Returns the threshold of a value that must not be less.
pub fn at_least(what: &'static str, value: f64, bar: f64) -> Threshold {
    Threshold { what, value, bar, passed: value >= bar }
}

/// Creates a threshold for a maximum.
pub fn at_most(what: &'static str, value: f64, bar: f64) -> Threshold {
    Threshold { what, value, bar, passed: value <= bar }
}

/// Returns the median; not a number without measurements, which meets no threshold.
fn median(results: &Results, receiver: Receiver, connections: u16, field: fn(&Measured) -> f64) -> f64 {
    let mut values: Vec<f64> = results.get(&(receiver, connections)).into_iter().flatten().map(field).collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.get(middle) {
        None => f64::NAN,
        Some(upper) if values.len() % 2 == 1 => *upper,
        Some(upper) => f64::midpoint(*upper, values[middle - 1]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(per_second: f64) -> Measured {
        Measured { per_second, p50_ms: 1.0, p99_ms: 5.0, cpu_us: 40.0, peak_memory: 70e6, other_cores: 0.0 }
    }

    fn results(sqlite_at_64: f64) -> Results {
        let mut results = Results::new();
        for connections in CONNECTIONS {
            for (receiver, rate) in Receiver::ALL.into_iter().zip([60_000.0, 4_000.0, sqlite_at_64, 15_000.0]) {
                results.insert((receiver, connections), [rate, rate * 100.0, rate * 0.1].map(measured).to_vec());
            }
        }
        results
    }

    #[test]
    fn every_bar_is_passed_by_what_the_prototype_reached() {
        assert!(thresholds(&results(24_000.0)).iter().all(|threshold| threshold.passed));
    }

    #[test]
    fn a_slow_server_misses_the_bars_that_name_it_and_no_other() {
        let missed: Vec<_> = thresholds(&results(14_000.0)).into_iter().filter(|threshold| !threshold.passed).collect();
        assert_eq!(missed.iter().map(|threshold| threshold.bar).collect::<Vec<_>>(), [0.25, 4.0]);
    }

    #[test]
    fn no_measurement_passes_no_bar() {
        let mut results = results(24_000.0);
        results.insert((Receiver::VerifyOnly, 64), Vec::new());
        assert_eq!(thresholds(&results).iter().filter(|threshold| !threshold.passed).count(), 2);
    }
}
