//! `junoscope export`: writes deliveries to standard output, as the page's files have them.

use super::{Failure, begin_log, open_existing_store};
use crate::clock::Clock;
use crate::config::{Environment, StoreArgs};
use crate::read_model::Export;
use crate::store::{Store, StoreError};
use crate::transfer::Exported;
use crate::transfer::csv::{begin as begin_csv, lines, record};
use clap::Args;
use domain::query::filter::DeliveryFilter;
use domain::query::search::{Field, QueryError, parse_path};
use indicatif::{HumanCount, ProgressBar};
use std::io::{self, Write};
use std::time::Duration;

/// What is written, and how.
#[derive(Args)]
pub struct ExportArgs {
    /// A search as in the box of /deliveries, such as 'type:contract.* after:30d' [default: everything]
    #[arg(value_name = "QUERY", allow_hyphen_values = true)]
    query: Option<String>,
    /// Write CSV instead of JSON lines
    #[arg(long)]
    csv: bool,
    /// A further column of the CSV file: the path of a field, such as data.object.rate.value; may be repeated
    #[arg(long = "column", value_name = "PATH", requires = "csv")]
    columns: Vec<String>,
    /// Go on after this sequence number: the seq of the last whole line of a file that was cut off
    #[arg(long, value_name = "SEQ", default_value_t = 0, value_parser = clap::value_parser!(i64).range(0..))]
    after: i64,
    #[command(flatten)]
    store: StoreArgs,
}

/// Writes what the query finds, oldest first, with progress on a terminal's standard error.
pub async fn run(args: ExportArgs, clock: &Clock) -> Result<(), Failure> {
    let config = crate::config::load(&args.store.into(), &Environment::of_process())?;
    begin_log(&config)?;
    let paths = args.columns.iter().map(|text| parse_path(text).map_err(|error| mistaken("--column", text, &error)));
    let paths: Vec<Field> = paths.collect::<Result<_, _>>()?;
    let store = open_existing_store(&config).await?;
    require_lists(&store).await?;
    let written = write(&store, args.query.as_deref(), args.csv.then_some(paths.as_slice()), args.after, clock).await;
    store.close().await;
    written
}

async fn write(
    store: &Store,
    query: Option<&str>,
    csv: Option<&[Field]>,
    after: i64,
    clock: &Clock,
) -> Result<(), Failure> {
    let mut export = begin(store, query, after, clock).await?;
    let bar = ProgressBar::new_spinner();
    bar.enable_steady_tick(Duration::from_millis(100));
    let mut out = io::stdout().lock();
    let mut text = csv.map(|paths| begin_csv(paths, after)).unwrap_or_default();
    let mut count = 0;
    loop {
        match out.write_all(&text).and_then(|()| out.flush()) {
            // Whoever reads it has what they want.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            other => other.map_err(|error| Failure(format!("The export cannot be written: {error}.")))?,
        }
        let Some(found) = export.next().await? else { break };
        text.clear();
        match csv {
            Some(paths) => text.extend(lines(found.iter().map(|one| record(one, paths)))),
            None => write_lines(&found, &mut text)?,
        }
        count += u64::try_from(found.len()).unwrap_or(u64::MAX);
        let (position, head) = export.progress();
        let position = HumanCount(position.unsigned_abs());
        bar.set_message(format!(
            "exported {}, up to {position} of {}",
            HumanCount(count),
            HumanCount(head.unsigned_abs())
        ));
    }
    bar.finish_and_clear();
    Ok(())
}

/// Appends the lines of these deliveries.
pub(super) fn write_lines(found: &[Exported], text: &mut Vec<u8>) -> Result<(), Failure> {
    for exported in found {
        exported.line.write_to(text).map_err(|error| Failure(format!("A delivery cannot be written: {error}.")))?;
    }
    Ok(())
}

/// Makes the tables of the lists, which a search reads, if no server of this version has made them.
pub(super) async fn require_lists(store: &Store) -> Result<(), StoreError> {
    match store.count_waiting(1).await {
        Ok(_) => Ok(()),
        // Without the tables the query fails; whatever else is wrong, this fails as well.
        Err(_) => store.make_lists().await,
    }
}

/// Begins an export of what a search finds. Where the lists have not caught up with the log, it says so: names and ids
/// of subjects are found in them.
pub(super) async fn begin(store: &Store, query: Option<&str>, after: i64, clock: &Clock) -> Result<Export, Failure> {
    let filter = DeliveryFilter {
        q: query.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned),
        ..DeliveryFilter::default()
    };
    let begun = Export::begin(store, &filter, clock.now(), after).await?;
    let export = begun.map_err(|error| mistaken("QUERY", filter.q.as_deref().unwrap_or_default(), &error))?;
    if filter.q.is_some() && store.count_waiting(1).await? > 0 {
        eprintln!(
            "The lists have not caught up with the stored messages yet: the newest are not found by the names and ids of \
             contractors, contracts, requisitions and hirers."
        );
    }
    Ok(export)
}

fn mistaken(what: &str, text: &str, error: &QueryError) -> Failure {
    Failure(format!("{what}: {error}\n\n{}", error.marked(text)))
}
