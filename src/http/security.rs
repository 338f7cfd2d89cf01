//! Security headers of all responses, and the cross-site request check of form posts.

use super::cookies;
use crate::client_address::ClientAddress;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use percent_encoding::percent_decode_str;
use std::sync::Arc;
use url::Url;

/// The public origin of the server.
#[derive(Clone, Debug)]
pub struct Site {
    origin: Arc<str>,
    https: bool,
}

impl Site {
    /// Creates it from the public URL of the configuration.
    pub fn new(public_url: &str) -> Self {
        Self { origin: public_url.trim_end_matches('/').into(), https: public_url.starts_with("https://") }
    }

    /// Returns whether browsers reach the server over https.
    pub fn is_https(&self) -> bool {
        self.https
    }
}

/// Middleware that responds 403 to state-changing requests from other sites.
///
/// 1. `GET`, `HEAD` and `OPTIONS` change nothing, and webhooks are signed: both pass.
/// 2. `Sec-Fetch-Site`, which every current browser sends and no script can set, must be `same-origin` or `none`.
/// 3. Older browsers send `Origin` with every `POST`: it must be the public URL, or the requested host. If the public
///    URL is https, the same host over http counts as another site, as its pages can be forged on the way.
/// 4. A request with neither header is not from a browser. It may sign in, but a session cookie on it is refused.
pub async fn refuse_foreign_forms(State(site): State<Site>, request: Request, next: Next) -> Response {
    if is_own(&site, request.method(), request.uri(), request.headers()) {
        next.run(request).await
    } else {
        tracing::warn!(from = %ClientAddress::of(request.extensions()), "a form from another site was refused");
        let told = "This was sent from another site, so nothing was done. Open Junoscope itself and try again.\n";
        (StatusCode::FORBIDDEN, told).into_response()
    }
}

fn is_own(site: &Site, method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) || uri.path().starts_with("/webhooks/") {
        return true;
    }
    match (single(headers, "sec-fetch-site"), single(headers, "origin")) {
        (Sent::Once(from), _) => from == "same-origin" || from == "none",
        (Sent::No, Sent::Once(origin)) => is_own_origin(site, origin, host(uri, headers)),
        (Sent::No, Sent::No) => cookies::session(headers).is_none(),
        (Sent::Unclear, _) | (Sent::No, Sent::Unclear) => false,
    }
}

/// The presence of a header that is valid only once.
enum Sent<'a> {
    No,
    Once(&'a str),
    Unclear,
}

fn single<'a>(headers: &'a HeaderMap, name: &str) -> Sent<'a> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Sent::No,
        (Some(value), None) => value.to_str().map_or(Sent::Unclear, Sent::Once),
        (Some(_), Some(_)) => Sent::Unclear,
    }
}

/// Returns the host of a request: from the URI in HTTP/2, from a header in HTTP/1.1.
fn host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    let from_header = || match single(headers, "host") {
        Sent::Once(host) => Some(host),
        Sent::No | Sent::Unclear => None,
    };
    uri.authority().map(axum::http::uri::Authority::as_str).or_else(from_header)
}

fn is_own_origin(site: &Site, origin: &str, host: Option<&str>) -> bool {
    if origin == &*site.origin {
        return true;
    }
    let (Ok(from), Some(host)) = (Url::parse(origin), host) else { return false };
    let scheme = from.scheme();
    if scheme != "https" && (site.https || scheme != "http") {
        return false;
    }
    Url::parse(&format!("{scheme}://{host}")).is_ok_and(|asked| asked.origin() == from.origin())
}

/// Middleware that responds "not found" to paths with a NUL character: no stored text contains one, and `PostgreSQL`
/// rejects it in parameters.
pub async fn refuse_nul_in_path(mut request: Request, next: Next) -> Response {
    if percent_decode_str(request.uri().path()).all(|byte| byte != 0) {
        return next.run(request).await;
    }
    if *request.method() != Method::GET {
        return (StatusCode::NOT_FOUND, "There is nothing at this address.\n").into_response();
    }
    *request.uri_mut() = Uri::from_static("/%EF%BF%BD");
    next.run(request).await
}

/// Middleware that adds the security headers to every response, unless a handler has set them.
pub async fn security_headers(State(site): State<Site>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in EVERYWHERE {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if site.https {
        // Without `includeSubDomains`: other hosts of the domain are not ours to decide about.
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert_with(|| content_security_policy(None));
    response
}

const EVERYWHERE: [(HeaderName, &str); 7] = [
    // robots.txt lets calendar programs fetch feeds, which must still not be indexed.
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Returns the policy: same-origin resources only, and inline scripts only with the nonce of this response. A nonce
/// that could end the directive is left out, which disables its scripts.
pub fn content_security_policy(nonce: Option<&str>) -> HeaderValue {
    let is_plain = |nonce: &&str| {
        !nonce.is_empty() && nonce.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=-_".contains(&byte))
    };
    let nonce = nonce.filter(is_plain).map(|nonce| format!("'nonce-{nonce}' ")).unwrap_or_default();
    let policy = format!(
        "default-src 'self'; script-src 'self' {nonce}'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

#[cfg(test)]
mod tests;
