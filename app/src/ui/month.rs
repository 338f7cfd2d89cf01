//! A month as a grid of weeks; on a phone, as a list of the days that have something.

use super::as_of::with_moment;
use super::badge::dot;
use super::name::name;
use super::time::long_day;
use crate::view::calendar::{CalendarDay, DayKind, Month};
use jiff::civil::Date;
use leptos::prelude::*;

/// Number of marks shown per day; more can be expanded.
const SHOWN: usize = 5;

/// Renders a table of weeks, Monday first.
pub fn grid(month: Month, marks: &[CalendarDay], today: Date) -> AnyView {
    let weeks: Vec<AnyView> = month
        .weeks()
        .into_iter()
        .map(|week| {
            let days: Vec<AnyView> = week.into_iter().map(|date| day(date, month, marks, today)).collect();
            view! { <tr>{days}</tr> }.into_any()
        })
        .collect();
    let heads: Vec<AnyView> = [
        ("Mon", "Monday"),
        ("Tue", "Tuesday"),
        ("Wed", "Wednesday"),
        ("Thu", "Thursday"),
        ("Fri", "Friday"),
        ("Sat", "Saturday"),
        ("Sun", "Sunday"),
    ]
    .into_iter()
    .map(|(short, name)| view! { <th scope="col" abbr=name>{short}</th> }.into_any())
    .collect();
    view! {
        <div class="table-wrap month-wrap">
            <table class="month">
                <caption class="visually-hidden">{month.in_words()}</caption>
                <thead><tr>{heads}</tr></thead>
                <tbody>{weeks}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn day(date: Date, month: Month, marks: &[CalendarDay], today: Date) -> AnyView {
    if date < month.first() || date > month.last() {
        return view! { <td class="outside"></td> }.into_any();
    }
    let of_day: Vec<&CalendarDay> = marks.iter().filter(|marked_day| marked_day.on == date).collect();
    let (first, rest) = of_day.split_at(of_day.len().min(SHOWN));
    let rest = (!rest.is_empty()).then(|| {
        view! {
            <details>
                <summary>{format!("{} more", rest.len())}</summary>
                <ul class="month-marks">{rest.iter().map(|marked_day| entry(marked_day)).collect_view()}</ul>
            </details>
        }
    });
    let list = (!first.is_empty()).then(
        || view! { <ul class="month-marks">{first.iter().map(|marked_day| entry(marked_day)).collect_view()}</ul> },
    );
    let is_today = (date == today).then_some("date");
    view! {
        <td class=if of_day.is_empty() { "free" } else { "" } aria-current=is_today>
            <time class="month-day" datetime=date.to_string()>
                <span class="number">{date.day().to_string()}</span>
                <span class="name">{long_day(date)}</span>
                {is_today.map(|_| view! { <span class="tag">"today"</span> })}
            </time>
            {list}
            {rest}
        </td>
    }
    .into_any()
}

fn entry(marked_day: &CalendarDay) -> AnyView {
    let tone = match marked_day.what {
        DayKind::Starts => "accepted",
        DayKind::NoticeBy => "offered",
        DayKind::Ends => "notice",
    };
    let contract = &marked_day.contract;
    let who = contract.contractor_name.clone().map(|who| view! { <span class="dim">" " {name(who)}</span> });
    let href = with_moment(contract.id.path());
    view! {
        <li>
            {dot(tone)}
            <span>
                <span class="dim">{marked_day.what.label()}": "</span>
                <a href=href>{name(contract.title.clone())}</a>
                {who}
            </span>
        </li>
    }
    .into_any()
}
