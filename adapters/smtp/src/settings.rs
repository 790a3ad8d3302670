//! Which mail server, and who writes.

use std::{fmt, time::Duration};

use lettre::{
    message::Mailbox,
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, CertificateStore, TlsParameters},
    },
};
use percent_encoding::percent_decode_str;
use url::Url;

/// For each answer of the server, unless it is told otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Whether what is said to the server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encryption {
    /// From the first byte (RFC 8314).
    Always,
    /// After `STARTTLS` (RFC 3207), or not at all if the server does not offer it; then without a password.
    IfOffered,
    /// After `STARTTLS`; a server that does not offer it gets nothing.
    Required,
    /// Never.
    None,
}

/// What an [`SmtpMailer`](crate::SmtpMailer) is told.
#[derive(Clone)]
pub struct SmtpSettings {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) encryption: Encryption,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) from: Mailbox,
    pub(crate) timeout: Duration,
}

/// Never shows the password.
impl fmt::Debug for SmtpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpSettings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("encryption", &self.encryption)
            .field("credentials", &self.credentials.is_some())
            .finish_non_exhaustive()
    }
}

/// What is wrong with `SMTP_URL` or `MAIL_FROM`; never shows the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// It is no URL with a host.
    #[error("SMTP_URL must be like smtp://user:password@mail.example.com:587 or smtps://…")]
    Url,
    /// It says something that nobody understands.
    #[error(
        "SMTP_URL may only have ?tls=required, ?tls=opportunistic or ?tls=none, the last two not with smtps"
    )]
    Tls,
    /// A user without password, or the other way round, or neither is text.
    #[error(
        "SMTP_URL needs both user and password, or neither; special characters in them are written as %XX"
    )]
    Credentials,
    /// It is no address.
    #[error("MAIL_FROM must be an address, or a name and an address: Quiz Blog <mail@example.com>")]
    From,
    /// Nobody can be trusted.
    #[error("the certificates that this machine trusts could not be used")]
    Certificates,
}

impl SmtpSettings {
    /// Reads `SMTP_URL` and `MAIL_FROM`.
    ///
    /// `smtps://` is encrypted from the start (port 465). `smtp://` (port 587) is encrypted after `STARTTLS`, and a
    /// server that does not offer it gets nothing (`?tls=required`), unless it is told to go on without
    /// (`?tls=opportunistic`) or never to encrypt (`?tls=none`); on this machine that is what happens if nothing is
    /// said.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(url: &str, from: &str) -> Result<Self, SettingsError> {
        let url = Url::parse(url.trim()).map_err(|_| SettingsError::Url)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(SettingsError::Url)?;
        // A name in brackets is an address of version 6, which is looked up without them.
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(SettingsError::Url);
        }
        let encryption = encryption(&url, &host)?;
        let port = url.port().unwrap_or(match encryption {
            Encryption::Always => 465,
            _ => 587,
        });
        let credentials = credentials(&url)?;
        let from = from.trim().parse().map_err(|_| SettingsError::From)?;
        Ok(Self { host, port, encryption, credentials, from, timeout: TIMEOUT })
    }

    /// Waits only so long for each answer of the server; 30 s if nothing is said.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }
}

/// What an encrypted server must show: a certificate for its host, from somebody this machine trusts, or one of
/// `more`. A machine that trusts nobody trusts those that browsers do.
pub(crate) fn tls(
    settings: &SmtpSettings,
    more: &[Certificate],
) -> Result<TlsParameters, SettingsError> {
    let mut tls = TlsParameters::builder(settings.host.clone());
    if rustls_native_certs::load_native_certs().certs.is_empty() {
        tls = tls.certificate_store(CertificateStore::WebpkiRoots);
    }
    for root in more {
        tls = tls.add_root_certificate(root.clone());
    }
    tls.build_rustls().map_err(|_| SettingsError::Certificates)
}

fn encryption(url: &Url, host: &str) -> Result<Encryption, SettingsError> {
    let mut said = None;
    for (name, value) in url.query_pairs() {
        if name != "tls" || said.replace(value).is_some() {
            return Err(SettingsError::Tls);
        }
    }
    let here = matches!(host, "localhost" | "127.0.0.1" | "::1");
    match (url.scheme(), said.as_deref()) {
        ("smtps", None | Some("required")) => Ok(Encryption::Always),
        ("smtp", Some("none")) => Ok(Encryption::None),
        ("smtp", None) if here => Ok(Encryption::None),
        ("smtp", None | Some("required")) => Ok(Encryption::Required),
        ("smtp", Some("opportunistic")) => Ok(Encryption::IfOffered),
        ("smtp" | "smtps", _) => Err(SettingsError::Tls),
        _ => Err(SettingsError::Url),
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, SettingsError> {
    let (user, password) = match (url.username(), url.password()) {
        ("", None) => return Ok(None),
        (user, Some(password)) if !user.is_empty() && !password.is_empty() => (user, password),
        _ => return Err(SettingsError::Credentials),
    };
    let plain = |text: &str| {
        let text = percent_decode_str(text).decode_utf8();
        text.map(String::from).map_err(|_| SettingsError::Credentials)
    };
    Ok(Some(Credentials::new(plain(user)?, plain(password)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Result<SmtpSettings, SettingsError> {
        SmtpSettings::new(url, "Quiz Blog <mail@example.com>")
    }

    #[test]
    fn a_url_says_where_and_how() {
        for (url, port, encryption) in [
            ("smtps://mail.example.com", 465, Encryption::Always),
            ("smtps://mail.example.com:4650?tls=required", 4650, Encryption::Always),
            ("smtp://mail.example.com", 587, Encryption::Required),
            ("smtp://mail.example.com:25/?tls=required", 25, Encryption::Required),
            ("smtp://mail.example.com?tls=opportunistic", 587, Encryption::IfOffered),
            ("smtp://mail:1025?tls=none", 1025, Encryption::None),
            ("smtp://localhost:1025", 1025, Encryption::None),
            ("smtp://127.0.0.1:1025?tls=required", 1025, Encryption::Required),
            ("smtp://[::1]:1025", 1025, Encryption::None),
        ] {
            let settings = read(url).unwrap();
            assert_eq!((settings.port, settings.encryption), (port, encryption), "{url}");
        }
        assert_eq!(read("smtp://[::1]:1025").unwrap().host, "::1");
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        for (url, error) in [
            ("", SettingsError::Url),
            ("mail.example.com:587", SettingsError::Url),
            ("http://mail.example.com", SettingsError::Url),
            ("smtp://mail.example.com/path", SettingsError::Url),
            ("smtp://mail.example.com?tls=maybe", SettingsError::Tls),
            ("smtp://mail.example.com?tsl=none", SettingsError::Tls),
            ("smtp://mail.example.com?tls=none&tls=required", SettingsError::Tls),
            ("smtps://mail.example.com?tls=none", SettingsError::Tls),
            ("smtp://user@mail.example.com", SettingsError::Credentials),
            ("smtp://:hunter2@mail.example.com", SettingsError::Credentials),
        ] {
            let refused = read(url).unwrap_err();
            assert_eq!(refused, error, "{url}");
            assert!(!refused.to_string().contains("hunter2"));
        }
        for from in ["", "mail", "Quiz Blog", "mail@example.com, other@example.com"] {
            let refused = SmtpSettings::new("smtp://localhost", from);
            assert_eq!(refused.unwrap_err(), SettingsError::From, "{from}");
        }
    }

    #[test]
    fn a_password_may_hold_anything_and_is_never_shown() {
        let settings = read("smtp://ann%40x:p%2Fss%20w%C3%B6rd@mail.example.com").unwrap();
        let expected = Credentials::new("ann@x".into(), "p/ss wörd".into());
        assert!(settings.credentials == Some(expected));
        assert!(!format!("{settings:?}").contains("rd"));
    }
}
