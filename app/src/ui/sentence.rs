//! A sentence with its names linked.

use super::as_of::with_moment;
use super::name::name;
use domain::timeline::{Sentence, Span};
use leptos::prelude::*;

/// Renders a sentence, with names in bold and linked if they have a page.
pub fn sentence(of: &Sentence) -> AnyView {
    of.0.iter()
        .map(|span| match span {
            Span::Text(text) => text.clone().into_any(),
            Span::Strong(text) => view! { <strong>{name(text)}</strong> }.into_any(),
            Span::Name(text, subject) => match subject.as_ref().and_then(domain::id::Subject::path) {
                Some(path) => view! { <a class="name" href=with_moment(path)>{name(text)}</a> }.into_any(),
                None => view! { <strong>{name(text)}</strong> }.into_any(),
            },
        })
        .collect_view()
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::Subject;

    #[test]
    fn what_a_name_holds_is_text_and_never_markup() {
        let hostile = "<script>alert(1)</script>\"&";
        let told = Sentence(vec![
            Span::Text(hostile.to_owned()),
            Span::Strong(hostile.to_owned()),
            Span::Name(hostile.to_owned(), Some(Subject::Contract("ct_\"><img src=x>".into()))),
            Span::Name(hostile.to_owned(), None),
        ]);
        let html = Owner::new().with(|| sentence(&told).to_html());
        assert!(!html.contains("<script"), "{html}");
        assert!(!html.contains("<img"), "{html}");
        assert_eq!(html.matches("&lt;script").count(), 4, "{html}");
    }

    #[test]
    fn a_name_links_to_its_page() {
        let told = Sentence(vec![
            Span::Name("Brand refresh".to_owned(), Some(Subject::Contract("ct_1".into()))),
            Span::Text(" was offered.".to_owned()),
        ]);
        let html = Owner::new().with(|| sentence(&told).to_html());
        assert!(html.contains("href=\"/contracts/ct_1\""), "{html}");
    }
}
