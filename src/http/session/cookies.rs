//! Which cookies are set and how are they read?

use axum::http::{HeaderMap, HeaderValue, header};

/// Light or dark.
pub const THEME: &str = "junoscope_theme";
/// Local or UTC.
pub const ZONE: &str = "junoscope_zone";

const SESSION: &str = "junoscope_session";
// The prefix makes the browser itself refuse the cookie unless it is secure, of this host alone and for all paths.
const SECURE_SESSION: &str = "__Host-junoscope_session";

/// The name of the session cookie.
pub fn session_name(https: bool) -> &'static str {
    if https { SECURE_SESSION } else { SESSION }
}

/// The session cookie under either name, for those who only ask whether there is one.
pub fn session(headers: &HeaderMap) -> Option<&str> {
    named(headers, SECURE_SESSION).or_else(|| named(headers, SESSION))
}

/// The value of a cookie.
pub fn named<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// A `Set-Cookie` that lasts `seconds`; none of them removes the cookie. No script needs to read any of ours, and a
/// link from elsewhere may lead in, so `Lax`.
pub fn set(name: &str, value: &str, seconds: i64, https: bool) -> Option<HeaderValue> {
    let secure = if https { "; Secure" } else { "" };
    HeaderValue::try_from(format!("{name}={value}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax{secure}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; junoscope_theme=dark;b=2"));
        headers.append(header::COOKIE, HeaderValue::from_static("junoscope_session=x=y"));
        assert_eq!(named(&headers, THEME), Some("dark"));
        assert_eq!(named(&headers, ZONE), None);
        assert_eq!(session(&headers), Some("x=y"));
    }

    #[test]
    fn the_session_cookie_has_every_guard_there_is() {
        let plain = set(session_name(false), "t", 60, false).unwrap();
        assert_eq!(plain, "junoscope_session=t; Max-Age=60; Path=/; HttpOnly; SameSite=Lax");
        let secure = set(session_name(true), "t", 60, true).unwrap();
        assert_eq!(secure, "__Host-junoscope_session=t; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure");
    }
}
