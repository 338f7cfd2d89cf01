//! Parsing of signing secrets and of the headers an endpoint also requires. Errors never repeat the value.

use super::{AdditionalCheck, Secret};
use axum::http::{HeaderName, HeaderValue};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

impl Secret {
    /// Parses a signing secret: base64 of 24 to 75 bytes, the sizes Svix allows, with or without the prefix `whsec_`.
    /// The error continues a sentence that begins with "the secret".
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let encoded = text.strip_prefix("whsec_").unwrap_or(text);
        let bytes = BASE64_STANDARD
            .decode(encoded)
            .map_err(|_| "is not base64: copy it whole from the YunoJuno portal, it begins with whsec_")?;
        if !(24..=75).contains(&bytes.len()) {
            return Err("does not stand for 24 to 75 bytes: copy it whole from the YunoJuno portal");
        }
        Ok(Self(text.to_owned()))
    }
}

impl AdditionalCheck {
    /// Parses `Name: value`.
    pub fn parse_header(text: &str) -> Result<Self, &'static str> {
        let (name, value) = text.split_once(':').ok_or("must be written as \"Name: value\"")?;
        let name = HeaderName::try_from(name.trim()).map_err(|_| "must begin with the name of a header")?;
        let value = value.trim();
        if value.is_empty() {
            return Err("must have a value after the colon");
        }
        if !HeaderValue::from_str(value).is_ok_and(|value| value.to_str().is_ok()) {
            return Err("has a value that no header can carry");
        }
        Ok(Self::Header { name: name.as_str().to_owned(), value: Secret(value.to_owned()) })
    }

    /// Parses `user:password`.
    pub fn parse_basic(text: &str) -> Result<Self, &'static str> {
        match text.split_once(':') {
            Some((user, password)) if !user.is_empty() && !password.is_empty() => {
                Ok(Self::Basic { user: user.to_owned(), password: Secret(password.to_owned()) })
            }
            _ => Err("must be written as \"user:password\""),
        }
    }
}
