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
    Ok(Choices {
        clients: store.list_choices("client", MOST).await?,
        hirers: names(store.list_choices("hirer", MOST).await?),
        currencies: names(store.list_choices("currency", MOST).await?),
        fields: names(store.list_choices("field", MOST).await?),
    })
}
