//! Tests of the command: a shell hands curl the exact body and headers, which the endpoint's own check verifies.

use super::*;
use crate::config::Secret;
use crate::ingest::signature::verify;
use std::process::Command;

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

fn endpoint(check: Option<AdditionalCheck>) -> SigningEndpoint {
    let keys = vec![SigningKey::parse(SECRET).unwrap()];
    let verified = BTreeMap::from([("yunojuno".to_owned(), VerifiedEndpoint { keys, additional_check: check })]);
    let urls = [
        ("yunojuno".to_owned(), "https://hooks.example/webhooks/yunojuno".to_owned()),
        ("gone".to_owned(), "https://hooks.example/webhooks/gone".to_owned()),
    ];
    let endpoints = signing_endpoints(&urls, &verified);
    assert_eq!(endpoints.len(), 1, "an endpoint without keys signs nothing");
    endpoints["yunojuno"].clone()
}

fn message(id: &str, body: &[u8]) -> GenuineMessage {
    GenuineMessage { endpoint: "yunojuno".to_owned(), id: id.to_owned(), body: body.to_vec() }
}

fn now() -> Timestamp {
    "2026-03-01T10:00:00.7Z".parse().unwrap()
}

/// Runs a command in `sh`, with a `curl` that writes its arguments, each after its length, and then its input.
fn run(command: &str) -> (Vec<Vec<u8>>, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let fake = "curl() { for one; do printf '%s\\0' \"$one\"; done > args; case \"$*\" in *'@-'*) cat > input;; *) : > input;; esac; }\n";
    std::fs::write(folder.path().join("script"), format!("{fake}{command}")).unwrap();
    let status = Command::new("sh")
        .current_dir(folder.path())
        .env("WEBHOOK_HEADER", "open sesame")
        .arg("script")
        .status()
        .unwrap();
    assert!(status.success(), "{command}");
    let args = std::fs::read(folder.path().join("args")).unwrap();
    let args = args.split(|byte| *byte == 0).filter(|arg| !arg.is_empty()).map(<[u8]>::to_vec).collect();
    (args, std::fs::read(folder.path().join("input")).unwrap())
}

/// Requires that a command sends this message, verified by the endpoint's key.
fn sends(endpoint: &SigningEndpoint, message: &GenuineMessage) -> Vec<String> {
    let command = written(endpoint, message, now());
    assert!(!command.contains("whsec_") && !command.contains("C2FVsBQI"), "{command}");
    let (args, input) = run(&command);
    let last = args.last().unwrap();
    let body = if last == b"@-" { &input } else { last };
    assert!(*body == message.body, "{command}");
    let texts: Vec<String> = args.iter().map(|arg| String::from_utf8_lossy(arg).into_owned()).collect();
    let header =
        |name: &str| texts.iter().find_map(|text| text.strip_prefix(name)?.strip_prefix(": ")).map(str::as_bytes);
    let keys = [SigningKey::parse(SECRET).unwrap()];
    assert_eq!(verify(header, body, &keys, now()).unwrap().id, message.id);
    texts
}

#[test]
fn every_body_is_sent_byte_by_byte_and_verified() {
    let endpoint = endpoint(None);
    let long = "{\"a\":\"".to_owned() + &"x".repeat(LONGEST_ARGUMENT) + "\"}";
    for body in [
        &b"{\"title\":\"It's $HOME `now` \\\\ !\",\n \"b\": 1}\n"[..],
        "{\"name\":\"Zo\u{eb} \u{202e}\"}".as_bytes(),
        b"@/etc/passwd",
        b"\xff\x00\x01",
        b"a\r\nb",
        b"a\tb",
        long.as_bytes(),
    ] {
        let texts = sends(&endpoint, &message("msg_1", body));
        assert_eq!(texts[..2], ["--include", "https://hooks.example/webhooks/yunojuno"]);
    }
    let (_, input) = run(&written(&endpoint, &message("msg_1", b""), now()));
    assert!(input.is_empty());
}

#[test]
fn plain_json_is_legible_and_an_odd_id_is_quoted() {
    let endpoint = endpoint(None);
    let command = written(&endpoint, &message("msg_1", b"{\"a\":1}"), now());
    assert!(command.ends_with("--data-binary '{\"a\":1}'\n"), "{command}");
    assert!(command.contains("-H 'svix-timestamp: 1772359200'"), "{command}");
    sends(&endpoint, &message("it's; rm -rf \"$HOME\" `x`", b"{}"));
}

#[test]
fn the_additional_header_is_named_and_its_value_left_to_who_runs_the_command() {
    let header = AdditionalCheck::Header { name: "x-shared".to_owned(), value: Secret("open sesame".to_owned()) };
    let basic = AdditionalCheck::Basic { user: "amara".to_owned(), password: Secret("open sesame".to_owned()) };
    for (check, sent) in [(header, "x-shared: open sesame"), (basic, "authorization: open sesame")] {
        let endpoint = endpoint(Some(check));
        let command = written(&endpoint, &message("msg_1", b"{}"), now());
        assert!(!command.contains("sesame") && !command.contains("amara"), "{command}");
        assert!(sends(&endpoint, &message("msg_1", b"{}")).contains(&sent.to_owned()));
    }
}
