//! The allow-list of hosts that URLs from event bodies may link to: `YunoJuno`'s, or those an operator configures.

use url::{Host, Url};

/// The allowed hosts, in lower case, each including its subdomains. With an empty list no link leads outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkHosts(Vec<String>);

impl Default for LinkHosts {
    fn default() -> Self {
        Self(vec!["yunojuno.com".to_owned()])
    }
}

impl LinkHosts {
    /// Parses names separated by commas or spaces. The error follows the name of the setting.
    pub fn parse(text: &str) -> Result<Self, String> {
        let names = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|name| !name.is_empty());
        let host = |name: &str| match Host::parse(name) {
            Ok(Host::Domain(domain)) if domain.contains('.') => Ok(domain.trim_end_matches('.').to_owned()),
            _ => Err(format!(
                "must be names of hosts, such as yunojuno.com, without https:// or a port: {name:?} is none"
            )),
        };
        names.map(host).collect::<Result<_, _>>().map(Self)
    }

    /// Returns the URL in the form used as a link; `None` unless it is https at an allowed host, without a port and
    /// without user or password, which readers would mistake for the host.
    pub fn allowed(&self, address: &str) -> Option<String> {
        let url = Url::parse(address).ok()?;
        let host = url.domain()?.trim_end_matches('.');
        let is_theirs = self.0.iter().any(|name| {
            host.strip_suffix(name.as_str()).is_some_and(|before| before.is_empty() || before.ends_with('.'))
        });
        let is_plain = url.username().is_empty() && url.password().is_none() && url.port().is_none();
        (is_theirs && is_plain && url.scheme() == "https").then(|| url.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_these_hosts_become_links() {
        let hosts = LinkHosts::default();
        for address in [
            "https://yunojuno.com/",
            "https://app.yunojuno.com/contracts/ct_1/?a=b#c",
            "HTTPS://APP.YunoJuno.COM:443/x",
        ] {
            assert!(hosts.allowed(address).is_some(), "{address}");
        }
        for address in [
            "",
            "/contracts/1",
            "app.yunojuno.com",
            "http://app.yunojuno.com/",
            "https://yunojuno.com@evil.example/",
            "https://user@yunojuno.com/",
            "https://:x@yunojuno.com/",
            "https://yunojuno.com:8443/",
            "https://yunojuno.com.evil.example/",
            "https://notyunojuno.com/",
            "https://evil.example/yunojuno.com",
            "https://evil.example\\@yunojuno.com/",
            "https://127.0.0.1/",
            "javascript:alert(1)//yunojuno.com",
            "data:text/html,yunojuno.com",
            "//yunojuno.com/",
        ] {
            assert_eq!(hosts.allowed(address), None, "{address}");
        }
        // The link is the URL as browsers would parse it, not as it was written.
        assert_eq!(hosts.allowed("https:\\\\app.yunojuno.com\\a\tb").as_deref(), Some("https://app.yunojuno.com/ab"));
    }

    #[test]
    fn hosts_are_named_one_by_one() {
        let hosts = LinkHosts::parse("YunoJuno.codes, example.com").unwrap();
        assert!(
            hosts.allowed("https://app.yunojuno.codes/x").is_some() && hosts.allowed("https://example.com").is_some()
        );
        assert_eq!(hosts.allowed("https://yunojuno.com"), None);
        assert_eq!(LinkHosts::parse(" ").unwrap().allowed("https://yunojuno.com"), None);
        for wrong in ["https://yunojuno.com", "yunojuno.com:443", "com", "127.0.0.1", "a b.c/d"] {
            assert!(LinkHosts::parse(wrong).unwrap_err().contains("must be names of hosts"), "{wrong}");
        }
    }
}
