//! Sending and reading messages.

use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{
    image::{ImageFault, Picture},
    message::{Message, NewMessage, Page, Partner, Read, Recipient, Stored, StoredImage},
};
use crate::{
    actor::Actor,
    chats::Chats,
    events::{Audience, DomainEvent, Published, Reach, Receipt},
    ids::{ChatId, ClientMessageId, ImageId, MessageId, UserId},
    naming::Ids,
    ports::{Bus, Store, StoreError},
    presence::Presence,
    time::Clock,
};

/// The same content to the same receiver within this time is one message (`contracts/rooms.md` section 7).
pub const DUPLICATE_WINDOW: Duration = Duration::from_secs(5);

/// Partners a user is shown at most.
const MOST_PARTNERS: u32 = 500;

/// Messages of a page at most.
pub const MOST_MESSAGES: u32 = 1000;

/// How large messages may be.
#[derive(Debug, Clone, Copy)]
pub struct MessageLimits {
    /// Bytes of text.
    pub text_bytes: usize,
    /// Bytes of an image, decoded.
    pub image_bytes: usize,
}

impl Default for MessageLimits {
    fn default() -> Self {
        Self { text_bytes: 64 * 1024, image_bytes: 5 * 1024 * 1024 }
    }
}

/// What a client wants to say.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// The text; empty counts as none.
    pub text: Option<String>,
    /// An `https` URL or a `data:` image; empty counts as none.
    pub image: Option<String>,
    /// What the client calls it.
    pub client_id: Option<ClientMessageId>,
    /// Whether the same content within [`DUPLICATE_WINDOW`] is the same message, even under another client id:
    /// so for clients that make up a new id when they retry.
    pub same_content_is_same_message: bool,
    /// Whether the same content again is always another message, client id or not.
    pub every_one_counts: bool,
}

/// Why a message was not sent.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SendError {
    /// Neither text nor image.
    #[error("text or image is required")]
    Empty,
    /// More text than allowed.
    #[error("the text is too long")]
    TextTooLong,
    /// The image cannot be taken.
    #[error(transparent)]
    Image(#[from] ImageFault),
    /// To oneself.
    #[error("cannot send messages to yourself")]
    ToYourself,
    /// Nobody of that id is known, or the account is inactive.
    #[error("receiver not found")]
    UnknownReceiver,
    /// Not a member of the chat.
    #[error("not a member")]
    NotAMember,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Messages.
pub struct Messaging {
    store: Arc<dyn Store>,
    bus: Arc<dyn Bus>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    presence: Arc<Presence>,
    chats: Arc<Chats>,
    limits: MessageLimits,
    image_base: String,
}

impl Messaging {
    /// `image_base` stands before `/api/messages/images/<id>` in messages: empty, or the sidecar's public URL.
    #[must_use]
    #[expect(clippy::too_many_arguments, reason = "the ports it works with, named once, in `src`")]
    pub fn new(
        store: Arc<dyn Store>,
        bus: Arc<dyn Bus>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        presence: Arc<Presence>,
        chats: Arc<Chats>,
        limits: MessageLimits,
        image_base: String,
    ) -> Self {
        Self { store, bus, clock, ids, presence, chats, limits, image_base }
    }

    /// The limits in force.
    #[must_use]
    pub fn limits(&self) -> MessageLimits {
        self.limits
    }

    /// Stores a message to a user, tells both sides, and gives it back.
    ///
    /// # Errors
    /// [`SendError`]; nothing was stored.
    pub async fn send(
        &self,
        sender: &UserId,
        to: &UserId,
        draft: Draft,
    ) -> Result<Stored, SendError> {
        if sender == to {
            return Err(SendError::ToYourself);
        }
        let receiver = self.store.user(to).await?;
        if !receiver.is_some_and(|user| user.active) {
            return Err(SendError::UnknownReceiver);
        }
        self.insert(sender, Recipient::User(to.clone()), draft).await
    }

    /// Stores a message to a chat and tells its members who are there.
    ///
    /// # Errors
    /// [`SendError`]; nothing was stored.
    pub async fn send_to_chat(
        &self,
        sender: &Actor,
        chat: &ChatId,
        draft: Draft,
    ) -> Result<Stored, SendError> {
        if !self.chats.may_join(&sender.user, chat).await? {
            return Err(SendError::NotAMember);
        }
        self.insert(&sender.user, Recipient::Chat(chat.clone()), draft).await
    }

    async fn insert(
        &self,
        sender: &UserId,
        recipient: Recipient,
        draft: Draft,
    ) -> Result<Stored, SendError> {
        let text = draft.text.filter(|text| !text.trim().is_empty());
        let image = draft.image.filter(|image| !image.is_empty());
        if text.is_none() && image.is_none() {
            return Err(SendError::Empty);
        }
        if text.as_ref().is_some_and(|text| text.len() > self.limits.text_bytes) {
            return Err(SendError::TextTooLong);
        }
        let digest = content_digest(text.as_deref(), image.as_deref());
        let now = self.clock.now();
        let (image, upload) = match image {
            None => (None, None),
            Some(image) => match Picture::read(&image, self.limits.image_bytes)? {
                Picture::Elsewhere(url) => (Some(url), None),
                Picture::Here { media_type, bytes } => {
                    let id = self.ids.image();
                    let place = format!("{}/api/messages/images/{id}", self.image_base);
                    (Some(place), Some(super::message::NewImage { id, media_type, bytes }))
                }
            },
        };
        let window = !draft.every_one_counts
            && (draft.same_content_is_same_message || draft.client_id.is_none());
        let message = Message {
            id: self.ids.message(now),
            sender: sender.clone(),
            recipient,
            text,
            image,
            client_id: draft.client_id,
            created_at: now,
            updated_at: now,
            delivered_at: None,
            read_at: None,
        };
        let new = NewMessage {
            message,
            upload,
            digest,
            duplicate_since: window.then(|| now.minus(DUPLICATE_WINDOW)),
        };
        Ok(self.store.insert_message(new).await?)
    }

    /// Marks a message as read by the user it was sent to, and tells its sender.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn mark_read(
        &self,
        reader: &UserId,
        message: &MessageId,
    ) -> Result<Read, StoreError> {
        self.store.mark_read(message, reader, self.clock.now()).await
    }

    /// What two users wrote to each other, oldest first.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn conversation(
        &self,
        a: &UserId,
        b: &UserId,
        page: &Page,
    ) -> Result<Vec<Message>, StoreError> {
        self.store.conversation(a, b, page).await
    }

    /// Whom a user has exchanged messages with, latest first.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn partners(&self, user: &UserId) -> Result<Vec<Partner>, StoreError> {
        self.store.partners(user, MOST_PARTNERS).await
    }

    /// An image, if this user sent it or it was sent to this user; otherwise as if it did not exist.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn image(
        &self,
        viewer: &Actor,
        id: &ImageId,
    ) -> Result<Option<StoredImage>, StoreError> {
        let Some(image) = self.store.image(id).await? else { return Ok(None) };
        let allowed = image.sender == viewer.user
            || match &image.recipient {
                Recipient::User(user) => *user == viewer.user,
                Recipient::Chat(chat) => self.chats.may_join(&viewer.user, chat).await?,
            };
        Ok(allowed.then_some(image))
    }

    /// Tells the other side that someone is typing. Nobody is told who is not there.
    pub async fn typing(&self, from: &UserId, to: &UserId, typing: bool, receipt: Receipt) {
        if !self.presence.is_online(to) {
            receipt.answer(Reach::default());
            return;
        }
        let event = DomainEvent::Typing { from: from.clone(), typing };
        let audience = Audience::User(to.clone());
        self.bus.publish(Published::asking(self.clock.now(), audience, event, receipt)).await;
    }
}

/// Lengths go in as well, so that no text can pass for a text with an image.
fn content_digest(text: Option<&str>, image: Option<&str>) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in [text, image] {
        digest.update(part.map_or(u64::MAX, |part| part.len() as u64).to_le_bytes());
        digest.update(part.unwrap_or_default());
    }
    digest.finalize().into()
}
