//! The views of the list: links to those that are always there and to saved ones, and the forms that save and change them.

use super::PATH;
use crate::shell::context::here;
use crate::ui::as_of::with_moment;
use crate::ui::count::grouped;
use crate::ui::name::name;
use crate::view::delivery::DeliveryView;
use crate::view::viewer::Viewer;
use domain::policy::{Thing, may_change_view};
use domain::query::filter::{DeliveryFilter, Query as _};
use domain::query::view::{MAX_NAME, SavedView};
use leptos::prelude::*;

/// Renders the links, and what saves and changes views.
pub(super) fn views(of: &[DeliveryView], filter: &DeliveryFilter, viewer: &Viewer) -> AnyView {
    let shown = DeliveryFilter { before: None, ..filter.clone() };
    let links: Vec<AnyView> = of.iter().map(|view| link(view, view.filter == shown)).collect();
    let all = with_moment(format!("{PATH}{}", DeliveryFilter::default().to_query()));
    let is_all = shown == DeliveryFilter::default();
    let saved: Vec<AnyView> = of.iter().filter_map(|view| view.saved.as_ref()).map(|view| row(view, viewer)).collect();
    let saved = (!saved.is_empty()).then(|| view! { <ul class="plainlist">{saved}</ul> });
    view! {
        <div class="views">
            <nav class="chips" aria-label="Views" data-fresh="views">
                <a class="chip" href=all aria-current=is_all.then_some("true")>"All deliveries"</a>
                {links}
            </nav>
            <details class="drop wide-drop">
                <summary class="pill">"Saved views"</summary>
                <div class="drop-form">{save(&shown, viewer)} {saved}</div>
            </details>
        </div>
    }
    .into_any()
}

fn link(of: &DeliveryView, is_shown: bool) -> AnyView {
    let href = with_moment(format!("{PATH}{}", of.filter.to_query()));
    let count = of.count.map(|count| view! { " " <span class="number">{grouped(count)}</span> });
    let owner = of.saved.as_ref().filter(|view| !view.is_own).map(|view| format!("Shared by {}", view.owner));
    view! {
        <a class="chip" href=href title=owner aria-current=is_shown.then_some("true")>{name(of.name.clone())}{count}</a>
    }
    .into_any()
}

fn save(shown: &DeliveryFilter, viewer: &Viewer) -> AnyView {
    let words: Vec<String> = shown.filters().iter().map(|(key, value)| super::words(key, value)).collect();
    let words = if words.is_empty() { "all deliveries".to_owned() } else { words.join(", ") };
    let share = viewer.sees(Thing::SharedDeliveryViews).then(|| {
        view! { <label class="tick"><input type="checkbox" name="is_shared" value="1"/>"For all admins"</label> }
    });
    view! {
        <form method="post" action="/deliveries/views" class="save-view">
            <input type="hidden" name="query" value=shown.to_query()/>
            <p>"Save what is shown: " <b>{name(words)}</b></p>
            <div class="search">
                <div class="field">
                    <label for="view-name">"Name of the view"</label>
                    <input class="input" id="view-name" name="name" maxlength=MAX_NAME.to_string() autocomplete="off" required=""/>
                </div>
                <button class="button" type="submit">"Save"</button>
            </div>
            <div class="row">
                {share}
                <label class="tick"><input type="checkbox" name="is_default" value="1"/>"Open deliveries with it"</label>
            </div>
        </form>
    }
    .into_any()
}

/// Renders a saved view with what its viewer may do with it.
fn row(of: &SavedView, viewer: &Viewer) -> AnyView {
    let href = with_moment(format!("{PATH}{}", of.filter.to_query()));
    let note = match (of.is_own, of.is_shared) {
        (true, true) => "for all admins".to_owned(),
        (true, false) => "only for you".to_owned(),
        (false, _) => format!("shared by {}", of.owner),
    };
    let opens = of.is_default.then_some(", opens first");
    let (act, words) = if of.is_default { ("close", "Do not open first") } else { ("open", "Open first") };
    let opening = change(of, act, format!("{words}: {}", of.name), words);
    let changes = may_change_view(viewer.role(), of.is_own, of.is_shared).then(|| {
        let delete = change(of, "delete", format!("Delete the view {}", of.name), "Delete");
        view! { {delete} {rename(of)} }.into_any()
    });
    view! {
        <li>
            <span class="what"><a href=href>{name(of.name.clone())}</a><span class="note">{note}{opens}</span></span>
            <div class="row">{opening} {changes}</div>
        </li>
    }
    .into_any()
}

fn rename(of: &SavedView) -> AnyView {
    let id = format!("name-{}", of.id);
    let labelled = id.clone();
    let field = view! {
        <div class="field">
            <label for=labelled>"New name"</label>
            <input class="input" id=id name="name" value=of.name.clone() maxlength=MAX_NAME.to_string() autocomplete="off" required=""/>
        </div>
    };
    view! {
        <details class="rename">
            <summary>"Rename"</summary>
            <form method="post" action="/deliveries/views/change" class="search">
                {hidden(of, "rename")} {field.into_any()} <button class="button" type="submit">"Rename"</button>
            </form>
        </details>
    }
    .into_any()
}

fn hidden(of: &SavedView, act: &'static str) -> AnyView {
    view! {
        <input type="hidden" name="id" value=of.id.clone()/>
        <input type="hidden" name="act" value=act/>
        <input type="hidden" name="next" value=here()/>
    }
    .into_any()
}

fn change(of: &SavedView, act: &'static str, label: String, words: &'static str) -> AnyView {
    view! {
        <form method="post" action="/deliveries/views/change">
            {hidden(of, act)}
            <button class="button quiet" type="submit" aria-label=label>{words}</button>
        </form>
    }
    .into_any()
}
