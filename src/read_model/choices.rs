//! The values that the filters of lists offer.

use crate::store::{Store, StoreError};
use app::view::choices::Choices;
use domain::query::moment::Moment;

/// Maximum number of values per filter; others can be typed.
const MOST: i64 = 200;

pub(super) async fn choices(store: &Store, moment: Moment) -> Result<Choices, StoreError> {
    let names = |rows: Vec<(String, String)>| {
        let mut names: Vec<String> = rows.into_iter().map(|(_, name)| name).collect();
        names.dedup();
        names
    };
    let (clients, hirers, currencies, fields) = tokio::try_join!(
        store.list_choices("client", moment, MOST),
        store.list_choices("hirer", moment, MOST),
        store.list_choices("currency", moment, MOST),
        store.list_choices("field", moment, MOST)
    )?;
    Ok(Choices { clients, hirers: names(hirers), currencies: names(currencies), fields: names(fields) })
}
