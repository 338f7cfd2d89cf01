//! What two chosen events of a story differ in, asked for by the pages of contracts and requisitions.

use crate::api::{ApiError, SharedReadModel};
use crate::id::Subject;
use crate::ui::compare::Answer;
use crate::view::moment::Moment;

/// Two events that cannot be compared are an answer, and no reason to hide the page.
pub async fn compared(
    model: &SharedReadModel,
    subject: Subject,
    asked: Option<[i64; 2]>,
    moment: Moment,
) -> Result<Answer, ApiError> {
    let Some(events) = asked else { return Ok(None) };
    match model.compare(&subject, events, moment).await {
        Ok(diff) => Ok(Some((events, Some(diff)))),
        Err(ApiError::NotFound) => Ok(Some((events, None))),
        Err(error) => Err(error),
    }
}
