//! Signatures of Standard Webhooks (<https://www.standardwebhooks.com>, "Signature scheme", symmetric).

use std::fmt;

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Written with padding, read with or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What stands before a secret that is written as base64.
const BASE64_SECRET: &str = "whsec_";

/// Not a secret to sign with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSecret {
    /// Nothing.
    #[error("the secret for webhooks is empty")]
    Empty,
    /// What follows `whsec_` is not base64.
    #[error("the secret for webhooks begins with whsec_, so the rest of it must be base64")]
    NotBase64,
}

/// Signs webhooks.
#[derive(Clone)]
pub(crate) struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    /// A secret is its bytes, or, with `whsec_` before it, base64 of them.
    ///
    /// # Errors
    /// [`BadSecret`].
    pub(crate) fn new(secret: &str) -> Result<Self, BadSecret> {
        let bytes = match secret.strip_prefix(BASE64_SECRET) {
            Some(encoded) => BASE64.decode(encoded).map_err(|_| BadSecret::NotBase64)?,
            None => secret.as_bytes().to_vec(),
        };
        if bytes.is_empty() {
            return Err(BadSecret::Empty);
        }
        // HMAC takes keys of any length (RFC 2104 section 2).
        Hmac::new_from_slice(&bytes).map(Self).map_err(|_| BadSecret::Empty)
    }

    /// `webhook-signature` of a webhook sent at `timestamp`, in seconds since the epoch.
    pub(crate) fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let mut mac = self.0.clone();
        for part in [id, ".", &timestamp.to_string(), ".", body] {
            mac.update(part.as_bytes());
        }
        format!("v1,{}", BASE64.encode(mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the reference libraries (`standard-webhooks`, tests of every language).
    #[test]
    fn the_published_example_is_signed_as_published() {
        let key = SigningKey::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature =
            key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_is_its_bytes_unless_it_says_otherwise() {
        let plain = SigningKey::new("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let encoded = SigningKey::new("whsec_TWZLUTlyOEdLWXFyVHdqVVBEOElMUFpJbzJMYUxhU3c").unwrap();
        assert_eq!(plain.sign("a", 1, "{}"), encoded.sign("a", 1, "{}"));
        assert_ne!(plain.sign("a", 1, "{}"), plain.sign("a", 2, "{}"));
    }

    #[test]
    fn bad_secrets_are_refused_and_good_ones_not_shown() {
        assert_eq!(SigningKey::new("").err(), Some(BadSecret::Empty));
        assert_eq!(SigningKey::new("whsec_").err(), Some(BadSecret::Empty));
        assert_eq!(SigningKey::new("whsec_!").err(), Some(BadSecret::NotBase64));
        let key = SigningKey::new("plain-secret").unwrap();
        assert_eq!(format!("{key:?}"), "[redacted]");
    }
}
