//! The comparison of two chosen events on the pages of contracts and requisitions.

use crate::api::{ApiError, SharedReadModel};
use crate::ui::compare::Answer;
use crate::view::viewer::Viewer;
use domain::id::Subject;

/// Returns the comparison the query string asks for, if any. Two events that cannot be compared are no error of the
/// page.
pub async fn compared(
    model: &SharedReadModel,
    subject: Subject,
    asked: Option<[i64; 2]>,
    viewer: &Viewer,
) -> Result<Answer, ApiError> {
    let Some(events) = asked else { return Ok(None) };
    match model.compare(&subject, events, viewer.moment(), viewer.role()).await {
        Ok(diff) => Ok(Some((events, Some(diff)))),
        Err(ApiError::NotFound) => Ok(Some((events, None))),
        Err(error) => Err(error),
    }
}
