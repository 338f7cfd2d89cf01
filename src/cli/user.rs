//! `junoscope user`: manages accounts. No password is entered here: people set their own through a one-time link.

use super::{Failure, configure, open_existing_store};
use crate::clock::Clock;
use crate::config::StoreArgs;
use crate::store::Store;
use crate::store::people::links::welcome_url;
use crate::store::people::{Email, StoredPerson};
use clap::Subcommand;
use domain::account::Role;
use jiff::Timestamp;

/// What to do about people.
#[derive(Subcommand)]
pub enum UserCommand {
    /// Add a person, or bring a disabled one back, and print a one-time link for them
    Add {
        /// Their e-mail address, which is their sign-in name
        #[arg(value_parser = email)]
        email: Email,
        /// The name shown on pages [default: the e-mail address]
        #[arg(long)]
        name: Option<String>,
        /// What they may see: an admin everything, a hirer contractors, contracts and spend
        #[arg(long, value_parser = role, default_value = "hirer", value_name = "admin|hirer")]
        role: Role,
        /// Which database, and how it is reached.
        #[command(flatten)]
        settings: StoreArgs,
    },
    /// Show everybody
    List {
        /// Which database, and how it is reached.
        #[command(flatten)]
        settings: StoreArgs,
    },
    /// Print a new one-time link, for a first or a forgotten password; older links end
    Link {
        /// Their e-mail address
        #[arg(value_parser = email)]
        email: Email,
        /// Which database, and how it is reached.
        #[command(flatten)]
        settings: StoreArgs,
    },
    /// Sign a person out everywhere and keep them out
    Disable {
        /// Their e-mail address
        #[arg(value_parser = email)]
        email: Email,
        /// Which database, and how it is reached.
        #[command(flatten)]
        settings: StoreArgs,
    },
}

fn email(text: &str) -> Result<Email, &'static str> {
    Email::parse(text).ok_or("this is not an e-mail address")
}

fn role(text: &str) -> Result<Role, &'static str> {
    Role::parse(text).ok_or("the role must be admin or hirer")
}

/// The origin of these actions in log lines.
const FROM: &str = "the command line";

/// Runs the command.
pub async fn run(command: UserCommand, clock: &Clock) -> Result<(), Failure> {
    let (UserCommand::Add { settings, .. }
    | UserCommand::List { settings }
    | UserCommand::Link { settings, .. }
    | UserCommand::Disable { settings, .. }) = &command;
    let config = configure(&settings.clone().into())?;
    let store = open_existing_store(&config).await?;
    let answer = answer(command, &store, &config.public_url, clock.now()).await;
    store.close().await;
    println!("{}", answer?);
    Ok(())
}

async fn answer(command: UserCommand, store: &Store, public_url: &str, now: Timestamp) -> Result<String, Failure> {
    match command {
        UserCommand::Add { email, name, role, .. } => {
            let name = name.unwrap_or_else(|| email.to_string());
            let Some(id) = store.add_person(&email, name.trim(), role, now).await? else {
                return Err(Failure(format!(
                    "{email} is there already; `junoscope user link {email}` makes a new link."
                )));
            };
            let link = welcome_url(public_url, &store.make_link(&id, now).await?);
            tracing::info!(who = %email, role = role.as_str(), from = FROM, "a person was added, and a one-time link made");
            Ok(format!("{email} may sign in as {}. This link works once, within 72 hours:\n{link}", role.as_str()))
        }
        UserCommand::List { .. } => {
            let people = store.list_people().await?;
            if people.is_empty() {
                return Ok("There is nobody yet.".to_owned());
            }
            Ok(people.iter().map(line).collect::<Vec<_>>().join("\n"))
        }
        UserCommand::Link { email, .. } => {
            let found = store.find_person(&email).await?.ok_or_else(|| nobody(&email))?;
            if found.disabled_at.is_some() {
                return Err(Failure(format!("{email} is disabled; `junoscope user add {email}` brings them back.")));
            }
            let link = welcome_url(public_url, &store.make_link(&found.id, now).await?);
            tracing::info!(who = %email, from = FROM, "a one-time link was made");
            Ok(format!("This link works once, within 72 hours:\n{link}"))
        }
        UserCommand::Disable { email, .. } => {
            if store.disable_person(&email, now).await? {
                tracing::warn!(who = %email, from = FROM, "a person was disabled");
                return Ok(format!("{email} is signed out everywhere and cannot sign in any more."));
            }
            match store.find_person(&email).await? {
                Some(_) => Ok(format!("{email} was disabled before.")),
                None => Err(nobody(&email)),
            }
        }
    }
}

fn nobody(email: &Email) -> Failure {
    Failure(format!("There is nobody with the address {email}."))
}

fn line(stored: &StoredPerson) -> String {
    let state = match (stored.disabled_at, &stored.password_hash) {
        (Some(_), _) => "disabled",
        (None, Some(_)) => "can sign in",
        (None, None) => "has not set a password yet",
    };
    format!("{}\t{}\t{}\t{state}", stored.person.email, stored.person.name, stored.person.role.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::people::token::Token;
    use crate::tests::support::database::each_database;

    async fn say(store: &Store, line: &[&str]) -> Result<String, String> {
        #[derive(clap::Parser)]
        struct Line {
            #[command(subcommand)]
            command: UserCommand,
        }
        let line = std::iter::once("user").chain(line.iter().copied());
        let command = <Line as clap::Parser>::try_parse_from(line).map_err(|error| error.to_string())?.command;
        answer(command, store, "https://hooks.example", Timestamp::UNIX_EPOCH).await.map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn a_person_is_added_listed_linked_and_disabled() {
        each_database(async |store| {
            assert_eq!(say(&store, &["list"]).await.unwrap(), "There is nobody yet.");
            let added = say(&store, &["add", "Amara@example.com", "--name", "Amara", "--role", "admin"]).await.unwrap();
            let (told, link) = added.split_once('\n').unwrap();
            assert_eq!(told, "amara@example.com may sign in as admin. This link works once, within 72 hours:");
            let token = Token::claimed(link.strip_prefix("https://hooks.example/welcome/").unwrap());
            assert!(store.is_link_open(&token, Timestamp::UNIX_EPOCH).await.unwrap());
            assert_eq!(
                say(&store, &["list"]).await.unwrap(),
                "amara@example.com\tAmara\tadmin\thas not set a password yet"
            );
            assert!(say(&store, &["add", "amara@example.com"]).await.unwrap_err().contains("is there already"));

            say(&store, &["link", "amara@example.com"]).await.unwrap();
            assert!(!store.is_link_open(&token, Timestamp::UNIX_EPOCH).await.unwrap(), "the older link ends");

            assert!(say(&store, &["disable", "amara@example.com"]).await.unwrap().contains("signed out everywhere"));
            assert!(say(&store, &["disable", "amara@example.com"]).await.unwrap().contains("disabled before"));
            assert!(say(&store, &["link", "amara@example.com"]).await.unwrap_err().contains("brings them back"));
            assert_eq!(say(&store, &["list"]).await.unwrap(), "amara@example.com\tAmara\tadmin\tdisabled");
            assert!(say(&store, &["disable", "b@c"]).await.unwrap_err().contains("nobody with the address b@c"));
        })
        .await;
    }

    #[tokio::test]
    async fn an_address_or_a_role_that_is_none_is_refused() {
        each_database(async |store| {
            assert!(say(&store, &["add", "amara"]).await.unwrap_err().contains("not an e-mail address"));
            let error = say(&store, &["add", "a@b", "--role", "owner"]).await.unwrap_err();
            assert!(error.contains("must be admin or hirer"), "{error}");
        })
        .await;
    }
}
