//! `junoscope healthcheck`: asks the running server whether it is ready, for containers that have no HTTP client.

use super::Failure;
use crate::config::{Config, Environment, ServeArgs, default_public_url, load};
use std::time::Duration;

/// Time limit of the request; Docker's own limit is 30 seconds.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Prints the response of the server on the configured address, and fails unless it is ready.
pub async fn run(args: &ServeArgs) -> Result<(), Failure> {
    let config = load(args, &Environment::of_process())?;
    println!("{}", ask(&config).await?);
    Ok(())
}

async fn ask(config: &Config) -> Result<String, Failure> {
    // Not the public URL, behind which a proxy may respond for a server that is down.
    let url = format!("{}/readyz", default_public_url(config.listen));
    let unreachable = |error: reqwest::Error| {
        let error = error.without_url();
        let cause = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
        Failure(format!("{url} does not answer: {cause}."))
    };
    // The client requires a TLS provider, though this request is not encrypted.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .redirect(reqwest::redirect::Policy::none())
        .timeout(TIMEOUT)
        .build()
        .map_err(unreachable)?;
    let answer = client.get(&url).send().await.map_err(unreachable)?;
    let status = answer.status();
    let text = answer.text().await.map_err(unreachable)?;
    if status.is_success() {
        return Ok(text.trim().to_owned());
    }
    Err(Failure(format!("{url} answers {}: {}", status.as_u16(), text.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::http::StatusCode;
    use axum::routing::get;
    use std::collections::BTreeMap;

    async fn asked(answer: Option<(StatusCode, &'static str)>) -> Result<String, Failure> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        match answer {
            Some(answer) => {
                let app = Router::new().route("/readyz", get(move || async move { answer }));
                tokio::spawn(async move { axum::serve(listener, app).await });
            }
            None => drop(listener),
        }
        // As in a container: listening on all addresses, queried on this machine.
        let environment = BTreeMap::from([("JUNOSCOPE_LISTEN".to_owned(), format!("0.0.0.0:{port}"))]);
        let around = Environment { environment, folder: std::env::temp_dir().join("none") };
        ask(&load(&ServeArgs::default(), &around).unwrap()).await
    }

    #[tokio::test]
    async fn only_a_server_that_is_ready_is_healthy() {
        assert_eq!(asked(Some((StatusCode::OK, "ready\n"))).await.unwrap(), "ready");
        let error = asked(Some((StatusCode::SERVICE_UNAVAILABLE, "the disk is full\n"))).await.unwrap_err().0;
        assert!(error.ends_with("/readyz answers 503: the disk is full"), "{error}");
        let error = asked(None).await.unwrap_err().0;
        assert!(error.contains("does not answer"), "{error}");
    }
}
