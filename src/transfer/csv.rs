//! CSV files: how records are written, and the columns of the file of deliveries.

use super::Exported;
use super::line::ExportLine;
use app::view::columns::escape_formula;
use domain::query::outcome::Outcome;
use domain::query::search::{Field, values_at};
use serde_json::Value;

/// UTF-8 byte order mark. Without it Excel assumes the encoding of its machine; other programs skip it.
pub const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Formats records by RFC 4180: CRLF, and quotes around every text. Numbers are unquoted, so that spreadsheets that
/// read quoted fields as text can still calculate with them.
pub fn lines(records: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .quote_style(csv::QuoteStyle::NonNumeric)
        .from_writer(Vec::new());
    for record in records {
        // Writing to memory cannot fail, and all records have the same length.
        if let Err(error) = writer.write_record(&record) {
            tracing::error!(%error, "a row was left out of an export");
        }
    }
    writer.into_inner().unwrap_or_default()
}

/// The headings of the columns that every file of deliveries has.
const HEADINGS: [&str; 9] =
    ["Seq", "Received", "Endpoint", "Event", "About", "Outcome", "Reason", "Message id", "Attempts"];

/// Returns how a file of deliveries begins; a later part of one, after a sequence number, begins with its first row.
pub fn begin(paths: &[Field], after: i64) -> Vec<u8> {
    if after > 0 { Vec::new() } else { [BYTE_ORDER_MARK, &lines([headings(paths)])].concat() }
}

/// Returns the headings: the usual ones, and the chosen paths.
pub(super) fn headings(paths: &[Field]) -> Vec<String> {
    let paths = paths.iter().map(|path| escape_formula(&path.to_string()));
    HEADINGS.into_iter().map(str::to_owned).chain(paths).collect()
}

/// Returns the fields of one delivery: those of the list, and what its body has at each path. Several values of a path
/// are joined. Nothing is read from the body of a refused request: a stranger wrote it.
pub fn record(of: &Exported, paths: &[Field]) -> Vec<String> {
    let Exported { row, line } = of;
    let text = |text: Option<&str>| text.map(escape_formula).unwrap_or_default();
    let labels: Vec<&str> = row.about.iter().map(|about| about.label.as_str()).collect();
    let (outcome, reason, attempts, body) = match line {
        ExportLine::Message(line) => {
            let body = line.body.as_deref().and_then(|body| serde_json::from_str::<Value>(body).ok());
            (line.outcome.as_str(), line.reason.as_deref(), 1 + line.attempts.len(), body)
        }
        ExportLine::Refused(line) => (line.outcome.as_str(), Some(line.reason.as_str()), 1, None),
    };
    let usual = [
        row.seq.to_string(),
        match line {
            ExportLine::Message(line) => line.received_at,
            ExportLine::Refused(line) => line.received_at,
        }
        .to_string(),
        text(Some(&row.endpoint)),
        text(Some(row.title())),
        text(Some(&labels.join("; "))),
        Outcome::parse(outcome).map_or_else(|| outcome.to_owned(), |outcome| outcome.label().to_owned()),
        text(reason),
        text(row.message_id.as_deref()),
        attempts.to_string(),
    ];
    let chosen = paths.iter().map(|path| body.as_ref().map(|body| joined(&values_at(body, path))).unwrap_or_default());
    usual.into_iter().chain(chosen).collect()
}

/// Returns values as one text. A number alone stays a number.
fn joined(values: &[&Value]) -> String {
    if let [Value::Number(number)] = values {
        return number.to_string();
    }
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    escape_formula(&values.iter().map(|value| plain(value)).collect::<Vec<_>>().join("; "))
}
