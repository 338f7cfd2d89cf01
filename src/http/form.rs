//! Method routing for addresses that accept form posts only.

use axum::response::Redirect;
use axum::routing::MethodRouter;

/// The handler of a form. Whoever opens its address as a page (from the history, after signing in again, by a reload)
/// is led to the page the form stands on.
pub fn form_on<S: Clone + Send + Sync + 'static>(page: &'static str, form: MethodRouter<S>) -> MethodRouter<S> {
    form.get(move || async move { Redirect::to(page) })
}
