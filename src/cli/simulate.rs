//! `junoscope simulate`: checks the options of the simulator, runs it, and reports why a run is not possible.

use crate::clock::Clock;
use crate::config::{ConfigError, Environment, first_secret};
use crate::simulate::{History, Live, Plan, Sender, SenderKey, Sending, Summary, Traffic, TrafficMix, history};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use domain::event::Mode;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::{Date, Time};
use jiff::{Timestamp, tz::TimeZone};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Send what YunoJuno would send: a made-up history over real HTTP, signed and retried like Svix
#[derive(Clone, Debug, clap::Args)]
pub struct SimulateArgs {
    /// The endpoint's full webhook URL
    #[arg(long, value_name = "URL", default_value = DEFAULT_TARGET)]
    pub target: Url,
    /// The endpoint's signing secret, base64 with or without `whsec_`; of several the first one signs
    /// [env: `JUNOSCOPE_WEBHOOK_SECRET`]
    #[arg(long)]
    pub secret: Option<String>,
    /// How many contractors the clients work with
    #[arg(long, value_name = "N", default_value_t = 60)]
    pub contractors: u64,
    /// How many months the history covers
    #[arg(long, value_name = "M", default_value_t = 18, value_parser = clap::value_parser!(u32).range(1..=240))]
    pub months: u32,
    /// Where all chance comes from: the same seed and end give the same bodies and ids
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Stop after so many messages; contractors are added as needed
    #[arg(long, value_name = "N")]
    pub events: Option<u64>,
    /// The end of the history: a date (its last moment) or an instant, in UTC [default: now]
    #[arg(long, value_name = "DATE", value_parser = instant)]
    pub until: Option<Timestamp>,
    /// Messages a second at most; 0 is as fast as answers come
    #[arg(long, value_name = "R", default_value_t = 0.0, value_parser = not_negative)]
    pub rate: f64,
    /// How many of a hundred messages are sent once more later
    #[arg(long, value_name = "%", default_value_t = 0.0, value_parser = percent)]
    pub duplicates: f64,
    /// How many of a hundred messages are held back until later ones have overtaken them
    #[arg(long, value_name = "%", default_value_t = 0.0, value_parser = percent)]
    pub reorder: f64,
    /// For how many of a hundred messages another one is sent that is signed with a wrong key
    #[arg(long, value_name = "%", default_value_t = 0.0, value_parser = percent)]
    pub bad_signatures: f64,
    /// How many of a hundred messages are of a type outside the catalog
    #[arg(long, value_name = "%", default_value_t = 0.0, value_parser = percent)]
    pub unknown: f64,
    /// The mode every body carries
    #[arg(long, default_value = "live", value_parser = PossibleValuesParser::new(["live", "test"]).map(|word| Mode::parse(&word)))]
    pub mode: Mode,
    /// How long to wait between attempts: 1 is as long as Svix (5 s to 10 h), 0.001 a thousandth of it
    #[arg(long, value_name = "SCALE", default_value_t = 0.001, value_parser = not_negative)]
    pub retry_scale: f64,
    /// Requests in flight at most; with 1 the order of messages is kept even through failures
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub connections: u16,
    /// A header to send with every request, such as the additional header of an endpoint; may be repeated
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// After the history, go on with new events until Ctrl-C
    #[arg(long)]
    pub live: bool,
    /// How many new events a minute
    #[arg(long, value_name = "N", default_value_t = 6.0, value_parser = above_zero)]
    pub live_rate: f64,
    /// Print the first N messages, one JSON object a line with its id, and send nothing
    #[arg(long, value_name = "N")]
    pub print: Option<usize>,
}

/// The address of `cargo xtask serve`.
const DEFAULT_TARGET: &str = "http://127.0.0.1:3000/webhooks/yunojuno";

/// The reason why nothing, or not everything, was sent.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// No secret is configured.
    #[error("No signing secret: give --secret or set JUNOSCOPE_WEBHOOK_SECRET to the endpoint's secret.")]
    NoSecret,
    /// The secret is invalid or unreadable.
    #[error("{0}")]
    Secret(#[from] ConfigError),
    /// The URL is neither http nor https.
    #[error("{0} is not a URL that messages can be sent to: it must begin with http:// or https:// and name a host.")]
    Target(Url),
    /// The end of the history is in the future.
    #[error("--until lies in the future: a history ends at the latest now.")]
    Future,
    /// The target cannot be reached.
    #[error("Nothing answers at {0}: is Junoscope running there? ({1})")]
    Unreachable(Url, String),
    /// Every message is refused, for a reason in the configuration.
    #[error("{0} refuses every message with {1}: {2}. Stopped after {3} attempts.")]
    Refused(Url, u16, &'static str, u64),
    /// The TLS client cannot be created.
    #[error("Cannot make connections: {0}")]
    Client(#[from] reqwest::Error),
    /// Writing to standard output failed.
    #[error("Cannot print: {0}")]
    Print(#[from] std::io::Error),
}

/// Sends the messages, with progress on stderr and the summary on stdout.
pub async fn run(args: SimulateArgs, clock: Clock) -> Result<Summary, SimulateError> {
    let now = clock.now();
    let plan = args.plan(now)?;
    if let Some(count) = args.print {
        print(&plan, count)?;
        return Ok(Summary::default());
    }
    let sending = args.sending(&Environment::of_process())?;
    reach(&sending.target).await?;
    let target = sending.target.clone();
    let sender = Arc::new(Sender::new(sending, clock.clone())?);
    let interrupted = tokio::spawn({
        let sender = Arc::clone(&sender);
        async move {
            // Without signal handling it runs to its end.
            if tokio::signal::ctrl_c().await.is_ok() {
                sender.stop();
            }
        }
    });

    let history = history(&plan);
    let progress = tokio::spawn(show_progress(Arc::clone(&sender), history.len()));
    let shares = TrafficMix { duplicates: args.duplicates, reorder: args.reorder, bad_signatures: args.bad_signatures };
    let sent = sender.send(Traffic::new(history, shares, args.seed)).await;
    progress.abort();
    let summary = sender.summary();
    println!("{summary}");
    let summary = match (args.live, sent, sender.hopeless()) {
        (true, Some(traffic), None) => {
            go_on(&sender, traffic.into_source(), shares, args.live_rate, &clock).await;
            let summary = sender.summary();
            println!("{summary}");
            summary
        }
        _ => summary,
    };
    interrupted.abort();
    match sender.hopeless() {
        Some(status) => {
            let reason = match status {
                404 => "there is no such endpoint",
                405 => "this is not a webhook URL",
                _ => "the secret is not this endpoint's, it asks for an additional --header, or the clocks differ",
            };
            Err(SimulateError::Refused(target, status, reason, summary.attempts))
        }
        None => Ok(summary),
    }
}

/// Returns 0 when every good message was accepted and every bad one refused, else 1; explains failures on stderr.
pub fn exit_code(outcome: &Result<Summary, SimulateError>) -> ExitCode {
    match outcome {
        Ok(summary) if summary.all_well() => ExitCode::SUCCESS,
        Ok(summary) => {
            if summary.failed > 0 {
                eprintln!("{} messages were never taken.", summary.failed);
            }
            if summary.bad > summary.bad_refused {
                eprintln!("{} messages with a bad signature were not refused.", summary.bad - summary.bad_refused);
            }
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

impl SimulateArgs {
    fn plan(&self, now: Timestamp) -> Result<Plan, SimulateError> {
        let until = match self.until {
            // The end of today is in the future; for today's date, the history ends now.
            Some(until) if until > now && day(until) == day(now) => now,
            Some(until) if until > now => return Err(SimulateError::Future),
            Some(until) => until,
            None => now,
        };
        Ok(Plan {
            seed: self.seed,
            contractors: self.contractors,
            months: self.months,
            until,
            events: self.events,
            unknown_percent: self.unknown,
            mode: self.mode,
        })
    }

    fn sending(&self, around: &Environment) -> Result<Sending, SimulateError> {
        if !matches!(self.target.scheme(), "http" | "https") || self.target.host().is_none() {
            return Err(SimulateError::Target(self.target.clone()));
        }
        let secret = first_secret(self.secret.as_deref(), around)?.ok_or(SimulateError::NoSecret)?;
        Ok(Sending {
            target: self.target.clone(),
            key: SenderKey::parse(&secret.0).ok_or(SimulateError::NoSecret)?,
            connections: usize::from(self.connections),
            rate: self.rate,
            retry_scale: self.retry_scale,
            headers: self.headers.iter().cloned().collect::<HeaderMap>(),
            seed: self.seed,
        })
    }
}

fn print(plan: &Plan, count: usize) -> Result<(), SimulateError> {
    let mut out = std::io::stdout().lock();
    for message in history(plan).take(count) {
        write!(out, "{{\"id\":\"{}\",\"at\":\"{}\",\"body\":", message.id, message.at)?;
        out.write_all(&message.body)?;
        out.write_all(b"}\n")?;
    }
    Ok(())
}

/// Opens one connection before the first message, so that a wrong address is reported at once and not after eight
/// attempts.
async fn reach(target: &Url) -> Result<(), SimulateError> {
    let unreachable = |reason: String| SimulateError::Unreachable(target.clone(), reason);
    let host = target.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let port = target.port_or_known_default().unwrap_or(80);
    let connect = tokio::net::TcpStream::connect((host, port));
    match tokio::time::timeout(Duration::from_secs(5), connect).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(unreachable(error.to_string())),
        Err(_) => Err(unreachable("no connection within 5 seconds".to_owned())),
    }
}

async fn show_progress(sender: Arc<Sender>, total: usize) {
    let total = u64::try_from(total).unwrap_or(u64::MAX);
    if std::io::stderr().is_terminal() {
        let style = ProgressStyle::with_template("{bar:32} {human_pos} of {human_len} messages, {per_sec}, {eta} left");
        let bar = ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        let _cleared = ClearWhenDropped(bar.clone());
        loop {
            bar.set_position(sender.summary().messages);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    let mut before = 0;
    loop {
        tokio::time::sleep(Duration::from_secs(5)).await;
        let messages = sender.summary().messages;
        eprintln!("{messages} of {total} messages, {} a second", (messages - before) / 5);
        before = messages;
    }
}

/// Removes the progress bar even when its task is aborted.
struct ClearWhenDropped(ProgressBar);

impl Drop for ClearWhenDropped {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

async fn go_on(sender: &Arc<Sender>, history: History, shares: TrafficMix, per_minute: f64, clock: &Clock) {
    let mut live = Live::new(history);
    let interval = Duration::from_secs_f64(60.0 / per_minute);
    eprintln!("Going on with {per_minute} events a minute; Ctrl-C ends it.");
    for number in 0_u64.. {
        tokio::select! {
            () = tokio::time::sleep(interval) => {}
            () = sender.stopped() => return,
        }
        let message = live.next(clock.now());
        eprintln!("{}  {}", message.at, message.event_type);
        sender.send(Traffic::new(std::iter::once(message), shares, number)).await;
    }
}

fn day(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}

fn instant(text: &str) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse() {
        return Ok(at);
    }
    let last_moment = |date: Date| TimeZone::UTC.to_timestamp(date.to_datetime(Time::constant(23, 59, 59, 0))).ok();
    let date: Result<Date, _> = text.parse();
    date.ok()
        .and_then(last_moment)
        .ok_or_else(|| "a date such as 2026-06-30, or an instant such as 2026-06-30T12:00:00Z".to_owned())
}

fn number(text: &str, fits: impl Fn(f64) -> bool, wanted: &str) -> Result<f64, String> {
    text.trim().parse().ok().filter(|value: &f64| value.is_finite() && fits(*value)).ok_or_else(|| wanted.to_owned())
}

fn percent(text: &str) -> Result<f64, String> {
    let text = text.trim();
    number(text.strip_suffix('%').unwrap_or(text), |value| (0.0..=100.0).contains(&value), "a share from 0 to 100")
}

fn not_negative(text: &str) -> Result<f64, String> {
    number(text, |value| value >= 0.0, "a number, 0 or more")
}

fn above_zero(text: &str) -> Result<f64, String> {
    number(text, |value| value > 0.0, "a number above 0")
}

fn header(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    let parts = text.split_once(':').and_then(|(name, value)| {
        let mut value: HeaderValue = value.trim().parse().ok()?;
        value.set_sensitive(true);
        Some((name.trim().parse().ok()?, value))
    });
    parts.ok_or_else(|| "a header such as 'X-Webhook-Auth: shared token'".to_owned())
}
