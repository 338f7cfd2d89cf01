//! The first event of a subject, for pages that show a moment before it.

use crate::store::projections::is_key;
use crate::store::{Store, StoreError, instant};
use app::view::first_event::FirstEvent;
use domain::id::Subject;

/// Returns the beginning of a subject; `None` when no event mentions it.
pub(super) async fn of(store: &Store, subject: &Subject) -> Result<Option<FirstEvent>, StoreError> {
    let (kind, id) = (subject.kind(), subject.id());
    // An invalid key is in no list, and PostgreSQL would reject it.
    if !is_key(id) {
        return Ok(None);
    }
    let Some(name) = store.find_name(kind, id).await? else { return Ok(None) };
    store.find_first_mention(kind, id).await?.map(|times| beginning(name, times)).transpose()
}

/// Returns the beginning of the earliest subject of a kind; `None` before its first event.
pub(super) async fn of_any(store: &Store, kind: &str, is_test: bool) -> Result<Option<FirstEvent>, StoreError> {
    let times = store.find_first_mention_of_any(kind, !is_test).await?;
    times.map(|times| beginning(format!("any {kind}"), times)).transpose()
}

fn beginning(name: String, (happened_at, received_at): (i64, i64)) -> Result<FirstEvent, StoreError> {
    Ok(FirstEvent { name, happened_at: instant(happened_at)?, received_at: instant(received_at)? })
}
