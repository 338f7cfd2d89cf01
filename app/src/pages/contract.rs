//! One contract: where it stands, what it says, and how it came here.

use crate::event::contract::{FeePeriod, Hirer, Jurisdiction, Rate};
use crate::shell::context::{keep_moment, param, viewer_in_time};
use crate::shell::frame::{Here, page};
use crate::shell::load::load;
use crate::timeline::Step;
use crate::ui::as_of::as_of_picker;
use crate::ui::box_pairs::{side_box, side_list};
use crate::ui::card::{card, head, outward};
use crate::ui::entries::entries;
use crate::ui::estimate_card::estimate_card;
use crate::ui::facts::Facts;
use crate::ui::finding::counts;
use crate::ui::mark::{Marked, dot, id_pill, mark, pill, plain_pill, test_tag};
use crate::ui::tables::amount;
use crate::ui::time::{day, day_range, days_from, length_in_words, short};
use crate::view::contractor::{ContractDetail, ContractLink, ContractSummary};
use crate::view::viewer::Viewer;
use jiff::Timestamp;
use leptos::prelude::*;

/// `/contracts/{id}`
pub fn contract() -> AnyView {
    let viewer = viewer_in_time();
    let id = param("id").as_str().into();
    let told = viewer.moment();
    load(
        Here::Contracts,
        move |model| async move { model.contract(&id, told).await },
        move |answer| show(&answer, &viewer),
    )
}

fn show(of: &ContractDetail, viewer: &Viewer) -> AnyView {
    let summary = &of.summary;
    page(
        Here::Contracts,
        summary.title.clone(),
        view! {
            {head(Some(("/contracts", "Contracts")), summary.title.clone(), view! { {as_of_picker(viewer)} {outward(of.url.as_deref())} }, pills(summary, viewer))}
            {card("Lifecycle", None, steps(&of.steps, viewer.now))}
            <div class="columns">
                <div>
                    {card("Facts", None, view! { <div class="body">{facts(of, viewer)}</div> })}
                    {estimate_card(&of.estimate, summary.standing, of.work_time_type.as_deref())}
                    {fees(of)}
                    <section class="stack"><h2>"Events"</h2>{entries(&of.entries, viewer.is_admin())}</section>
                </div>
                <aside aria-label="In short">{now(summary, viewer)} {findings(of)} {requisition(of)} {renewals(of)}</aside>
            </div>
        },
    )
}

fn pills(of: &ContractSummary, viewer: &Viewer) -> AnyView {
    let more = of
        .phase
        .is_running()
        .then(|| of.ends_on.map(|last| format!("until {}, {}", day(last), days_from(viewer.today(), last))))
        .flatten();
    let contractor = of.contractor_id.as_ref().map(|id| {
        let name = of.contractor_name.clone().unwrap_or_else(|| id.to_string());
        view! { <a class="pill" href=keep_moment(format!("/contractors/{id}"))>{name}</a> }
    });
    view! {
        <div class="row">
            {pill(&of.phase, more)}
            {contractor}
            {of.client.clone().map(plain_pill)}
            {id_pill(of.id.as_str())}
            {test_tag(of.is_test)}
        </div>
    }
    .into_any()
}

fn steps(of: &[Step], now: Timestamp) -> AnyView {
    let items: Vec<AnyView> = of
        .iter()
        .enumerate()
        .map(|(place, step)| {
            // The time in a step runs to the next step that was seen; the last one runs still.
            let until = of.iter().skip(place + 1).find_map(|next| next.at);
            let is_last = place + 1 == of.len();
            let spent = step.at.map(|at| match until {
                Some(until) => length_in_words(until.as_second() - at.as_second()),
                None if is_last => format!("{} so far", length_in_words(now.as_second() - at.as_second())),
                None => String::new(),
            });
            let when = match step.at {
                Some(at) => short(at),
                None => "never seen".into_any(),
            };
            view! {
                <li data-tone=step.state.tone() class=step.at.is_none().then_some("missing")>
                    {dot(step.state.tone())}
                    <b>{step.state.word()}</b>
                    <span>{when}</span>
                    {spent.filter(|words| !words.is_empty()).map(|words| view! { <span>{words}</span> })}
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ol class="steps" tabindex="0" aria-label="Steps of this contract">{items}</ol> }.into_any()
}

fn facts(of: &ContractDetail, viewer: &Viewer) -> AnyView {
    let summary = &of.summary;
    let hirers = (!of.hirers.is_empty()).then(|| of.hirers.iter().map(hirer).collect::<Vec<_>>().join(", "));
    let ends = summary.ends_on.map(|last| format!("{}, {}", day(last), days_from(viewer.today(), last)));
    Facts::default()
        .maybe("Work", summary.job_title.clone())
        .maybe("Description", of.description.clone())
        .maybe("Starts", summary.start_on.map(|first| format!("{}, {}", day(first), days_from(viewer.today(), first))))
        .maybe("Ends", ends)
        .maybe("Planned end", summary.planned_end_on.map(day))
        .maybe("Rate", summary.rate.as_ref().and_then(Rate::in_words))
        .maybe("Notice", of.notice_period_days.map(|days| format!("{days} day{}", if days == 1 { "" } else { "s" })))
        .maybe("Hirers", hirers)
        .maybe("Works in", of.operating_jurisdiction.as_ref().and_then(jurisdiction))
        .maybe("Pays taxes in", of.tax_jurisdiction.as_ref().and_then(jurisdiction))
        .maybe("Place of work", of.work_location.as_deref().map(words))
        .maybe("Working time", of.work_time_type.as_deref().map(words))
        .maybe("Working day", of.minutes_in_working_day.map(hours))
        .custom_fields(&of.custom_fields)
        .show_in_two()
}

fn hirer(of: &Hirer) -> String {
    of.name.clone().or_else(|| of.email.clone()).or_else(|| of.id.as_ref().map(ToString::to_string)).unwrap_or_default()
}

fn jurisdiction(of: &Jurisdiction) -> Option<String> {
    of.name.clone().or_else(|| of.country_code.clone())
}

fn words(sent: &str) -> String {
    sent.replace('_', " ").to_lowercase()
}

fn hours(minutes: u32) -> String {
    match minutes % 60 {
        0 => format!("{} hours", minutes / 60),
        rest => format!("{} hours {rest} minutes", minutes / 60),
    }
}

fn fees(of: &ContractDetail) -> AnyView {
    if of.fee_periods.is_empty() {
        return ().into_any();
    }
    let rows: Vec<AnyView> = of.fee_periods.iter().map(fee_period).collect();
    let table = view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="Fees">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"From"</th>
                        <th scope="col">"Fees"</th>
                        <th scope="col" class="num wide">"Fees in all"</th>
                        <th scope="col" class="num">"Total cost"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    };
    card("Fees", Some("per unit of the rate".to_owned()), table)
}

fn fee_period(of: &FeePeriod) -> AnyView {
    let fees: Vec<String> = of
        .fees
        .iter()
        .map(|fee| {
            let name = fee.name.clone().unwrap_or_else(|| "Fee".to_owned());
            let percent = fee.percentage.map(|share| format!(" {}%", share.normalize())).unwrap_or_default();
            let value = fee.value.as_ref().map(|money| format!(", {money}")).unwrap_or_default();
            format!("{name}{percent}{value}")
        })
        .collect();
    view! {
        <tr>
            <td class="fit">{of.effective_from.map(day)}</td>
            <td>{fees.join("; ")}</td>
            <td class="num wide">{of.total_fees.as_ref().map(ToString::to_string)}</td>
            <td class="num"><strong>{of.total_cost.as_ref().map(ToString::to_string)}</strong></td>
        </tr>
    }
    .into_any()
}

fn now(of: &ContractSummary, viewer: &Viewer) -> AnyView {
    let mut pairs = vec![("State".to_owned(), mark(&of.phase))];
    if let Some(dates) = day_range(of.start_on, of.ends_on) {
        pairs.push(("Dates".to_owned(), dates.into_any()));
    }
    if let Some(last) = of.ends_on {
        pairs.push(("Last day".to_owned(), days_from(viewer.today(), last).into_any()));
    }
    if let Some(rate) = of.rate.as_ref().and_then(Rate::in_words) {
        pairs.push(("Rate".to_owned(), rate.into_any()));
    }
    side_box("Now", pairs)
}

fn findings(of: &ContractDetail) -> AnyView {
    if of.findings.is_empty() {
        return ().into_any();
    }
    let pairs = counts(&of.findings).into_iter().map(|(name, count)| (name.to_owned(), count.into_any())).collect();
    side_box("Findings", pairs)
}

fn requisition(of: &ContractDetail) -> AnyView {
    let Some(one) = &of.requisition else { return ().into_any() };
    let line = view! {
        <div class="between"><a href=keep_moment(format!("/spend/{}", one.id))>{one.title.clone()}</a>{mark(&one.state)}</div>
        <div class="dim">{one.external_id.clone().map(|number| format!("{number} · "))}{amount(one)}</div>
    };
    side_list("Draws on", vec![line.into_any()])
}

fn renewals(of: &ContractDetail) -> AnyView {
    let link = |words: &'static str, to: &ContractLink| {
        let from = to.start_on.map(|first| format!(", from {}", day(first)));
        let sure = (!to.is_stated).then(|| view! { <div class="dim">"Concluded from dates that touch."</div> });
        view! { {words} " " <a href=keep_moment(format!("/contracts/{}", to.id))>{to.title.clone()}</a> {from} {sure} }
            .into_any()
    };
    let lines: Vec<AnyView> = of
        .renews
        .iter()
        .map(|to| link("Renews", to))
        .chain(of.renewed_by.iter().map(|to| link("Renewed by", to)))
        .collect();
    if lines.is_empty() { ().into_any() } else { side_list("Renewals", lines) }
}
