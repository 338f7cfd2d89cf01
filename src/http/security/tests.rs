//! Tests that cross-site forms are refused and that every response carries the security headers.

use super::*;
use axum::Router;
use axum::body::Body;
use axum::middleware::from_fn_with_state;
use axum::routing::any;
use tower::ServiceExt as _;

type Headers<'a> = &'a [(&'a str, &'a str)];

fn app(public_url: &str) -> Router {
    let site = Site::new(public_url);
    Router::new()
        .route("/form", any(|| async { "done" }))
        .route("/webhooks/yunojuno", any(|| async { "stored" }))
        .route("/own-policy", any(|| async { [(header::CONTENT_SECURITY_POLICY, "default-src 'none'")] }))
        .layer(from_fn_with_state(site.clone(), refuse_foreign_forms))
        .layer(from_fn_with_state(site, security_headers))
}

async fn send(public_url: &str, method: &str, path: &str, headers: Headers<'_>) -> Response {
    let mut request = Request::builder().method(method).uri(path).header("host", "hooks.example");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app(public_url).oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_form_from_another_site_is_refused() {
    const OPEN: &str = "http://hooks.example";
    const SAFE: &str = "https://hooks.example";
    const COOKIE: (&str, &str) = ("cookie", "junoscope_session=t");
    let site = |from| ("sec-fetch-site", from);
    let origin = |from| ("origin", from);
    #[rustfmt::skip]
    let cases: &[(&str, Headers, bool)] = &[
        (SAFE, &[site("same-origin"), COOKIE], true),
        (SAFE, &[site("none"), COOKIE], true),
        (SAFE, &[site("same-site"), COOKIE], false),
        (SAFE, &[site("cross-site"), COOKIE], false),
        (SAFE, &[site("cross-site")], false),
        (SAFE, &[site("something-new")], false),
        (SAFE, &[site("")], false),
        (SAFE, &[site("same-origin"), site("cross-site")], false),
        // `Sec-Fetch-Site` takes precedence over other headers.
        (SAFE, &[site("cross-site"), origin(SAFE)], false),
        (SAFE, &[site("same-origin"), origin("https://evil.example")], true),
        (SAFE, &[origin(SAFE), COOKIE], true),
        (SAFE, &[origin(OPEN), COOKIE], false),
        (OPEN, &[origin(OPEN), COOKIE], true),
        (OPEN, &[origin(SAFE), COOKIE], true),
        (OPEN, &[origin("http://hooks.example:80"), COOKIE], true),
        (OPEN, &[origin("http://hooks.example:8080"), COOKIE], false),
        (SAFE, &[origin("https://hooks.example.evil.example")], false),
        (SAFE, &[origin("https://evil.example")], false),
        (SAFE, &[origin("null")], false),
        (SAFE, &[origin("")], false),
        (SAFE, &[origin("file://hooks.example")], false),
        (SAFE, &[origin(SAFE), origin("https://evil.example")], false),
        // Reached under another name than the public one, as in development.
        ("https://public.example", &[origin(SAFE)], true),
        ("https://public.example", &[origin("https://public.example")], true),
        (SAFE, &[], true),
        (SAFE, &[COOKIE], false),
        (SAFE, &[("cookie", "__Host-junoscope_session=t")], false),
        (SAFE, &[("cookie", "junoscope_theme=dark")], true),
        (SAFE, &[("referer", SAFE), COOKIE], false),
    ];
    for (public_url, headers, passes) in cases {
        for method in ["POST", "PUT", "PATCH", "DELETE", "STRANGE"] {
            let status = send(public_url, method, "/form", headers).await.status();
            let expected = if *passes { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(status, expected, "{method} {public_url} {headers:?}");
        }
        assert_eq!(send(public_url, "GET", "/form", headers).await.status(), StatusCode::OK);
        let webhook = send(public_url, "POST", "/webhooks/yunojuno", headers).await;
        assert_eq!(webhook.status(), StatusCode::OK, "a webhook is judged by its signature alone");
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers() {
    for (path, headers) in [("/form", &[][..]), ("/nowhere", &[]), ("/form", &[("sec-fetch-site", "cross-site")])] {
        let response = send("http://hooks.example", "POST", path, headers).await;
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"));
        assert_eq!(header("referrer-policy").as_deref(), Some("same-origin"));
        assert_eq!(header("x-frame-options").as_deref(), Some("DENY"));
        assert_eq!(header("x-robots-tag").as_deref(), Some("noindex, nofollow"));
        assert_eq!(header("cross-origin-opener-policy").as_deref(), Some("same-origin"));
        assert!(header("permissions-policy").unwrap().contains("camera=()"));
        assert!(header("content-security-policy").unwrap().contains("script-src 'self' 'wasm-unsafe-eval';"));
        assert_eq!(header("strict-transport-security"), None, "without https there is nothing to insist on");
    }
    let response = send("https://hooks.example", "GET", "/own-policy", &[]).await;
    assert_eq!(response.headers()["strict-transport-security"], "max-age=31536000");
    assert_eq!(response.headers()["content-security-policy"], "default-src 'none'", "what a handler set stays");
}

#[test]
fn a_nonce_cannot_end_its_directive() {
    let policy = |nonce| content_security_policy(Some(nonce)).to_str().unwrap().to_owned();
    assert!(policy("aB3+/-_==").contains("script-src 'self' 'nonce-aB3+/-_==' 'wasm-unsafe-eval';"));
    for wrong in ["", "a' 'unsafe-inline", "a; script-src *", "a\nb"] {
        assert_eq!(content_security_policy(Some(wrong)), content_security_policy(None), "{wrong:?}");
    }
}
