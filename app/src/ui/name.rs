//! An untrusted name or title: isolated in its text direction, and cut where it is very long.

use domain::text::cut;
use leptos::prelude::*;

/// Maximum length of a name in a line, a list or a heading, in characters.
const SHOWN: usize = 120;
/// Maximum length of a cut name in its title attribute.
const WHOLE: usize = 1_000;
/// Maximum number of names in a list; further ones are counted.
const LISTED: usize = 12;

/// Renders a name.
pub fn name(text: impl Into<String>) -> AnyView {
    let text = text.into();
    let shown = cut(&text, SHOWN).into_owned();
    let whole = (shown != text).then(|| cut(&text, WHOLE).into_owned());
    view! { <bdi title=whole>{shown}</bdi> }.into_any()
}

/// Renders names separated by commas.
pub fn names(texts: Vec<String>) -> AnyView {
    let more = texts.len().saturating_sub(LISTED);
    let more = (more > 0).then(|| format!(" and {more} more"));
    let listed = texts.into_iter().take(LISTED).enumerate();
    let listed = listed.map(|(place, text)| view! { {(place > 0).then_some(", ")} {name(text)} }).collect_view();
    view! { {listed} {more} }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_isolated_and_a_very_long_one_is_cut_with_the_whole_on_hover() {
        let html = |text: String| Owner::new().with(|| name(text).to_html());
        let short = html("Amara \u{202e}<b>".to_owned());
        assert!(short.starts_with("<bdi>") && short.ends_with("</bdi>") && short.contains("&lt;b&gt;"), "{short}");
        let long = html("word ".repeat(200_000));
        assert!(long.starts_with("<bdi title=\"word word") && long.contains("…</bdi>"), "{long:.200}");
        assert!(long.len() < SHOWN + WHOLE + 100, "{}", long.len());
    }

    #[test]
    fn very_many_names_are_counted() {
        let html = Owner::new().with(|| names((0..40).map(|n| format!("Hirer {n}")).collect()).to_html());
        assert!(html.contains("Hirer 11") && !html.contains("Hirer 12") && html.contains(" and 28 more"), "{html}");
    }
}
