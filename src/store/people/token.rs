//! Bearer tokens of links and cookies, and the hashes of them that are stored.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// A token of 32 random bytes as base64url: in a link or a cookie, never in the database or a log.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Token(String);

impl Token {
    /// Generates a random token.
    pub fn new() -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
    }

    /// Wraps a token from a request, which may be invalid.
    pub fn claimed(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Returns the text for a link or a cookie.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the stored hash. It needs no salt or stretching: 256 random bits cannot be guessed.
    pub(super) fn hash(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.as_bytes()))
    }
}

impl Default for Token {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}
