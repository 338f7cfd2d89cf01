//! What the contract says: its terms, its people, its fees.

use crate::event::contract::{FeePeriod, Hirer, Jurisdiction, Rate};
use crate::timeline::words::counted;
use crate::ui::card::card;
use crate::ui::facts::Facts;
use crate::ui::table::table;
use crate::ui::time::{day, days_from};
use crate::view::contractor::ContractDetail;
use crate::view::viewer::Viewer;
use leptos::prelude::*;

/// What the newest event that carried each of them said.
pub(super) fn facts(of: &ContractDetail, viewer: &Viewer) -> AnyView {
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
        .maybe("Notice", of.notice_period_days.map(|days| counted(days.into(), "day")))
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

/// What a unit costs, period by period.
pub(super) fn fees(of: &ContractDetail) -> AnyView {
    if of.fee_periods.is_empty() {
        return ().into_any();
    }
    let rows: Vec<AnyView> = of.fee_periods.iter().map(fee_period).collect();
    let columns = [("From", ""), ("Fees", ""), ("Fees in all", "num wide"), ("Total cost", "num")];
    let table = table("Fees", &columns, rows);
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
