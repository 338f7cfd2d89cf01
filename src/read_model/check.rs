//! The verification of a request, described step by step in plain words. Pure.

use app::view::delivery::CheckStep;
use jiff::Timestamp;

/// The two names of each of the three headers.
const HEADERS: [(&str, &str); 3] =
    [("svix-id", "webhook-id"), ("svix-timestamp", "webhook-timestamp"), ("svix-signature", "webhook-signature")];

/// The step at which verification stopped, in order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reached {
    Headers,
    Timestamp,
    AdditionalHeader,
    Body,
    Signature,
    End,
}

/// The facts about one request.
pub(super) struct Checked<'a> {
    /// The headers as stored.
    pub(super) headers: &'a [(String, String)],
    /// When it arrived.
    pub(super) received_at: Timestamp,
    /// The fingerprint of the matching secret, if stored.
    pub(super) signed_with: Option<&'a str>,
    /// Whether it was imported, and nothing was checked.
    pub(super) is_unchecked: bool,
    /// The code and the sentence of the refusal.
    pub(super) refused: Option<(&'a str, &'a str)>,
}

/// Returns the steps "Headers", "Timestamp", "Additional header", "Body", "Signature": the cheapest first, and those that
/// need the body last.
pub(super) fn steps(checked: &Checked<'_>) -> Vec<CheckStep> {
    let reached = match checked.refused.map(|(code, _)| code) {
        None => Reached::End,
        Some("bad_timestamp" | "stale" | "future") => Reached::Timestamp,
        Some("lock") => Reached::AdditionalHeader,
        Some("too_large" | "timed_out" | "broken_off" | "busy") => Reached::Body,
        // In older rows the additional check came last: everything else had passed, as the reason says.
        Some("bad_signature" | "second_lock") => Reached::Signature,
        // The headers are checked first, so an unknown code claims nothing.
        Some(_) => Reached::Headers,
    };
    let step = |name: &str, at: Reached, told: String| {
        let passed = (reached >= at && !checked.is_unchecked).then_some(reached > at);
        let explanation = match (passed, checked.refused) {
            (None, None) => "Not looked at: the delivery was imported.".to_owned(),
            (None, Some(_)) => "Not looked at: an earlier step had failed.".to_owned(),
            (Some(false), Some((_, reason))) => format!("{reason} {told}").trim_end().to_owned(),
            _ => told,
        };
        CheckStep { name: name.to_owned(), passed, explanation }
    };
    vec![
        step("Headers", Reached::Headers, headers(checked.headers)),
        step("Timestamp", Reached::Timestamp, timestamp(checked)),
        step("Additional header", Reached::AdditionalHeader, additional_header(reached)),
        step("Body", Reached::Body, body(reached)),
        step("Signature", Reached::Signature, signature(checked, reached)),
    ]
}

fn found<'a>(headers: &'a [(String, String)], (first, second): (&str, &str)) -> Option<(&'a str, &'a str)> {
    let named = |name: &str| headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
    named(first).or_else(|| named(second)).map(|(name, value)| (name.as_str(), value.as_str()))
}

fn headers(headers: &[(String, String)]) -> String {
    let names: Vec<&str> = HEADERS.iter().filter_map(|names| Some(found(headers, *names)?.0)).collect();
    match names.as_slice() {
        [id, timestamp, signature] => format!("{id}, {timestamp} and {signature} came with the request."),
        [] => "None of svix-id, svix-timestamp and svix-signature came with the request.".to_owned(),
        some => format!("Of the three signature headers only {} came with the request.", some.join(" and ")),
    }
}

fn timestamp(checked: &Checked<'_>) -> String {
    let Some((name, value)) = found(checked.headers, HEADERS[1]) else { return String::new() };
    let Some(signed_at) = value.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok()) else {
        return format!("{name} says {value:?}.");
    };
    let age = checked.received_at.as_second() - signed_at.as_second();
    let seconds = |count: i64| if count == 1 { "1 second".to_owned() } else { format!("{count} seconds") };
    let off = match age {
        0 => "in the second in which it arrived".to_owned(),
        1.. => format!("{} before it arrived", seconds(age)),
        _ => format!("{} after it arrived, by its sender’s clock", seconds(-age)),
    };
    format!(
        "{name} says it was signed at {}, {off}. Up to 300 seconds either way are accepted.",
        signed_at.strftime("%H:%M:%S UTC on %-d %B %Y")
    )
}

fn signature(checked: &Checked<'_>, reached: Reached) -> String {
    const HOW: &str = "HMAC-SHA256 was computed over message id, timestamp and the exact bytes of the body";
    if checked.refused.is_some_and(|(code, _)| code == "second_lock") {
        return String::new();
    }
    if reached == Reached::Signature {
        return format!("{HOW} with each secret of this endpoint, and compared with every v1 entry of the header.");
    }
    match checked.signed_with {
        Some(fingerprint) => format!("{HOW}. It matches with the secret whose fingerprint is {fingerprint}."),
        None => format!("{HOW}. It matches with one of this endpoint’s secrets."),
    }
}

fn body(reached: Reached) -> String {
    if reached == Reached::Body { String::new() } else { "It arrived whole and in time.".to_owned() }
}

fn additional_header(reached: Reached) -> String {
    let words = if reached == Reached::AdditionalHeader {
        "Compare the custom header set in the YunoJuno portal with the one configured here."
    } else {
        "Where the endpoint asked for an additional header when this arrived, the request had it: otherwise it would have \
         been refused."
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn outcomes(headers: &[(String, String)], refused: Option<(&str, &str)>) -> Vec<(Option<bool>, String)> {
        let received_at = "2026-03-01T10:00:07Z".parse().unwrap();
        let checked = Checked { headers, received_at, signed_with: Some("3f9a"), is_unchecked: false, refused };
        steps(&checked).into_iter().map(|step| (step.passed, step.explanation)).collect()
    }

    #[test]
    fn a_stored_request_passed_every_step_and_says_how() {
        let headers = pairs(&[("svix-id", "m"), ("svix-signature", "v1,x"), ("svix-timestamp", "1772359205")]);
        let told = outcomes(&headers, None);
        assert!(told.iter().all(|(passed, _)| *passed == Some(true)));
        assert_eq!(told[0].1, "svix-id, svix-timestamp and svix-signature came with the request.");
        assert_eq!(
            told[1].1,
            "svix-timestamp says it was signed at 10:00:05 UTC on 1 March 2026, 2 seconds before it arrived. \
             Up to 300 seconds either way are accepted."
        );
        assert!(told[4].1.ends_with("the secret whose fingerprint is 3f9a."));
    }

    #[test]
    fn a_refused_request_says_which_step_failed_and_that_later_ones_were_not_reached() {
        let headers = pairs(&[("webhook-id", "m"), ("webhook-signature", "v1,x"), ("webhook-timestamp", "1772359205")]);
        let cases = [
            ("missing_header", [Some(false), None, None, None, None]),
            ("bad_header", [Some(false), None, None, None, None]),
            ("no_signature", [Some(false), None, None, None, None]),
            ("wrong_method", [Some(false), None, None, None, None]),
            ("bad_timestamp", [Some(true), Some(false), None, None, None]),
            ("stale", [Some(true), Some(false), None, None, None]),
            ("future", [Some(true), Some(false), None, None, None]),
            ("lock", [Some(true), Some(true), Some(false), None, None]),
            ("too_large", [Some(true), Some(true), Some(true), Some(false), None]),
            ("timed_out", [Some(true), Some(true), Some(true), Some(false), None]),
            ("broken_off", [Some(true), Some(true), Some(true), Some(false), None]),
            ("busy", [Some(true), Some(true), Some(true), Some(false), None]),
            ("bad_signature", [Some(true), Some(true), Some(true), Some(true), Some(false)]),
            ("second_lock", [Some(true), Some(true), Some(true), Some(true), Some(false)]),
            ("a word of tomorrow", [Some(false), None, None, None, None]),
        ];
        for (code, expected) in cases {
            let told = outcomes(&headers, Some((code, "This is the reason.")));
            let passed: Vec<_> = told.iter().map(|(passed, _)| *passed).collect();
            assert_eq!(passed, expected, "{code}");
            let failed = told.iter().find(|(passed, _)| *passed == Some(false)).unwrap();
            assert!(failed.1.starts_with("This is the reason."), "{code}: {}", failed.1);
        }
    }

    #[test]
    fn of_an_imported_delivery_nothing_was_looked_at() {
        let received_at = "2026-03-01T10:00:07Z".parse().unwrap();
        let checked = Checked { headers: &[], received_at, signed_with: None, is_unchecked: true, refused: None };
        for step in steps(&checked) {
            assert_eq!((step.passed, step.explanation.as_str()), (None, "Not looked at: the delivery was imported."));
        }
    }

    #[test]
    fn a_missing_header_is_seen() {
        let some = pairs(&[("svix-id", "m")]);
        let told = outcomes(&some, Some(("missing_header", "The svix-timestamp header is missing.")));
        assert_eq!(
            told[0].1,
            "The svix-timestamp header is missing. Of the three signature headers only svix-id came with the request."
        );
    }
}
