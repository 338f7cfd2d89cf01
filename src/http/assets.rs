//! Files that are embedded in the binary: WASM and JavaScript, the style sheet, the icon.
//!
//! Names under `/pkg` contain a hash of the content, so browsers may cache them for ever; other files are revalidated
//! by their `ETag`. Compressed forms are made when the site is built, never per request.

mod coding;

use self::coding::{Coding, choose};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use rust_embed::RustEmbed;
use std::collections::HashMap;
use std::sync::Arc;

/// The files built by `cargo xtask`. A debug build reads the folder at startup; a release build embeds it.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/target/site"]
#[allow_missing = true]
struct Site;

/// The site's files in memory, and their names.
#[derive(Clone, Debug)]
pub struct Assets {
    files: Arc<HashMap<String, File>>,
    output_name: String,
    css: String,
}

#[derive(Clone, Debug)]
struct File {
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
    etag: HeaderValue,
    mime: HeaderValue,
}

#[derive(serde::Deserialize)]
struct Manifest {
    output_name: String,
    css: String,
}

impl Assets {
    /// Reads all files. Without a built site, as after a plain `cargo run`, there are none: pages have no style, and a
    /// warning is logged.
    pub fn load() -> Self {
        let manifest: Option<Manifest> =
            Site::get("manifest.json").and_then(|file| serde_json::from_slice(&file.data).ok());
        if manifest.is_none() {
            tracing::warn!("the browser side is not built: run `cargo xtask serve`, which builds it");
        }
        let files = Site::iter()
            .filter(|name| name != "manifest.json" && !name.ends_with(".br") && !name.ends_with(".gz"))
            .filter_map(|name| {
                let file = Site::get(&name)?;
                let hash = URL_SAFE_NO_PAD.encode(file.metadata.sha256_hash());
                let mime = mime_guess::from_path(name.as_ref()).first_or_octet_stream();
                let text =
                    if mime.type_() == "text" || mime.subtype() == "javascript" { "; charset=utf-8" } else { "" };
                let form =
                    |ending| Site::get(&format!("{name}.{ending}")).map(|file| Bytes::from(file.data.into_owned()));
                let file = File {
                    brotli: form("br"),
                    gzip: form("gz"),
                    plain: Bytes::from(file.data.into_owned()),
                    etag: HeaderValue::from_str(&format!("\"{hash}\"")).ok()?,
                    mime: HeaderValue::from_str(&format!("{mime}{text}")).ok()?,
                };
                Some((format!("/{name}"), file))
            })
            .collect();
        let (output_name, css) =
            manifest.map_or_else(|| ("junoscope".to_owned(), String::new()), |m| (m.output_name, m.css));
        Self { files: Arc::new(files), output_name, css }
    }

    /// Returns the hashed name that Leptos puts into its script tags.
    pub fn output_name(&self) -> &str {
        &self.output_name
    }

    /// Returns the URL of the style sheet; empty without a built site.
    pub fn css(&self) -> &str {
        &self.css
    }

    /// Returns the routes of `/pkg/…` and of the files of `public/`.
    pub fn routes(self) -> Router {
        let mut router = Router::new().route("/pkg/{*file}", get(packaged));
        for path in self.files.keys().filter(|path| !path.starts_with("/pkg/")) {
            router = router.route(path, get(public));
        }
        router.with_state(self)
    }

    fn answer(&self, path: &str, headers: &HeaderMap, caching: &'static str) -> Response {
        let Some(file) = self.files.get(path) else {
            return (StatusCode::NOT_FOUND, "There is no such file.").into_response();
        };
        let common = [
            (header::CACHE_CONTROL, HeaderValue::from_static(caching)),
            (header::ETAG, file.etag.clone()),
            (header::VARY, HeaderValue::from_static("accept-encoding")),
        ];
        let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        let etag = file.etag.to_str().unwrap_or_default();
        if known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == etag)) {
            return (StatusCode::NOT_MODIFIED, common).into_response();
        }
        let mime = (header::CONTENT_TYPE, file.mime.clone());
        let (coding, bytes) = file.in_form(headers);
        if coding == Coding::Identity {
            return (common, [mime], bytes).into_response();
        }
        let coding = HeaderValue::from_static(coding.as_str());
        (common, [mime, (header::CONTENT_ENCODING, coding)], bytes).into_response()
    }
}

impl File {
    /// Selects the content coding, of those that exist, and its bytes.
    fn in_form(&self, headers: &HeaderMap) -> (Coding, Bytes) {
        let forms = [
            self.brotli.as_ref().map(|bytes| (Coding::Brotli, bytes)),
            self.gzip.as_ref().map(|bytes| (Coding::Gzip, bytes)),
        ];
        let forms: Vec<(Coding, &Bytes)> =
            forms.into_iter().flatten().chain([(Coding::Identity, &self.plain)]).collect();
        let coding = choose(headers, forms.iter().map(|(coding, _)| *coding));
        let bytes = forms.iter().find(|(one, _)| *one == coding).map_or(&self.plain, |(_, bytes)| *bytes);
        (coding, bytes.clone())
    }
}

async fn packaged(State(assets): State<Assets>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    assets.answer(&format!("/pkg/{file}"), &headers, "public, max-age=31536000, immutable")
}

async fn public(State(assets): State<Assets>, uri: Uri, headers: HeaderMap) -> Response {
    assets.answer(uri.path(), &headers, "public, max-age=3600")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt;

    fn assets() -> Assets {
        let file = File {
            plain: Bytes::from_static(b"plain"),
            brotli: Some(Bytes::from_static(b"small")),
            gzip: Some(Bytes::from_static(b"smaller")),
            etag: HeaderValue::from_static("\"abc\""),
            mime: HeaderValue::from_static("text/css"),
        };
        let files =
            HashMap::from([("/pkg/junoscope-1.css".to_owned(), file.clone()), ("/robots.txt".to_owned(), file)]);
        Assets { files: Arc::new(files), output_name: String::new(), css: String::new() }
    }

    async fn ask(path: &str, name: header::HeaderName, value: &'static str) -> Response {
        let request = Request::get(path).header(name, value).body(Body::empty()).unwrap();
        assets().routes().oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn a_hashed_file_comes_small_and_is_kept_for_ever() {
        let response = ask("/pkg/junoscope-1.css", header::ACCEPT_ENCODING, "gzip, deflate, br").await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_ENCODING], "br");
        assert!(response.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        assert_eq!(axum::body::to_bytes(response.into_body(), 100).await.unwrap(), "small");
    }

    #[tokio::test]
    async fn a_browser_without_brotli_gets_gzip() {
        let response = ask("/pkg/junoscope-1.css", header::ACCEPT_ENCODING, "gzip, deflate").await;
        assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
        assert_eq!(response.headers()[header::VARY], "accept-encoding");
        assert_eq!(axum::body::to_bytes(response.into_body(), 100).await.unwrap(), "smaller");
    }

    #[tokio::test]
    async fn a_browser_that_takes_nothing_compressed_gets_plain_bytes() {
        for encodings in ["deflate", "br;q=0, gzip;q=0", ""] {
            let response = ask("/pkg/junoscope-1.css", header::ACCEPT_ENCODING, encodings).await;
            assert!(!response.headers().contains_key(header::CONTENT_ENCODING), "{encodings}");
        }
    }

    #[tokio::test]
    async fn a_file_the_browser_has_is_not_sent_again() {
        let response = ask("/robots.txt", header::IF_NONE_MATCH, "\"other\", W/\"abc\"").await;
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
    }

    #[tokio::test]
    async fn a_file_of_an_older_build_is_not_there() {
        assert_eq!(ask("/pkg/junoscope-0.css", header::ACCEPT, "*/*").await.status(), StatusCode::NOT_FOUND);
    }
}
