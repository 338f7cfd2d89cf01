//! CPU time and memory of the processes of a run, read from Linux' `/proc`.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::time::Instant;

/// The unit of times in `/proc`, which is the same on all common Linux systems.
const TICKS_PER_SECOND: f64 = 100.0;

/// Processor seconds since the start of the machine, or of the processes.
#[derive(Clone, Copy)]
pub struct Usage {
    /// The time of the reading.
    pub at: Instant,
    /// All processes of the machine, and steal time. Interrupts are left out: the load causes them.
    pub machine: f64,
    /// The receiver, and its database server if it has one.
    pub receiver: f64,
    /// This process.
    pub ourselves: f64,
}

impl Usage {
    /// Returns the share of one core that other processes used since an earlier reading.
    pub fn others_since(&self, before: &Self) -> f64 {
        let ours = self.receiver - before.receiver + self.ourselves - before.ourselves;
        // Measured from start to start of the readings, as on a busy machine a reading takes long.
        (self.machine - before.machine - ours).max(0.0) / (self.at - before.at).as_secs_f64()
    }

    /// Reads the current usage.
    pub fn read(receiver: u32, database: Option<u32>) -> io::Result<Self> {
        let at = Instant::now();
        let stat = fs::read_to_string("/proc/stat")?;
        let columns: Vec<f64> = stat
            .lines()
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .skip(1)
            .filter_map(|column| column.parse().ok())
            .collect();
        // user, nice, system, (idle, iowait, irq, softirq,) steal
        let machine: f64 = [0, 1, 2, 7].iter().filter_map(|at| columns.get(*at)).sum();
        let mut family = BTreeSet::from([receiver]);
        if let Some(database) = database {
            family.extend(children_of(database)?);
            family.insert(database);
        }
        Ok(Self {
            at,
            machine: machine / TICKS_PER_SECOND,
            // The time of a child that ended since it was listed is included in its parent's.
            receiver: family.iter().filter_map(|pid| seconds(&pid.to_string()).ok()).sum(),
            ourselves: seconds("self")?,
        })
    }
}

/// Returns the peak resident memory of a process, in bytes.
pub fn peak_memory(pid: u32) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kilobytes =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.map(|kilobytes| kilobytes * 1024).ok_or_else(|| io::Error::other("no VmHWM in /proc"))
}

fn children_of(parent: u32) -> io::Result<Vec<u32>> {
    let mut children = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let Ok(pid) = entry?.file_name().to_string_lossy().parse::<u32>() else { continue };
        if fields(&pid.to_string()).is_ok_and(|fields| fields.get(1) == Some(&parent.to_string())) {
            children.push(pid);
        }
    }
    Ok(children)
}

fn seconds(pid: &str) -> io::Result<f64> {
    let ticks =
        |fields: &[String], at: usize| fields.get(at).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or(0.0);
    fields(pid).map(|fields| (ticks(&fields, 11) + ticks(&fields, 12)) / TICKS_PER_SECOND)
}

/// Returns the fields of `/proc/PID/stat` from the third on: the second is a name in brackets that may contain
/// anything.
fn fields(pid: &str) -> io::Result<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after_name = stat.rfind(')').map_or("", |at| &stat[at + 1..]);
    Ok(after_name.split_whitespace().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_work_is_seen_in_ours_and_in_the_machines_time() {
        let me = std::process::id();
        let before = Usage::read(me, None).unwrap();
        let mut spent = before;
        let mut number = 1_u64;
        while spent.ourselves - before.ourselves < 0.2 {
            for _ in 0..1_000_000 {
                number = std::hint::black_box(number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
            }
            spent = Usage::read(me, None).unwrap();
        }
        assert!(spent.machine - before.machine > 0.1);
        assert!((spent.receiver - before.receiver - 0.2).abs() < 0.1);
        assert!(peak_memory(me).unwrap() > 1 << 20);
    }
}
