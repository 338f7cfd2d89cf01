//! Verification of webhook signatures: HMAC-SHA256 under the rules of Svix and Standard Webhooks.
//!
//! Pure: headers, body, keys and the time in, a verdict out. The headers are checked first, so that the body of a
//! request that cannot pass need not be read.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::refusal::RefusalCode;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Maximum difference between timestamp and clock in either direction, in seconds, inclusive.
pub const TOLERANCE_SECONDS: i64 = 300;

/// Maximum number of signatures compared: a rotation needs two, and each costs a comparison.
const MAX_SIGNATURES: usize = 32;

/// Maximum length of a message id, in bytes, which bounds the index.
const MAX_ID_LENGTH: usize = 256;

/// A signing secret as an initialised HMAC.
#[derive(Clone)]
pub struct SigningKey {
    mac: Hmac<Sha256>,
    fingerprint: String,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.fingerprint)
    }
}

/// The reason why a text is no signing secret. It never contains the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSecret {
    /// There is nothing after the prefix.
    #[error("the signing secret is empty")]
    Empty,
    /// It is not padded base64 in the standard alphabet.
    #[error("the signing secret is not base64: copy it whole from the YunoJuno portal, it looks like whsec_…")]
    NotBase64,
}

impl SigningKey {
    /// Parses a secret as the portal shows it, with or without `whsec_`.
    pub fn parse(secret: &str) -> Result<Self, BadSecret> {
        let text = secret.trim();
        let text = text.strip_prefix("whsec_").unwrap_or(text);
        if text.is_empty() {
            return Err(BadSecret::Empty);
        }
        let bytes = STANDARD.decode(text).map_err(|_| BadSecret::NotBase64)?;
        // HMAC accepts keys of any length, so this cannot fail.
        let mac = Hmac::new_from_slice(&bytes).map_err(|_| BadSecret::NotBase64)?;
        let [a, b, c, d, ..]: [u8; 32] = Sha256::digest(&bytes).into();
        Ok(Self { mac, fingerprint: format!("{a:02x}{b:02x}{c:02x}{d:02x}") })
    }

    /// Returns eight hex digits that distinguish secrets without revealing them.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    fn sign(&self, id: &str, timestamp: &str, body: &[u8]) -> [u8; 32] {
        let mut mac = self.mac.clone();
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// Returns the value of the signature header for one message, `v1,…`.
    pub fn header(&self, id: &str, timestamp_seconds: i64, body: &[u8]) -> String {
        format!("v1,{}", STANDARD.encode(self.sign(id, &timestamp_seconds.to_string(), body)))
    }
}

/// The verified claims of a genuine request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The message id, which is the idempotency key.
    pub id: String,
    /// The time at which this attempt was sent.
    pub sent_at: Timestamp,
    /// The fingerprint of the matching secret.
    pub fingerprint: String,
}

/// The reason why a request is not accepted as genuine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// One of the three headers is missing.
    #[error("The {0} header is missing.")]
    MissingHeader(&'static str),
    /// One of the three headers is not text, is empty, or is far too long.
    #[error("The {0} header cannot be read.")]
    BadHeader(&'static str),
    /// The timestamp is not a whole number of seconds since 1970.
    #[error("The timestamp header is not a number of seconds since 1970.")]
    BadTimestamp,
    /// Signed too long ago: a replayed request, or a slow clock.
    #[error("The request was signed {0} seconds ago; more than 300 is refused.")]
    Stale(i64),
    /// Signed in the future: a clock is wrong.
    #[error("The request was signed {0} seconds in the future; more than 300 is refused.")]
    Future(i64),
    /// The signature header contains no `v1` signature.
    #[error("The {0} header holds no v1 signature.")]
    NoSignature(&'static str),
    /// The endpoint's additional header is missing or wrong.
    #[error("The additional header of the endpoint is missing or wrong.")]
    AdditionalCheck,
    /// No signature matches: the secret or the bytes differ.
    #[error("No signature matches. The secret is another one, or the body was altered on its way.")]
    BadSignature,
}

impl Refusal {
    /// Returns the code stored in the quarantine.
    pub fn code(&self) -> RefusalCode {
        match self {
            Self::MissingHeader(_) => RefusalCode::MissingHeader,
            Self::BadHeader(_) => RefusalCode::BadHeader,
            Self::BadTimestamp => RefusalCode::BadTimestamp,
            Self::Stale(_) => RefusalCode::Stale,
            Self::Future(_) => RefusalCode::Future,
            Self::BadSignature => RefusalCode::BadSignature,
            Self::NoSignature(_) => RefusalCode::NoSignature,
            Self::AdditionalCheck => RefusalCode::AdditionalCheck,
        }
    }

    /// Returns the HTTP status of the response: 400 for what cannot be checked, 401 for what was checked and failed.
    pub fn status(&self) -> u16 {
        match self {
            Self::MissingHeader(_) | Self::BadHeader(_) | Self::BadTimestamp => 400,
            Self::Stale(_) | Self::Future(_) | Self::NoSignature(_) | Self::AdditionalCheck | Self::BadSignature => 401,
        }
    }
}

/// The two names of each header. Svix's own name takes precedence, for each header by itself.
const HEADERS: [(&str, &str); 3] =
    [("svix-id", "webhook-id"), ("svix-timestamp", "webhook-timestamp"), ("svix-signature", "webhook-signature")];

/// Returns the message id a request claims, verified or not.
pub fn claimed_id<'h>(header: impl Fn(&str) -> Option<&'h [u8]>) -> Option<String> {
    let (first, second) = HEADERS[0];
    let id = std::str::from_utf8(header(first).or_else(|| header(second))?).ok()?;
    Some(id.chars().take(MAX_ID_LENGTH).collect())
}

/// The claims of a request's headers, well-formed and fresh, but not verified against the body yet.
#[derive(Clone, Debug)]
pub struct UnverifiedClaims {
    id: String,
    timestamp: String,
    sent_at: Timestamp,
    signatures: Vec<[u8; 32]>,
}

impl UnverifiedClaims {
    /// Checks everything that does not need the body.
    pub fn read<'h>(header: impl Fn(&str) -> Option<&'h [u8]>, now: Timestamp) -> Result<Self, Refusal> {
        let text = |(first, second): (&'static str, &'static str)| {
            let (name, value) = match header(first) {
                Some(value) => (first, value),
                None => (second, header(second).ok_or(Refusal::MissingHeader(first))?),
            };
            let text = std::str::from_utf8(value).ok().filter(|text| !text.is_empty());
            Ok((name, text.ok_or(Refusal::BadHeader(name))?))
        };
        let [id, timestamp, signatures] = HEADERS;
        let ((id_name, id), (_, timestamp), (signature_name, signatures)) =
            (text(id)?, text(timestamp)?, text(signatures)?);
        if id.len() > MAX_ID_LENGTH {
            return Err(Refusal::BadHeader(id_name));
        }

        // Digits only, as `i64::from_str` would also accept a sign.
        if !timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Refusal::BadTimestamp);
        }
        let seconds: i64 = timestamp.parse().map_err(|_| Refusal::BadTimestamp)?;
        let sent_at = Timestamp::from_second(seconds).map_err(|_| Refusal::BadTimestamp)?;
        let age = now.as_second() - seconds;
        if age > TOLERANCE_SECONDS {
            return Err(Refusal::Stale(age));
        }
        if age < -TOLERANCE_SECONDS {
            return Err(Refusal::Future(-age));
        }

        let signatures: Vec<[u8; 32]> = signatures
            .split(' ')
            .take(MAX_SIGNATURES)
            .filter_map(|entry| STANDARD.decode(entry.strip_prefix("v1,")?).ok()?.try_into().ok())
            .collect();
        if signatures.is_empty() {
            return Err(Refusal::NoSignature(signature_name));
        }
        Ok(Self { id: id.to_owned(), timestamp: timestamp.to_owned(), sent_at, signatures })
    }

    /// Verifies the signature over the body's bytes, which may be neither UTF-8 nor JSON.
    pub fn verify(self, body: &[u8], keys: &[SigningKey]) -> Result<Verified, Refusal> {
        let matching = keys.iter().find(|key| {
            let right = key.sign(&self.id, &self.timestamp, body);
            // All signatures are compared, each in constant time, so that timing reveals nothing about the right one.
            self.signatures.iter().fold(subtle::Choice::from(0), |any, claim| any | right.ct_eq(claim)).into()
        });
        let key = matching.ok_or(Refusal::BadSignature)?;
        Ok(Verified { id: self.id, sent_at: self.sent_at, fingerprint: key.fingerprint.clone() })
    }
}

/// Verifies headers, freshness and signature of a complete request.
pub fn verify<'h>(
    header: impl Fn(&str) -> Option<&'h [u8]>,
    body: &[u8],
    keys: &[SigningKey],
    now: Timestamp,
) -> Result<Verified, Refusal> {
    UnverifiedClaims::read(header, now)?.verify(body, keys)
}

#[cfg(test)]
mod tests;
