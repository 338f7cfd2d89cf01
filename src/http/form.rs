//! Method routing for addresses that accept form posts only.

use axum::response::Redirect;
use axum::routing::MethodRouter;

/// Adds a GET handler to a form's address that redirects to the page with the form, for reloads, history entries and
/// returns from sign-in.
pub fn form_on<S: Clone + Send + Sync + 'static>(page: &'static str, form: MethodRouter<S>) -> MethodRouter<S> {
    form.get(move || async move { Redirect::to(page) })
}
