//! The comparison of two chosen events, and the changes of each event, on the pages of contracts and requisitions.
//! Which of it is shown depends on the reader's role.

use crate::api::{ApiError, SharedReadModel};
use crate::ui::compare::Answer;
use crate::view::viewer::Viewer;
use domain::diff::EventChanges;
use domain::id::Subject;
use std::collections::BTreeMap;

/// Returns the comparison the query string asks for, if any. Two events that cannot be compared are no error of the
/// page. Changes for admins only are removed for other viewers.
pub async fn compared(
    model: &SharedReadModel,
    subject: Subject,
    asked: Option<[i64; 2]>,
    viewer: &Viewer,
) -> Result<Answer, ApiError> {
    let Some(events) = asked else { return Ok(None) };
    match model.compare(&subject, events, viewer.moment()).await {
        Ok(diff) => Ok(Some((events, Some(if viewer.is_admin() { diff } else { diff.for_hirers() })))),
        Err(ApiError::NotFound) => Ok(Some((events, None))),
        Err(error) => Err(error),
    }
}

/// Returns the changes of each event of a story, without those that the viewer may not see.
pub fn changes_for(viewer: &Viewer, of: BTreeMap<i64, EventChanges>) -> BTreeMap<i64, EventChanges> {
    if viewer.is_admin() {
        return of;
    }
    of.into_iter().map(|(seq, changed)| (seq, changed.for_hirers())).collect()
}
