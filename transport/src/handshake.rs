//! What a namespace may know of the request that opened a connection.

use std::{fmt, net::IpAddr};

use http::{HeaderMap, header};
use tower_cookies::Cookie;

use crate::origin::TrustedProxies;

/// The opening request, as far as anyone needs it. The URL is not part of it: nothing is read from there.
pub struct Handshake {
    /// The path of the mount.
    pub path: &'static str,
    /// The other end of the TCP connection.
    pub peer: IpAddr,
    /// The client's address, if a trusted proxy told it.
    pub forwarded: Option<String>,
    /// The program's own description, at most 512 bytes of it.
    pub user_agent: Option<String>,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    cookies: Box<str>,
    limited: IpAddr,
}

/// Longer descriptions are cut.
const MAX_USER_AGENT: usize = 512;

impl Handshake {
    /// Takes from a request what is needed.
    #[must_use]
    pub fn read(
        path: &'static str,
        headers: &HeaderMap,
        peer: IpAddr,
        proxies: &TrustedProxies,
    ) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let cookies: Vec<_> = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        Self {
            path,
            peer,
            forwarded: proxies.client_address(headers, peer),
            // Header values that are text are ASCII.
            user_agent: text(header::USER_AGENT)
                .map(|agent| agent.get(..MAX_USER_AGENT).unwrap_or(agent).to_owned()),
            authorization: text(header::AUTHORIZATION).map(str::to_owned),
            cookies: cookies.join("; ").into(),
            limited: proxies.limited_address(headers, peer),
        }
    }

    /// The address that limits count: the last one on the way that we did not have to take a stranger's word for.
    #[must_use]
    pub fn limited_address(&self) -> IpAddr {
        self.limited
    }

    /// A cookie by its name, or with the prefixes that browsers give secure ones (RFC 6265bis section 4.1.3).
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        let find = |wanted: &str| {
            Cookie::split_parse_encoded(&*self.cookies)
                .filter_map(Result::ok)
                .find(|cookie| cookie.name() == wanted)
                .map(|cookie| cookie.value().to_owned())
                .filter(|value| !value.is_empty())
        };
        find(name)
            .or_else(|| find(&format!("__Host-{name}")))
            .or_else(|| find(&format!("__Secure-{name}")))
    }
}

impl fmt::Debug for Handshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handshake")
            .field("path", &self.path)
            .field("peer", &self.peer)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handshake(cookies: &'static [&'static str]) -> Handshake {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(header::COOKIE, cookie.parse().unwrap());
        }
        headers.insert(header::AUTHORIZATION, "Bearer secret".parse().unwrap());
        Handshake::read("/p", &headers, "127.0.0.1".parse().unwrap(), &TrustedProxies::default())
    }

    #[test]
    fn a_cookie_is_found_under_its_name_or_with_a_prefix() {
        assert_eq!(handshake(&["a=1; authToken=t"]).cookie("authToken"), Some("t".into()));
        assert_eq!(handshake(&["__Host-authToken=t"]).cookie("authToken"), Some("t".into()));
        assert_eq!(
            handshake(&["x=1", "__Secure-authToken=t%3D"]).cookie("authToken"),
            Some("t=".into())
        );
        assert_eq!(handshake(&["xauthToken=t", "authToken="]).cookie("authToken"), None);
    }

    #[test]
    fn secrets_do_not_show() {
        let shown = format!("{:?}", handshake(&["authToken=hidden"]));
        assert!(!shown.contains("hidden") && !shown.contains("secret"), "{shown}");
    }
}
