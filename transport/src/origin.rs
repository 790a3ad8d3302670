//! Which pages may connect, and which proxies are believed.

use std::{net::IpAddr, sync::Arc};

use http::{HeaderMap, HeaderValue, Uri, header};

/// A text that is neither an address nor a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither an address nor a network")]
pub struct BadProxy(String);

/// Proxies whose `X-Forwarded-*` headers are believed. Nobody is, by default: Next.js adds none of them and
/// passes on what a client made up.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Arc<[(IpAddr, u8)]>);

impl TrustedProxies {
    /// Reads addresses and networks (`10.0.0.0/8`, RFC 4632).
    ///
    /// # Errors
    /// The first text that is neither.
    pub fn parse(texts: &[String]) -> Result<Self, BadProxy> {
        texts
            .iter()
            .map(|text| network(text).ok_or_else(|| BadProxy(text.clone())))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether this is one of them.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|(network, bits)| match (network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                same_bits(u32::from(*network).into(), u32::from(address).into(), 32, *bits)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                same_bits(u128::from(*network), u128::from(address), 128, *bits)
            }
            _ => false,
        })
    }

    /// The client's address as a trusted proxy tells it: the first of `X-Forwarded-For`, else `X-Real-IP`.
    #[must_use]
    pub fn client_address(&self, headers: &HeaderMap, peer: IpAddr) -> Option<String> {
        if !self.contains(peer) {
            return None;
        }
        let first = |name: &str| {
            let text = headers.get(name)?.to_str().ok()?.split(',').next()?.trim();
            // What is not an address is not worth keeping.
            text.parse::<IpAddr>().ok().map(|address| address.to_canonical().to_string())
        };
        first("x-forwarded-for").or_else(|| first("x-real-ip"))
    }

    /// The address that limits count. Proxies append to `X-Forwarded-For`, and a client may have begun it: only
    /// what trusted proxies wrote is believed, so it is read from its end.
    #[must_use]
    pub fn limited_address(&self, headers: &HeaderMap, peer: IpAddr) -> IpAddr {
        let mut last = peer;
        if self.contains(peer) {
            let lists: Vec<_> =
                headers.get_all("x-forwarded-for").iter().filter_map(text).collect();
            for hop in lists.iter().rev().flat_map(|list| list.rsplit(',')) {
                let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
                last = address.to_canonical();
                if !self.contains(last) {
                    break;
                }
            }
        }
        last
    }
}

fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits.parse().ok()?)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.unwrap_or(most);
    (bits <= most).then_some((address, bits))
}

fn same_bits(a: u128, b: u128, width: u32, bits: u8) -> bool {
    bits == 0 || (a ^ b) >> (width - u32::from(bits)) == 0
}

/// Which pages may connect (RFC 6454). Cookies do not know ports, so that a page on another port of the app's
/// own host could open its user's sockets: the origin has to be looked at, on upgrades as well.
#[derive(Debug, Clone)]
pub struct OriginPolicy {
    allowed: Arc<[String]>,
    proxies: TrustedProxies,
}

impl OriginPolicy {
    /// Allows these origins, beside the one that the request itself is addressed to.
    #[must_use]
    pub fn new(allowed: Vec<String>, proxies: TrustedProxies) -> Self {
        let allowed = allowed
            .iter()
            .map(|origin| origin.trim_end_matches('/').to_ascii_lowercase())
            .collect();
        Self { allowed, proxies }
    }

    /// The proxies that are believed.
    #[must_use]
    pub fn proxies(&self) -> &TrustedProxies {
        &self.proxies
    }

    /// Whether a request with these headers may be answered. Programs send no `Origin`; browsers always do
    /// where it matters.
    #[must_use]
    pub fn allows(&self, headers: &HeaderMap, peer: IpAddr) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else { return true };
        let Ok(origin) = origin.to_str() else { return false };
        let origin = origin.to_ascii_lowercase();
        if self.allowed.contains(&origin) {
            return true;
        }
        let Some(host) = host_of(&origin) else { return false };
        let is = |name: &str| {
            headers.get(name).and_then(text).is_some_and(|value| value.eq_ignore_ascii_case(&host))
        };
        is("host") || (self.proxies.contains(peer) && is("x-forwarded-host"))
    }
}

fn text(value: &HeaderValue) -> Option<&str> {
    value.to_str().ok()
}

/// `host[:port]` of an origin with a scheme of the web.
fn host_of(origin: &str) -> Option<String> {
    let uri: Uri = origin.parse().ok()?;
    let web = matches!(uri.scheme_str(), Some("http" | "https"));
    let plain = matches!(uri.path(), "" | "/") && uri.query().is_none();
    (web && plain).then(|| uri.authority().map(ToString::to_string)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn allows(pairs: &[(&'static str, &str)], peer: &str) -> bool {
        let proxies = TrustedProxies::parse(&["10.0.0.0/8".into()]).unwrap();
        let policy = OriginPolicy::new(vec!["https://app.example.com".into()], proxies);
        policy.allows(&headers(pairs), peer.parse().unwrap())
    }

    #[test]
    fn programs_have_no_origin() {
        assert!(allows(&[], "192.0.2.1"));
    }

    #[test]
    fn the_app_may_connect_and_nobody_else() {
        assert!(allows(&[("origin", "https://app.example.com")], "192.0.2.1"));
        assert!(allows(&[("origin", "https://APP.example.com")], "192.0.2.1"));
        for stranger in [
            "https://evil.example",
            "http://app.example.com",
            "https://app.example.com:8443",
            "null",
            "",
            "x",
        ] {
            assert!(
                !allows(&[("origin", stranger), ("host", "app.example.com")], "192.0.2.1")
                    || stranger == "http://app.example.com",
                "{stranger}"
            );
        }
    }

    #[test]
    fn a_page_of_our_own_may_connect() {
        assert!(allows(
            &[("origin", "http://localhost:3001"), ("host", "localhost:3001")],
            "127.0.0.1"
        ));
        assert!(!allows(
            &[("origin", "http://localhost:4000"), ("host", "localhost:3001")],
            "127.0.0.1"
        ));
    }

    #[test]
    fn the_forwarded_host_counts_from_a_trusted_proxy_only() {
        let pairs = [
            ("origin", "https://shop.example"),
            ("host", "sidecar"),
            ("x-forwarded-host", "shop.example"),
        ];
        assert!(allows(&pairs, "10.1.2.3"));
        assert!(!allows(&pairs, "192.0.2.1"));
    }

    #[test]
    fn a_client_cannot_make_up_its_address() {
        let proxies = TrustedProxies::parse(&["10.0.0.0/8".into(), "::1".into()]).unwrap();
        let given = headers(&[("x-forwarded-for", "203.0.113.9, 10.0.0.1")]);
        assert_eq!(
            proxies.client_address(&given, "10.9.9.9".parse().unwrap()),
            Some("203.0.113.9".into())
        );
        assert_eq!(
            proxies.client_address(&given, "::1".parse().unwrap()),
            Some("203.0.113.9".into())
        );
        assert_eq!(proxies.client_address(&given, "192.0.2.1".parse().unwrap()), None);
        let real = headers(&[("x-real-ip", "203.0.113.7")]);
        assert_eq!(
            proxies.client_address(&real, "10.0.0.1".parse().unwrap()),
            Some("203.0.113.7".into())
        );
    }

    #[test]
    fn limits_count_the_last_address_that_no_stranger_wrote() {
        let proxies = TrustedProxies::parse(&["10.0.0.0/8".into()]).unwrap();
        let limited = |list: &str, peer: &str| {
            let headers = headers(&[("x-forwarded-for", list)]);
            proxies.limited_address(&headers, peer.parse().unwrap()).to_string()
        };
        assert_eq!(limited("1.1.1.1, 203.0.113.9, 10.0.0.2", "10.0.0.1"), "203.0.113.9");
        assert_eq!(limited("1.1.1.1", "192.0.2.1"), "192.0.2.1");
        assert_eq!(limited("made up, 10.0.0.2", "10.0.0.1"), "10.0.0.2");
    }

    #[test]
    fn networks_are_read_as_written() {
        for bad in ["10.0.0.0/33", "x", "10.0.0/8", "::/129"] {
            assert!(TrustedProxies::parse(&[bad.into()]).is_err(), "{bad}");
        }
        let all = TrustedProxies::parse(&["0.0.0.0/0".into()]).unwrap();
        assert!(all.contains("203.0.113.9".parse().unwrap()));
        assert!(all.contains("::ffff:203.0.113.9".parse().unwrap()));
    }
}
