//! Contract days as an iCalendar file (RFC 5545). The output is deterministic, so that a client whose copy is current
//! gets `304 Not Modified`.

use super::{CalendarDay, DayKind};
use domain::lifecycle::contract::Phase;
use domain::text::is_direction_control;
use jiff::civil::Date;

/// Maximum length of a line in octets, without its line break.
const LINE: usize = 75;

/// Returns the file. `home` is the public URL, for links.
pub fn calendar(name: &str, marks: &[CalendarDay], home: &str) -> String {
    let mut text = String::new();
    line(&mut text, "BEGIN:VCALENDAR");
    line(&mut text, "VERSION:2.0");
    line(&mut text, "PRODID:-//Junoscope//Contracts//EN");
    line(&mut text, "CALSCALE:GREGORIAN");
    line(&mut text, "METHOD:PUBLISH");
    line(&mut text, &format!("NAME:{}", escaped(name)));
    line(&mut text, &format!("X-WR-CALNAME:{}", escaped(name)));
    line(&mut text, "REFRESH-INTERVAL;VALUE=DURATION:PT4H");
    line(&mut text, "X-PUBLISHED-TTL:PT4H");
    for marked_day in marks {
        event(&mut text, marked_day, home);
    }
    line(&mut text, "END:VCALENDAR");
    text
}

fn event(text: &mut String, marked_day: &CalendarDay, home: &str) {
    let contract = &marked_day.contract;
    let who = contract.contractor_name.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
    let status = match contract.phase {
        Phase::Known | Phase::Approved | Phase::Offered => "STATUS:TENTATIVE",
        Phase::Revoked
        | Phase::Upcoming
        | Phase::Active
        | Phase::UnderNotice
        | Phase::Ending
        | Phase::Completed
        | Phase::Cancelled
        | Phase::Deleted => "STATUS:CONFIRMED",
    };
    // The end is exclusive.
    let end = marked_day.on.tomorrow().unwrap_or(marked_day.on);
    line(text, "BEGIN:VEVENT");
    line(text, &format!("UID:{}-{}@junoscope", escaped(contract.id.as_str()), marked_day.what.as_str()));
    // The current time would change every file; the last event is the last modification.
    line(text, &format!("DTSTAMP:{}", contract.last_at.strftime("%Y%m%dT%H%M%SZ")));
    line(text, &format!("DTSTART;VALUE=DATE:{}", day(marked_day.on)));
    line(text, &format!("DTEND;VALUE=DATE:{}", day(end)));
    line(text, &format!("SUMMARY:{}", escaped(&format!("{}: {}{who}", marked_day.what.label(), contract.title))));
    line(text, &format!("DESCRIPTION:{}", escaped(&description(marked_day))));
    line(text, &format!("URL:{home}{}", contract.id.path()));
    line(text, status);
    // Such days do not block time.
    line(text, "TRANSP:TRANSPARENT");
    line(text, "END:VEVENT");
}

fn description(marked_day: &CalendarDay) -> String {
    let contract = &marked_day.contract;
    let mut lines = vec![format!("{}.", contract.phase.label())];
    if marked_day.what == DayKind::NoticeBy
        && let Some(end) = contract.ends_on
    {
        lines.push(format!("The last day to give notice for the end on {}.", end.strftime("%-d %B %Y")));
    }
    lines.extend(contract.client.as_ref().map(|client| format!("Client: {client}")));
    if !contract.hirers.is_empty() {
        lines.push(format!("Hirers: {}", contract.hirers.join(", ")));
    }
    lines.join("\n")
}

fn day(on: Date) -> String {
    on.strftime("%Y%m%d").to_string()
}

/// Escapes characters that would end the text or the line, and removes other control characters and direction controls,
/// which would affect the text beside it.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.replace("\r\n", "\n").chars() {
        match character {
            '\\' | ';' | ',' => {
                safe.push('\\');
                safe.push(character);
            }
            '\n' | '\r' => safe.push_str("\\n"),
            character if (character.is_control() && character != '\t') || is_direction_control(character) => {}
            character => safe.push(character),
        }
    }
    safe
}

/// Appends a line with CRLF, folded before the maximum length, but never within a character.
fn line(text: &mut String, content: &str) {
    let mut room = LINE;
    for character in content.chars() {
        if character.len_utf8() > room {
            text.push_str("\r\n ");
            room = LINE - 1;
        }
        room -= character.len_utf8();
        text.push(character);
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::summary::ContractSummary;
    use domain::lifecycle::contract::ContractState;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn contract(title: &str) -> ContractSummary {
        ContractSummary {
            id: "ct_1".into(),
            title: title.to_owned(),
            job_title: None,
            contractor_id: None,
            contractor_name: Some("Ana Müller".to_owned()),
            client: Some("Northwind, Ltd; UK".to_owned()),
            hirers: vec!["Priya Raman".to_owned()],
            hirer_ids: Vec::new(),
            state: ContractState::Accepted,
            phase: Phase::Active,
            start_on: Some(date(2026, 3, 2)),
            ends_on: Some(date(2026, 5, 31)),
            planned_end_on: None,
            notice_by: Some(date(2026, 5, 1)),
            rate: None,
            standing: domain::commitment::CommitmentState::Committed,
            estimate: None,
            is_at_least: false,
            requisition_id: None,
            custom_fields: Vec::new(),
            findings: 0,
            is_test: false,
            last_at: "2026-02-09T10:00:00Z".parse().unwrap(),
        }
    }

    fn file(title: &str) -> String {
        calendar(
            "Priya’s",
            &super::super::calendar_days(&[contract(title)], date(2026, 1, 1), date(2026, 12, 31)),
            "https://j.example",
        )
    }

    /// Returns the properties of a file, unfolded.
    fn unfolded(file: &str) -> Vec<(String, String)> {
        let whole = file.replace("\r\n ", "");
        let split = |line: &str| line.split_once(':').map(|(name, value)| (name.to_owned(), value.to_owned()));
        whole.split("\r\n").filter_map(split).collect()
    }

    #[test]
    fn a_contract_is_three_days_of_a_calendar() {
        let file = file("Winter campaign");
        let values = |name: &str| -> Vec<String> {
            unfolded(&file).into_iter().filter(|(key, _)| key == name).map(|(_, value)| value).collect()
        };
        assert_eq!(values("BEGIN"), ["VCALENDAR", "VEVENT", "VEVENT", "VEVENT"]);
        assert_eq!(values("END"), ["VEVENT", "VEVENT", "VEVENT", "VCALENDAR"]);
        assert_eq!(values("UID"), ["ct_1-start@junoscope", "ct_1-notice@junoscope", "ct_1-end@junoscope"]);
        assert_eq!(values("DTSTART;VALUE=DATE"), ["20260302", "20260501", "20260531"]);
        assert_eq!(values("DTEND;VALUE=DATE"), ["20260303", "20260502", "20260601"]);
        assert_eq!(values("DTSTAMP"), ["20260209T100000Z"; 3]);
        assert_eq!(values("SUMMARY")[0], "Starts: Winter campaign (Ana Müller)");
        assert_eq!(values("DESCRIPTION")[2], r"At work.\nClient: Northwind\, Ltd\; UK\nHirers: Priya Raman");
        assert_eq!(values("URL")[0], "https://j.example/contracts/ct_1");
    }

    #[test]
    fn a_contract_that_ends_before_it_starts_does_not_start() {
        let turned = ContractSummary { ends_on: Some(date(2026, 2, 20)), ..contract("Winter campaign") };
        let marks = super::super::calendar_days(&[turned], date(2026, 1, 1), date(2026, 12, 31));
        assert_eq!(
            marks.iter().map(|marked_day| (marked_day.what, marked_day.on)).collect::<Vec<_>>(),
            [(DayKind::Ends, date(2026, 2, 20))]
        );
    }

    proptest! {
        #[test]
        fn whatever_a_title_holds_it_stays_one_property_of_short_lines(title in any::<String>()) {
            let file = file(&title);
            prop_assert!(file.ends_with("END:VCALENDAR\r\n"));
            for line in file.trim_end_matches("\r\n").split("\r\n") {
                prop_assert!(line.len() <= LINE && !line.contains(['\n', '\r']));
            }
            let begun = unfolded(&file).iter().filter(|(key, value)| key == "BEGIN" && value == "VEVENT").count();
            prop_assert_eq!(begun, 3);
            prop_assert_eq!(unfolded(&file).len(), 10 + 3 * 11);
        }
    }
}
