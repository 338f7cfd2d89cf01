//! Why a request is refused: the step of the verification that failed, and what to do about it.

use serde::{Deserialize, Serialize};

/// A step of the verification, in its order: the cheapest first, and those that need the body last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The method, and the three signature headers.
    Headers,
    /// The signed timestamp.
    Timestamp,
    /// The header that the endpoint asks for besides.
    AdditionalHeader,
    /// The body, which must arrive whole and in time.
    Body,
    /// The signature.
    Signature,
}

impl Stage {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [Self::Headers, Self::Timestamp, Self::AdditionalHeader, Self::Body, Self::Signature];

    /// Returns its name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Headers => "Headers",
            Self::Timestamp => "Timestamp",
            Self::AdditionalHeader => "Additional header",
            Self::Body => "Body",
            Self::Signature => "Signature",
        }
    }
}

/// The reason of a refusal, as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// It was no POST.
    WrongMethod,
    /// A signature header is missing.
    MissingHeader,
    /// A signature header is empty, too long or no text.
    BadHeader,
    /// The signature header has no `v1` signature.
    NoSignature,
    /// The timestamp is no number of seconds.
    BadTimestamp,
    /// Signed too long ago.
    Stale,
    /// Signed in the future.
    Future,
    /// The additional header is missing or wrong.
    AdditionalCheck,
    /// The same in rows of earlier versions, which checked the signature first.
    AdditionalCheckLast,
    /// The body is longer than the endpoint takes.
    TooLarge,
    /// The body did not arrive in time.
    TimedOut,
    /// The body broke off.
    BrokenOff,
    /// Too many long bodies were being read.
    Busy,
    /// No signature matches.
    BadSignature,
}

impl RefusalCode {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::WrongMethod,
        Self::MissingHeader,
        Self::BadHeader,
        Self::NoSignature,
        Self::BadTimestamp,
        Self::Stale,
        Self::Future,
        Self::AdditionalCheck,
        Self::AdditionalCheckLast,
        Self::TooLarge,
        Self::TimedOut,
        Self::BrokenOff,
        Self::Busy,
        Self::BadSignature,
    ];

    /// Returns the word in the database and in log lines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WrongMethod => "wrong_method",
            Self::MissingHeader => "missing_header",
            Self::BadHeader => "bad_header",
            Self::NoSignature => "no_signature",
            Self::BadTimestamp => "bad_timestamp",
            Self::Stale => "stale",
            Self::Future => "future",
            Self::AdditionalCheck => "lock",
            Self::AdditionalCheckLast => "second_lock",
            Self::TooLarge => "too_large",
            Self::TimedOut => "timed_out",
            Self::BrokenOff => "broken_off",
            Self::Busy => "busy",
            Self::BadSignature => "bad_signature",
        }
    }

    /// The inverse of [`RefusalCode::as_str`]; `None` for a word of another version.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == word)
    }

    /// Returns the step that failed; the steps before it passed.
    pub fn stage(self) -> Stage {
        match self {
            Self::WrongMethod | Self::MissingHeader | Self::BadHeader | Self::NoSignature => Stage::Headers,
            Self::BadTimestamp | Self::Stale | Self::Future => Stage::Timestamp,
            Self::AdditionalCheck => Stage::AdditionalHeader,
            Self::TooLarge | Self::TimedOut | Self::BrokenOff | Self::Busy => Stage::Body,
            Self::BadSignature | Self::AdditionalCheckLast => Stage::Signature,
        }
    }

    /// Returns what to do next, in a sentence or two for whoever runs the server.
    pub fn advice(self) -> &'static str {
        match self {
            Self::WrongMethod => {
                "If YunoJuno sent it, a redirect turned its POST into another method: paste the final https URL of the \
                 endpoint into the portal, one that nothing redirects."
            }
            Self::MissingHeader => {
                "If YunoJuno sent it, a proxy in front of Junoscope drops headers: let all that begin with svix- or \
                 webhook- pass. Other senders need nothing done: they are refused as they should be."
            }
            Self::BadHeader => {
                "YunoJuno’s headers are short plain text. If it sent this, a proxy rewrites them: let all that begin with \
                 svix- or webhook- pass as they are."
            }
            Self::NoSignature => {
                "YunoJuno signs by v1. If it sent this, a proxy rewrites the signature header: let it pass as it is."
            }
            Self::BadTimestamp => {
                "YunoJuno writes whole seconds. If it sent this, a proxy rewrites the timestamp header: let it pass as it is."
            }
            Self::Stale => {
                "If every request is refused so, the clock of this machine is ahead: run an NTP client. A single one was \
                 held up on its way, or recorded and sent again; YunoJuno signs each further attempt with a new time, so \
                 nothing is lost."
            }
            Self::Future => {
                "The clock of this machine is behind: run an NTP client. YunoJuno tries again, and what it gave up is sent \
                 anew by Replay or Resend in its portal."
            }
            Self::AdditionalCheck | Self::AdditionalCheckLast => {
                "Compare the custom header of the endpoint in the portal with JUNOSCOPE_WEBHOOK_HEADER or \
                 JUNOSCOPE_WEBHOOK_BASIC: name and value must be the same to the letter. A proxy that signs in by itself \
                 may replace Authorization."
            }
            Self::TooLarge => {
                "Events have a few kilobytes. If YunoJuno sent this, raise JUNOSCOPE_MAX_BODY_BYTES and start Junoscope \
                 again; then resend it from the portal."
            }
            Self::TimedOut => {
                "The connection was too slow, or a proxy held the body back: let the proxy read the request whole before it \
                 passes it on. YunoJuno tries again."
            }
            Self::BrokenOff => {
                "The connection ended early: look for restarts and time limits of the proxy at this time. YunoJuno tries \
                 again."
            }
            Self::Busy => {
                "Nothing if it is rare: YunoJuno tries again. If it is not, look below for one address that sends many long \
                 bodies, and block it in the proxy."
            }
            Self::BadSignature => {
                "If every request is refused so, the secret is another one: copy the signing secret of this endpoint from \
                 the portal into JUNOSCOPE_WEBHOOK_SECRET, both during a rotation, and start Junoscope again. If only some \
                 are, a proxy alters bodies: it must pass them on byte by byte. Then resend what failed from the portal."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_has_a_word_of_its_own_and_advice_in_sentences() {
        let words: BTreeSet<&str> = RefusalCode::ALL.map(RefusalCode::as_str).into();
        assert_eq!(words.len(), RefusalCode::ALL.len());
        for code in RefusalCode::ALL {
            assert_eq!(RefusalCode::parse(code.as_str()), Some(code));
            assert!(code.advice().ends_with('.') && code.advice().len() > 60, "{code:?}");
        }
        assert_eq!(RefusalCode::parse("a word of tomorrow"), None);
        assert!(Stage::ALL.is_sorted());
    }
}
