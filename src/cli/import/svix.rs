//! The import of lists of Svix's API. The attempts are read first: they tell when a message arrived.

use super::{Import, not_read, open};
use crate::cli::Failure;
use crate::store::log::Imported;
use crate::transfer::svix::{Deliveries, Entry, entries};
use domain::text::counted;
use serde_json::Value;
use std::io::{BufReader, Read};
use std::path::Path;

/// Imports every message that has a payload. Standard input is kept in memory, as it is read twice.
pub(super) async fn import(
    file: &Path,
    endpoint: &str,
    svix_endpoint: Option<String>,
    import: &mut Import<'_>,
) -> Result<(), Failure> {
    let mut piped = Vec::new();
    if file == Path::new("-") {
        open(file)?.read_to_end(&mut piped).map_err(|error| not_read(file, &error))?;
    }
    let input = || -> Result<Box<dyn Read + '_>, Failure> {
        if file == Path::new("-") { Ok(Box::new(piped.as_slice())) } else { open(file) }
    };
    let mut deliveries = Deliveries::of(svix_endpoint);
    // What is no JSON ends this pass, and is told by the next.
    for value in values(input()?).map_while(Result::ok) {
        for entry in &entries(value) {
            deliveries.add(entry);
        }
    }
    if let Some(several) = deliveries.undecided() {
        return Err(Failure(format!(
            "The file has attempts to several endpoints of Svix: {}. Choose one by --svix-endpoint.",
            several.join(", ")
        )));
    }
    let mut without_payload = 0;
    for (number, value) in (1_u64..).zip(values(input()?)) {
        let value = match value {
            Ok(value) => value,
            Err(error) => {
                import
                    .refuse(&format!("value {number}"), &format!("it is no JSON, nor is what follows it: {error}"))
                    .await?;
                break;
            }
        };
        for (place, entry) in (1_u64..).zip(entries(value)) {
            match deliveries.read(entry, endpoint) {
                Ok(Entry::Message(message)) => {
                    let bytes = message.requests.first().map_or(0, |request| request.body.len());
                    import.bar.inc(u64::try_from(bytes).unwrap_or_default());
                    import.add(Imported::Message(*message), bytes).await?;
                }
                Ok(Entry::WithoutPayload) => without_payload += 1,
                Ok(Entry::Attempt) => {}
                Err(error) => import.refuse(&format!("value {number}, entry {place}"), &error.to_string()).await?,
            }
        }
    }
    if without_payload > 0 {
        let message = counted(without_payload, "message");
        import
            .notes
            .push(format!("{message} without payload passed over: Svix keeps none any more, or it was not asked for."));
    }
    if deliveries.failed() > 0 {
        import.notes.push(format!("{} that did not succeed passed over.", counted(deliveries.failed(), "attempt")));
    }
    import.store().await
}

/// Returns the JSON values of a file: one, or several on lines of their own.
fn values<'a>(input: Box<dyn Read + 'a>) -> impl Iterator<Item = Result<Value, serde_json::Error>> + use<'a> {
    serde_json::Deserializer::from_reader(BufReader::new(input)).into_iter::<Value>()
}
