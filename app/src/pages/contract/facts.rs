//! The facts section of a contract's page: terms, people, fees.

use crate::ui::card::card;
use crate::ui::facts::Facts;
use crate::ui::name::names;
use crate::ui::table::table;
use crate::ui::time::{day, days_from};
use crate::view::detail::ContractDetail;
use crate::view::viewer::Viewer;
use domain::event::contract::{FeePeriod, Hirer, Jurisdiction, Rate};
use domain::money::Money;
use domain::text::counted;
use leptos::prelude::*;

/// Renders the newest known value of each field.
pub(super) fn facts(of: &ContractDetail, viewer: &Viewer) -> AnyView {
    let summary = &of.summary;
    let hirers = (!of.hirers.is_empty()).then(|| names(of.hirers.iter().map(hirer).collect()));
    let is_void = summary.state.is_void();
    let distant = |date| {
        let distance = (!is_void).then(|| format!(", {}", days_from(viewer.today(), date)));
        format!("{}{}", day(date), distance.unwrap_or_default())
    };
    let (starts, ends) = if is_void { ("Was to start", "Was to end") } else { ("Starts", "Ends") };
    Facts::default()
        .maybe("Work", summary.job_title.clone())
        .maybe("Description", of.description.clone())
        .maybe(starts, summary.start_on.map(distant))
        .maybe(ends, summary.ends_on.map(distant).or_else(|| summary.has_no_end().then(|| "no end given".to_owned())))
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
    of.called().unwrap_or_default().to_owned()
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

/// Renders pay and cost of a unit, period by period; without periods, the rate from the first day on.
pub(super) fn fees(of: &ContractDetail) -> AnyView {
    let rate = of.summary.rate.as_ref();
    let rows: Vec<AnyView> = match rate.and_then(Rate::money) {
        Some(money) if of.fee_periods.is_empty() => {
            let none =
                FeePeriod { effective_from: of.summary.start_on, fees: Vec::new(), total_fees: None, total_cost: None };
            vec![fee_period(&none, Some(&money))]
        }
        money => of.fee_periods.iter().map(|period| fee_period(period, money.as_ref())).collect(),
    };
    if rows.is_empty() {
        return ().into_any();
    }
    let columns = [("From", ""), ("Rate", "num"), ("Fees", "wide"), ("Fees in all", "num wide"), ("Total cost", "num")];
    let table = table("Rate and fees", &columns, rows);
    let unit = rate.and_then(Rate::unit_in_words);
    let unit = unit.map_or_else(|| "per unit of the rate".to_owned(), |unit| format!("per {unit}"));
    card("Rate and fees", Some(unit), table)
}

/// Renders a period. Its rate is its total minus its fees if both are known, else the contract's.
fn fee_period(of: &FeePeriod, rate: Option<&Money>) -> AnyView {
    let own = of.total_cost.as_ref().zip(of.total_fees.as_ref()).and_then(|(cost, fees)| cost.minus(fees));
    let rate = own.as_ref().or(rate).map(ToString::to_string);
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
    let fees = if fees.is_empty() { "none named".to_owned() } else { fees.join("; ") };
    view! {
        <tr>
            // On narrow screens the fees are below the day.
            <td><span class="nowrap">{of.effective_from.map(day)}</span> <span class="sub narrow">"Fees: "{fees.clone()}</span></td>
            <td class="num">{rate}</td>
            <td class="wide">{fees}</td>
            <td class="num wide">{of.total_fees.as_ref().map(ToString::to_string)}</td>
            <td class="num"><strong>{of.total_cost.as_ref().map(ToString::to_string)}</strong></td>
        </tr>
    }
    .into_any()
}
