//! Users of the load, and the tokens that the app would have signed for them.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;

use crate::fault::Fault;

/// Claims that every contract understands.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Claims<'a> {
    user_id: &'a str,
    email: String,
    role: &'static str,
    is_admin: bool,
    jti: &'a str,
    iat: u64,
    exp: u64,
}

const HOUR_S: u64 = 3600;

/// Signs tokens for users whose names begin alike.
pub struct Tokens {
    key: EncodingKey,
    prefix: String,
    now_s: u64,
}

impl Tokens {
    /// Tokens of this second; the users' names are those of this run alone.
    pub fn new(secret: &str) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the tokens must hold by the server's clock")]
        let now = std::time::SystemTime::now();
        let since = now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        // In order and without `_`, so that the chat of two is named `a_b`.
        let prefix = format!("u{:x}{:x}", since.as_millis(), std::process::id());
        Self { key: EncodingKey::from_secret(secret.as_bytes()), prefix, now_s: since.as_secs() }
    }

    /// The name of that user.
    pub fn user(&self, number: u32) -> String {
        format!("{}x{number:06}", self.prefix)
    }

    /// A name for a room of this run alone.
    pub fn room(&self, number: u32) -> String {
        format!("r{}x{number:06}", self.prefix)
    }

    /// A token of that user.
    ///
    /// # Errors
    /// If it cannot be signed.
    pub fn sign(&self, user: &str) -> Result<String, Fault> {
        let claims = Claims {
            user_id: user,
            email: format!("{user}@example.com"),
            role: "user",
            is_admin: false,
            jti: user,
            iat: self.now_s,
            exp: self.now_s + 24 * HOUR_S,
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.key)
            .map_err(|error| Fault::call(format!("no token: {error}")))
    }
}
