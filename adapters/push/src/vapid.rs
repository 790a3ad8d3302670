//! Voluntary application server identification (RFC 8292): who sends, proved to the push service.

use std::{fmt, time::Duration};

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use outrigger_domain::{events::Secret, time::Timestamp};
use p256::{
    SecretKey,
    elliptic_curve::{rand_core::OsRng, sec1::ToEncodedPoint as _},
    pkcs8::EncodePrivateKey as _,
};
use reqwest::Url;
use serde::Serialize;

use crate::base64url;

/// So long a signature holds; 24 h at most (RFC 8292 section 2).
const VALID_FOR: Duration = Duration::from_secs(12 * 3600);

const PRIVATE_BYTES: usize = 32;
const PUBLIC_BYTES: usize = 65;

/// Not a private key to sign with. None of these repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// Not base64url.
    #[error("the private key for web push must be base64url")]
    NotBase64Url,
    /// It has the size of a public key.
    #[error("that is a public key; web push needs the private one")]
    Public,
    /// It has another size.
    #[error("the private key for web push must have {PRIVATE_BYTES} bytes, not {0}")]
    Size(usize),
    /// The curve has no such key.
    #[error("the private key for web push is not one of the curve P-256")]
    NotOnCurve,
}

/// Not somebody whom a push service can write to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the subject for web push must be mailto: with an address, or an https:// URL (RFC 8292 section 2.1)"
)]
pub struct BadSubject;

/// A key pair of an application server, as text: base64url without padding, as `web-push generate-vapid-keys` writes it.
#[derive(Debug, Clone)]
pub struct KeyPair {
    /// 32 bytes.
    pub private: Secret,
    /// What browsers subscribe with: 65 bytes, an uncompressed point.
    pub public: String,
}

impl KeyPair {
    /// A new pair, from the operating system's randomness.
    #[must_use]
    pub fn generate() -> Self {
        let key = SecretKey::random(&mut OsRng);
        let private = Secret::new(base64url::encode(&key.to_bytes()));
        Self { private, public: public_text(&key) }
    }
}

fn public_text(key: &SecretKey) -> String {
    base64url::encode(key.public_key().to_encoded_point(false).as_bytes())
}

fn private_key(text: &Secret) -> Result<SecretKey, BadKey> {
    let bytes = base64url::decode(text.expose().trim()).ok_or(BadKey::NotBase64Url)?;
    match bytes.len() {
        PRIVATE_BYTES => SecretKey::from_slice(&bytes).map_err(|_| BadKey::NotOnCurve),
        PUBLIC_BYTES => Err(BadKey::Public),
        other => Err(BadKey::Size(other)),
    }
}

fn subject(text: &str) -> Result<String, BadSubject> {
    let text = text.trim();
    let url = Url::parse(text).map_err(|_| BadSubject)?;
    let reachable = match url.scheme() {
        "mailto" => url
            .path()
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()),
        "https" => url.host().is_some(),
        _ => false,
    };
    if reachable { Ok(text.to_owned()) } else { Err(BadSubject) }
}

#[derive(Serialize)]
struct Claims<'a> {
    aud: String,
    exp: i64,
    sub: &'a str,
}

/// Signs what goes to push services.
pub(crate) struct Vapid {
    key: EncodingKey,
    public: String,
    subject: String,
}

/// Why there is no signature.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VapidError {
    #[error(transparent)]
    Key(#[from] BadKey),
    #[error(transparent)]
    Subject(#[from] BadSubject),
}

impl Vapid {
    pub(crate) fn new(private: &Secret, subject_text: &str) -> Result<Self, VapidError> {
        let key = private_key(private)?;
        let der = key.to_pkcs8_der().map_err(|_| BadKey::NotOnCurve)?;
        Ok(Self {
            key: EncodingKey::from_ec_der(der.as_bytes()),
            public: public_text(&key),
            subject: subject(subject_text)?,
        })
    }

    /// What browsers subscribe with.
    pub(crate) fn public_key(&self) -> &str {
        &self.public
    }

    /// `Authorization` for a message to this endpoint (RFC 8292 section 3).
    ///
    /// # Errors
    /// If it could not be signed.
    pub(crate) fn authorization(
        &self,
        endpoint: &Url,
        now: Timestamp,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let claims = Claims {
            aud: endpoint.origin().ascii_serialization(),
            exp: now.plus(VALID_FOR).secs(),
            sub: &self.subject,
        };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, &self.key)?;
        Ok(format!("vapid t={token}, k={}", self.public))
    }
}

impl fmt::Debug for Vapid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vapid").field("public", &self.public).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_pair_is_one() {
        let (one, other) = (KeyPair::generate(), KeyPair::generate());
        assert_ne!(one.public, other.public);
        assert_eq!((one.private.expose().len(), one.public.len()), (43, 87));
        let vapid = Vapid::new(&one.private, "mailto:ops@example.com").unwrap();
        assert_eq!(vapid.public_key(), one.public);
        assert!(!format!("{one:?}{vapid:?}").contains(one.private.expose()));
    }

    #[test]
    fn the_public_half_of_a_known_key_is_known() {
        // RFC 8291 appendix A: the key pair of the application server.
        let private = Secret::new("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        let vapid = Vapid::new(&private, "https://app.example/contact").unwrap();
        assert_eq!(
            vapid.public_key(),
            "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
        );
    }

    #[test]
    fn bad_keys_are_refused_each_for_its_reason() {
        let public = KeyPair::generate().public;
        let zero = base64url::encode(&[0; 32]);
        let beyond = base64url::encode(&[0xff; 32]);
        for (text, fault) in [
            ("not a key!", BadKey::NotBase64Url),
            ("", BadKey::Size(0)),
            ("c2hvcnQ", BadKey::Size(5)),
            (&public, BadKey::Public),
            (&zero, BadKey::NotOnCurve),
            (&beyond, BadKey::NotOnCurve),
        ] {
            let error = private_key(&Secret::new(text)).unwrap_err();
            assert_eq!(error, fault, "{text}");
        }
    }

    #[test]
    fn somebody_must_be_reachable() {
        for good in ["mailto:ops@example.com", "https://app.example/contact", " https://a.b "] {
            assert_eq!(subject(good).as_deref(), Ok(good.trim()));
        }
        for bad in [
            "",
            "ops@example.com",
            "mailto:",
            "mailto:ops",
            "mailto:@",
            "http://app.example",
            "https://",
        ] {
            assert_eq!(subject(bad), Err(BadSubject), "{bad}");
        }
    }
}
