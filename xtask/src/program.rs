//! Child processes, each in a process group of its own so that none of its descendants outlives xtask.

use crate::environment;
use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

static STOPPING: AtomicBool = AtomicBool::new(false);
static RUNNING: Mutex<Vec<(Pid, Signal)>> = Mutex::new(Vec::new());

/// Installs a handler by which Ctrl-C and SIGTERM end the child processes; xtask then fails, and cleans up.
pub fn install_signal_handler() -> Result<()> {
    ctrlc::set_handler(|| {
        STOPPING.store(true, Ordering::SeqCst);
        for (pid, signal) in RUNNING.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            kill_process_group(*pid, *signal).ok();
        }
    })
    .context("Ctrl-C cannot be caught")
}

/// Returns whether a stop was requested.
pub fn stopping() -> bool {
    STOPPING.load(Ordering::SeqCst)
}

/// Returns a cargo command at the root of the workspace, with the environment as it is without xtask.
///
/// Cargo's variables about this package must not reach the packages being built: some build scripts read them and run
/// again, so that alternating `cargo` and `cargo xtask` would rebuild half of the server.
pub fn cargo<'a>(args: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new("cargo");
    for name in environment::cargo_package_variables() {
        command.env_remove(name);
    }
    command.args(args);
    command
}

/// Runs a program to its end, with inherited output.
pub fn run(command: &mut Command) -> Result<()> {
    let name = line(command);
    let status = Running::start(command)?.wait()?;
    if !status.success() {
        bail!("`{name}` failed: {status}.");
    }
    Ok(())
}

/// Installs Debian packages if this process is root's, as in a container; for everybody else the error is the command
/// to run.
pub fn install_debian_packages(names: &[&str]) -> Result<()> {
    if environment::find_program(&["apt-get"]).is_none() {
        bail!("There is no apt-get on this machine.");
    }
    let update = ["update", "--quiet"].as_slice();
    let install = [&["install", "--yes", "--no-install-recommends"], names].concat();
    if !environment::is_root() {
        bail!("Run as root: apt-get {} && apt-get {}", update.join(" "), install.join(" "));
    }
    for args in [update, &install] {
        let mut apt = Command::new("apt-get");
        apt.args(args).env("DEBIAN_FRONTEND", "noninteractive");
        eprintln!("→ {}", line(&apt));
        run(&mut apt)?;
    }
    Ok(())
}

/// Runs a program to its end and returns its output; errors include its standard error.
pub fn text(command: &mut Command) -> Result<String> {
    let name = line(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("`{name}` cannot be run"))?;
    if !output.status.success() {
        bail!("`{name}` failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Returns whether a program succeeds within a time limit; its output is discarded.
pub fn succeeds_within(command: &mut Command, limit: Duration) -> bool {
    let Ok(mut running) = Running::start(command.stdout(Stdio::null()).stderr(Stdio::null())) else { return false };
    running.wait_until(Instant::now() + limit).is_some_and(|status| status.success())
}

/// A child process, which is ended on drop.
pub struct Running {
    child: Child,
    pid: Pid,
    signal: Signal,
    ended: bool,
}

impl Running {
    /// Starts a program without input that ends on SIGTERM.
    pub fn start(command: &mut Command) -> Result<Self> {
        Self::start_ending_on(Signal::TERM, command)
    }

    /// Starts a program without input that ends gracefully on another signal.
    pub fn start_ending_on(signal: Signal, command: &mut Command) -> Result<Self> {
        let name = line(command);
        // Held while starting: a concurrent stop finds the new process in the list, or it never starts.
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if stopping() {
            bail!("stopped before `{name}`");
        }
        let child =
            command.stdin(Stdio::null()).process_group(0).spawn().with_context(|| format!("`{name}` cannot be run"))?;
        let pid = Pid::from_child(&child);
        running.push((pid, signal));
        Ok(Self { child, pid, signal, ended: false })
    }

    /// Returns its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end, without a time limit.
    pub fn wait(mut self) -> Result<ExitStatus> {
        let status = self.child.wait()?;
        self.ended = true;
        if stopping() {
            bail!("stopped");
        }
        Ok(status)
    }

    /// Returns its status, if it has ended by itself.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        let status = self.child.try_wait().ok().flatten();
        self.ended |= status.is_some();
        status
    }

    /// Returns its status, if it ends before the deadline.
    pub fn wait_until(&mut self, deadline: Instant) -> Option<ExitStatus> {
        loop {
            if let Some(status) = self.ended() {
                return Some(status);
            }
            if Instant::now() > deadline {
                return None;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Asks it to end, and kills it after ten seconds.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if !self.ended && self.ended().is_none() {
            kill_process_group(self.pid, self.signal).ok();
            if self.wait_until(Instant::now() + Duration::from_secs(10)).is_none() {
                kill_process_group(self.pid, Signal::KILL).ok();
                self.child.wait().ok();
            }
        }
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).retain(|(pid, _)| *pid != self.pid);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// Returns the command as typed in a shell.
fn line(command: &Command) -> String {
    let mut line = command.get_program().to_string_lossy().into_owned();
    for arg in command.get_args() {
        line.push(' ');
        line.push_str(&arg.to_string_lossy());
    }
    line
}

/// Announces a long operation, and prints its duration.
pub fn with_progress<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("→ {what} …");
    let started = Instant::now();
    let result = work()?;
    eprintln!("  done in {:.1} s", started.elapsed().as_secs_f64());
    Ok(result)
}
