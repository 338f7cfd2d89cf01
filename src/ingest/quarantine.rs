//! The stored form of a refused request's headers: enough to repair a wrong secret, never a secret itself.

use axum::http::HeaderMap;

/// Headers whose values are credentials.
const SECRET_HEADERS: [&str; 5] = ["authorization", "proxy-authorization", "cookie", "x-api-key", "x-webhook-auth"];

/// What stands for the value of a credential.
const MASK: &str = "(hidden)";

/// Masks the values of known credential headers, and of the endpoint's own additional header.
pub fn mask(headers: &mut [(String, String)], secret_header: Option<&str>) {
    for (name, value) in headers {
        if is_secret(name, secret_header) {
            MASK.clone_into(value);
        }
    }
}

fn is_secret(name: &str, secret_header: Option<&str>) -> bool {
    SECRET_HEADERS.iter().copied().chain(secret_header).any(|secret| name.eq_ignore_ascii_case(secret))
}

/// Maximum length of a header value; longer ones are cut.
const MAX_VALUE_LENGTH: usize = 2_048;

/// Returns the headers as JSON, `[["name","value"],…]` in order of name. Values of known credential headers, and of the
/// endpoint's own additional header, are masked.
pub fn headers_as_json(headers: &HeaderMap, secret_header: Option<&str>) -> String {
    let mut pairs: Vec<(&str, String)> = headers
        .iter()
        .map(|(name, value)| {
            let name = name.as_str();
            if is_secret(name, secret_header) {
                return (name, MASK.to_owned());
            }
            let mut text = String::from_utf8_lossy(value.as_bytes()).into_owned();
            if let Some((cut, _)) = text.char_indices().nth(MAX_VALUE_LENGTH) {
                text.truncate(cut);
                text.push('…');
            }
            (name, text)
        })
        .collect();
    pairs.sort();
    serde_json::to_string(&pairs).unwrap_or_else(|_| "[]".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    #[test]
    fn secrets_are_masked_and_the_rest_is_kept_in_order() {
        let mut headers = HeaderMap::new();
        for (name, value) in [("x-shared", "open sesame"), ("authorization", "Bearer abc"), ("svix-id", "msg_1")] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let json = headers_as_json(&headers, Some("x-shared"));
        assert_eq!(json, r#"[["authorization","(hidden)"],["svix-id","msg_1"],["x-shared","(hidden)"]]"#);
    }

    #[test]
    fn a_long_value_is_cut_at_a_character() {
        let mut headers = HeaderMap::new();
        headers.insert("x-long", HeaderValue::from_bytes("é".repeat(5_000).as_bytes()).unwrap());
        let json = headers_as_json(&headers, None);
        assert!(json.len() < 5_000 && json.ends_with("é…\"]]"));
    }
}
