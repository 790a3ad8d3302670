//! A message, and what became of storing and reading it.

use std::sync::Arc;

use crate::{
    accounts::Profile,
    events::{Audience, DomainEvent, Published},
    ids::{ChatId, ClientMessageId, ImageId, MessageId, UserId},
    notifications::{Notification, Notified},
    ports::Tells,
    time::Timestamp,
};

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Recipient {
    /// One user.
    User(UserId),
    /// Everyone in a chat.
    Chat(ChatId),
}

/// A stored message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Our id.
    pub id: MessageId,
    /// Who wrote it.
    pub sender: UserId,
    /// How the sender is shown, as it was known when this was read.
    pub sender_profile: Profile,
    /// To whom.
    pub recipient: Recipient,
    /// How the receiver is shown; nothing is known of a chat.
    pub receiver_profile: Profile,
    /// The text, if any.
    pub text: Option<String>,
    /// Where the image is, if any: an absolute URL, or a path on this server.
    pub image: Option<String>,
    /// What the sender's client called it.
    pub client_id: Option<ClientMessageId>,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When a device of the receiver had it, as far as that is recorded.
    pub delivered_at: Option<Timestamp>,
    /// When the receiver read it.
    pub read_at: Option<Timestamp>,
}

/// An image that came with a message, to be stored in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewImage {
    /// Its id, which is part of its address.
    pub id: ImageId,
    /// `image/png` and so on, checked against the bytes.
    pub media_type: &'static str,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// An image as it is served back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredImage {
    /// `image/png` and so on.
    pub media_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Who sent it.
    pub sender: UserId,
    /// Who may see it beside the sender.
    pub recipient: Recipient,
}

/// A message to be stored, and when it counts as one that is there already.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMessage {
    /// The message as it will be.
    pub message: Message,
    /// An image to store beside it.
    pub upload: Option<NewImage>,
    /// A digest of text and image: what makes two messages the same content.
    pub digest: [u8; 32],
    /// The same content from the same sender to the same receiver since then is the same message
    /// (`contracts/rooms.md` section 4); `None` where a client message id alone decides.
    pub duplicate_since: Option<Timestamp>,
    /// A notification of the receiver, stored if the message is new.
    pub notice: Option<Notification>,
}

/// What became of storing a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Stored {
    /// It is there now, with the notification that was asked for.
    New(Arc<Message>, Option<Notified>),
    /// It was there already; nobody is told again.
    Duplicate(Arc<Message>),
}

impl Stored {
    /// The message, new or old.
    #[must_use]
    pub fn message(&self) -> &Arc<Message> {
        match self {
            Self::New(message, _) | Self::Duplicate(message) => message,
        }
    }
}

impl Tells for Stored {
    fn tells(&self) -> Vec<Published> {
        let Self::New(message, notified) = self else { return Vec::new() };
        let at = message.created_at;
        let mut told = match &message.recipient {
            Recipient::User(receiver) => vec![
                Published::new(
                    at,
                    Audience::User(receiver.clone()),
                    DomainEvent::MessageReceived(Arc::clone(message)),
                ),
                Published::new(
                    at,
                    Audience::User(message.sender.clone()),
                    DomainEvent::MessageSent(Arc::clone(message)),
                ),
            ],
            Recipient::Chat(chat) => vec![Published::new(
                at,
                Audience::Chat(chat.clone()),
                DomainEvent::ChatMessage(Arc::clone(message)),
            )],
        };
        told.extend(notified.iter().flat_map(Tells::tells));
        told
    }
}

/// In which words a message was read. Contracts with one word for both say that one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Reading {
    /// The receiver's client says that it was read.
    #[default]
    Read,
    /// It was shown (`contracts/social.md` section 3, `message_seen`).
    Seen,
}

/// What became of marking a message as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// It is read now.
    Now(Arc<Message>, Reading),
    /// It had been read before; nobody is told again.
    Before(Arc<Message>),
    /// It was not sent to this user. Only some contracts tell this from [`Self::Missing`].
    NotYours,
    /// There is no such message.
    Missing,
}

fn read_now(message: &Message, reading: Reading) -> Option<Published> {
    let (Recipient::User(reader), Some(at)) = (&message.recipient, message.read_at) else {
        return None;
    };
    let event =
        DomainEvent::MessageRead { message: message.id.clone(), by: reader.clone(), reading };
    Some(Published::new(at, Audience::User(message.sender.clone()), event))
}

impl Tells for Read {
    fn tells(&self) -> Vec<Published> {
        match self {
            Self::Now(message, reading) => read_now(message, *reading).into_iter().collect(),
            Self::Before(_) | Self::NotYours | Self::Missing => Vec::new(),
        }
    }
}

/// Which messages to mark as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// Of these those that were sent to the reader.
    These(Vec<MessageId>),
    /// The oldest ones from this user, at most so many.
    From(UserId, u32),
}

/// Messages that were unread until now, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadMany(pub Vec<Arc<Message>>, pub Reading);

impl Tells for ReadMany {
    fn tells(&self) -> Vec<Published> {
        self.0.iter().filter_map(|message| read_now(message, self.1)).collect()
    }
}

/// What became of deleting a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deleted {
    /// It is gone since then.
    Now(Arc<Message>, Timestamp),
    /// It was not this user who sent it.
    NotYours,
    /// There is no such message.
    Missing,
}

impl Tells for Deleted {
    fn tells(&self) -> Vec<Published> {
        let Self::Now(message, at) = self else { return Vec::new() };
        let audience = match &message.recipient {
            Recipient::User(receiver) => {
                Audience::Users(vec![message.sender.clone(), receiver.clone()])
            }
            Recipient::Chat(chat) => Audience::Chat(chat.clone()),
        };
        let event =
            DomainEvent::MessageDeleted { message: message.id.clone(), by: message.sender.clone() };
        vec![Published::new(*at, audience, event)]
    }
}

/// Messages that reached a device of their receiver for the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered(pub Vec<Arc<Message>>);

impl Tells for Delivered {
    fn tells(&self) -> Vec<Published> {
        let told = self.0.iter().filter_map(|message| {
            let (Recipient::User(to), Some(at)) = (&message.recipient, message.delivered_at) else {
                return None;
            };
            let event =
                DomainEvent::MessageDelivered { message: message.id.clone(), to: to.clone() };
            Some(Published::new(at, Audience::User(message.sender.clone()), event))
        });
        told.collect()
    }
}

/// A part of a conversation, newest last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Only messages older than this one, if given.
    pub before: Option<MessageId>,
    /// At most so many, the newest of them.
    pub limit: u32,
}

/// A user one has exchanged messages with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partner {
    /// Who.
    pub user: UserId,
    /// When the last message went either way.
    pub last_at: Timestamp,
    /// Messages from them not read yet.
    pub unread: u64,
}

/// What a user and one partner have written to each other, in brief.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// The partner.
    pub partner: UserId,
    /// How the partner is shown.
    pub profile: Profile,
    /// The last message, either way.
    pub last: Message,
    /// Messages from the partner not read yet.
    pub unread: u64,
}

#[cfg(test)]
mod tests;
