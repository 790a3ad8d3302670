//! Sending messages.

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{
    image::{ImageFault, Picture},
    message::{Message, NewImage, NewMessage, Recipient, Stored},
    service::Messaging,
};
use crate::{
    accounts::{Profile, User},
    actor::Actor,
    ids::{ChatId, ClientMessageId, MessageId, UserId},
    notifications::{NEW_MESSAGE, Notification},
    ports::StoreError,
    time::Timestamp,
};

/// The same content to the same receiver within this time is one message (`contracts/rooms.md` section 7).
pub const DUPLICATE_WINDOW: Duration = Duration::from_secs(5);

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
    /// Whether its receiver gets a stored notification of it as well (`contracts/social.md` section 2, `send_message`).
    pub notify: bool,
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

impl Messaging {
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
        let mut sender_profile = Profile::default();
        let mut receiver = None;
        for user in self.store.users(&[sender.clone(), to.clone()]).await? {
            if user.id == *sender {
                sender_profile = Profile::from(&user);
            } else {
                receiver = Some(user);
            }
        }
        let receiver_profile = self.receiver(to, receiver).await?;
        let notice = if draft.notify || self.policy.always_notify {
            self.store.preferences(to).await?.wants(NEW_MESSAGE)
        } else {
            false
        };
        let way = Way {
            sender: sender.clone(),
            sender_profile,
            recipient: Recipient::User(to.clone()),
            receiver_profile,
            notice,
        };
        self.insert(way, draft).await
    }

    /// How the receiver is shown, if messages can be sent there at all.
    async fn receiver(&self, id: &UserId, known: Option<User>) -> Result<Profile, SendError> {
        if let Some(user) = known {
            return if user.active { Ok((&user).into()) } else { Err(SendError::UnknownReceiver) };
        }
        match self.lookup.look_up(id).await {
            Ok(Some(patch)) => {
                let user = self.store.upsert_user(id, &patch, self.clock.now(), None).await?;
                if user.active { Ok((&user).into()) } else { Err(SendError::UnknownReceiver) }
            }
            Ok(None) if self.policy.strict_receiver => Err(SendError::UnknownReceiver),
            Ok(None) => Ok(Profile::default()),
            Err(error) if self.policy.strict_receiver => {
                tracing::warn!(%error, "a message was not sent");
                Err(SendError::UnknownReceiver)
            }
            Err(_) => Ok(Profile::default()),
        }
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
        let known = self.store.user(&sender.user).await?;
        let way = Way {
            sender: sender.user.clone(),
            sender_profile: known.as_ref().map(Profile::from).unwrap_or_default(),
            recipient: Recipient::Chat(chat.clone()),
            receiver_profile: Profile::default(),
            notice: false,
        };
        self.insert(way, draft).await
    }

    async fn insert(&self, way: Way, draft: Draft) -> Result<Stored, SendError> {
        let text = draft.text.filter(|text| !text.trim().is_empty());
        let image = draft.image.filter(|image| !image.is_empty());
        if text.is_none() && image.is_none() {
            return Err(SendError::Empty);
        }
        if text.as_ref().is_some_and(|text| text.len() > self.policy.limits.text_bytes) {
            return Err(SendError::TextTooLong);
        }
        let digest = content_digest(text.as_deref(), image.as_deref());
        let now = self.clock.now();
        let (image, upload) = match image {
            None => (None, None),
            Some(image) => match Picture::read(&image, self.policy.limits.image_bytes)? {
                Picture::Elsewhere(url) => (Some(url), None),
                Picture::Here { media_type, bytes } => {
                    let id = self.ids.image();
                    let place = format!("{}/api/messages/images/{id}", self.policy.image_base);
                    (Some(place), Some(NewImage { id, media_type, bytes }))
                }
            },
        };
        let window = !draft.every_one_counts
            && (draft.same_content_is_same_message || draft.client_id.is_none());
        let id = self.ids.message(now);
        let notice = way.notice.then(|| self.notice(&way, &id, now)).flatten();
        let message = Message {
            id,
            sender: way.sender,
            sender_profile: way.sender_profile,
            recipient: way.recipient,
            receiver_profile: way.receiver_profile,
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
            notice,
        };
        Ok(self.store.insert_message(new).await?)
    }

    /// The notification of a message (`contracts/social.md` section 3, "Trigger").
    fn notice(&self, way: &Way, message: &MessageId, at: Timestamp) -> Option<Notification> {
        let Recipient::User(receiver) = &way.recipient else { return None };
        let name = way.sender_profile.name.as_deref().unwrap_or("Someone");
        Some(Notification {
            id: self.ids.notification(at),
            user: receiver.clone(),
            kind: NEW_MESSAGE.to_owned(),
            title: "New Message".to_owned(),
            message: format!("{name} sent you a message"),
            data: Some(serde_json::json!({ "messageId": message })),
            from: Some(way.sender.clone()),
            from_profile: way.sender_profile.clone(),
            post: None,
            created_at: at,
            read_at: None,
        })
    }
}

/// From whom to whom a message goes.
struct Way {
    sender: UserId,
    sender_profile: Profile,
    recipient: Recipient,
    receiver_profile: Profile,
    /// Whether the receiver is notified as well.
    notice: bool,
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
