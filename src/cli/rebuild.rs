//! `junoscope rebuild`: rebuilds the lists from the log.

use super::{Failure, begin_log, open_existing_store};
use crate::clock::Clock;
use crate::config::{DaysArgs, Environment, Origin, ServeArgs, StoreArgs, explain};
use crate::projector::{self, Rebuilt, days};
use crate::store::{Store, StoreError, check_files, set_lists_aside};
use clap::Args;
use domain::lifecycle::rules::Limits;
use indicatif::{ProgressBar, ProgressStyle};

/// Which lists, and by which days.
#[derive(Args)]
pub struct RebuildArgs {
    #[command(flatten)]
    store: StoreArgs,
    #[command(flatten)]
    days: DaysArgs,
}

/// Rebuilds the lists from the log, in whatever state they are, with a progress bar and a summary. Safe beside a
/// running server. Day limits that are not given stay as stored with the lists: the server may have got them by a flag.
pub async fn run(args: RebuildArgs, clock: &Clock) -> Result<(), Failure> {
    let args = ServeArgs { days: args.days, ..args.store.into() };
    let (config, settings) = explain(&args, &Environment::of_process())?;
    begin_log(&config)?;
    check_files(&config.database_url).await?;
    let store = open_existing_store(&config).await?;
    store.make_lists().await?;
    let in_force = store.limits_in_force().await?;
    let is_named = |key: &str| settings.iter().any(|setting| setting.key == key && setting.origin != Origin::Default);
    let mut limits = config.limits;
    if let Some(kept) = in_force {
        for (key, ours, kept) in [
            ("finding_offer_days", &mut limits.offer_days, kept.offer_days),
            ("finding_ending_days", &mut limits.ending_days, kept.ending_days),
            ("finding_unused_days", &mut limits.unused_days, kept.unused_days),
        ] {
            if !is_named(key) {
                *ours = kept;
            }
        }
    }
    let made = match rebuilt(store, limits, clock).await {
        Ok(made) => made,
        // Some damage is detected only by a write.
        Err(error) if error.is_damage() => {
            set_lists_aside(&config.database_url).await?;
            rebuilt(open_existing_store(&config).await?, limits, clock).await?
        }
        Err(error) => return Err(error.into()),
    };
    println!(
        "Rebuilt from {} messages: {} contractors, {} contracts, {} spend requisitions.",
        made.messages, made.contractors, made.contracts, made.requisitions
    );
    println!("Days after which something is a finding: {}.", days(limits));
    if let Some(before) = in_force.filter(|before| *before != limits) {
        println!(
            "Until now they were: {}. Give `junoscope serve` the same days at its next start, or it makes the lists anew \
             with its own.",
            days(before)
        );
    }
    Ok(())
}

async fn rebuilt(store: Store, limits: Limits, clock: &Clock) -> Result<Rebuilt, StoreError> {
    let bar = ProgressBar::no_length();
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len} messages, {eta} left") {
        bar.set_style(style);
    }
    let rebuilt = projector::rebuild_within(&store, limits, Some(clock.now()), |done, total| {
        bar.set_length(total.unsigned_abs());
        bar.set_position(done.unsigned_abs());
    })
    .await;
    bar.finish_and_clear();
    store.close().await;
    rebuilt
}
