//! Where the app is, and how much of that may be shown.

use std::fmt;

use reqwest::Url;

/// Not an address of the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an address of the app must be a URL that starts with http:// or https:// and names a host"
)]
pub struct BadAddress;

/// An address. Credentials and queries in it are secrets: it is shown without them.
#[derive(Clone)]
pub(crate) struct Address {
    url: Url,
    shown: String,
}

impl Address {
    pub(crate) fn parse(text: &str) -> Result<Self, BadAddress> {
        let url = Url::parse(text).map_err(|_| BadAddress)?;
        let host = url.host_str().ok_or(BadAddress)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(BadAddress);
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let shown = format!("{}://{host}{port}{}", url.scheme(), url.path());
        Ok(Self { url, shown })
    }

    pub(crate) fn url(&self) -> Url {
        self.url.clone()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.shown, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_secret_in_an_address_is_not_shown() {
        for (text, shown) in [
            ("https://user:pass@app.example/hooks?key=s3cret#part", "https://app.example/hooks"),
            ("http://127.0.0.1:3000/api/outrigger", "http://127.0.0.1:3000/api/outrigger"),
            ("http://[::1]:3000", "http://[::1]:3000/"),
            ("https://app.example:443/", "https://app.example/"),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!(address.to_string(), shown);
            assert_eq!(format!("{address:?}"), format!("{shown:?}"));
        }
    }

    #[test]
    fn only_http_will_do() {
        for text in ["", "app.example", "/api", "ftp://app.example/", "file:///x", "http://"] {
            assert_eq!(Address::parse(text).err(), Some(BadAddress), "{text}");
        }
    }
}
