//! The client address of a request: the peer's own, or the one that a trusted proxy names in `X-Forwarded-For`.
//!
//! The middleware [`find`] determines it once per request, for sign-in, the rate limit of calendar links and the
//! address shown with a delivery.

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use axum::middleware::Next;
use axum::response::Response;
use ipnet::{IpNet, Ipv4Net};
use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

const FORWARDED_FOR: &str = "x-forwarded-for";
/// Maximum number of `X-Forwarded-For` entries read. No chain of proxies is as long; the bound limits untrusted input.
const MAX_HOPS: usize = 32;

/// The networks of proxies whose `X-Forwarded-For` is trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedProxies(Arc<[IpNet]>);

impl Default for TrustedProxies {
    /// Trusts the loopback networks.
    fn default() -> Self {
        let loopback = |address: IpAddr, length| IpNet::new(address, length).ok().map(|network| network.trunc());
        Self(
            [loopback(Ipv4Addr::LOCALHOST.into(), 8), loopback(Ipv6Addr::LOCALHOST.into(), 128)]
                .into_iter()
                .flatten()
                .collect(),
        )
    }
}

impl TrustedProxies {
    /// How [`TrustedProxies::default`] is written in the configuration.
    pub const DEFAULT: &str = "127.0.0.0/8 ::1/128";

    /// Parses networks such as `10.0.0.0/8` and single addresses, separated by commas or spaces; `none` trusts nobody.
    /// The error continues a sentence that begins with the name of the setting.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.trim() == "none" {
            return Ok(Self(Arc::new([])));
        }
        let networks = text.split([',', ' ', '\n', '\t']).filter(|one| !one.is_empty());
        let networks: Vec<IpNet> = networks
            .map(|one| network(one).ok_or_else(|| format!("must hold networks such as 10.0.0.0/8, not {one:?}")))
            .collect::<Result<_, _>>()?;
        if networks.is_empty() {
            return Err("must hold networks such as 10.0.0.0/8, or the word none".to_owned());
        }
        Ok(Self(networks.into()))
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// Parses one network or address. IPv4-mapped IPv6 becomes IPv4, like the addresses it is compared with.
fn network(text: &str) -> Option<IpNet> {
    let network: IpNet = text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))?;
    let mapped = match network {
        IpNet::V6(wide) if wide.prefix_len() >= 96 => {
            wide.addr().to_ipv4_mapped().map(|ip| (ip, wide.prefix_len() - 96))
        }
        IpNet::V4(_) | IpNet::V6(_) => None,
    };
    let network = mapped.and_then(|(ip, length)| Ipv4Net::new(ip, length).ok()).map_or(network, IpNet::V4);
    Some(network.trunc())
}

/// The client's IP address, with IPv4-mapped IPv6 as IPv4. Unknown where the peer of the connection is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClientAddress(Option<IpAddr>);

impl ClientAddress {
    /// Returns the address that [`find`] stored in these extensions.
    pub fn of(extensions: &Extensions) -> Self {
        extensions.get().copied().unwrap_or_default()
    }

    /// Returns the IP address, if it is known.
    pub fn ip(self) -> Option<IpAddr> {
        self.0
    }

    /// Returns the key by which attempts are counted: an IPv4 address, or the /64 network of an IPv6 address, because
    /// one customer holds all of it.
    pub fn group(self) -> String {
        match self.0 {
            Some(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            Some(IpAddr::V4(address)) => address.to_string(),
            None => String::new(),
        }
    }

    /// Determines the client: the peer, unless it is trusted. Then `X-Forwarded-For` is read from the right, where each
    /// proxy appends its own peer: the first untrusted address is the client. Entries further left were sent by the
    /// client itself and can be forged.
    fn seen(peer: SocketAddr, headers: &HeaderMap, trusted: &TrustedProxies) -> Self {
        let mut client = peer.ip().to_canonical();
        let values = headers.get_all(FORWARDED_FOR).iter().collect::<Vec<_>>().into_iter().rev();
        let entries = values.flat_map(|value| value.as_bytes().rsplit(|&byte| byte == b','));
        let entries = entries.map(<[u8]>::trim_ascii).filter(|entry| !entry.is_empty());
        for entry in entries.take(MAX_HOPS) {
            if !trusted.trusts(client) {
                break;
            }
            // An entry that is no address, such as "unknown", ends the search: its proxy counts as the client.
            let Some(next) = address(entry) else { break };
            client = next;
        }
        Self(Some(client))
    }
}

/// Parses an address with or without a port, and IPv6 with or without brackets, as proxies differ.
fn address(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?;
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    let address = text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()));
    address.or_else(bare).map(|address| address.to_canonical())
}

impl From<IpAddr> for ClientAddress {
    fn from(address: IpAddr) -> Self {
        Self(Some(address.to_canonical()))
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(address) => address.fmt(f),
            None => f.write_str("unknown"),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}

/// Middleware that stores the [`ClientAddress`] in the extensions of the request.
pub async fn find(State(trusted): State<TrustedProxies>, mut request: Request, next: Next) -> Response {
    if let Some(&ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        let client = ClientAddress::seen(peer, request.headers(), &trusted);
        request.extensions_mut().insert(client);
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    fn seen(peer: &str, values: &[&str], trusted: &str) -> String {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        ClientAddress::seen(peer.parse().unwrap(), &headers, &TrustedProxies::parse(trusted).unwrap()).to_string()
    }

    #[test]
    fn the_default_is_this_machine() {
        assert_eq!(TrustedProxies::parse(TrustedProxies::DEFAULT).unwrap(), TrustedProxies::default());
        assert_eq!(TrustedProxies::default().0.len(), 2);
    }

    #[test]
    fn a_list_of_networks_is_read_and_a_slip_is_named() {
        let mixed = TrustedProxies::parse("10.0.0.0/8, 2001:db8::/32\n192.0.2.7 ::ffff:198.51.100.0/120").unwrap();
        for (address, trusted) in [
            ("10.255.0.1", true),
            ("11.0.0.1", false),
            ("192.0.2.7", true),
            ("192.0.2.8", false),
            ("198.51.100.200", true),
            ("2001:db8:1::1", true),
            ("2001:db9::1", false),
        ] {
            assert_eq!(mixed.trusts(address.parse().unwrap()), trusted, "{address}");
        }
        assert!(!TrustedProxies::parse("none").unwrap().trusts(Ipv4Addr::LOCALHOST.into()));
        let slip = TrustedProxies::parse("10.0.0.0/8 10.0.0/33").unwrap_err();
        assert_eq!(slip, "must hold networks such as 10.0.0.0/8, not \"10.0.0/33\"");
        assert!(TrustedProxies::parse(" , ").is_err());
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let usual = TrustedProxies::DEFAULT;
        for (peer, values, trusted, client) in [
            ("198.51.100.7:5", &[][..], usual, "198.51.100.7"),
            // Peers outside the trusted networks may send anything in the header.
            ("198.51.100.7:5", &["203.0.113.9"], usual, "198.51.100.7"),
            ("10.0.0.2:5", &["203.0.113.9"], usual, "10.0.0.2"),
            ("127.0.0.1:5", &["203.0.113.9"], usual, "203.0.113.9"),
            ("127.0.0.1:5", &["203.0.113.9"], "none", "127.0.0.1"),
            ("[::1]:5", &["203.0.113.9"], usual, "203.0.113.9"),
            ("[::ffff:127.0.0.1]:5", &["203.0.113.9"], usual, "203.0.113.9"),
            // Forged entries are to the left of what the proxy appended.
            ("127.0.0.1:5", &["1.1.1.1, 203.0.113.9"], usual, "203.0.113.9"),
            ("127.0.0.1:5", &["127.0.0.1, 203.0.113.9"], usual, "203.0.113.9"),
            ("127.0.0.1:5", &["1.1.1.1", "203.0.113.9"], usual, "203.0.113.9"),
            ("127.0.0.1:5", &["203.0.113.9", "127.0.0.1"], usual, "203.0.113.9"),
            // Two proxies, both named.
            ("10.0.0.2:5", &["1.1.1.1, 203.0.113.9, 10.0.0.3"], "10.0.0.0/8", "203.0.113.9"),
            // Everybody trusted: the one furthest away.
            ("127.0.0.1:5", &["127.0.0.3, 127.0.0.2"], usual, "127.0.0.3"),
            // Forms that proxies write.
            ("127.0.0.1:5", &["203.0.113.9:4711"], usual, "203.0.113.9"),
            ("127.0.0.1:5", &["[2001:db8::1]:4711"], usual, "2001:db8::1"),
            ("127.0.0.1:5", &["[2001:db8::1]"], usual, "2001:db8::1"),
            ("127.0.0.1:5", &["2001:DB8::1"], usual, "2001:db8::1"),
            ("127.0.0.1:5", &["::ffff:203.0.113.9"], usual, "203.0.113.9"),
            ("127.0.0.1:5", &[" , 203.0.113.9 ,, "], usual, "203.0.113.9"),
            // What is no address ends the reading.
            ("127.0.0.1:5", &["nonsense"], usual, "127.0.0.1"),
            ("127.0.0.1:5", &["203.0.113.9, unknown"], usual, "127.0.0.1"),
            ("127.0.0.1:5", &["", " "], usual, "127.0.0.1"),
            ("127.0.0.1:5", &["\u{fc}, 203.0.113.9"], usual, "203.0.113.9"),
        ] {
            assert_eq!(seen(peer, values, trusted), client, "{peer} {values:?} {trusted}");
        }
    }

    #[test]
    fn a_long_header_is_read_from_its_end_only() {
        let long = format!("{}203.0.113.9", "1.1.1.1, ".repeat(10_000));
        assert_eq!(seen("127.0.0.1:5", &[&long], TrustedProxies::DEFAULT), "203.0.113.9");
        let all_trusted = format!("198.51.100.7{}", ", 127.0.0.2".repeat(10_000));
        assert_eq!(seen("127.0.0.1:5", &[&all_trusted], TrustedProxies::DEFAULT), "127.0.0.2");
    }

    #[test]
    fn one_customer_is_one_group() {
        let group = |address: &str| ClientAddress(Some(address.parse().unwrap())).group();
        assert_eq!(group("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(group("2001:db8:1:2::1"), group("2001:db8:1:2:ffff::9"));
        assert_ne!(group("2001:db8:1:2::1"), group("2001:db8:1:3::1"));
        assert_eq!(group("203.0.113.9"), "203.0.113.9");
        assert_eq!(ClientAddress::default().group(), "");
    }

    proptest! {
        #[test]
        fn what_a_client_sends_before_its_proxy_changes_nothing(sent in "[ -~]{0,60}") {
            let value = format!("{sent}, 203.0.113.9");
            prop_assert_eq!(seen("127.0.0.1:5", &[&value], TrustedProxies::DEFAULT), "203.0.113.9");
        }

        #[test]
        fn no_header_makes_a_stranger_somebody_else(sent in "[ -~]{0,60}") {
            prop_assert_eq!(seen("198.51.100.7:5", &[&sent], TrustedProxies::DEFAULT), "198.51.100.7");
        }
    }
}
