//! `junoscope rebuild`: the lists, made again from the log.

use super::{Failure, open_store};
use crate::config::Config;
use crate::projector;
use indicatif::{ProgressBar, ProgressStyle};

/// Empties the lists and fills them again, with a progress bar and a summary. Safe beside a running server.
pub async fn run(config: Config) -> Result<(), Failure> {
    let store = open_store(&config).await?;
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
    let made = rebuilt?;
    println!(
        "Rebuilt from {} messages: {} contractors, {} contracts, {} spend requisitions.",
        made.messages, made.contractors, made.contracts, made.requisitions
    );
    Ok(())
}
