//! Tests of precedence, and that each error names its key without disclosing its secret.

use super::*;
use std::collections::BTreeMap;
use std::fs;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";

fn around(folder: &tempfile::TempDir, variables: &[(&str, &str)]) -> Environment {
    let environment: BTreeMap<_, _> = variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Environment { environment, folder: folder.path().to_owned() }
}

/// Loads a configuration from a file alone.
fn with_file(toml: &str) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("junoscope.toml"), toml).unwrap();
    load(&ServeArgs::default(), &around(&folder, &[]))
        .map_err(|error| error.to_string().replace(&format!("{}/", folder.path().display()), ""))
}

fn with_variable(name: &str, value: &str) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    load(&ServeArgs::default(), &around(&folder, &[(name, value)])).map_err(|error| error.to_string())
}

#[test]
fn nothing_given_is_enough() {
    let folder = tempfile::tempdir().unwrap();
    let config = load(&ServeArgs::default(), &around(&folder, &[])).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(config.public_url, "http://127.0.0.1:3000");
    assert_eq!(config.database_url, "sqlite://data/junoscope.db");
    assert_eq!(config.endpoints.len(), 1);
    assert_eq!(config.endpoints[0].name, "yunojuno");
    assert!(config.endpoints[0].secrets.is_empty() && config.endpoints[0].additional_check.is_none());
    assert_eq!((config.max_body_bytes, config.queue_length), (1_048_576, 4096));
    assert_eq!(config.max_connections, crate::serve::default_max_connections());
    assert_eq!((config.quarantine_requests, config.quarantine_bytes), (1000, 16 * 1024 * 1024));
    assert_eq!((config.log_format, config.log_filter.as_str()), (LogFormat::Text, "info"));
    assert_eq!(config.replay_days, 90);
    assert_eq!(config.file, None);
    assert_eq!(config.link_hosts, LinkHosts::default());
    assert!(config.warnings().is_empty());
}

#[test]
fn the_sender_keeps_payloads_for_1_to_90_days() {
    assert_eq!(with_file("replay_days = 14").unwrap().replay_days, 14);
    assert_eq!(with_variable("JUNOSCOPE_REPLAY_DAYS", "1").unwrap().replay_days, 1);
    for wrong in ["0", "91", "-1", "ninety"] {
        let error = with_variable("JUNOSCOPE_REPLAY_DAYS", wrong).unwrap_err();
        assert_eq!(error, format!("JUNOSCOPE_REPLAY_DAYS must be a whole number from 1 to 90, not {wrong:?}."));
    }
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("junoscope.toml"),
        "listen = '127.0.0.1:1'\nqueue_length = 1\nlog_format = 'json'\ndatabase_url = 'sqlite://file.db'",
    )
    .unwrap();
    let args = ServeArgs { listen: Some("127.0.0.1:3".to_owned()), ..ServeArgs::default() };
    let variables = [
        ("JUNOSCOPE_LISTEN", "127.0.0.1:2"),
        ("JUNOSCOPE_QUEUE_LENGTH", "2"),
        ("DATABASE_URL", "postgres://usual"),
        ("JUNOSCOPE_LOG_FORMAT", ""),
    ];
    let (config, settings) = explain(&args, &around(&folder, &variables)).unwrap();
    assert_eq!(config.listen.port(), 3);
    assert_eq!(config.queue_length, 2);
    assert_eq!(config.log_format, LogFormat::Json, "a variable set to nothing is not set");
    assert_eq!(config.database_url, "postgres://usual");
    assert_eq!(config.file, Some(folder.path().join("junoscope.toml")));
    let origin = |key: &str| settings.iter().find(|setting| setting.key == key).unwrap().origin.to_string();
    assert_eq!(origin("listen"), "--listen");
    assert_eq!(origin("queue_length"), "JUNOSCOPE_QUEUE_LENGTH");
    assert_eq!(origin("database_url"), "DATABASE_URL");
    assert!(origin("log_format").starts_with("log_format in "));
    assert_eq!(origin("max_body_bytes"), "default");

    let own = [("JUNOSCOPE_DATABASE_URL", "postgres://own"), ("DATABASE_URL", "postgres://usual")];
    assert_eq!(load(&args, &around(&folder, &own)).unwrap().database_url, "postgres://own");
}

#[test]
fn an_error_names_the_key_and_where_it_came_from() {
    for (toml, expected) in [
        (
            "listen = 'here'",
            "listen in junoscope.toml must be an IP address and a port, such as 127.0.0.1:3000, not \"here\".",
        ),
        ("listen = 3.5", "listen in junoscope.toml must be a text or a whole number."),
        ("queue_length = 0", "queue_length in junoscope.toml must be a whole number from 1 to 1000000, not \"0\"."),
        (
            "link_hosts = ['https://yunojuno.com']",
            "link_hosts in junoscope.toml must be names of hosts, such as yunojuno.com, without https:// or a port: \
             \"https://yunojuno.com\" is none.",
        ),
        (
            "max_connections = 0",
            "max_connections in junoscope.toml must be a whole number from 8 to 1000000, not \"0\".",
        ),
        ("log_format = 'xml'", "log_format in junoscope.toml must be text or json."),
        ("database_url = 'mysql://x'", "database_url in junoscope.toml must begin with sqlite:// or postgres://."),
        (
            "database_url = 'sqlite::memory:'",
            "database_url in junoscope.toml must name a file: a database in memory forgets what was answered.",
        ),
        (
            "public_url = 'https://a.example/under'",
            "public_url in junoscope.toml must end after the host and port: Junoscope's pages cannot live under a path.",
        ),
        (
            "public_url = 'ftp://a.example'",
            "public_url in junoscope.toml must begin with https:// or http:// and name a host.",
        ),
        ("[[endpoint]]\nsecrets = []", "name of [[endpoint]] number 1 in junoscope.toml is missing."),
        (
            "[[endpoint]]\nname = 'a/b'",
            "name of [[endpoint]] number 1 in junoscope.toml may hold letters, digits, - and _, 64 of them at the most.",
        ),
        (
            "[[endpoint]]\nname = 'a'\n[[endpoint]]\nname = 'a'",
            "name of [[endpoint]] number 2 in junoscope.toml is used twice.",
        ),
        (
            "[[endpoint]]\nname = 'a'\nheader = 'A: b'\nbasic = 'c:d'",
            "header of [[endpoint]] number 1 in junoscope.toml and basic of [[endpoint]] number 1 in junoscope.toml \
             exclude each other: give one of them.",
        ),
    ] {
        assert_eq!(with_file(toml).unwrap_err(), expected, "{toml}");
    }
    assert_eq!(
        with_variable("JUNOSCOPE_MAX_BODY_BYTES", "1 MB").unwrap_err(),
        "JUNOSCOPE_MAX_BODY_BYTES must be a whole number from 1 to 104857600, not \"1 MB\"."
    );
    let folder = tempfile::tempdir().unwrap();
    let args = ServeArgs { log: Some("a=b=c".to_owned()), ..ServeArgs::default() };
    assert_eq!(
        load(&args, &around(&folder, &[])).unwrap_err().to_string(),
        "--log holds \"a\", which is neither a level (off, error, warn, info, debug, trace) nor the name of something \
         that logs, such as junoscope in junoscope=debug."
    );
    let missing = with_variable("JUNOSCOPE_CONFIG", "none.toml").unwrap_err();
    assert!(
        missing.starts_with("JUNOSCOPE_CONFIG names ") && missing.ends_with("none.toml, and there is no such file.")
    );
}

#[test]
fn hosts_of_links_are_a_text_or_a_list() {
    let expected = LinkHosts::parse("yunojuno.com yunojuno.codes").unwrap();
    assert_eq!(with_file("link_hosts = ['yunojuno.com', 'yunojuno.codes']").unwrap().link_hosts, expected);
    assert_eq!(with_file("link_hosts = 'yunojuno.com, yunojuno.codes'").unwrap().link_hosts, expected);
    assert_eq!(with_variable("JUNOSCOPE_LINK_HOSTS", "yunojuno.com,yunojuno.codes").unwrap().link_hosts, expected);
    assert_eq!(with_file("link_hosts = []").unwrap().link_hosts, LinkHosts::parse("").unwrap());
}

#[test]
fn an_unknown_key_is_an_error_with_its_line() {
    let error = with_file("listen = '127.0.0.1:1'\nlisen = '127.0.0.1:1'").unwrap_err();
    assert_eq!(error, "junoscope.toml, line 2: `lisen` is not a setting; did you mean `listen`?");
    let error = with_file("[[endpoint]]\nname = 'a'\nsecret = 'x'").unwrap_err();
    assert_eq!(error, "junoscope.toml, line 3: `secret` is not a setting; did you mean `secrets`?");
    let error = with_file("whatever = 1").unwrap_err();
    assert!(error.starts_with("junoscope.toml, line 1: `whatever` is not a setting; there are listen, "), "{error}");
}

#[test]
fn no_error_and_no_debug_text_holds_a_secret() {
    let body = SECRET.trim_start_matches("whsec_");
    for toml in [
        format!("endpoint = '{SECRET}'"),
        format!("[[endpoint]]\nname = 'a'\nsecrets = {SECRET}"),
        format!("[[endpoint]]\nname = 'a'\nsecrets = '{SECRET}"),
        format!("[[endpoint]]\nname = 'a'\nsecrets = {{ a = '{SECRET}' }}"),
        format!("[[endpoint]]\nname = 'a'\nsecrets = ['{SECRET}!']"),
        format!("[[endpoint]]\nname = 'a'\nheader = ['{SECRET}']"),
        format!("[[endpoint]]\nname = 'a'\nheader = '{SECRET}'"),
        format!("[[endpoint]]\nname = 'a'\nbasic = '{SECRET}'"),
        format!("database_url = 'mysql://user:{SECRET}@host'"),
        format!("public_url = 'https://user:{SECRET}@host'"),
    ] {
        let error = with_file(&toml).unwrap_err();
        assert!(!error.contains(body), "{toml}: {error}");
        assert!(!error.contains('\n'), "{error}");
    }

    let config = with_file(&format!(
        "database_url = 'postgres://me:hunter2@host/db?password=hunter2'\n\
         [[endpoint]]\nname = 'a'\nsecrets = ['{SECRET}']\nbasic = 'user:{body}'"
    ))
    .unwrap();
    let debug = format!("{config:?}");
    assert!(!debug.contains(body) && !debug.contains("hunter2"), "{debug}");
    assert_eq!(config.database_url_masked(), "postgres://me:***@host/db");
}

#[test]
fn every_endpoint_says_what_it_asks_for_and_shows_no_value() {
    let folder = tempfile::tempdir().unwrap();
    let toml = format!(
        "[[endpoint]]\nname = 'live'\nsecrets = ['{SECRET}', '{OTHER}']\nheader = 'X-Webhook-Auth: s3cret'\n\
         [[endpoint]]\nname = 'test'\nbasic = 'user:s3cret'\n[[endpoint]]\nname = 'third'\nsecrets = '{SECRET}'"
    );
    fs::write(folder.path().join("junoscope.toml"), toml).unwrap();
    let (_, settings) = explain(&ServeArgs::default(), &around(&folder, &[])).unwrap();
    let endpoints: Vec<&Setting> = settings.iter().filter(|setting| setting.key == "endpoint").collect();
    let values: Vec<&str> = endpoints.iter().map(|setting| setting.value.as_str()).collect();
    assert_eq!(
        values,
        [
            "live: 2 secrets given, and the header x-webhook-auth",
            "test: a secret made here and kept, and Basic authentication",
            "third: 1 secret given"
        ]
    );
    assert!(endpoints[1].origin.to_string().starts_with("name of [[endpoint]] number 2 in "));
    let shown = format!("{settings:?}");
    assert!(!shown.contains("s3cret") && !shown.contains("MfKQ9r"), "{shown}");
}

#[test]
fn a_variable_that_is_no_setting_is_an_error_with_the_nearest_name() {
    for (name, meant) in [
        ("JUNOSCOPE_LISTN", "JUNOSCOPE_LISTEN"),
        ("JUNOSCOPE_WEBHOOK_SECRETS", "JUNOSCOPE_WEBHOOK_SECRET"),
        ("JUNOSCOPE_DATABASE", "JUNOSCOPE_DATABASE_URL"),
        ("JUNOSCOPE_WEBHOOK_SECRET_FIL", "JUNOSCOPE_WEBHOOK_SECRET_FILE"),
    ] {
        let error = with_variable(name, "x").unwrap_err();
        assert_eq!(error, format!("{name} is not a setting; did you mean {meant}?"));
    }
    let error = with_variable("JUNOSCOPE_ZZZ", "x").unwrap_err();
    assert_eq!(error, "JUNOSCOPE_ZZZ is not a setting; `junoscope serve --help` shows the names of all.");
    assert!(with_variable("JUNOSCOPE_PORT", "8080").is_err());
    for (name, value) in [
        ("JUNOSCOPE_PORT", "tcp://10.0.0.1:3000"),
        ("JUNOSCOPE_PORT_3000_TCP_ADDR", "10.0.0.1"),
        ("JUNOSCOPE_SERVICE_HOST", "10.0.0.1"),
    ] {
        assert!(with_variable(name, value).is_ok(), "{name} is set by Kubernetes");
    }
}

#[test]
fn a_secret_or_a_url_may_stand_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("secret", &format!("{SECRET}\n"));
    write("url", "postgres://me:word@host/db\r\n");
    write("empty", "\n");
    write("quoted", &format!("'{SECRET}'\n"));
    let load = |variables: &[(&str, &str)]| {
        load(&ServeArgs::default(), &around(&folder, variables)).map_err(|error| error.to_string())
    };
    let config = load(&[
        ("JUNOSCOPE_WEBHOOK_SECRET_FILE", "secret"),
        ("JUNOSCOPE_DATABASE_URL_FILE", folder.path().join("url").to_str().unwrap()),
    ])
    .unwrap();
    assert_eq!(config.endpoints[0].secrets, [Secret(SECRET.to_owned())]);
    assert_eq!(config.database_url, "postgres://me:word@host/db");
    assert_eq!(load(&[("DATABASE_URL_FILE", "url")]).unwrap().database_url, "postgres://me:word@host/db");

    let both = [("JUNOSCOPE_WEBHOOK_SECRET_FILE", "secret"), ("JUNOSCOPE_WEBHOOK_SECRET", SECRET)];
    assert_eq!(
        load(&both).unwrap_err(),
        "JUNOSCOPE_WEBHOOK_SECRET and JUNOSCOPE_WEBHOOK_SECRET_FILE exclude each other: give one of them."
    );
    let error = load(&[("JUNOSCOPE_WEBHOOK_SECRET_FILE", SECRET)]).unwrap_err();
    assert!(error.starts_with("JUNOSCOPE_WEBHOOK_SECRET_FILE names a file that cannot be read: "), "{error}");
    assert!(!error.contains("MfKQ9r"), "the secret itself was given for the file's name: {error}");
    let error = load(&[("JUNOSCOPE_WEBHOOK_SECRET_FILE", "empty")]).unwrap_err();
    assert_eq!(error, "JUNOSCOPE_WEBHOOK_SECRET_FILE names a file that is empty.");
    let error = load(&[("JUNOSCOPE_WEBHOOK_SECRET_FILE", "quoted")]).unwrap_err();
    assert!(error.contains("quotation mark") && !error.contains("MfKQ9r"), "{error}");
    assert!(load(&[("JUNOSCOPE_LISTEN_FILE", "secret")]).unwrap_err().contains("is not a setting"));
}

#[test]
fn quotation_marks_that_no_shell_took_away_are_named() {
    for quoted in ["\"127.0.0.1:3000\"", "'127.0.0.1:3000'"] {
        let error = with_variable("JUNOSCOPE_LISTEN", quoted).unwrap_err();
        assert!(error.starts_with("JUNOSCOPE_LISTEN begins and ends with a quotation mark"), "{error}");
    }
}

#[test]
fn a_secret_may_stand_for_as_many_bytes_as_svix_takes() {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    for (bytes, is_taken) in [(23, false), (24, true), (64, true), (65, true), (75, true), (76, false)] {
        let secret = format!("whsec_{}", BASE64_STANDARD.encode(vec![7_u8; bytes]));
        assert_eq!(Secret::parse(&secret).is_ok(), is_taken, "{bytes}");
    }
}

#[test]
fn a_bad_secret_is_told_by_its_number() {
    let short = "whsec_c2hvcnQ=";
    let error = with_variable("JUNOSCOPE_WEBHOOK_SECRET", &format!("{SECRET}, {short}")).unwrap_err();
    assert_eq!(
        error,
        "JUNOSCOPE_WEBHOOK_SECRET: secret number 2 does not stand for 24 to 75 bytes: copy it whole from the YunoJuno \
         portal."
    );
    assert!(with_variable("JUNOSCOPE_WEBHOOK_SECRET", " , ").unwrap_err().ends_with("holds no secret."));
}

#[test]
fn several_secrets_may_be_given_at_once() {
    for separator in [" ", ",", ", ", "\n"] {
        let text = format!("{SECRET}{separator}{}", OTHER.trim_start_matches("whsec_"));
        let config = with_variable("JUNOSCOPE_WEBHOOK_SECRET", &text).unwrap();
        let secrets: Vec<_> = config.endpoints[0].secrets.iter().map(|secret| secret.0.as_str()).collect();
        assert_eq!(secrets, [SECRET, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"]);
    }
}

#[test]
fn flags_and_variables_speak_of_the_first_endpoint() {
    let folder = tempfile::tempdir().unwrap();
    let toml = format!("[[endpoint]]\nname = 'live'\nsecrets = '{OTHER}'\nbasic = 'a:b'\n[[endpoint]]\nname = 'test'");
    fs::write(folder.path().join("junoscope.toml"), toml).unwrap();
    let args = ServeArgs { webhook_header: Some("X-Webhook-Auth: s3cret".to_owned()), ..ServeArgs::default() };
    let variables = [("JUNOSCOPE_WEBHOOK_SECRET", SECRET), ("JUNOSCOPE_WEBHOOK_BASIC", "user:pass:word")];

    let config = load(&args, &around(&folder, &variables)).unwrap();
    assert_eq!(config.endpoints[0].secrets, [Secret(SECRET.to_owned())]);
    let header = AdditionalCheck::Header { name: "x-webhook-auth".to_owned(), value: Secret("s3cret".to_owned()) };
    assert_eq!(config.endpoints[0].additional_check, Some(header), "a flag wins over a variable");
    assert_eq!((config.endpoints[1].secrets.len(), &config.endpoints[1].additional_check), (0, &None));

    let config = load(&ServeArgs::default(), &around(&folder, &variables)).unwrap();
    let basic = AdditionalCheck::Basic { user: "user".to_owned(), password: Secret("pass:word".to_owned()) };
    assert_eq!(config.endpoints[0].additional_check, Some(basic), "a password may hold a colon");
    assert_eq!(config.webhook_url(&config.endpoints[1]), "http://127.0.0.1:3000/webhooks/test");
}

#[test]
fn listening_to_others_without_https_warns() {
    for (listen, public, warns) in [
        ("127.0.0.1:80", "http://a.example", false),
        ("[::1]:80", "http://a.example", false),
        ("0.0.0.0:80", "http://a.example", true),
        ("[::]:80", "http://a.example", true),
        ("192.0.2.1:80", "http://a.example", true),
        ("0.0.0.0:80", "https://a.example/", false),
    ] {
        let config = with_file(&format!("listen = '{listen}'\npublic_url = '{public}'")).unwrap();
        assert_eq!(config.warnings().len(), usize::from(warns), "{listen} {public}");
        assert!(!config.public_url.ends_with('/'));
    }
    assert_eq!(with_file("listen = '0.0.0.0:8080'").unwrap().public_url, "http://127.0.0.1:8080");
}

#[test]
fn proxies_and_sessions_are_set_like_everything_else() {
    let usual = with_file("").unwrap();
    assert_eq!(usual.trusted_proxies, TrustedProxies::default());
    assert_eq!(usual.session_limits, SessionLimits::default());
    let listed = with_file("trusted_proxies = ['10.0.0.0/8', '192.0.2.1']\nsession_idle_hours = 8").unwrap();
    assert_eq!(listed.trusted_proxies, TrustedProxies::parse("10.0.0.0/8 192.0.2.1").unwrap());
    assert_eq!(listed.session_limits, SessionLimits::new(30, 8));
    let given = with_variable("JUNOSCOPE_TRUSTED_PROXIES", "none").unwrap();
    assert_eq!(given.trusted_proxies, TrustedProxies::parse("none").unwrap());
    assert_eq!(
        with_variable("JUNOSCOPE_TRUSTED_PROXIES", "10.0.0.0/8, proxy.internal").unwrap_err(),
        "JUNOSCOPE_TRUSTED_PROXIES must hold networks such as 10.0.0.0/8, not \"proxy.internal\"."
    );
    assert_eq!(
        with_file("session_days = 500").unwrap_err(),
        "session_days in junoscope.toml must be a whole number from 1 to 400, not \"500\"."
    );
}

#[test]
fn the_first_of_several_secrets_signs_what_is_simulated() {
    let folder = tempfile::tempdir().unwrap();
    let two = format!("{SECRET},{OTHER}");
    for (given, variable) in [(Some(two.as_str()), OTHER), (None, two.as_str())] {
        let found = first_secret(given, &around(&folder, &[("JUNOSCOPE_WEBHOOK_SECRET", variable)])).unwrap();
        assert_eq!(found.map(|secret| secret.0), Secret::parse(SECRET).ok().map(|secret| secret.0));
    }
}
