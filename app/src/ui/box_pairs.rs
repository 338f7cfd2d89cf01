//! The boxes beside a story: a heading, and pairs of a name and a value.

use leptos::prelude::*;

/// Renders a side box of pairs.
pub fn side_box(title: &str, pairs: Vec<(String, AnyView)>) -> AnyView {
    view! {
        <section class="box">
            <h2>{title.to_owned()}</h2>
            <dl class="pairs">
                {pairs
                    .into_iter()
                    .map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })
                    .collect_view()}
            </dl>
        </section>
    }
    .into_any()
}

/// Renders a side box of lines.
pub fn side_list(title: &str, lines: Vec<AnyView>) -> AnyView {
    view! {
        <section class="box">
            <h2>{title.to_owned()}</h2>
            <ul class="lines">{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
        </section>
    }
    .into_any()
}
