//! Whom we may talk to. Endpoints come from clients: without this a client could have the sidecar call anything.

use std::net::IpAddr;

use reqwest::Url;

/// The push services of the browsers.
pub const DEFAULT_ORIGINS: [&str; 5] = [
    "https://fcm.googleapis.com",
    "https://jmt17.google.com",
    "https://*.push.services.mozilla.com",
    "https://*.push.apple.com",
    "https://*.notify.windows.com",
];

/// Stands for one or more labels of a name.
const ANY: &str = "*.";

/// Not an origin of a push service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not the origin of a push service: https://host[:port], where host may begin with *., or http:// with a loopback address"
)]
pub struct BadOrigin(pub String);

/// One allowed origin.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Origin {
    scheme: String,
    /// In lower case, as URLs have it; with a dot before it, if names below it are meant.
    host: String,
    port: Option<u16>,
}

/// Origins that may be talked to.
#[derive(Debug, Clone)]
pub(crate) struct Origins(Vec<Origin>);

/// A host that is an address.
fn address(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn parse(text: &str) -> Option<Origin> {
    let (scheme, rest) = text.split_once("://")?;
    let below = rest.strip_prefix(ANY);
    let url = Url::parse(&format!("{scheme}://{}", below.unwrap_or(rest))).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let nobody = url.username().is_empty() && url.password().is_none();
    let allowed = match (url.scheme(), address(&url)) {
        ("https", address) => below.is_none() || address.is_none(),
        ("http", address) => below.is_none() && address.is_some_and(|it| it.is_loopback()),
        _ => false,
    };
    let host = url.host_str()?;
    let plain =
        !host.contains('*') && !host.ends_with('.') && (below.is_none() || host.contains('.'));
    (bare && nobody && allowed && plain).then(|| Origin {
        scheme: url.scheme().to_owned(),
        host: if below.is_some() { format!(".{host}") } else { host.to_owned() },
        port: url.port_or_known_default(),
    })
}

impl Origin {
    fn is_of(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let host = if self.host.starts_with('.') {
            address(url).is_none()
                && host.strip_suffix(&self.host).is_some_and(|labels| !labels.is_empty())
        } else {
            host == self.host
        };
        host && url.scheme() == self.scheme && url.port_or_known_default() == self.port
    }
}

impl Origins {
    /// These, or those of the browsers if there are none.
    ///
    /// # Errors
    /// [`BadOrigin`] for the first that is none.
    pub(crate) fn new(texts: &[String]) -> Result<Self, BadOrigin> {
        let default = || DEFAULT_ORIGINS.map(str::to_owned).to_vec();
        let texts = if texts.is_empty() { default() } else { texts.to_vec() };
        let parsed = |text: String| parse(text.trim()).ok_or(BadOrigin(text));
        texts.into_iter().map(parsed).collect::<Result<_, _>>().map(Self)
    }

    /// The endpoint's URL, if we may talk to it.
    pub(crate) fn endpoint(&self, text: &str) -> Option<Url> {
        // The parser drops some of these, so that two readers of one text might see two hosts.
        let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\');
        let url = plain.then(|| Url::parse(text))?.ok()?;
        let nobody = url.username().is_empty() && url.password().is_none();
        (nobody && self.0.iter().any(|origin| origin.is_of(&url))).then_some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(texts: &[&str]) -> Result<Origins, BadOrigin> {
        Origins::new(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn the_browsers_services_are_known() {
        let known = origins(&[]).unwrap();
        for endpoint in [
            "https://fcm.googleapis.com/fcm/send/abc:DEF",
            "https://FCM.googleapis.COM:443/fcm/send/abc",
            "https://jmt17.google.com/fcm/send/abc",
            "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
            "https://web.push.apple.com/QGuQyavXutnMH",
            "https://wns2-par02p.notify.windows.com/w/?token=BQYAAAA%3d",
            "https://a.b.notify.windows.com/w/",
        ] {
            assert!(known.endpoint(endpoint).is_some(), "{endpoint}");
        }
    }

    #[test]
    fn nobody_else_is() {
        let known = origins(&[]).unwrap();
        for endpoint in [
            "",
            "fcm.googleapis.com",
            "//fcm.googleapis.com/",
            "http://fcm.googleapis.com/",
            "ftp://fcm.googleapis.com/",
            "https://fcm.googleapis.com:8443/",
            "https://fcm.googleapis.com:80/",
            "https://fcm.googleapis.com.evil.example/",
            "https://evil.example/fcm.googleapis.com",
            "https://evil.example/#fcm.googleapis.com",
            "https://evil.example?fcm.googleapis.com",
            "https://fcm.googleapis.com@evil.example/",
            "https://user@fcm.googleapis.com/",
            "https://user:pass@fcm.googleapis.com/",
            "https://evil.example\\.fcm.googleapis.com/",
            "https://fcm.googleapis.com\\@evil.example/",
            "https://fcm.googleapis.com./",
            "https://x.fcm.googleapis.com/",
            "https://fcm.goog\tleapis.com/",
            " https://fcm.googleapis.com/",
            "https://push.apple.com/",
            "https://.push.apple.com/",
            "https://evilpush.apple.com/",
            "https://web.push.apple.com.evil.example/",
            "https://web.push.apple.com./",
            "https://127.0.0.1/",
            "https://[::1]/",
            "http://127.0.0.1:3002/internal/notify",
            "http://[::ffff:127.0.0.1]/",
            "https://2130706433/",
            "https://169.254.169.254/latest/meta-data/",
            "file:///etc/passwd",
            "data:text/plain,x",
        ] {
            assert!(known.endpoint(endpoint).is_none(), "{endpoint}");
        }
    }

    #[test]
    fn an_origin_has_its_port() {
        let own =
            origins(&["https://push.example:8443", "http://127.0.0.1:9000", "http://[::1]:1"])
                .unwrap();
        for good in ["https://push.example:8443/x", "http://127.0.0.1:9000/x", "http://[::1]:1/x"] {
            assert!(own.endpoint(good).is_some(), "{good}");
        }
        for bad in [
            "https://push.example/x",
            "http://push.example:8443/x",
            "http://127.0.0.1:9001/x",
            "https://127.0.0.1:9000/x",
            "http://127.0.0.2:9000/x",
            "http://localhost:9000/x",
            "http://[::1]/x",
            "https://fcm.googleapis.com/x",
        ] {
            assert!(own.endpoint(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for bad in [
            "",
            "*",
            "push.example",
            "https://",
            "https://*",
            "https://*.",
            "https://*.com",
            "https://*.127.0.0.1",
            "https://a.*.example",
            "https://push.example/path",
            "https://push.example?x",
            "https://user@push.example",
            "https://push.example.",
            "http://push.example",
            "http://localhost",
            "http://10.0.0.1",
            "http://*.127.0.0.1",
            "ftp://push.example",
        ] {
            assert_eq!(origins(&[bad]).err(), Some(BadOrigin(bad.to_owned())), "{bad}");
        }
    }
}
