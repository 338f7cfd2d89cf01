//! Exports: all rows of the list with the same query, with its columns and in its order, as CSV; and deliveries.

mod deliveries;

use super::session::{SessionHandle, Sessions};
use super::unavailable::failed;
use crate::clock::Clock;
use crate::read_model::StoreReadModel;
use crate::transfer::csv::{BYTE_ORDER_MARK, lines};
use app::api::ApiError;
use app::view::Page;
use app::view::columns::Column;
use app::view::columns::Table;
use app::view::viewer::Viewer;
use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use domain::policy::{Thing, sees};
use domain::query::filter::{ContractFilter, ContractorFilter, RequisitionFilter};
use domain::query::moment::{AS_OF, AsOf, MEANING, Moment};
use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, stream};
use std::sync::Arc;

/// The state of the export handlers.
#[derive(Clone)]
pub struct Exports {
    reader: Arc<StoreReadModel>,
    sessions: Sessions,
    clock: Clock,
}

impl Exports {
    /// Creates the state from the read model of the pages. `sessions` end the files of a session with it.
    pub fn new(reader: Arc<StoreReadModel>, sessions: Sessions, clock: Clock) -> Self {
        Self { reader, sessions, clock }
    }
}

/// Who asks for a file, and for which.
struct Asking {
    viewer: Viewer,
    session: Option<SessionHandle>,
    thing: Thing,
}

impl Asking {
    fn new(exports: &Exports, viewer: Viewer, headers: &HeaderMap, thing: Thing) -> Self {
        Self { viewer, session: exports.sessions.handle(headers), thing }
    }

    /// Fails once the session has ended or its role no longer sees the file.
    async fn still(&self) -> Result<(), ApiError> {
        let Some(session) = &self.session else { return Err(ApiError::Refused) };
        match session.role().await {
            Ok(role) if sees(role, self.thing) => Ok(()),
            Ok(_) => Err(ApiError::Refused),
            Err(error) => {
                tracing::error!(question = "session", %error, "a question was not answered");
                Err(ApiError::Unavailable)
            }
        }
    }
}

/// Returns the routes `/contractors.csv`, `/contracts.csv`, `/spend.csv`, `/deliveries.csv` and `/deliveries.jsonl`, with
/// the filters of the lists.
pub fn routes(exports: Exports) -> Router {
    Router::new()
        .route("/contractors.csv", get(contractors))
        .route("/contracts.csv", get(contracts))
        .route("/spend.csv", get(spend))
        .route("/deliveries.csv", get(deliveries::csv))
        .route("/deliveries.jsonl", get(deliveries::jsonl))
        .with_state(exports)
}

async fn contractors(
    State(exports): State<Exports>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let asking = Asking::new(&exports, viewer, &headers, Thing::ContractorExport);
    file(exports, asking, query, "contractors", |reader, filter: ContractorFilter, moment| {
        Box::pin(async move { reader.export_contractors(&filter, moment).await })
    })
    .await
}

async fn contracts(
    State(exports): State<Exports>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let asking = Asking::new(&exports, viewer, &headers, Thing::ContractExport);
    file(exports, asking, query, "contracts", |reader, filter: ContractFilter, moment| {
        Box::pin(async move { reader.export_contracts(&filter, moment).await })
    })
    .await
}

async fn spend(
    State(exports): State<Exports>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let asking = Asking::new(&exports, viewer, &headers, Thing::RequisitionExport);
    file(exports, asking, query, "spend", |reader, filter: RequisitionFilter, moment| {
        Box::pin(async move { reader.export_requisitions(&filter, moment).await })
    })
    .await
}

/// A query for the next page of rows.
type Ask<F> = fn(Arc<StoreReadModel>, F, Moment) -> BoxFuture<'static, Result<Page<<F as Table>::Row>, ApiError>>;

/// Streams a list as CSV, page by page, so that memory use does not depend on its length. The first page is read before
/// the response begins, so that a failure has an error status; a later failure, and the end of the session, abort the
/// response, so that a partial file is not taken for a whole one.
async fn file<F: Table>(exports: Exports, asking: Asking, query: Option<String>, name: &str, ask: Ask<F>) -> Response {
    if !asking.viewer.sees(asking.thing) {
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

    let (reader, asking) = (exports.reader, Arc::new(asking));
    let rest = stream::try_unfold(first.next, move |next| {
        let (reader, filter, columns) = (Arc::clone(&reader), filter.clone(), columns.clone());
        let asking = Arc::clone(&asking);
        async move {
            let Some(cursor) = next else { return Ok(None) };
            asking.still().await?;
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

#[cfg(test)]
mod tests;
