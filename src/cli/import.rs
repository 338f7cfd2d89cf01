//! `junoscope import`: stores the deliveries of an export, or of lists of Svix's API, each once.

mod lines;
mod svix;

use super::{Failure, configure, open_existing_store};
use crate::config::{AdditionalCheck, Config, ServeArgs};
use crate::ingest::signature::SigningKey;
use crate::store::log::{ImportCounts, Imported};
use crate::store::{Store, StoreError};
use crate::transfer::read::KnownEndpoint;
use clap::Args;
use domain::text::counted;
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Maximum number of lines in a transaction, and of their bytes: a server that runs waits for it.
const BATCH: usize = 128;
const BATCH_BYTES: usize = 1 << 20;

/// Maximum number of lines whose mistakes are told one by one.
const NAMED: u64 = 100;

/// What is imported.
#[derive(Args)]
pub struct ImportArgs {
    /// A file of `junoscope export`, or - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The file holds what Svix's API lists: messages, and attempts where known, as JSON
    #[arg(long)]
    svix: bool,
    /// The endpoint that messages of Svix are stored for [default: the first]
    #[arg(long, value_name = "NAME", requires = "svix")]
    endpoint: Option<String>,
    /// The endpoint of Svix whose attempts count, ep_…; needed where the file has several
    #[arg(long, value_name = "ID", requires = "svix")]
    svix_endpoint: Option<String>,
    /// Stop at the first line that cannot be imported
    #[arg(long)]
    stop: bool,
    /// Which database, and the secrets that signed what is in the file.
    #[command(flatten)]
    settings: ServeArgs,
}

/// Imports the file. What cannot be imported is told on standard error by its line; it fails then, at the end or, with
/// `--stop`, there.
pub async fn run(args: ImportArgs) -> Result<(), Failure> {
    let config = configure(&args.settings)?;
    let endpoint = endpoint(&args, &config)?;
    let store = open_existing_store(&config).await?;
    let imported = import(&args, &config, &store, endpoint).await;
    store.close().await;
    imported
}

async fn import(args: &ImportArgs, config: &Config, store: &Store, endpoint: &str) -> Result<(), Failure> {
    // The lists of Svix are read twice, and what is stored of them has another length.
    let length = if args.svix { None } else { length(&args.file) };
    let mut import = Import::new(store, args.stop, length);
    if args.svix {
        svix::import(&args.file, endpoint, args.svix_endpoint.clone(), &mut import).await?;
    } else {
        lines::import(&args.file, known_endpoints(config, store).await?, &mut import).await?;
    }
    import.finish()
}

/// Returns the endpoint for messages of Svix.
fn endpoint<'a>(args: &ImportArgs, config: &'a Config) -> Result<&'a str, Failure> {
    let mut names = config.endpoints.iter().map(|endpoint| endpoint.name.as_str());
    let found = match &args.endpoint {
        Some(name) => names.find(|known| known == name),
        None => names.next(),
    };
    let wanted = args.endpoint.as_deref().unwrap_or_default();
    found.ok_or_else(|| Failure(format!("There is no endpoint {wanted}: `junoscope endpoint list` shows their names.")))
}

/// Returns the keys of every endpoint, configured or kept in the database.
async fn known_endpoints(config: &Config, store: &Store) -> Result<BTreeMap<String, KnownEndpoint>, StoreError> {
    let mut known = BTreeMap::new();
    for endpoint in &config.endpoints {
        let kept = store.find_kept_secret(&endpoint.name).await?;
        let secrets = endpoint.secrets.iter().map(|secret| secret.0.clone()).chain(kept);
        let secret_header = match &endpoint.additional_check {
            Some(AdditionalCheck::Header { name, .. }) => Some(name.clone()),
            Some(AdditionalCheck::Basic { .. }) | None => None,
        };
        let keys = secrets.filter_map(|secret| SigningKey::parse(&secret).ok()).collect();
        known.insert(endpoint.name.clone(), KnownEndpoint { keys, secret_header });
    }
    Ok(known)
}

/// Returns the length of a file, for the progress bar.
fn length(file: &Path) -> Option<u64> {
    file.metadata().ok().filter(std::fs::Metadata::is_file).map(|found| found.len())
}

/// Opens a file, or standard input.
fn open(file: &Path) -> Result<Box<dyn Read>, Failure> {
    if file == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    match File::open(file) {
        Ok(opened) => Ok(Box::new(opened)),
        Err(error) => Err(not_read(file, &error)),
    }
}

fn not_read(file: &Path, error: &io::Error) -> Failure {
    Failure(format!("The file {} cannot be read: {error}.", file.display()))
}

/// An import in progress.
struct Import<'a> {
    store: &'a Store,
    stop: bool,
    bar: ProgressBar,
    batch: Vec<Imported>,
    batch_bytes: usize,
    counts: ImportCounts,
    bad: u64,
    /// Further sentences for the end.
    notes: Vec<String>,
}

impl<'a> Import<'a> {
    fn new(store: &'a Store, stop: bool, length: Option<u64>) -> Self {
        let bar = length.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        let template = match length {
            Some(_) => "{bar:40} {binary_bytes} of {binary_total_bytes}, {eta} left",
            None => "{spinner} {binary_bytes}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        let counts = ImportCounts::default();
        Self { store, stop, bar, batch: Vec::new(), batch_bytes: 0, counts, bad: 0, notes: Vec::new() }
    }

    /// Takes something that was read from so many bytes, and stores what has gathered if that is enough.
    async fn add(&mut self, imported: Imported, bytes: usize) -> Result<(), Failure> {
        self.batch.push(imported);
        self.batch_bytes += bytes;
        if self.batch.len() >= BATCH || self.batch_bytes >= BATCH_BYTES {
            self.store().await?;
        }
        Ok(())
    }

    async fn store(&mut self) -> Result<(), Failure> {
        if !self.batch.is_empty() {
            self.counts += self.store.import(&self.batch).await?;
            self.batch.clear();
            self.batch_bytes = 0;
        }
        Ok(())
    }

    /// Tells why something is not imported. With `--stop` it stores what came before, and fails.
    async fn refuse(&mut self, place: &str, why: &str) -> Result<(), Failure> {
        self.bad += 1;
        if self.stop {
            self.store().await?;
            self.bar.finish_and_clear();
            println!("{}", self.told());
            return Err(Failure(format!("{place}: {why}. Stopped there.")));
        }
        if self.bad <= NAMED {
            self.bar.suspend(|| eprintln!("{place}: {why}"));
        }
        Ok(())
    }

    fn told(&self) -> String {
        let ImportCounts { messages, attempts, refused, unchecked, confirmed, known } = self.counts;
        let mut told = if messages + attempts + refused + confirmed == 0 {
            "Nothing new.".to_owned()
        } else {
            format!(
                "Imported {}, {} and {}.",
                counted(messages, "message"),
                counted(attempts, "further attempt"),
                counted(refused, "refused request")
            )
        };
        // Writing to a `String` cannot fail.
        if known > 0 {
            let _ = write!(
                told,
                " {} here already, unchanged.",
                if known == 1 { "1 was".to_owned() } else { format!("{known} were") }
            );
        }
        if unchecked > 0 {
            let _ = write!(told, " Of {unchecked}, the signature was not checked: they are marked.");
        }
        if confirmed > 0 {
            let _ = write!(told, " Of {confirmed} that were here, the signature is checked now.");
        }
        for note in &self.notes {
            told.push(' ');
            told.push_str(note);
        }
        told
    }

    fn finish(self) -> Result<(), Failure> {
        self.bar.finish_and_clear();
        println!("{}", self.told());
        match self.bad {
            0 => Ok(()),
            1 => Err(Failure("1 was not imported: it is told above.".to_owned())),
            bad if bad <= NAMED => Err(Failure(format!("{bad} were not imported: they are told above."))),
            bad => Err(Failure(format!("{bad} were not imported: the first {NAMED} are told above."))),
        }
    }
}

#[cfg(test)]
mod tests;
