//! Who may read and speak in the chat about a request (`contracts/contacts.md` sections 2 and 7).

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{chat::Speaker, contact::Contact};
use crate::{actor::Actor, email::Address, naming::Ids};

/// Nothing longer is taken for an access token; ours have 43 characters.
const MOST_TOKEN_BYTES: usize = 128;

/// Somebody who wants into the chat about a request.
#[derive(Clone, Copy)]
pub struct Entrant<'a> {
    /// Who, by the token of the connection.
    pub actor: &'a Actor,
    /// The address that the app's record of the user names, if the caller looked it up. Never what a client said.
    pub recorded_email: Option<&'a str>,
    /// The access token they show.
    pub access_token: Option<&'a str>,
    /// Whether the request was submitted over this very connection, or entered with its token.
    pub bound: bool,
}

/// Logs do not show access tokens.
impl fmt::Debug for Entrant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = &self.actor.user;
        f.debug_struct("Entrant")
            .field("user", user)
            .field("bound", &self.bound)
            .finish_non_exhaustive()
    }
}

impl Entrant<'_> {
    /// In which capacity they may enter, if at all.
    pub(super) fn capacity(&self, contact: &Contact) -> Option<Speaker> {
        if self.actor.is_admin() {
            return Some(Speaker::Admin);
        }
        let asked = self.bound || self.is_owner(contact) || self.shows_token_of(contact);
        asked.then_some(Speaker::Submitter)
    }

    fn is_owner(&self, contact: &Contact) -> bool {
        let known = [Some(self.actor.email.as_str()), self.recorded_email];
        let asked = contact.user.as_ref() == Some(&self.actor.user)
            || known.into_iter().flatten().any(|email| is_same(email, &contact.email));
        asked && !self.actor.is_guest()
    }

    /// In constant time, as far as the token has the length of a token.
    fn shows_token_of(&self, contact: &Contact) -> bool {
        self.access_token
            .filter(|token| token.len() <= MOST_TOKEN_BYTES)
            .is_some_and(|token| digest(token).ct_eq(&contact.access_digest).into())
    }
}

/// Whether two texts are one address. Only plain letters are taken for each other: among all others there are some that
/// look the same in lower case and reach different people.
fn is_same(one: &str, other: &str) -> bool {
    match (Address::new(one), Address::new(other)) {
        (Ok(one), Ok(other)) => one.as_str().eq_ignore_ascii_case(other.as_str()),
        _ => false,
    }
}

/// A new access token, 32 bytes as base64url, and what is kept of it.
pub(super) fn new_token(ids: &dyn Ids) -> (String, [u8; 32]) {
    // Each of the two brings 122 bits of chance.
    let bytes = Sha256::new().chain_update(ids.token()).chain_update(ids.token()).finalize();
    let token = URL_SAFE_NO_PAD.encode(bytes);
    let kept = digest(&token);
    (token, kept)
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

#[cfg(test)]
mod tests;
