//! An e-mail on its way.

use std::fmt;

use super::template::{MailTemplate, Variables};
use crate::{ids::MailId, time::Timestamp};

/// Not an address that mail can be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct InvalidAddress;

/// Where it goes: one address (RFC 5321 section 4.1.2), without a name, the domain in lower case.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address(String);

/// Longest address, in bytes (RFC 5321 section 4.5.3.1).
const MOST_BYTES: usize = 254;

impl Address {
    /// Accepts an address.
    ///
    /// # Errors
    /// [`InvalidAddress`] if it has no local part or domain, is too long, or holds anything that could end a header line.
    pub fn new(text: &str) -> Result<Self, InvalidAddress> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidAddress)?;
        let plain = |c: char| !c.is_control() && !c.is_whitespace() && !"<>(),;:\\\"[]".contains(c);
        let label = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let sound = text.len() <= MOST_BYTES
            && !local.is_empty()
            && local.len() <= 64
            && local.chars().all(|c| plain(c) && c != '@')
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && domain.split('.').all(label);
        if sound {
            // Only letters of ASCII: others may grow by it, or become what no address holds.
            Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
        } else {
            Err(InvalidAddress)
        }
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// All in lower case, as suppressions are kept: servers may tell `Ann@` from `ann@` (RFC 5321 section 2.4), but
    /// whoever unsubscribed as one wants no mail as the other either.
    #[must_use]
    pub fn folded(&self) -> Self {
        Self(self.0.to_ascii_lowercase())
    }
}

/// Logs do not show whom mail goes to.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[address]")
    }
}

/// One to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMail {
    /// Our id, also in its `Message-ID`.
    pub id: MailId,
    /// Which.
    pub template: MailTemplate,
    /// To whom.
    pub to: Address,
    /// What it is filled with; rendering it once succeeded.
    pub vars: Variables,
    /// A second one under the same key is the first.
    pub key: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Not before.
    pub due_at: Timestamp,
}

/// How far one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailState {
    /// It waits for its first or next attempt.
    Waiting,
    /// The mail server took it.
    Sent,
    /// It was given up.
    Dead,
}

impl MailState {
    /// As it stands in rows and answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Dead => "dead",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Waiting, Self::Sent, Self::Dead].into_iter().find(|one| one.as_str() == name)
    }
}

/// One in the outbox.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuedMail {
    /// What was asked for.
    pub mail: NewMail,
    /// How far it is.
    pub state: MailState,
    /// Attempts so far.
    pub attempts: u32,
    /// What the mail server said last.
    pub last_error: Option<String>,
    /// When that was, or when it was sent.
    pub updated_at: Timestamp,
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject: one line.
    pub subject: String,
    /// For programs that show HTML.
    pub html: String,
    /// For all others.
    pub text: String,
}

/// Why a mail was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailFault {
    /// The server does not know the address, or refuses it for ever: nothing goes there again.
    #[error("the address was refused: {0}")]
    BadAddress(String),
    /// The server refuses this mail for ever.
    #[error("the mail was refused: {0}")]
    Refused(String),
    /// Not now.
    #[error("the mail server could not take it: {0}")]
    Later(String),
    /// The server is away, or lets nobody in: nothing was said of this mail, and any other would fare the same.
    #[error("the mail server could not be reached: {0}")]
    Unreachable(String),
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettledMail {
    /// It was taken.
    Sent,
    /// It is tried again then.
    Again(Timestamp, String),
    /// It was given up.
    Dead(String),
}

/// Why nothing goes to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Suppression {
    /// A server refused it for ever.
    Bounced,
    /// Whoever reads it wants no list mail.
    Unsubscribed,
}

impl Suppression {
    /// As it stands in rows and answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bounced => "bounced",
            Self::Unsubscribed => "unsubscribed",
        }
    }
}

/// An address that nothing goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressed {
    /// Which.
    pub address: Address,
    /// Why.
    pub why: Suppression,
    /// Since when.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_was_kept_is_read_again() {
        for text in ["Ann@Example.com", "a@İ.com", "İ@x.com"] {
            let address = Address::new(text).unwrap();
            assert_eq!(Address::new(address.as_str()), Ok(address.clone()), "{text}");
            assert_eq!(Address::new(address.folded().as_str()), Ok(address.folded()), "{text}");
        }
    }

    #[test]
    fn addresses_are_checked_before_they_reach_a_header() {
        for good in
            ["ann@example.com", " Ann.Lee+tag@Example.COM ", "a@localhost", "żółw@example.pl"]
        {
            assert!(Address::new(good).is_ok(), "{good}");
        }
        assert_eq!(Address::new("Ann@Example.COM").unwrap().as_str(), "Ann@example.com");
        for bad in [
            "",
            "@",
            "ann",
            "ann@",
            "@example.com",
            "a b@example.com",
            "a@b@c",
            "a@-x.com",
            "a@x..com",
            ".a@x.com",
            "a..b@x.com",
            "a@x.com\r\nBcc: b@x.com",
            "<a@x.com>",
            "a@x_y.com",
        ] {
            assert_eq!(Address::new(bad), Err(InvalidAddress), "{bad:?}");
        }
    }
}
