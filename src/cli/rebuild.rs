//! `junoscope rebuild`: the lists, made again from the log.

use super::{Failure, open_store};
use crate::config::Config;
use crate::projector::{self, Rebuilt};
use crate::store::{StoreError, check_files, set_lists_aside};
use indicatif::{ProgressBar, ProgressStyle};

/// Empties the lists and fills them again, with a progress bar and a summary. Safe beside a running server. Whatever
/// state the lists are in: they are made from the log alone.
pub async fn run(config: Config) -> Result<(), Failure> {
    check_files(&config.database_url).await?;
    let made = match rebuilt(&config).await? {
        Ok(made) => made,
        // Some damage shows only once it is written to.
        Err(error) if error.is_damage() => {
            set_lists_aside(&config.database_url).await?;
            rebuilt(&config).await??
        }
        Err(error) => return Err(error.into()),
    };
    println!(
        "Rebuilt from {} messages: {} contractors, {} contracts, {} spend requisitions.",
        made.messages, made.contractors, made.contracts, made.requisitions
    );
    Ok(())
}

async fn rebuilt(config: &Config) -> Result<Result<Rebuilt, StoreError>, Failure> {
    let store = open_store(config).await?;
    let bar = ProgressBar::no_length();
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len} messages, {eta} left") {
        bar.set_style(style);
    }
    let rebuilt = projector::rebuild_within(&store, config.limits, |done, total| {
        bar.set_length(total.unsigned_abs());
        bar.set_position(done.unsigned_abs());
    })
    .await;
    bar.finish_and_clear();
    store.close().await;
    Ok(rebuilt)
}
