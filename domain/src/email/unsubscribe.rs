//! Links that end list mail, without a login: whoever holds one may end mail to that one address, and nothing else.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{mail::Address, variables::is_allowed_link};

/// What the key is used for: a signature made for something else fits nothing here.
const PURPOSE: &[u8] = b"outrigger e-mail unsubscribe 1\0";

/// Where the sidecar is reached from outside is not `https:`, nor `http:` on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("mail may only lead to an https address, or to this machine")]
pub struct BadPublicUrl;

/// Makes such links and reads them.
pub struct Unsubscribe {
    mac: Hmac<Sha256>,
    public_url: String,
}

impl Unsubscribe {
    /// Those signed with this secret, for a sidecar that is reached at this address.
    ///
    /// # Errors
    /// If mail must not lead there.
    pub fn new(secret: &[u8], public_url: &str) -> Result<Self, BadPublicUrl> {
        let public_url = public_url.trim().trim_end_matches('/');
        if !is_allowed_link(public_url) || public_url.contains(['?', '#']) {
            return Err(BadPublicUrl);
        }
        // HMAC takes keys of any length.
        let mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|_| BadPublicUrl)?;
        Ok(Self { mac: mac.chain_update(PURPOSE), public_url: public_url.to_owned() })
    }

    /// `<PUBLIC_URL>/email/unsubscribe?token=…`; the same for an address each time.
    #[must_use]
    pub fn link(&self, address: &Address) -> String {
        let address = address.as_str().as_bytes();
        let signature = self.mac.clone().chain_update(address).finalize().into_bytes();
        let (address, signature) =
            (URL_SAFE_NO_PAD.encode(address), URL_SAFE_NO_PAD.encode(signature));
        format!("{}/email/unsubscribe?token={address}.{signature}", self.public_url)
    }

    /// Whose mail a token ends. Its signature is compared in constant time.
    #[must_use]
    pub fn read(&self, token: &str) -> Option<Address> {
        let (address, signature) = token.split_once('.')?;
        let (address, signature) =
            (URL_SAFE_NO_PAD.decode(address).ok()?, URL_SAFE_NO_PAD.decode(signature).ok()?);
        self.mac.clone().chain_update(&address).verify_slice(&signature).ok()?;
        Address::new(std::str::from_utf8(&address).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unsubscribe(secret: &str) -> Unsubscribe {
        Unsubscribe::new(secret.as_bytes(), "https://rt.example.com/").unwrap()
    }

    fn token(link: &str) -> &str {
        link.split_once("https://rt.example.com/email/unsubscribe?token=").unwrap().1
    }

    #[test]
    fn a_link_names_one_address_and_can_be_made_only_with_the_secret() {
        let ann = Address::new("Ann+news@example.com").unwrap();
        let link = unsubscribe("secret").link(&ann);
        assert_eq!(unsubscribe("secret").read(token(&link)), Some(ann.clone()));
        assert_eq!(unsubscribe("another").read(token(&link)), None);
        assert_eq!(link, unsubscribe("secret").link(&ann));
        assert!(token(&link).chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)));
    }

    #[test]
    fn a_token_that_was_changed_is_none() {
        let (ann, bob) = (Address::new("ann@x.com").unwrap(), Address::new("bob@x.com").unwrap());
        let links = unsubscribe("secret");
        let (ann, bob) = (links.link(&ann), links.link(&bob));
        let (of_ann, of_bob) = (token(&ann), token(&bob));
        let mixed =
            format!("{}.{}", of_bob.split_once('.').unwrap().0, of_ann.split_once('.').unwrap().1);
        for bad in ["", ".", "a.b", &mixed, &of_ann[1..], &of_ann[..of_ann.len() - 2]] {
            assert_eq!(links.read(bad), None, "{bad}");
        }
    }

    #[test]
    fn mail_does_not_lead_to_plain_http_elsewhere() {
        assert!(Unsubscribe::new(b"s", "http://localhost:3001").is_ok());
        for bad in ["http://rt.example.com", "rt.example.com", "", "https://x.example/?a=b"] {
            assert_eq!(Unsubscribe::new(b"s", bad).err(), Some(BadPublicUrl), "{bad}");
        }
    }
}
