//! The comparison of two chosen events, and the changes of each event, on the pages of contracts and requisitions.
//! Which of it is shown depends on the reader's role.

use crate::api::{ApiError, SharedReadModel};
use crate::ui::compare::Answer;
use crate::view::viewer::Viewer;
use domain::diff::WhatChanged;
use domain::id::Subject;
use std::collections::BTreeMap;

/// Two events that cannot be compared are an answer, and no reason to hide the page. What is for admins is told to no
/// other viewer.
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

/// What each event of a story changed, as this viewer may have it.
pub fn changes_for(viewer: &Viewer, of: BTreeMap<i64, WhatChanged>) -> BTreeMap<i64, WhatChanged> {
    if viewer.is_admin() {
        return of;
    }
    of.into_iter().map(|(seq, changed)| (seq, changed.for_hirers())).collect()
}
