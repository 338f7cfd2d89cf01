//! CSV exports: all rows of the list with the same query, with its columns and in its order.

use super::unavailable::failed;
use crate::clock::Clock;
use crate::read_model::StoreReadModel;
use app::api::ApiError;
use app::view::Page;
use app::view::columns::Column;
use app::view::columns::Table;
use app::view::viewer::Viewer;
use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use domain::policy::Thing;
use domain::query::filter::{ContractFilter, ContractorFilter, RequisitionFilter};
use domain::query::moment::{AS_OF, AsOf, MEANING, Moment};
use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, stream};
use std::sync::Arc;

/// UTF-8 byte order mark. Without it Excel assumes the encoding of its machine; other programs skip it.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The state of the export handlers.
#[derive(Clone)]
pub struct Exports {
    reader: Arc<StoreReadModel>,
    clock: Clock,
}

impl Exports {
    /// Creates the state from the read model of the pages.
    pub fn new(reader: Arc<StoreReadModel>, clock: Clock) -> Self {
        Self { reader, clock }
    }
}

/// Returns the routes `/contractors.csv`, `/contracts.csv` and `/spend.csv`, with the filters of the lists.
pub fn routes(exports: Exports) -> Router {
    Router::new()
        .route("/contractors.csv", get(contractors))
        .route("/contracts.csv", get(contracts))
        .route("/spend.csv", get(spend))
        .with_state(exports)
}

async fn contractors(
    State(exports): State<Exports>,
    Extension(viewer): Extension<Viewer>,
    RawQuery(query): RawQuery,
) -> Response {
    file(
        exports,
        (viewer, Thing::ContractorExport),
        query,
        "contractors",
        |reader, filter: ContractorFilter, moment| {
            Box::pin(async move { reader.export_contractors(&filter, moment).await })
        },
    )
    .await
}

async fn contracts(
    State(exports): State<Exports>,
    Extension(viewer): Extension<Viewer>,
    RawQuery(query): RawQuery,
) -> Response {
    file(exports, (viewer, Thing::ContractExport), query, "contracts", |reader, filter: ContractFilter, moment| {
        Box::pin(async move { reader.export_contracts(&filter, moment).await })
    })
    .await
}

async fn spend(
    State(exports): State<Exports>,
    Extension(viewer): Extension<Viewer>,
    RawQuery(query): RawQuery,
) -> Response {
    file(exports, (viewer, Thing::RequisitionExport), query, "spend", |reader, filter: RequisitionFilter, moment| {
        Box::pin(async move { reader.export_requisitions(&filter, moment).await })
    })
    .await
}

/// A query for the next page of rows.
type Ask<F> = fn(Arc<StoreReadModel>, F, Moment) -> BoxFuture<'static, Result<Page<<F as Table>::Row>, ApiError>>;

/// Streams a list as CSV, page by page, so that memory use does not depend on its length. The first page is read before
/// the response begins, so that a failure has an error status; a later failure aborts the response, so that a partial
/// file is not taken for a whole one.
async fn file<F: Table>(
    exports: Exports,
    (viewer, thing): (Viewer, Thing),
    query: Option<String>,
    name: &str,
    ask: Ask<F>,
) -> Response {
    if !viewer.sees(thing) {
        return failed(ApiError::Refused);
    }
    let query = query.unwrap_or_default();
    let filter = F::from_query(&query).without("after");
    let moment = Moment::new(exports.clock.now(), as_of(&query));
    let columns = filter.columns();
    let first = match ask(Arc::clone(&exports.reader), filter.clone(), moment).await {
        Ok(first) => first,
        Err(error) => return failed(error),
    };
    let mut begin = BYTE_ORDER_MARK.to_vec();
    let headings = columns.iter().flat_map(|column| column.headings.iter().map(|heading| (*heading).to_owned()));
    begin.extend(lines([headings.collect()]));
    begin.extend(lines(first.items.iter().map(|row| record(&columns, row))));

    let reader = exports.reader;
    let rest = stream::try_unfold(first.next, move |next| {
        let (reader, filter, columns) = (Arc::clone(&reader), filter.clone(), columns.clone());
        async move {
            let Some(cursor) = next else { return Ok(None) };
            let page = ask(reader, filter.with("after", &cursor.to_text()), moment).await?;
            let text = lines(page.items.iter().map(|row| record(&columns, row)));
            Ok::<_, ApiError>(Some((Bytes::from(text), page.next)))
        }
    });
    let begin = stream::once(async { Ok(Bytes::from(begin)) });
    (
        [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}-{}.csv\"", moment.today())),
            (header::CACHE_CONTROL, "private, no-store".to_owned()),
        ],
        Body::from_stream(begin.chain(rest)),
    )
        .into_response()
}

fn as_of(query: &str) -> Option<AsOf> {
    let value = |key: &str| {
        // Of a repeated parameter the last one counts, as on the page.
        let all = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == key);
        all.last().map(|(_, value)| value.into_owned())
    };
    AsOf::parse(&value(AS_OF)?, value(MEANING).as_deref())
}

fn record<T>(columns: &[&Column<T>], row: &T) -> Vec<String> {
    columns.iter().flat_map(|column| (column.cell)(row).fields()).collect()
}

/// Formats records by RFC 4180: CRLF, and quotes around every text. Numbers are unquoted, so that spreadsheets that
/// read quoted fields as text can still calculate with them.
fn lines(records: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
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

#[cfg(test)]
mod tests;
