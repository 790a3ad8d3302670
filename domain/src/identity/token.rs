//! Reading and making tokens (RFC 7519), with one pinned algorithm.

mod said;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, crypto::verify, decode_header};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use self::said::Said;
use crate::{
    accounts::Profile,
    actor::Role,
    digest::first_digits,
    ids::{DeviceId, TokenId, UserId},
    time::Timestamp,
};

/// Longest token that is looked at, in bytes.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// How far ahead the app's clock may be when a token says `nbf`, in milliseconds (30 s;
/// `contracts/OVERVIEW.md` section 4). The end of a token gets no such grace: the sidecar stands beside the
/// app, and a socket must not outlive its token.
pub const LEEWAY_MS: i64 = 30_000;

/// Longest name and picture's address that is taken from a token, in bytes.
const MAX_PROFILE_BYTES: usize = 2048;

/// User ids that start so belong to the sidecar itself; no token of the app may carry one.
pub const RESERVED_PREFIX: &str = "outrigger:";

/// Why a token does not hold. Each contract has its own words for these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TokenFault {
    /// None was shown.
    #[error("no token")]
    Missing,
    /// Its time has passed.
    #[error("the token has expired")]
    Expired,
    /// The signature is wrong, or there is none, or it is made in another way than this app's are.
    #[error("the token is not signed by this app")]
    BadSignature,
    /// It is not a token at all.
    #[error("not a token")]
    Malformed,
    /// A claim that is needed is absent or has the wrong type.
    #[error("the token lacks a claim")]
    IncompleteClaims,
    /// It was revoked.
    #[error("the token was revoked")]
    Revoked,
    /// The account is inactive.
    #[error("the account is inactive")]
    Inactive,
    /// The app, asked for the user, knows nobody of that id.
    #[error("nobody of that id is known")]
    Unknown,
    /// It does not hold yet, or the app did not answer when it was asked for the user.
    #[error("it cannot be known whether the token holds")]
    Undecided,
    /// The token is meant for something else.
    #[error("the token does not hold here")]
    Refused,
}

/// Under which names the app's tokens carry what is needed. The first name present wins.
#[derive(Debug, Clone)]
pub struct ClaimNames {
    /// The user's id.
    pub user: Vec<String>,
    /// The user's address.
    pub email: Vec<String>,
    /// `true` for admins.
    pub admin: Vec<String>,
    /// A word for the role.
    pub role: Vec<String>,
}

impl Default for ClaimNames {
    /// The names of `contracts/rooms.md` section 1, with the other contracts' spellings behind them.
    fn default() -> Self {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        Self {
            user: names(&["userId", "id", "_id", "sub"]),
            email: names(&["email"]),
            admin: names(&["isAdmin"]),
            role: names(&["role"]),
        }
    }
}

/// What a token says, after its signature and time were checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Whom it speaks for.
    pub user: UserId,
    /// Their address; empty if the token does not say.
    pub email: String,
    /// How they are shown, as far as the token says.
    pub profile: Profile,
    /// What they may do, if it says so.
    pub role: Option<Role>,
    /// Which token this is.
    pub token: TokenId,
    /// The app's own id of the device, if it puts one into its tokens.
    pub device: Option<DeviceId>,
    /// When it was issued.
    pub issued_at: Option<Timestamp>,
    /// When it ends.
    pub expires_at: Timestamp,
    /// What it is meant for, if it says so.
    pub purpose: Option<String>,
}

/// Reads tokens.
pub struct Verifier {
    key: DecodingKey,
    names: ClaimNames,
}

/// How tokens of this app are signed.
const ALGORITHM: Algorithm = Algorithm::HS256;

/// What most libraries write before the claims. Any other header is looked into.
const USUAL_HEADERS: [&str; 3] = [
    // {"alg":"HS256"}
    "eyJhbGciOiJIUzI1NiJ9",
    // {"alg":"HS256","typ":"JWT"}
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
    // {"typ":"JWT","alg":"HS256"}
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9",
];

impl Verifier {
    /// Reads HS256 tokens signed with the app's secret.
    #[must_use]
    pub fn hs256(secret: &[u8], names: ClaimNames) -> Self {
        Self { key: DecodingKey::from_secret(secret), names }
    }

    /// Checks a token's signature and time and takes out what it says.
    ///
    /// # Errors
    /// A [`TokenFault`] other than `Missing`.
    pub fn read(&self, token: &str, now: Timestamp) -> Result<Claims, TokenFault> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenFault::Malformed);
        }
        let payload = self.signed(token).ok_or_else(|| fault(token))?;
        let claims: Said = serde_json::from_slice(&payload).map_err(|_| fault(token))?;

        let seconds = |name: &str| claims.get(name).and_then(Value::as_f64);
        let at = |secs: f64| Timestamp::from_ms((secs * 1000.0) as i64);
        let expires_at = at(seconds("exp").ok_or(TokenFault::IncompleteClaims)?);
        if expires_at <= now {
            return Err(TokenFault::Expired);
        }
        if seconds("nbf").is_some_and(|nbf| at(nbf).ms() - LEEWAY_MS > now.ms()) {
            return Err(TokenFault::Undecided);
        }
        self.claims(&claims, token_id(token, &claims), seconds("iat").map(at), expires_at)
    }

    /// What stands between header and signature, if the app has signed it. The library's own reading takes the header and
    /// the claims apart twice each, for checks that are made below or not at all.
    fn signed(&self, token: &str) -> Option<Vec<u8>> {
        let (message, signature) = token.rsplit_once('.')?;
        let (header, payload) = message.split_once('.')?;
        let pinned = USUAL_HEADERS.contains(&header)
            || decode_header(token).is_ok_and(|header| header.alg == ALGORITHM);
        let holds =
            pinned && verify(signature, message.as_bytes(), &self.key, ALGORITHM).unwrap_or(false);
        if holds { URL_SAFE_NO_PAD.decode(payload).ok() } else { None }
    }

    fn claims(
        &self,
        claims: &Said<'_>,
        token: TokenId,
        issued_at: Option<Timestamp>,
        expires_at: Timestamp,
    ) -> Result<Claims, TokenFault> {
        let first = |names: &[String]| {
            let mut present = names.iter().filter_map(|name| claims.get(name));
            present.find(|claim| !claim.is_null())
        };
        let user = match first(&self.names.user) {
            Some(Value::String(text)) => UserId::new(text),
            Some(Value::Number(number)) => UserId::new(number.to_string()),
            _ => return Err(TokenFault::IncompleteClaims),
        }
        .map_err(|_| TokenFault::IncompleteClaims)?;
        let email = match first(&self.names.email) {
            Some(Value::String(text)) if text.len() <= 320 => text.clone(),
            None => String::new(),
            Some(_) => return Err(TokenFault::IncompleteClaims),
        };
        let role = match (first(&self.names.admin), first(&self.names.role)) {
            (Some(Value::Bool(true)), _) => Some(Role::Admin),
            (_, Some(Value::String(word))) => Some(Role::from_word(word)),
            (None, None) => None,
            _ => Some(Role::User),
        };
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let shown = |names: &[&str]| {
            let mut said = names.iter().filter_map(|name| text(name)).map(str::trim);
            said.find(|said| !said.is_empty() && said.len() <= MAX_PROFILE_BYTES).map(str::to_owned)
        };
        let profile = Profile {
            name: shown(&["username", "name"]),
            image: shown(&["profileImage", "picture"]),
            email: Some(email.clone()).filter(|email| !email.is_empty()),
        };
        Ok(Claims {
            user,
            email,
            profile,
            role,
            token,
            device: text("deviceId").and_then(|id| DeviceId::new(id).ok()),
            issued_at,
            expires_at,
            purpose: text("purpose").map(str::to_owned),
        })
    }
}

/// What clients of some contracts tell apart: a text that is no token, and one that this app did not sign. What has the
/// form of a token is one, whatever is wrong behind its header.
fn fault(token: &str) -> TokenFault {
    if has_header(token) { TokenFault::BadSignature } else { TokenFault::Malformed }
}

/// Whether it is three parts, of which the first names an algorithm, known or not (RFC 7515 sections 3.1, 4.1.1).
fn has_header(token: &str) -> bool {
    let mut parts = token.split('.');
    let (Some(header), Some(_), Some(_), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let header = URL_SAFE_NO_PAD.decode(header).ok();
    let header =
        header.and_then(|header| serde_json::from_slice::<Map<String, Value>>(&header).ok());
    header.is_some_and(|header| header.get("alg").is_some_and(Value::is_string))
}

fn token_id(token: &str, claims: &Said<'_>) -> TokenId {
    let jti = claims.get("jti").and_then(Value::as_str).and_then(|jti| TokenId::new(jti).ok());
    jti.unwrap_or_else(|| digest_id(token))
}

/// The id of a token without `jti`: a digest, so that the token cannot be had from the id.
#[must_use]
pub fn digest_id(token: &str) -> TokenId {
    TokenId::new(first_digits(Sha256::new_with_prefix(token), 32))
        .unwrap_or_else(|_| unreachable!("hexadecimal digits are a valid id"))
}

/// What a new token shall say.
#[derive(Debug, Clone)]
pub struct NewToken<'a> {
    /// Whom it speaks for.
    pub user: &'a UserId,
    /// Their address.
    pub email: &'a str,
    /// What they may do.
    pub role: Role,
    /// Which token it is.
    pub id: &'a str,
    /// When it is issued.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// What it is meant for, if for one thing only.
    pub purpose: Option<&'a str>,
    /// The device it belongs to, if it is bound to one.
    pub device: Option<&'a DeviceId>,
}

/// Makes tokens that the app could have made.
pub struct Minter {
    key: EncodingKey,
    names: ClaimNames,
}

impl Minter {
    /// Signs with the app's secret.
    #[must_use]
    pub fn hs256(secret: &[u8], names: ClaimNames) -> Self {
        Self { key: EncodingKey::from_secret(secret), names }
    }

    /// Makes a token.
    ///
    /// # Errors
    /// If it cannot be signed.
    pub fn mint(&self, new: &NewToken<'_>) -> Result<String, jsonwebtoken::errors::Error> {
        let mut claims = Map::new();
        let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        let name = |names: &[String], default: &str| {
            names.first().map_or_else(|| default.to_owned(), Clone::clone)
        };
        put(&name(&self.names.user, "userId"), new.user.as_str().into());
        put(&name(&self.names.email, "email"), new.email.into());
        put(&name(&self.names.admin, "isAdmin"), (new.role == Role::Admin).into());
        put(&name(&self.names.role, "role"), new.role.as_str().into());
        put("jti", new.id.into());
        put("iat", new.issued_at.secs().into());
        put("exp", new.expires_at.secs().into());
        if let Some(purpose) = new.purpose {
            put("purpose", purpose.into());
        }
        if let Some(device) = new.device {
            put("deviceId", device.as_str().into());
        }
        jsonwebtoken::encode(&Header::new(ALGORITHM), &claims, &self.key)
    }
}

#[cfg(test)]
mod tests;
