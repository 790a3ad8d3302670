//! Who connects. The token is checked once, at CONNECT.

use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// What is kept of a token, and of the program that showed it.
#[derive(Debug)]
pub(crate) struct Who {
    pub(crate) user: Arc<str>,
    /// The user's id and the device's, as they stand in the name of the device's room.
    pub(crate) device: Arc<str>,
    pub(crate) token: Arc<str>,
    pub(crate) role: Role,
    name: Option<Box<str>>,
}

impl Who {
    /// How the user is shown.
    pub(crate) fn shown(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.user)
    }
}

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    User,
    Staff,
    Admin,
}

impl Role {
    /// An app's word for it.
    pub(crate) fn from_word(word: &str) -> Self {
        match word {
            "admin" => Self::Admin,
            "staff" | "seller" | "moderator" => Self::Staff,
            _ => Self::User,
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Text(String),
    Number(u64),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claims {
    #[serde(alias = "id", alias = "_id", alias = "sub")]
    user_id: Id,
    #[serde(alias = "username")]
    name: Option<String>,
    role: Option<String>,
    #[serde(default)]
    is_admin: bool,
    jti: Option<String>,
    device_id: Option<String>,
}

/// Reads tokens of the app.
pub(crate) struct Verifier {
    key: DecodingKey,
    validation: Validation,
}

impl Verifier {
    pub(crate) fn new(secret: &[u8]) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        validation.validate_aud = false;
        Self { key: DecodingKey::from_secret(secret), validation }
    }

    /// Whose it is; `None` if it does not hold. `client` stands for the device if the token names none.
    pub(crate) fn read(&self, token: &str, client: &[u8]) -> Option<Who> {
        let claims =
            jsonwebtoken::decode::<Claims>(token, &self.key, &self.validation).ok()?.claims;
        let user = match claims.user_id {
            Id::Text(text) => text,
            Id::Number(number) => number.to_string(),
        };
        let device = claims.device_id.unwrap_or_else(|| digest(client));
        let role = claims.role.as_deref().map_or(Role::User, Role::from_word);
        Some(Who {
            device: format!("{user} {device}").into(),
            user: user.into(),
            token: claims.jti.unwrap_or_else(|| digest(token.as_bytes())).into(),
            role: if claims.is_admin { Role::Admin } else { role },
            name: claims.name.map(Into::into),
        })
    }
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
