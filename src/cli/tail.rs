//! `junoscope tail`: prints deliveries as they come, also beside a running server.

use super::export::{begin, require_lists, write_lines};
use super::serve::stop_signal;
use super::{Failure, begin_log, open_existing_store};
use crate::clock::Clock;
use crate::config::{Environment, StoreArgs};
use crate::store::{Store, StoreError};
use crate::transfer::Exported;
use anstyle::{AnsiColor, Style};
use clap::Args;
use domain::query::outcome::Outcome;
use domain::query::search::Age;
use domain::text::{is_blank, without_direction};
use jiff::Timestamp;
use std::io::{self, Write};
use std::time::Duration;
use tokio::time::Instant;

/// Polling interval: other processes write the log.
const POLL: Duration = Duration::from_millis(500);

/// Maximum time for which deliveries wait until the lists have names for what they are about.
const MAX_LIST_WAIT: Duration = Duration::from_secs(2);

/// What is printed.
#[derive(Args)]
pub struct TailArgs {
    /// A search as in the box of /deliveries, such as 'outcome:refused' [default: everything]
    #[arg(value_name = "QUERY", allow_hyphen_values = true)]
    query: Option<String>,
    /// Begin with what arrived so long ago, such as 90s, 10m, 1h or 7d [default: with what comes next]
    #[arg(long, value_name = "TIME", value_parser = age)]
    since: Option<Age>,
    /// Print JSON lines, as `junoscope export` does
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreArgs,
}

fn age(text: &str) -> Result<Age, String> {
    Age::parse(text).ok_or_else(|| "a number and s, m, h, d or w, such as 1h".to_owned())
}

/// Prints deliveries until it is stopped, or until nobody reads them any more.
pub async fn run(args: TailArgs, clock: &Clock) -> Result<(), Failure> {
    let config = crate::config::load(&args.store.into(), &Environment::of_process())?;
    begin_log(&config)?;
    let store = open_existing_store(&config).await?;
    require_lists(&store).await?;
    let followed = tokio::select! {
        followed = follow(&store, args.query.as_deref(), args.since, args.json, clock) => followed,
        () = stop_signal() => Ok(()),
    };
    store.close().await;
    followed
}

async fn follow(
    store: &Store,
    query: Option<&str>,
    since: Option<Age>,
    json: bool,
    clock: &Clock,
) -> Result<(), Failure> {
    let last = store.last_seq().await?;
    let after = match since {
        None => last,
        Some(age) => {
            let from = clock.now().checked_sub(age.duration()).unwrap_or(Timestamp::MIN);
            store.find_first_since(from.as_millisecond()).await?.map_or(last, |first| first - 1)
        }
    };
    let mut export = begin(store, query, after, clock).await?.with_each_repeat();
    let mut out: Box<dyn Write> = if json { Box::new(io::stdout()) } else { Box::new(anstream::stdout()) };
    loop {
        while let Some(found) = export.next().await? {
            let mut text = Vec::new();
            if json {
                write_lines(&found, &mut text)?;
            } else {
                text.extend(found.iter().flat_map(|one| line(one).into_bytes()));
            }
            match out.write_all(&text).and_then(|()| out.flush()) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
                other => other.map_err(|error| Failure(format!("Deliveries cannot be printed: {error}.")))?,
            }
        }
        tokio::time::sleep(POLL).await;
        if store.last_seq().await? > export.progress().1 {
            wait_for_lists(store).await?;
            export.follow(clock.now()).await?;
        }
    }
}

/// Waits until the lists have caught up, for a limited time: no server may be running that makes them.
async fn wait_for_lists(store: &Store) -> Result<(), StoreError> {
    let deadline = Instant::now() + MAX_LIST_WAIT;
    while store.count_waiting(1).await? > 0 && Instant::now() < deadline {
        tokio::time::sleep(POLL / 10).await;
    }
    Ok(())
}

/// Returns a delivery in one line: when it came, what became of it, the event in words, what it is about, and its id.
fn line(of: &Exported) -> String {
    let row = &of.row;
    let style = style(row.outcome);
    let labels: Vec<&str> = row.about.iter().map(|about| about.label.as_str()).collect();
    let about = match (row.outcome, row.reason.as_deref()) {
        (Outcome::Refused | Outcome::Unreadable, Some(reason)) => reason.to_owned(),
        (Outcome::Refused | Outcome::Unreadable, None) | (Outcome::Stored | Outcome::Duplicate, _) => {
            labels.join(" · ")
        }
    };
    format!(
        "{}  {style}{:<10}{style:#}  {:<28}  {}  {}\n",
        row.received_at.strftime("%Y-%m-%d %H:%M:%S"),
        row.outcome.label(),
        printable(row.title()),
        printable(&about),
        printable(row.message_id.as_deref().unwrap_or("-")),
    )
}

fn style(outcome: Outcome) -> Style {
    match outcome {
        Outcome::Stored => AnsiColor::Green.on_default(),
        Outcome::Duplicate => AnsiColor::Cyan.on_default(),
        Outcome::Unreadable => AnsiColor::Yellow.on_default(),
        Outcome::Refused => AnsiColor::Red.on_default(),
    }
}

/// Returns a text of others without what a terminal would act on: control characters and changes of direction.
fn printable(text: &str) -> String {
    if is_blank(text) {
        return "-".to_owned();
    }
    without_direction(text).chars().map(|one| if one.is_control() { '\u{fffd}' } else { one }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::support::history::at;
    use crate::transfer::line::{ExportLine, FORMAT, RefusedLine};
    use app::view::delivery::{DeliverySummary, LabelledSubject};
    use domain::event::EventType;
    use domain::id::Subject;

    fn exported(outcome: Outcome, label: &str) -> Exported {
        let row = DeliverySummary {
            refused: None,
            seq: 7,
            received_at: at(0),
            endpoint: "yunojuno".to_owned(),
            outcome,
            reason: (!outcome.is_event()).then(|| "No signature\u{1b}[31m matches.".to_owned()),
            event_type: Some(EventType::ContractOffered),
            mode: None,
            message_id: Some("msg_1".to_owned()),
            occurred_at: None,
            about: vec![LabelledSubject { subject: Subject::Contract("ct_1".into()), label: label.to_owned() }],
        };
        let line = RefusedLine {
            format: FORMAT,
            seq: Some(7),
            outcome: "refused".to_owned(),
            endpoint: "yunojuno".to_owned(),
            message_id: None,
            code: "lock".to_owned(),
            reason: String::new(),
            received_at: at(0),
            remote: None,
            headers: Vec::new(),
            body: None,
            body_base64: None,
            body_length: None,
        };
        Exported { row, line: ExportLine::Refused(Box::new(line)) }
    }

    #[test]
    fn a_delivery_is_one_line_that_no_sender_can_colour() {
        let text = anstream::adapter::strip_str(&line(&exported(Outcome::Stored, "Brand\n\u{1b}[2J\u{202e}refresh")))
            .to_string();
        assert_eq!(
            text,
            "2026-03-02 12:00:00  Stored      Contract offered              Brand\u{fffd}\u{fffd}[2Jrefresh  msg_1\n"
        );
        let text = anstream::adapter::strip_str(&line(&exported(Outcome::Refused, "x"))).to_string();
        assert_eq!(
            text,
            "2026-03-02 12:00:00  Refused     Refused request               No signature\u{fffd}[31m matches.  msg_1\n"
        );
    }
}
