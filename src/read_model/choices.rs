//! What can lists be narrowed to?

use crate::store::{Store, StoreError};
use app::view::choices::Choices;

/// More in one list nobody reads; what is not in it can be typed.
const MOST: i64 = 200;

pub(super) async fn choices(store: &Store) -> Result<Choices, StoreError> {
    let names = |rows: Vec<(String, String)>| {
        let mut names: Vec<String> = rows.into_iter().map(|(_, name)| name).collect();
        names.dedup();
        names
    };
    let (clients, hirers, currencies, fields) = tokio::try_join!(
        store.list_choices("client", MOST),
        store.list_choices("hirer", MOST),
        store.list_choices("currency", MOST),
        store.list_choices("field", MOST)
    )?;
    Ok(Choices { clients, hirers: names(hirers), currencies: names(currencies), fields: names(fields) })
}
