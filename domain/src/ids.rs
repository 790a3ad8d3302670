//! Names of things: opaque strings with one place that says what a valid one looks like.
//!
//! The app chooses user ids (Mongo object ids, UUIDs, numbers as text); everything else is ours.

use std::{borrow::Borrow, fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// Longest id accepted from anywhere, in bytes.
pub const MAX_ID_BYTES: usize = 128;

/// An id that is empty, longer than [`MAX_ID_BYTES`] or holds white space or control characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid id")]
pub struct InvalidId;

fn check(text: &str, most: usize) -> Result<(), InvalidId> {
    let sound = !text.is_empty()
        && text.len() <= most
        && !text.chars().any(|c| c.is_control() || c.is_whitespace());
    if sound { Ok(()) } else { Err(InvalidId) }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        id!($(#[$doc])* $name, MAX_ID_BYTES);
    };
    ($(#[$doc:meta])* $name:ident, $most:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Accepts a valid id.
            ///
            /// # Errors
            /// [`InvalidId`] if it is empty, too long or holds white space or control characters.
            pub fn new(text: impl AsRef<str>) -> Result<Self, InvalidId> {
                let text = text.as_ref();
                check(text, $most)?;
                Ok(Self(text.into()))
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.as_ref().to_owned()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    };
}

id!(
    /// A user of the app; the same user in every contract.
    UserId
);
id!(
    /// A message sent to many, as the app names it (`contracts/tracking.md`).
    TrackedId
);
id!(
    /// One of those it is sent to, as the app names them; the same id in another message is another one.
    RecipientId
);
id!(
    /// A quiz, as the app names it (`contracts/quiz.md`).
    QuizId
);
id!(
    /// One of its questions, as the app names it.
    QuestionId
);
id!(
    /// One time that a quiz is held.
    QuizSessionId
);
id!(
    /// A request for help (`contracts/contacts.md`).
    ContactId
);
id!(
    /// An e-mail, the same in every attempt to send it.
    MailId
);
id!(
    /// An order of the marketplace, as the app names it (`contracts/commerce.md`).
    OrderId
);
id!(
    /// One browser or program of a user: the app's own id for it, or a hash of user agent and address
    /// (`contracts/rooms.md` section 6).
    DeviceId
);
id!(
    /// A stored message.
    MessageId
);
id!(
    /// What a client calls a message before the server has named it; unique per sender.
    ClientMessageId
);
id!(
    /// A stored notification.
    NotificationId
);
id!(
    /// A webhook, the same in every attempt to deliver it.
    WebhookId
);
id!(
    /// A stored image.
    ImageId
);
id!(
    /// Which token: its `jti`, or a hash of the token where it has none. Never the token itself.
    TokenId
);
id!(
    /// A chat, without the `chat_` prefix that its room carries on the wire. One byte longer than others: rooms that
    /// contracts name by up to 128 are chats behind a mark ([`crate::commerce::RoomName`]).
    ChatId, MAX_ID_BYTES + 1
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_no_spaces_no_control_characters_and_an_end() {
        assert!(UserId::new("507f1f77bcf86cd799439011").is_ok());
        assert!(UserId::new("żółw@example.com").is_ok());
        for bad in ["", " ", "a b", "a\nb", "a\u{0}b", &"x".repeat(MAX_ID_BYTES + 1)] {
            assert_eq!(UserId::new(bad), Err(InvalidId), "{bad:?}");
        }
    }
}
