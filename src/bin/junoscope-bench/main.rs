//! The programs behind `cargo xtask bench`: a load generator, two reference receivers, and a page reader.

mod flood;
mod load;
mod pages;
mod receiver;
mod sender;
mod story;
mod usage;
mod viewers;

use clap::Parser;
use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(about = "Measures how fast webhooks are taken and pages shown; run it with `cargo xtask bench`")]
enum Command {
    /// A receiver that verifies and forgets
    VerifyOnly {
        #[arg(long)]
        listen: SocketAddr,
        #[arg(long)]
        secret: String,
    },
    /// A receiver that verifies, and stores each request in a database transaction of its own
    OneTransaction {
        #[arg(long)]
        listen: SocketAddr,
        #[arg(long)]
        secret: String,
        /// The database, made anew
        #[arg(long)]
        file: PathBuf,
    },
    /// Sends signed requests as fast as they are answered, and prints what came of it as one line of JSON
    Load(load::Plan),
    /// Sends long, wrongly signed requests as fast as they are taken, and prints the answers as one line of JSON
    Flood(flood::Plan),
    /// Fills a database, and prints how long one more event takes to be in the lists as one line of JSON
    Story(story::Plan),
    /// Keeps live rows open, and prints what arrived as one line of JSON
    Viewers(viewers::Plan),
    /// Reads pages, and prints how long they took as one line of JSON
    Pages(pages::Plan),
}

fn main() -> ExitCode {
    match run(Command::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), Box<dyn Error>> {
    match command {
        Command::VerifyOnly { listen, secret } => receiver::run(listen, &secret, None),
        Command::OneTransaction { listen, secret, file } => receiver::run(listen, &secret, Some(&file)),
        Command::Pages(plan) => {
            println!("{}", pages::run(&plan)?);
            Ok(())
        }
        Command::Viewers(plan) => {
            println!("{}", viewers::run(&plan)?);
            Ok(())
        }
        Command::Story(plan) => {
            println!("{}", story::run(&plan)?);
            Ok(())
        }
        Command::Flood(plan) => {
            println!("{}", flood::run(&plan)?);
            Ok(())
        }
        Command::Load(plan) => {
            println!("{}", load::run(&plan)?);
            Ok(())
        }
    }
}
