//! The overview page: the health of the feed, open findings, and the latest events.

mod feeds;

use super::setup::waiting_for_the_first_event;
use crate::islands::KeepFresh;
use crate::shell::context::{viewer, with_moment};
use crate::shell::frame::{Section, page};
use crate::shell::load::load;
use crate::ui::badge::dot;
use crate::ui::card::{card, head};
use crate::ui::count::grouped;
use crate::ui::entries::entries;
use crate::ui::finding::notice;
use crate::ui::name::name;
use crate::ui::time::{ago, day, days_from, long_day, row_time};
use crate::view::finding::FindingSummary;
use crate::view::overview::{MAX_BEHIND, Overview};
use crate::view::summary::ContractSummary;
use crate::view::viewer::{OpenFindingCount, Viewer};
use domain::policy::Thing;
use leptos::prelude::*;

/// Number of messages not projected yet above which the projector counts as behind.
const BEHIND_AFTER: u64 = 1_000;

/// Renders `/`.
pub fn overview() -> AnyView {
    let viewer = viewer();
    let (now, role) = (viewer.now, viewer.role());
    load(
        Section::Overview,
        move |model| async move { model.overview(now, role).await },
        move |answer| show(&answer, &viewer),
    )
}

fn show(of: &Overview, viewer: &Viewer) -> AnyView {
    let warnings: Vec<AnyView> = of.warnings.iter().map(|text| notice("warning", text.clone())).collect();
    let body = if of.last_received_at.is_none() {
        if viewer.sees(Thing::OperatorNotices) {
            view! { {all_refused(of)} {waiting_for_the_first_event()} }.into_any()
        } else {
            crate::ui::card::empty(
                "Nothing has arrived yet",
                view! { <p>"As soon as YunoJuno sends its first event, contractors, contracts and spend appear here."</p> },
            )
        }
    } else {
        view! { {health(of, viewer)} <div class="columns">{recent(of)} {needs(of, viewer)}</div> }.into_any()
    };
    page(
        Section::Overview,
        "Overview",
        view! {
            {head(None, "Overview", (), view! { <p class="lede">{long_day(viewer.today())}</p> })}
            {cannot_store(of, viewer)}
            {warnings}
            {missed(of, viewer)}
            {body}
        },
    )
}

/// Renders "Cannot store since 10:42: the disk is full."
fn cannot_store(of: &Overview, viewer: &Viewer) -> Option<AnyView> {
    let found = of.cannot_store.as_ref()?;
    let reason = (!found.reason.is_empty()).then(|| format!(": {}", found.reason));
    Some(
        view! {
            <p class="finding" data-kind="error" role="alert">
                <b>"Cannot store since "{row_time(found.since, viewer.now)}{reason}"."</b>
                <span class="advice">"Webhooks are answered with 503 meanwhile, and YunoJuno sends them again."</span>
            </p>
        }
        .into_any(),
    )
}

/// Renders, before the first event, the number of refused requests, which helps in setting up the endpoint.
fn all_refused(of: &Overview) -> Option<AnyView> {
    (of.refused_last_day > 0).then(|| {
        let words = if of.refused_last_day == 1 {
            "1 request was refused in the last 24 hours, and none accepted yet: ".to_owned()
        } else {
            format!(
                "{} requests were refused in the last 24 hours, and none accepted yet: ",
                grouped(of.refused_last_day)
            )
        };
        view! {
            <p class="finding" data-kind="error">
                {words} <a href="/deliveries?outcome=refused">"see why"</a> "."
            </p>
        }
        .into_any()
    })
}

/// Renders webhooks to unknown endpoints: most likely the URL in the portal has a typing error.
fn missed(of: &Overview, viewer: &Viewer) -> Option<AnyView> {
    let found = of.wrong_addresses.as_ref()?;
    let words = if found.count == 1 {
        "1 request in the last 24 hours to an address that does not exist: ".to_owned()
    } else {
        format!("{} requests in the last 24 hours to addresses that do not exist, last ", grouped(found.count))
    };
    Some(
        view! {
            <p class="finding" data-kind="warning">
                {words} <code>{found.last_path.clone()}</code> ", " {ago(found.last_at, viewer.now)} "."
                <span class="advice">"If it is YunoJuno’s, its portal has a wrong URL. The right one: " <code>{of.webhook_url.clone()}</code></span>
            </p>
        }
        .into_any(),
    )
}

fn health(of: &Overview, viewer: &Viewer) -> AnyView {
    let (tone, word, words) = match () {
        () if of.behind > BEHIND_AFTER => (
            "offered",
            "Catching up",
            format!(
                "{}{} messages are stored and still to be read into these pages.",
                if of.behind >= MAX_BEHIND { "More than " } else { "" },
                of.behind
            ),
        ),
        () => feeds::verdict(&of.endpoints),
    };
    let figure = |name: &'static str, count: u64, query: &'static str| {
        let shown = grouped(count);
        let value = if viewer.sees(Thing::DeliveryList) && count > 0 && !query.is_empty() {
            view! { <a href=with_moment(format!("/deliveries?{query}&arrived_since={}", of.since))>{shown}</a> }
                .into_any()
        } else {
            shown.into_any()
        };
        view! { <div><dt>{name}</dt><dd>{value}</dd></div> }
    };
    view! {
        <section class="card" aria-labelledby="health" data-follow=viewer.sees(Thing::LiveDeliveries).then_some("/live/deliveries?all=1")>
            <h2 class="visually-hidden" id="health">"Health of the feed"</h2>
            <p class="finding" data-kind="error" data-fresh-failed="" hidden=true>
                "Junoscope does not answer. What stands here is what was so before, and is tried again every half minute."
            </p>
            <KeepFresh/>
            <div data-fresh="health">
            <dl class="health">
                <div class="verdict">
                    <dt class="mark">{dot(tone)}{word}</dt>
                    <dd class="words">{words}</dd>
                </div>
                {figure("Events, last 24 hours", of.received_last_day, "mode=live&once=1")}
                {figure("Arrived late", of.late_last_day, "mode=live&late=1&once=1")}
                {figure("Unreadable", of.unreadable_last_day, "outcome=unreadable&once=1")}
                {figure("Refused", of.refused_last_day, "outcome=refused")}
            </dl>
            {(of.refused_last_day > of.refused_last_day_kept).then(|| {
                let (all, kept) = (grouped(of.refused_last_day), grouped(of.refused_last_day_kept));
                view! { <p class="body dim">{format!("{all} refused, the newest {kept} kept.")}</p> }
            })}
            {feeds::list(of, viewer)}
            </div>
        </section>
    }
    .into_any()
}

fn recent(of: &Overview) -> AnyView {
    view! {
        <div>
            <section class="stack">
                <h2>"Recent activity"</h2>
                {entries(&of.recent)}
            </section>
        </div>
    }
    .into_any()
}

fn needs(of: &Overview, viewer: &Viewer) -> AnyView {
    let today = viewer.today();
    let offers = list(&of.open_offers, |one| view! { "last event " {ago(one.last_at, viewer.now)} }.into_any());
    let ending = list(&of.ending_soon, |one| match one.ends_on {
        Some(last) => format!("{}, {}", day(last), days_from(today, last)).into_any(),
        None => ().into_any(),
    });
    let findings = findings(&of.findings);
    let running = of.running.map(|(phase, count)| {
        let href = format!("/contracts?state={}", phase.as_str());
        let words = format!("Contracts {}", phase.label().to_lowercase());
        view! { <div><dt><a href=with_moment(href)>{words}</a></dt><dd>{count}</dd></div> }
    });
    let nothing = offers.is_none() && ending.is_none() && findings.is_none();
    let section =
        |title: &str, note: &str, list: Option<AnyView>| list.map(|list| card(title, Some(note.to_owned()), list));
    view! {
        <aside aria-label="What needs a person">
            {nothing.then(|| card("Nothing needs you", None, view! {
                <div class="body"><p class="dim">"No offer is waiting, no contract ends within 14 days, and no story has a gap."</p></div>
            }))}
            {findings}
            {section("Ending soon", "within 14 days", ending)}
            {section("Open offers", "quiet for longest first", offers)}
            <section class="box">
                <h2>"In all"</h2>
                <dl class="pairs">
                    {running}
                    <div><dt><a href=with_moment("/contractors")>"Contractors"</a></dt><dd>{of.contractors}</dd></div>
                </dl>
            </section>
        </aside>
    }
    .into_any()
}

/// Renders the most severe findings, with the number of all.
fn findings(of: &[FindingSummary]) -> Option<AnyView> {
    let items: Vec<AnyView> = of
        .iter()
        .map(|one| {
            let href = one.place().unwrap_or_else(|| "/findings".to_owned());
            view! {
                <li>
                    <span class="what">
                        <a href=with_moment(href)>{name(one.title.clone())}</a>
                        <span class="who">{one.finding.sentence.clone()}</span>
                    </span>
                    <span class="note">{one.finding.kind.label()}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    let count = use_context::<OpenFindingCount>().map_or(0, |attention| attention.0);
    let all = if count < OpenFindingCount::MANY { format!("All {count} findings") } else { "All findings".to_owned() };
    (!items.is_empty()).then(|| {
        let list = view! {
            <ul class="plainlist">{items}</ul>
            <p class="body"><a href=with_moment("/findings?severity=warning")>{all}</a></p>
        };
        card("Findings", Some("problems first".to_owned()), list)
    })
}

fn list(of: &[ContractSummary], note: impl Fn(&ContractSummary) -> AnyView) -> Option<AnyView> {
    if of.is_empty() {
        return None;
    }
    let items: Vec<AnyView> = of
        .iter()
        .map(|one| {
            let href = one.id.path();
            let who = one.contractor_name.clone().map(|who| view! { <span class="who">{name(who)}</span> });
            view! {
                <li>
                    <span class="what"><a href=with_moment(href)>{name(one.title.clone())}</a>{who}</span>
                    <span class="note">{note(one)}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    Some(view! { <ul class="plainlist">{items}</ul> }.into_any())
}
