//! Signing of messages: HMAC-SHA256 over id, timestamp and body, as Svix does it. See `docs/yunojuno.md`, Signatures.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The signing secret of an endpoint, as an initialised HMAC; never printed.
#[derive(Clone)]
pub struct SenderKey(Hmac<Sha256>);

impl SenderKey {
    /// Parses a secret as the portal shows it: base64, with or without `whsec_`. `None` when it is not base64 or empty.
    pub fn parse(secret: &str) -> Option<Self> {
        let text = secret.trim();
        let bytes = STANDARD.decode(text.strip_prefix("whsec_").unwrap_or(text)).ok()?;
        if bytes.is_empty() { None } else { Hmac::new_from_slice(&bytes).ok().map(Self) }
    }

    /// Returns a wrong key, for forgeries.
    pub(super) fn wrong() -> Self {
        // One block of the hash, a length that needs no check.
        Self(Hmac::new(&[0x5a; 64].into()))
    }
}

impl std::fmt::Debug for SenderKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Returns the value of `svix-signature`: `v1,` and 44 characters. `timestamp` is the value of `svix-timestamp`.
pub fn sign(key: &SenderKey, id: &str, timestamp: i64, body: &[u8]) -> String {
    let mut mac = key.0.clone();
    mac.update(id.as_bytes());
    mac.update(b".");
    mac.update(timestamp.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    let mut text = String::with_capacity(47);
    text.push_str("v1,");
    STANDARD.encode_string(mac.finalize().into_bytes(), &mut text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_vectors_hold() {
        let fixtures: serde_json::Value =
            serde_json::from_str(include_str!("../../app/domain/fixtures/signature-vectors.json")).unwrap();
        let vectors = fixtures["published"].as_array().unwrap();
        assert_eq!(vectors.len(), 2);
        for vector in vectors {
            let text = |key: &str| vector[key].as_str().unwrap();
            let timestamp = vector["timestamp"].as_i64().unwrap();
            let secret = text("secret");
            for secret in [secret, secret.strip_prefix("whsec_").unwrap()] {
                let signature =
                    sign(&SenderKey::parse(secret).unwrap(), text("id"), timestamp, text("body").as_bytes());
                assert_eq!(signature, text("signature"));
            }
        }
    }

    #[test]
    fn a_secret_that_is_not_base64_is_no_key() {
        for wrong in ["", "whsec_", "whsec_not base64!", "whsec_abc"] {
            assert!(SenderKey::parse(wrong).is_none(), "{wrong:?}");
        }
    }
}
