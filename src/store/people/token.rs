//! Bearer tokens of links and cookies, and the hashes of them that are stored.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// 32 random bytes as base64url: in a link or a cookie, never in the database or a log.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Token(String);

impl Token {
    /// A new one, which nobody can guess.
    pub fn new() -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
    }

    /// What somebody claims to be one.
    pub fn claimed(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// For the link or the cookie.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is stored. A plain hash is enough: there is nothing to guess in 256 random bits.
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
