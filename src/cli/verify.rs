//! `junoscope verify`: checks the integrity of a database or backup, and the signature of every stored message.

use super::contents::contents;
use super::{Failure, configure, open_existing_store, postgres_tools, sqlite_file};
use crate::config::{Config, ServeArgs};
use crate::ingest::signature::{SigningKey, verify};
use crate::store::backup::check;
use crate::store::stored::{Reading, Stored};
use clap::Args;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What is checked.
#[derive(Args)]
pub struct VerifyArgs {
    /// A backup or another database file [default: the database in use]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Which database, and the secrets that signed what is in it.
    #[command(flatten)]
    settings: ServeArgs,
}

/// Maximum number of wrong messages listed.
const NAMED: usize = 10;

/// Runs the checks and prints the result; fails when anything is wrong.
pub async fn run(args: VerifyArgs) -> Result<(), Failure> {
    let config = configure(&args.settings)?;
    if let Some(file) = args.file.as_deref().filter(|file| postgres_tools::is_dump(file)) {
        return postgres_tools::check_dump(file).map(|found| println!("{found}"));
    }
    let file = match args.file {
        Some(file) => Some(file),
        None => sqlite_file(&config)?,
    };
    let mut signatures = Signatures::of(&config);
    let counts = if let Some(file) = file {
        let damaged = |error| Failure(format!("Not whole: {error}."));
        let counts = check(&file).map_err(damaged)?;
        println!("{}: every page and index is whole.", file.display());
        let reading = Reading::of_file(&file).map_err(damaged)?;
        signatures.add(reading.kept_secrets().await?);
        reading.each(|stored| signatures.look_at(&stored)).await?;
        counts
    } else {
        let store = open_existing_store(&config).await?;
        let counts = store.count_stored().await.map_err(|error| Failure(format!("Not whole: {error}.")))?;
        println!("{}: the tables are there, and their numbers fit.", config.database_url_masked());
        if let Some(reading) = Reading::of_store(&store) {
            signatures.add(reading.kept_secrets().await?);
            reading.each(|stored| signatures.look_at(&stored)).await?;
        }
        store.close().await;
        counts
    };
    println!("{}.", contents(&counts));
    print!("{signatures}");
    match signatures.wrong.len() {
        0 => Ok(()),
        wrong => Err(Failure(format!("{wrong} stored requests are not what was signed."))),
    }
}

/// Checks of stored signatures with the known secrets.
struct Signatures {
    keys: Vec<SigningKey>,
    right: u64,
    /// The problems, one sentence each.
    wrong: Vec<String>,
    /// Counts by the fingerprint of an unknown secret; `None` for further attempts that no known secret fits.
    unknown: BTreeMap<Option<String>, u64>,
}

impl Signatures {
    fn of(config: &Config) -> Self {
        let secrets = config.endpoints.iter().flat_map(|endpoint| &endpoint.secrets);
        let keys = secrets.filter_map(|secret| SigningKey::parse(&secret.0).ok()).collect();
        Self { keys, right: 0, wrong: Vec::new(), unknown: BTreeMap::new() }
    }

    fn add(&mut self, secrets: Vec<String>) {
        self.keys.extend(secrets.iter().filter_map(|secret| SigningKey::parse(secret).ok()));
    }

    fn look_at(&mut self, stored: &Stored) {
        let Stored { seq, message_id, sent_at, signed_with, headers, body, .. } = stored;
        let mut wrong = |what: &str| self.wrong.push(format!("number {seq}, message {message_id}: {what}"));
        let Some(body) = body else { return wrong("an attempt to deliver a message that is not there") };
        let is_known = |fingerprint: &String| self.keys.iter().any(|key| key.fingerprint() == fingerprint);
        if let Some(fingerprint) = signed_with.as_ref().filter(|fingerprint| !is_known(fingerprint)) {
            *self.unknown.entry(Some(fingerprint.clone())).or_default() += 1;
            return;
        }
        let Ok(headers) = serde_json::from_str::<Vec<(String, String)>>(headers) else {
            return wrong("its headers cannot be read");
        };
        let Ok(sent_at) = Timestamp::from_millisecond(*sent_at) else { return wrong("its time cannot be read") };
        let header = |name: &str| headers.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_bytes());
        match verify(header, body, &self.keys, sent_at) {
            Ok(verified) if verified.id == *message_id && verified.sent_at.as_second() == sent_at.as_second() => {
                self.right += 1;
            }
            // The secret of a further attempt is not stored: it may have been one that is gone.
            Err(_) if signed_with.is_none() => *self.unknown.entry(None).or_default() += 1,
            _ => wrong("the bytes kept do not fit the signature"),
        }
    }
}

impl std::fmt::Display for Signatures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "Signatures: {} right, {} wrong.", self.right, self.wrong.len())?;
        for wrong in self.wrong.iter().take(NAMED) {
            writeln!(f, "  {wrong}")?;
        }
        if self.wrong.len() > NAMED {
            writeln!(f, "  and {} more", self.wrong.len() - NAMED)?;
        }
        for (fingerprint, count) in &self.unknown {
            match fingerprint {
                Some(fingerprint) => writeln!(
                    f,
                    "Not checked: {count} signed with the secret {fingerprint}, which is not known here; give it with \
                     --webhook-secret."
                )?,
                None => writeln!(
                    f,
                    "Not checked: {count} further attempts or imported messages that no known secret fits."
                )?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    fn stored(change: impl FnOnce(&mut Stored)) -> Stored {
        let body = br#"{"event_type":"a"}"#;
        let key = SigningKey::parse(SECRET).unwrap();
        let signature = key.header("msg_1", 1_700_000_000, body);
        let headers = [("svix-id", "msg_1"), ("svix-signature", &signature), ("svix-timestamp", "1700000000")];
        let mut stored = Stored {
            seq: 1,
            message_id: "msg_1".to_owned(),
            sent_at: 1_700_000_000_000,
            signed_with: Some(key.fingerprint().to_owned()),
            headers: serde_json::to_string(&headers).unwrap(),
            body: Some(body.to_vec()),
        };
        change(&mut stored);
        stored
    }

    fn looked_at(stored: &Stored, secret: &str) -> (u64, usize, u64) {
        let mut signatures = Signatures {
            keys: vec![SigningKey::parse(secret).unwrap()],
            right: 0,
            wrong: Vec::new(),
            unknown: BTreeMap::new(),
        };
        signatures.look_at(stored);
        (signatures.right, signatures.wrong.len(), signatures.unknown.values().sum())
    }

    #[test]
    fn whatever_is_altered_is_found() {
        assert_eq!(looked_at(&stored(|_| {}), SECRET), (1, 0, 0));
        assert_eq!(looked_at(&stored(|one| one.body = Some(b"{}".to_vec())), SECRET), (0, 1, 0));
        assert_eq!(looked_at(&stored(|one| one.message_id = "msg_2".to_owned()), SECRET), (0, 1, 0));
        assert_eq!(looked_at(&stored(|one| one.sent_at += 1_000), SECRET), (0, 1, 0));
        assert_eq!(looked_at(&stored(|one| one.headers = "[]".to_owned()), SECRET), (0, 1, 0));
        assert_eq!(looked_at(&stored(|one| one.headers = "?".to_owned()), SECRET), (0, 1, 0));
        assert_eq!(looked_at(&stored(|one| one.body = None), SECRET), (0, 1, 0), "its message is missing");
    }

    #[test]
    fn what_an_unknown_secret_signed_is_said_to_be_unchecked() {
        let other = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        assert_eq!(looked_at(&stored(|_| {}), other), (0, 0, 1));
        assert_eq!(looked_at(&stored(|one| one.signed_with = None), other), (0, 0, 1));
        assert_eq!(looked_at(&stored(|one| one.signed_with = None), SECRET), (1, 0, 0));
    }
}
