//! The names, attributes and parsing of cookies.

use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Redirect, Response};

/// Light or dark.
pub const THEME: &str = "junoscope_theme";
/// Local or UTC.
pub const ZONE: &str = "junoscope_zone";

/// What was typed as the e-mail address of a sign-in that failed: for the sign-in page alone, and for a few minutes. In
/// the address it would stay in the history of the browser and in the logs of every proxy.
pub const TYPED: &str = "junoscope_typed";
/// Where [`TYPED`] is sent.
pub const TYPED_PATH: &str = "/sign-in";

const DEVICE: &str = "junoscope_device";
const SECURE_DEVICE: &str = "__Host-junoscope_device";
const SESSION: &str = "junoscope_session";
// The prefix makes the browser itself refuse the cookie unless it is secure, of this host alone and for all paths.
const SECURE_SESSION: &str = "__Host-junoscope_session";

/// The name of the session cookie.
pub fn session_name(https: bool) -> &'static str {
    if https { SECURE_SESSION } else { SESSION }
}

/// The name of the cookie by which a browser is known again. It lasts when a session ends.
pub fn device_name(https: bool) -> &'static str {
    if https { SECURE_DEVICE } else { DEVICE }
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
    set_for("/", name, value, seconds, https)
}

/// The same, sent to one path alone.
pub fn set_for(path: &str, name: &str, value: &str, seconds: i64, https: bool) -> Option<HeaderValue> {
    let secure = if https { "; Secure" } else { "" };
    HeaderValue::try_from(format!("{name}={value}; Max-Age={seconds}; Path={path}; HttpOnly; SameSite=Lax{secure}"))
        .ok()
}

/// The answer to a sign-out: without a session, and without what Back or a cache would still show. Only `"cache"` is
/// cleared: `"cookies"` would also take the known device and how pages look, and nothing else is kept in the browser.
pub fn signed_out(https: bool) -> Response {
    let mut response = Redirect::to("/sign-in").into_response();
    let headers = response.headers_mut();
    if let Some(cookie) = set(session_name(https), "", 0, https) {
        headers.append(header::SET_COOKIE, cookie);
    }
    headers.insert(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\""));
    response
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
