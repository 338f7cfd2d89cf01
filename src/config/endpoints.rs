//! The configured endpoints with their secrets and additional checks. The file may define several; flags and variables
//! apply to the default endpoint, which is the first.

use super::args::ServeArgs;
use super::file::{self, File, FileEndpoint};
use super::load::{Setting, SettingsReader};
use super::source::{ConfigError, Environment, Origin};
use super::{AdditionalCheck, Endpoint, Secret, environment};
use toml::Value;

type Found = (String, Origin);

impl SettingsReader<'_> {
    /// Merges the endpoints of all sources. The result is never empty.
    pub(super) fn endpoints(&mut self, args: &ServeArgs, file: &File) -> Result<Vec<Endpoint>, ConfigError> {
        let mut endpoints: Vec<Endpoint> = Vec::new();
        for (index, entry) in file.endpoint.iter().enumerate() {
            let number = index + 1;
            let endpoint = self.endpoint(number, entry)?;
            if endpoints.iter().any(|other| other.name == endpoint.name) {
                return Err(ConfigError::new(format!("{} is used twice.", self.at(number, "name"))));
            }
            endpoints.push(endpoint);
        }
        if endpoints.is_empty() {
            endpoints.push(Endpoint { name: "yunojuno".to_owned(), secrets: Vec::new(), additional_check: None });
        }
        let in_file = file.endpoint.len();
        if let Some(first) = endpoints.first_mut() {
            self.override_first(args, first)?;
        }
        for (index, endpoint) in endpoints.iter().enumerate() {
            let origin = if index < in_file { self.at(index + 1, "name") } else { Origin::Default };
            self.tell("endpoint", &described(endpoint), origin);
        }
        Ok(endpoints)
    }

    fn endpoint(&self, number: usize, entry: &FileEndpoint) -> Result<Endpoint, ConfigError> {
        let wrong = |key: &str, what: &str| ConfigError::new(format!("{} {what}.", self.at(number, key)));
        let single = |key: &str, value: Option<&Value>| -> Result<Option<Found>, ConfigError> {
            let Some(value) = value else { return Ok(None) };
            let text = file::text(value).ok_or_else(|| wrong(key, "must be a text"))?;
            Ok(Some((text, self.at(number, key))))
        };
        let (name, _) = single("name", entry.name.as_ref())?.ok_or_else(|| wrong("name", "is missing"))?;
        let is_name = (1..=64).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if !is_name {
            return Err(wrong("name", "may hold letters, digits, - and _, 64 of them at the most"));
        }
        let secrets = match &entry.secrets {
            Some(value) => file::texts(value).ok_or_else(|| wrong("secrets", "must be a list of texts"))?.join(" "),
            None => String::new(),
        };
        let secrets = parse_secrets(&secrets, &self.at(number, "secrets"))?;
        let additional_check =
            additional_check(single("header", entry.header.as_ref())?, single("basic", entry.basic.as_ref())?)?;
        Ok(Endpoint { name, secrets, additional_check: additional_check.map(|(additional_check, _)| additional_check) })
    }

    fn override_first(&mut self, args: &ServeArgs, first: &mut Endpoint) -> Result<(), ConfigError> {
        let secret = Self::flag("webhook_secret", args.webhook_secret.as_ref());
        let secret = if secret.is_some() { secret } else { self.variable("webhook_secret")? };
        if let Some((text, origin)) = secret {
            first.secrets = parse_secrets(&text, &origin)?;
            if first.secrets.is_empty() {
                return Err(ConfigError::new(format!("{origin} holds no secret.")));
            }
            self.tell("webhook_secret", &format!("{} given", first.secrets.len()), origin);
        }
        let header = Self::flag("webhook_header", args.webhook_header.as_ref());
        let basic = Self::flag("webhook_basic", args.webhook_basic.as_ref());
        let by_flag = additional_check(header, basic)?;
        let by_variable = additional_check(self.variable("webhook_header")?, self.variable("webhook_basic")?)?;
        if let Some((additional_check, origin)) = by_flag.or(by_variable) {
            let key = match additional_check {
                AdditionalCheck::Header { .. } => "webhook_header",
                AdditionalCheck::Basic { .. } => "webhook_basic",
            };
            self.tell(key, "given", origin);
            first.additional_check = Some(additional_check);
        }
        Ok(())
    }

    fn at(&self, number: usize, key: &str) -> Origin {
        self.in_file(format!("{key} of [[endpoint]] number {number}"))
    }

    fn tell(&mut self, key: &'static str, value: &str, origin: Origin) {
        self.settings.push(Setting { key, value: value.to_owned(), origin });
    }
}

/// Returns the secret a sender signs with: the first of `given`, else of `JUNOSCOPE_WEBHOOK_SECRET` or of the file that
/// `JUNOSCOPE_WEBHOOK_SECRET_FILE` names. A receiver with several secrets accepts any of them.
pub fn first_secret(given: Option<&str>, around: &Environment) -> Result<Option<Secret>, ConfigError> {
    environment::check_names(&around.environment)?;
    let given = given.map(|text| (text.to_owned(), Origin::Flag("--secret".to_owned())));
    let Some((text, origin)) = (if given.is_some() { given } else { around.setting("webhook_secret")? }) else {
        return Ok(None);
    };
    Ok(parse_secrets(&text, &origin)?.into_iter().next())
}

/// Describes an endpoint's settings without the value of any secret.
fn described(endpoint: &Endpoint) -> String {
    let secrets = match endpoint.secrets.len() {
        0 => "a secret made here and kept".to_owned(),
        1 => "1 secret given".to_owned(),
        several => format!("{several} secrets given"),
    };
    let additional_check = match &endpoint.additional_check {
        None => String::new(),
        Some(AdditionalCheck::Header { name, .. }) => format!(", and the header {name}"),
        Some(AdditionalCheck::Basic { .. }) => ", and Basic authentication".to_owned(),
    };
    format!("{}: {secrets}{additional_check}", endpoint.name)
}

/// Parses one or more secrets; there are several while they are rotated.
fn parse_secrets(text: &str, origin: &Origin) -> Result<Vec<Secret>, ConfigError> {
    let mut secrets = Vec::new();
    for part in text.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty()) {
        let secret = Secret::parse(part)
            .map_err(|wrong| ConfigError::new(format!("{origin}: secret number {} {wrong}.", secrets.len() + 1)))?;
        secrets.push(secret);
    }
    Ok(secrets)
}

/// Parses the additional check, a header or Basic authentication. Both at once are an error, as they would be
/// ambiguous.
fn additional_check(
    header: Option<Found>,
    basic: Option<Found>,
) -> Result<Option<(AdditionalCheck, Origin)>, ConfigError> {
    let wrong_setting = |origin: &Origin, wrong: &str| ConfigError::new(format!("{origin} {wrong}."));
    match (header, basic) {
        (Some((_, header)), Some((_, basic))) => {
            Err(ConfigError::new(format!("{header} and {basic} exclude each other: give one of them.")))
        }
        (Some((text, origin)), None) => match AdditionalCheck::parse_header(&text) {
            Ok(additional_check) => Ok(Some((additional_check, origin))),
            Err(wrong) => Err(wrong_setting(&origin, wrong)),
        },
        (None, Some((text, origin))) => match AdditionalCheck::parse_basic(&text) {
            Ok(additional_check) => Ok(Some((additional_check, origin))),
            Err(wrong) => Err(wrong_setting(&origin, wrong)),
        },
        (None, None) => Ok(None),
    }
}
