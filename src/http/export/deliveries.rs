//! The files of deliveries: `/deliveries.jsonl` with everything stored of them, and `/deliveries.csv` with chosen fields of
//! their payloads. Oldest first; `after=` goes on after a sequence number.

use super::{Asking, Exports, failed};
use crate::read_model::Export;
use crate::transfer::Exported;
use crate::transfer::csv::{begin as begin_csv, lines, record};
use app::api::ApiError;
use app::view::viewer::Viewer;
use axum::body::Body;
use axum::extract::{Extension, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use domain::policy::Thing;
use domain::query::filter::{DeliveryFilter, Query as _, pairs_of};
use domain::query::moment::Moment;
use domain::query::search::{Field, QueryError, parse_path};
use futures_util::{StreamExt as _, stream};
use std::sync::Arc;

/// How deliveries are written.
#[derive(Clone, Debug)]
enum Form {
    /// One JSON object a line.
    Jsonl,
    /// The usual columns, and these.
    Csv(Vec<Field>),
}

impl Form {
    fn begin(&self, after: i64) -> Vec<u8> {
        match self {
            Self::Jsonl => Vec::new(),
            Self::Csv(paths) => begin_csv(paths, after),
        }
    }

    fn write(&self, found: &[Exported], out: &mut Vec<u8>) {
        match self {
            Self::Jsonl => {
                for exported in found {
                    // Text keys and values only, written to memory: this cannot fail.
                    if let Err(error) = exported.line.write_to(out) {
                        tracing::error!(%error, "a row was left out of an export");
                    }
                }
            }
            Self::Csv(paths) => out.extend(lines(found.iter().map(|one| record(one, paths)))),
        }
    }
}

/// Answers `/deliveries.jsonl`.
pub(super) async fn jsonl(
    State(exports): State<Exports>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    file(exports, viewer, &headers, &query, Form::Jsonl).await
}

/// Answers `/deliveries.csv`. Each `column` is the path of a field, or several with line breaks between them.
pub(super) async fn csv(
    State(exports): State<Exports>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    match columns(&query) {
        Ok(paths) => file(exports, viewer, &headers, &query, Form::Csv(paths)).await,
        Err((text, error)) => mistaken("column", &text, &error),
    }
}

/// Returns the paths of the columns, or the first text that is none.
fn columns(query: &str) -> Result<Vec<Field>, (String, QueryError)> {
    let pairs = pairs_of(query);
    let texts = pairs.iter().filter(|(key, _)| key == "column").flat_map(|(_, value)| value.lines());
    let texts = texts.map(str::trim).filter(|text| !text.is_empty());
    texts.map(|text| parse_path(text).map_err(|error| (text.to_owned(), error))).collect()
}

fn mistaken(key: &str, text: &str, error: &QueryError) -> Response {
    (StatusCode::BAD_REQUEST, format!("{key}: {error}\n\n{}\n", error.marked(text))).into_response()
}

/// Streams deliveries slice by slice, so that memory use does not depend on their number. The first slice is read before
/// the response begins; a later failure, and the end of the session, abort it, so that a partial file is not taken for a
/// whole one.
async fn file(exports: Exports, viewer: Viewer, headers: &HeaderMap, query: &str, form: Form) -> Response {
    let asking = Asking::new(&exports, viewer, headers, Thing::DeliveryExport);
    if !asking.viewer.sees(asking.thing) {
        return failed(ApiError::Refused);
    }
    let after = pairs_of(query).into_iter().rfind(|(key, _)| key == "after").map(|(_, value)| value.trim().parse());
    let after: i64 = match after.transpose() {
        Ok(after) => after.unwrap_or_default(),
        Err(_) => return (StatusCode::BAD_REQUEST, "after: a sequence number is expected.\n").into_response(),
    };
    let filter = DeliveryFilter::from_query(query);
    let now = exports.clock.now();
    let mut export = match exports.reader.export_deliveries(&filter, now, after).await {
        Ok(Ok(export)) => export,
        Ok(Err(error)) => return mistaken("q", filter.q.as_deref().unwrap_or_default(), &error),
        Err(error) => return failed(error),
    };
    let mut begin = form.begin(after);
    match exports.reader.exported(&mut export).await {
        Ok(found) => form.write(&found.unwrap_or_default(), &mut begin),
        Err(error) => return failed(error),
    }
    let (content_type, extension) = match form {
        Form::Jsonl => ("application/jsonl", "jsonl"),
        Form::Csv(_) => ("text/csv; charset=utf-8; header=present", "csv"),
    };
    let (reader, asking) = (exports.reader, Arc::new(asking));
    let rest = stream::try_unfold(export, move |mut export: Export| {
        let (reader, asking, form) = (Arc::clone(&reader), Arc::clone(&asking), form.clone());
        async move {
            asking.still().await?;
            let Some(found) = reader.exported(&mut export).await? else { return Ok(None) };
            let mut text = Vec::new();
            form.write(&found, &mut text);
            Ok::<_, ApiError>(Some((Bytes::from(text), export)))
        }
    });
    // A slice without matches is no piece of the body.
    let rest = rest.filter(|piece| std::future::ready(!matches!(piece, Ok(piece) if piece.is_empty())));
    let begin = stream::once(async { Ok(Bytes::from(begin)) });
    let day = Moment::new(now, None).today();
    (
        [
            (header::CONTENT_TYPE, content_type.to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"deliveries-{day}.{extension}\"")),
            (header::CACHE_CONTROL, "private, no-store".to_owned()),
        ],
        Body::from_stream(begin.chain(rest)),
    )
        .into_response()
}

#[cfg(test)]
mod tests;
