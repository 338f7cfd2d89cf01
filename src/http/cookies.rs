//! The names, attributes and parsing of cookies.

use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Redirect, Response};

/// The cookie of the theme: light or dark.
pub const THEME: &str = "junoscope_theme";
/// The cookie of the time zone: local or UTC.
pub const ZONE: &str = "junoscope_zone";

/// The cookie of the e-mail address typed in a failed sign-in, sent to the sign-in page alone, for a few minutes. In
/// the URL it would remain in the browser history and in the logs of proxies.
pub const LAST_EMAIL: &str = "junoscope_typed";
/// The path of [`LAST_EMAIL`].
pub const LAST_EMAIL_PATH: &str = "/sign-in";

const DEVICE: &str = "junoscope_device";
const SECURE_DEVICE: &str = "__Host-junoscope_device";
const SESSION: &str = "junoscope_session";
// With the prefix `__Host-` browsers refuse the cookie unless it is secure, of this host alone and for all paths.
const SECURE_SESSION: &str = "__Host-junoscope_session";

/// Returns the name of the session cookie.
pub fn session_name(https: bool) -> &'static str {
    if https { SECURE_SESSION } else { SESSION }
}

/// Returns the name of the device cookie, by which a browser is recognised. It survives the session.
pub fn device_name(https: bool) -> &'static str {
    if https { SECURE_DEVICE } else { DEVICE }
}

/// Returns the session cookie under either name, for checks that there is one.
pub fn session(headers: &HeaderMap) -> Option<&str> {
    named(headers, SECURE_SESSION).or_else(|| named(headers, SESSION))
}

/// Returns the value of a cookie.
pub fn named<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// Returns a `Set-Cookie` header that lasts `seconds`; 0 removes the cookie. No script needs any of these, hence
/// `HttpOnly`; links from other sites may lead in, hence `Lax`.
pub fn set(name: &str, value: &str, seconds: i64, https: bool) -> Option<HeaderValue> {
    set_for("/", name, value, seconds, https)
}

/// Like [`set`], for one path.
pub fn set_for(path: &str, name: &str, value: &str, seconds: i64, https: bool) -> Option<HeaderValue> {
    let secure = if https { "; Secure" } else { "" };
    HeaderValue::try_from(format!("{name}={value}; Max-Age={seconds}; Path={path}; HttpOnly; SameSite=Lax{secure}"))
        .ok()
}

/// Responds to a sign-out: removes the session, and clears the cache that Back would show. Only `"cache"` is cleared:
/// `"cookies"` would also remove the known device and the display preferences.
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
