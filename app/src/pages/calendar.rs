//! The calendar page: starts, ends and notice deadlines of contracts in a month, and subscription links.

use super::lists::{clients, currencies, custom_fields, hirers, in_words, not_begun};
use crate::shell::context::{filter, viewer_in_time, with_moment};
use crate::shell::frame::{Section, page};
use crate::shell::load::load;
use crate::ui::as_of::as_of_picker;
use crate::ui::badge::dot;
use crate::ui::card::{card, head};
use crate::ui::chips::{choose, in_force};
use crate::ui::filter_form::filter_form;
use crate::ui::finding::notice;
use crate::ui::first_event::not_yet;
use crate::ui::month::grid;
use crate::ui::time::{ago, short};
use crate::view::calendar::{CalendarFilter, Month, NewFeed, calendar_days};
use crate::view::choices::Choices;
use crate::view::summary::ContractSummary;
use crate::view::viewer::Viewer;
use domain::lifecycle::contract::Phase;
use domain::query::feed::Feed;
use domain::query::filter::{ContractFilter, Listing as _, Query};
use leptos::prelude::*;

const PATH: &str = "/calendar";
/// Maximum number of contracts, which is that of the read model.
const MAX_CONTRACTS: usize = 500;

/// Renders `/calendar?month=2026-02&…`.
pub fn calendar() -> AnyView {
    let viewer = viewer_in_time();
    let filter: CalendarFilter = filter();
    let month = filter.month.unwrap_or_else(|| Month::of(viewer.today()));
    let (asked, moment) = (filter.contracts.clone(), viewer.moment());
    let email = viewer.person.as_ref().map(|person| person.email.clone()).unwrap_or_default();
    load(
        Section::Calendar,
        move |model| async move {
            let contracts = model.contracts_between(&asked, month.first(), month.last(), moment).await?;
            let first_event =
                not_begun(&model, contracts.is_empty(), ContractFilter::KIND, asked.is_test(), moment).await?;
            Ok((contracts, first_event, model.choices(moment).await?, model.feeds(&email).await?))
        },
        move |(contracts, first_event, choices, feeds)| {
            let body = view! {
                {top(&filter, month, &viewer)}
                <div class="row narrow-row">
                    {filter_form(
                        PATH,
                        &filter,
                        vec![hirers(&choices), clients(&choices), custom_fields(&choices), currencies(&choices)],
                    )}
                    <div class="chips-box">{choose("State", PATH, &filter, "state", phases())}</div>
                </div>
                {in_force(PATH, &filter, |key, value| in_words(key, value, &choices))}
                {match &first_event {
                    Some(first_event) => not_yet(first_event),
                    None => days(&contracts, month, &viewer),
                }}
                {subscribe(&filter, &feeds, &choices, &viewer)}
            };
            page(Section::Calendar, format!("Calendar, {}", month.in_words()), body)
        },
    )
}

/// The phases of contracts that have relevant days; others are not in the calendar.
fn phases() -> impl Iterator<Item = (&'static str, String)> {
    let shown = [
        Phase::Approved,
        Phase::Offered,
        Phase::Upcoming,
        Phase::Active,
        Phase::UnderNotice,
        Phase::Ending,
        Phase::Completed,
    ];
    shown.into_iter().map(|phase| (phase.as_str(), phase.label().to_owned()))
}

fn top(filter: &CalendarFilter, month: Month, viewer: &Viewer) -> AnyView {
    let to = |month: Month| with_moment(format!("{PATH}{}", filter.with("month", &month.to_string()).to_query()));
    let today = with_moment(format!("{PATH}{}", filter.without("month").to_query()));
    let (before, after) = (month.before(), month.after());
    head(
        None,
        month.in_words(),
        view! { {as_of_picker(viewer)} },
        view! {
            <nav class="row" aria-label="Months">
                <a class="button" rel="prev" href=to(before)>{format!("← {}", before.in_words())}</a>
                <a class="button" href=today>"Today"</a>
                <a class="button" rel="next" href=to(after)>{format!("{} →", after.in_words())}</a>
            </nav>
        },
    )
}

fn days(contracts: &[ContractSummary], month: Month, viewer: &Viewer) -> AnyView {
    let calendar_days = calendar_days(contracts, month.first(), month.last());
    let nothing = calendar_days.is_empty().then(|| {
        view! { <p class="dim">"No contract that fits starts, ends or has its notice deadline in this month."</p> }
    });
    let cut = (contracts.len() >= MAX_CONTRACTS).then(|| {
        notice(
            "warning",
            "More contracts fit than a month can show. Those of its first days are shown; filters narrow them.",
        )
    });
    view! {
        {nothing} {cut}
        {grid(month, &calendar_days, viewer.today())}
        <p class="row dim legend">
            <span class="mark">{dot("accepted")}"Starts"</span>
            <span class="mark">{dot("offered")}"Last day to give notice"</span>
            <span class="mark">{dot("notice")}"Ends"</span>
        </p>
    }
    .into_any()
}

/// Describes the contents of a feed with this filter.
fn filter_words(filter: &CalendarFilter, choices: &Choices) -> String {
    let words: Vec<String> =
        filter.contracts.row_filters().iter().map(|(key, value)| in_words(key, value, choices)).collect();
    if words.is_empty() { "All contracts".to_owned() } else { words.join(", ") }
}

fn subscribe(filter: &CalendarFilter, feeds: &[Feed], choices: &Choices, viewer: &Viewer) -> AnyView {
    let words = filter_words(filter, choices);
    let made = use_context::<NewFeed>().map(|NewFeed(address)| {
        view! {
            {notice("note", "Paste this address into your calendar program as a subscription. It is shown only this once: who has it can read these days without signing in.")}
            <code class="url">{address}</code>
        }
    });
    let rows: Vec<AnyView> = feeds.iter().map(|feed| row(feed, viewer)).collect();
    let list = (!rows.is_empty()).then(|| view! { <ul class="plainlist">{rows}</ul> });
    card(
        "In your own calendar",
        None,
        view! {
            <div class="body">
                {made}
                <p>"A link that Outlook, Google Calendar or Apple Calendar can subscribe to. It follows the filters above: " <b>{words.clone()}</b> "."</p>
                <form method="post" action="/calendar/feeds" class="search">
                    <input type="hidden" name="query" value=filter.contracts.to_query()/>
                    <div class="field">
                        <label for="feed-name">"Name of the calendar"</label>
                        <input class="input" id="feed-name" name="name" maxlength="100" value=words autocomplete="off" required=""/>
                    </div>
                    <button class="button" type="submit">"Make a link"</button>
                </form>
            </div>
            {list}
        },
    )
}

fn row(feed: &Feed, viewer: &Viewer) -> AnyView {
    let used = match feed.used_at {
        Some(at) => view! { "last used " {ago(at, viewer.now)} }.into_any(),
        None => "never used".into_any(),
    };
    view! {
        <li>
            <span class="what">
                <a href=format!("{PATH}{}", feed.query)>{feed.name.clone()}</a>
                <span class="note">"Made " {short(feed.created_at)} ", " {used}</span>
            </span>
            <form method="post" action=format!("/calendar/feeds/{}/revoke", feed.id)>
                <button class="button quiet" type="submit" aria-label=format!("Revoke the link {}", feed.name)>"Revoke"</button>
            </form>
        </li>
    }
    .into_any()
}
