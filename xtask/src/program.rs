//! Child processes, each in a process group of its own so that none of its descendants outlives xtask.

use crate::environment;
use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use std::ffi::OsStr;
use std::io::IsTerminal as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

static STOPPING: AtomicBool = AtomicBool::new(false);
static RUNNING: Mutex<Vec<(Pid, Signal)>> = Mutex::new(Vec::new());

/// From here on Ctrl-C and SIGTERM end the programs we run; we then end as after a failure, cleaning up on the way.
pub fn stop_with_us() -> Result<()> {
    ctrlc::set_handler(|| {
        STOPPING.store(true, Ordering::SeqCst);
        for (pid, signal) in RUNNING.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            kill_process_group(*pid, *signal).ok();
        }
    })
    .context("Ctrl-C cannot be caught")
}

/// Whether somebody asked us to stop.
pub fn stopping() -> bool {
    STOPPING.load(Ordering::SeqCst)
}

/// A cargo command at the root of the workspace, as it would be without us.
///
/// What cargo told *us* about our package must not reach the packages it builds now: some build scripts take it for
/// their own and run again, so that every change between `cargo` and `cargo xtask` would rebuild half of the server.
pub fn cargo<'a>(args: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new("cargo");
    for name in environment::told_by_cargo() {
        command.env_remove(name);
    }
    command.args(args);
    command
}

/// Runs a program to its end, its output going where ours goes.
pub fn run(command: &mut Command) -> Result<()> {
    let name = line(command);
    let status = Running::start(command)?.wait()?;
    if !status.success() {
        bail!("`{name}` failed: {status}.");
    }
    Ok(())
}

/// Installs Debian packages, saying so; asks for a password only where somebody can type it.
pub fn install_debian_packages(names: &[&str]) -> Result<()> {
    let Some(apt) = environment::find_program(&["apt-get"]) else { bail!("There is no apt-get on this machine.") };
    let as_root = |args: &[&str]| {
        let mut command = Command::new(if environment::is_root() { apt.as_os_str() } else { OsStr::new("sudo") });
        if !environment::is_root() {
            command.args((!std::io::stdin().is_terminal()).then_some("--non-interactive")).arg(&apt);
        }
        command.args(args).env("DEBIAN_FRONTEND", "noninteractive");
        let name = line(&command);
        eprintln!("→ {name}");
        // In our own process group, unlike every other program: only there may it read a password from the terminal.
        let status = command.status().with_context(|| format!("`{name}` cannot be run"))?;
        if status.success() { Ok(()) } else { bail!("`{name}` failed: {status}.") }
    };
    as_root(&["update", "--quiet"])?;
    as_root(&[&["install", "--yes", "--no-install-recommends"], names].concat())
}

/// Runs a program to its end and gives what it printed; what it complained of stands in the error.
pub fn text(command: &mut Command) -> Result<String> {
    let name = line(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("`{name}` cannot be run"))?;
    if !output.status.success() {
        bail!("`{name}` failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether a program ends well, and within this time; what it prints is nobody's business.
pub fn succeeds_within(command: &mut Command, limit: Duration) -> bool {
    let Ok(mut running) = Running::start(command.stdout(Stdio::null()).stderr(Stdio::null())) else { return false };
    running.wait_until(Instant::now() + limit).is_some_and(|status| status.success())
}

/// A program that runs beside us and is ended with us.
pub struct Running {
    child: Child,
    pid: Pid,
    signal: Signal,
    ended: bool,
}

impl Running {
    /// Starts a program that is given nothing to read and ends on SIGTERM.
    pub fn start(command: &mut Command) -> Result<Self> {
        Self::start_ending_on(Signal::TERM, command)
    }

    /// Starts a program that is given nothing to read and ends as it should on another signal.
    pub fn start_ending_on(signal: Signal, command: &mut Command) -> Result<Self> {
        let name = line(command);
        // Held while starting: a stop asked for at this moment finds the new program in the list, or it never starts.
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

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end, however long that takes.
    pub fn wait(mut self) -> Result<ExitStatus> {
        let status = self.child.wait()?;
        self.ended = true;
        if stopping() {
            bail!("stopped");
        }
        Ok(status)
    }

    /// Its status, if it has ended by itself.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        let status = self.child.try_wait().ok().flatten();
        self.ended |= status.is_some();
        status
    }

    /// Its status, if it ends in time.
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

    /// Asks it to end, and makes it after ten seconds.
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

/// The command as somebody would type it.
fn line(command: &Command) -> String {
    let mut line = command.get_program().to_string_lossy().into_owned();
    for arg in command.get_args() {
        line.push(' ');
        line.push_str(&arg.to_string_lossy());
    }
    line
}

/// Says what takes long before it starts, and how long it took.
pub fn announced<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("→ {what} …");
    let started = Instant::now();
    let result = work()?;
    eprintln!("  done in {:.1} s", started.elapsed().as_secs_f64());
    Ok(result)
}
