//! The verification of a request, described step by step in plain words. Pure.

use app::view::delivery::CheckStep;
use domain::refusal::{RefusalCode, Stage};
use jiff::Timestamp;

/// The two names of each of the three headers.
const HEADERS: [(&str, &str); 3] =
    [("svix-id", "webhook-id"), ("svix-timestamp", "webhook-timestamp"), ("svix-signature", "webhook-signature")];

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

/// Returns the steps "Headers", "Timestamp", "Additional header", "Body", "Signature", with what to do about the one that
/// failed.
pub(super) fn steps(checked: &Checked<'_>) -> Vec<CheckStep> {
    let code = checked.refused.and_then(|(code, _)| RefusalCode::parse(code));
    // The headers are checked first, so an unknown code claims nothing.
    let failed = checked.refused.map(|_| code.map_or(Stage::Headers, RefusalCode::stage));
    let step = |at: Stage| {
        let told = match at {
            Stage::Headers => headers(checked.headers),
            Stage::Timestamp => timestamp(checked),
            Stage::AdditionalHeader => additional_header(failed),
            Stage::Body => body(failed),
            Stage::Signature => signature(checked, failed, code),
        };
        let passed = match failed {
            None => (!checked.is_unchecked).then_some(true),
            Some(failed) => (failed >= at).then_some(failed > at),
        };
        let explanation = match (passed, checked.refused) {
            (None, None) => "Not looked at: the delivery was imported.".to_owned(),
            (None, Some(_)) => "Not looked at: an earlier step had failed.".to_owned(),
            (Some(false), Some((_, reason))) => format!("{reason} {told}").trim_end().to_owned(),
            _ => told,
        };
        let advice = code.filter(|_| passed == Some(false)).map(|code| code.advice().to_owned());
        CheckStep { name: at.label().to_owned(), passed, explanation, advice }
    };
    Stage::ALL.into_iter().map(step).collect()
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

fn signature(checked: &Checked<'_>, failed: Option<Stage>, code: Option<RefusalCode>) -> String {
    const HOW: &str = "HMAC-SHA256 was computed over message id, timestamp and the exact bytes of the body";
    // In such rows the additional check came last: the signature had passed, as the reason says.
    if code == Some(RefusalCode::AdditionalCheckLast) {
        return String::new();
    }
    if failed == Some(Stage::Signature) {
        return format!("{HOW} with each secret of this endpoint, and compared with every v1 entry of the header.");
    }
    match checked.signed_with {
        Some(fingerprint) => format!("{HOW}. It matches with the secret whose fingerprint is {fingerprint}."),
        None => format!("{HOW}. It matches with one of this endpoint’s secrets."),
    }
}

fn body(failed: Option<Stage>) -> String {
    if failed == Some(Stage::Body) { String::new() } else { "It arrived whole and in time.".to_owned() }
}

fn additional_header(failed: Option<Stage>) -> String {
    if failed == Some(Stage::AdditionalHeader) {
        return String::new();
    }
    "Where the endpoint asked for an additional header when this arrived, the request had it: otherwise it would have been \
     refused."
        .to_owned()
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
    fn the_step_that_failed_says_what_to_do() {
        let received_at = "2026-03-01T10:00:07Z".parse().unwrap();
        let advice = |refused| -> Vec<Option<String>> {
            let checked = Checked { headers: &[], received_at, signed_with: None, is_unchecked: false, refused };
            steps(&checked).into_iter().map(|step| step.advice).collect()
        };
        let stale = Some(RefusalCode::Stale.advice().to_owned());
        assert_eq!(advice(Some(("stale", "Why."))), [None, stale, None, None, None]);
        assert_eq!(advice(Some(("a word of tomorrow", "Why."))), [None, None, None, None, None]);
        assert_eq!(advice(None), [None, None, None, None, None]);
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
