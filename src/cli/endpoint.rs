//! `junoscope endpoint`: prints the URL to enter in the YunoJuno portal, and the signing secret in use.

use super::{Failure, configure, open_existing_store};
use crate::clock::Clock;
use crate::config::{Config, Endpoint, ServeArgs};
use clap::Subcommand;

/// What to show about endpoints.
#[derive(Subcommand)]
pub enum EndpointCommand {
    /// Show the name and URL of each endpoint, and where its secrets come from
    List {
        /// Which database, and how it is reached.
        #[command(flatten)]
        settings: ServeArgs,
    },
    /// Print the signing secret in use, and nothing else; several stand on a line each
    Secret {
        /// Name of the endpoint [default: the first]
        name: Option<String>,
        /// Which database, and how it is reached.
        #[command(flatten)]
        settings: ServeArgs,
    },
}

/// Runs the command.
pub async fn run(command: EndpointCommand, clock: &Clock) -> Result<(), Failure> {
    match command {
        EndpointCommand::List { settings } => {
            let config = configure(&settings)?;
            // If all secrets are configured, the database need not exist.
            if config.endpoints.iter().all(|endpoint| !endpoint.secrets.is_empty()) {
                config.endpoints.iter().for_each(|endpoint| println!("{}", line(&config, endpoint, false)));
                return Ok(());
            }
            let store = open_existing_store(&config).await?;
            for endpoint in &config.endpoints {
                let kept = store.find_kept_secret(&endpoint.name).await?.is_some();
                println!("{}", line(&config, endpoint, kept));
            }
            store.close().await;
        }
        EndpointCommand::Secret { name, settings } => {
            let config = configure(&settings)?;
            let endpoint = find(&config, name.as_deref())?;
            if !endpoint.secrets.is_empty() {
                endpoint.secrets.iter().for_each(|secret| println!("{}", secret.0));
                return Ok(());
            }
            let store = open_existing_store(&config).await?;
            for secret in store.secrets_in_use(endpoint, clock.now()).await? {
                println!("{}", secret.0);
            }
            store.close().await;
        }
    }
    Ok(())
}

fn find<'a>(config: &'a Config, name: Option<&str>) -> Result<&'a Endpoint, Failure> {
    let mut endpoints = config.endpoints.iter();
    let found = endpoints.find(|endpoint| name.is_none_or(|name| endpoint.name == name));
    found.ok_or_else(|| {
        let names: Vec<_> = config.endpoints.iter().map(|endpoint| endpoint.name.as_str()).collect();
        Failure(format!("There is no endpoint {:?}; there is {}.", name.unwrap_or_default(), names.join(", ")))
    })
}

fn line(config: &Config, endpoint: &Endpoint, kept: bool) -> String {
    let secrets = match (endpoint.secrets.len(), kept) {
        (0, true) => "1 secret, made here and kept".to_owned(),
        (0, false) => "no secret yet, one is made at the first start".to_owned(),
        (1, _) => "1 secret, from the settings".to_owned(),
        (several, _) => format!("{several} secrets, from the settings"),
    };
    format!("{}\t{}\t{secrets}", endpoint.name, config.webhook_url(endpoint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Environment, load};

    #[test]
    fn an_endpoint_is_found_by_name_or_is_the_first() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("junoscope.toml"), "[[endpoint]]\nname='a'\n[[endpoint]]\nname='b'").unwrap();
        let around = Environment { environment: [].into(), folder: folder.path().to_owned() };
        let config = load(&ServeArgs::default(), &around).unwrap();
        assert_eq!(find(&config, None).unwrap().name, "a");
        assert_eq!(find(&config, Some("b")).unwrap().name, "b");
        assert_eq!(find(&config, Some("c")).unwrap_err().to_string(), "There is no endpoint \"c\"; there is a, b.");
        assert_eq!(
            line(&config, &config.endpoints[1], true),
            "b\thttp://127.0.0.1:3000/webhooks/b\t1 secret, made here and kept"
        );
    }
}
