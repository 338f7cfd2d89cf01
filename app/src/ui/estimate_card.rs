//! The estimate card of a contract: its cost, and the calculation line by line.

use super::card::card;
use super::finding::notice;
use domain::commitment::CommitmentState;
use domain::estimate::{Estimate, Line};
use leptos::prelude::*;

/// Renders the estimate of one contract. `work_time` is `work_time_type`, verbatim: part-time weeks are counted as full
/// ones, with a note.
pub fn estimate_card(of: &Estimate, standing: CommitmentState, work_time: Option<&str>) -> AnyView {
    let note = Some("an estimate, not an invoice".to_owned());
    if of.total.is_none() {
        let because = of.obstacle.clone().unwrap_or_else(|| "too little is known".to_owned());
        let text = format!("It cannot be estimated because {because}.");
        return card("What it costs", note, view! { <div class="body">{notice("warn", text)}</div> });
    }
    let rows: Vec<AnyView> = of.lines.iter().map(row).collect();
    let lower = of.at_least.as_ref().map(|why| {
        let a_day = of.cost_per_day.as_ref().map(|cost| format!(" A day of it costs {cost}.")).unwrap_or_default();
        format!("It costs more than could be counted: {why}.{a_day}")
    });
    let remarks: Vec<String> = lower
        .into_iter()
        .chain(of.lines.iter().filter_map(|line| Some(format!("{}: {}.", line.span(), line.note()?))))
        .chain(part_time(work_time))
        .collect();
    let body = view! {
        <div class="estimate-sum">
            <p class="figure">{of.in_words()}</p>
            <p class="dim">{meaning(standing)}</p>
        </div>
        <table class="table estimate">
            <caption class="visually-hidden">"How the estimate was worked out"</caption>
            <thead>
                <tr>
                    <th scope="col">"Period"</th>
                    <th scope="col" class="wide">"Work"</th>
                    <th scope="col" class="num wide">"Cost of a unit"</th>
                    <th scope="col" class="num">"Sum"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        <div class="body remarks">
            {remarks.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}
            <p>"Working days are Monday to Friday; holidays and time off are not known here. Each sum is rounded once, to the smallest coin."</p>
        </div>
    };
    card("What it costs", note, body)
}

fn row(of: &Line) -> AnyView {
    let how = format!("{} × {}", of.work(), of.each());
    view! {
        <tr>
            <td>{of.span()}<span class="sub narrow">{how}</span></td>
            <td class="wide">{of.work()}</td>
            <td class="num wide">
                {of.cost_per_unit.to_string()}
                {of.parts().map(|parts| view! { <span class="sub">{parts}</span> })}
            </td>
            <td class="num"><strong>{of.sum.to_string()}</strong></td>
        </tr>
    }
    .into_any()
}

fn meaning(of: CommitmentState) -> &'static str {
    match of {
        CommitmentState::Committed => "Committed: the contract is signed. From its first day to the last one known.",
        CommitmentState::Pending => "Not committed yet: this is what it would cost if it is signed as it stands.",
        CommitmentState::Disputed => {
            "In question: it was taken back and taken up again. This is what it would cost; it is not committed."
        }
        CommitmentState::Nothing => "Nothing is committed: this is what it would have cost.",
    }
}

fn part_time(sent: Option<&str>) -> Option<String> {
    let words = sent?.replace('_', " ").to_lowercase();
    (words != "full time").then(|| format!("The contract says “{words}”, which has no length: full weeks are counted."))
}
