//! Reading messages, and what becomes of them.

use std::sync::Arc;

use super::{
    message::{
        Conversation, Deleted, Message, Page, Partner, Read, Reading, Recipient, StoredImage,
        Unread,
    },
    policy::{MessageLimits, MessagePolicy},
    typing::TypingNews,
};
use crate::{
    actor::Actor,
    chats::Chats,
    events::Receipt,
    ids::{ImageId, MessageId, UserId},
    naming::Ids,
    paging::{Slice, Sliced},
    ports::{Bus, Store, StoreError, UserLookup},
    presence::Presence,
    time::Clock,
};

/// Partners a user is shown at most.
const MOST_PARTNERS: u32 = 500;

/// Messages of a page at most.
pub const MOST_MESSAGES: u32 = 1000;

/// Messages marked as read in one write at most.
const READ_AT_ONCE: u32 = 500;

/// Messages.
pub struct Messaging {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ids: Arc<dyn Ids>,
    pub(super) chats: Arc<Chats>,
    pub(super) lookup: Arc<dyn UserLookup>,
    pub(super) policy: MessagePolicy,
    pub(super) typing: Arc<TypingNews>,
}

impl Messaging {
    /// Messages over this store; `lookup` is asked for receivers it does not know.
    #[must_use]
    #[expect(clippy::too_many_arguments, reason = "the ports it works with, named once, in `src`")]
    pub fn new(
        store: Arc<dyn Store>,
        bus: Arc<dyn Bus>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        presence: Arc<Presence>,
        chats: Arc<Chats>,
        lookup: Arc<dyn UserLookup>,
        policy: MessagePolicy,
    ) -> Self {
        let typing = Arc::new(TypingNews::new(presence, bus, Arc::clone(&clock)));
        Self { store, clock, ids, chats, lookup, policy, typing }
    }

    /// The limits in force.
    #[must_use]
    pub fn limits(&self) -> MessageLimits {
        self.policy.limits
    }

    /// Marks a message as read by the user it was sent to, and tells its sender.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn mark_read(
        &self,
        reader: &UserId,
        message: &MessageId,
        reading: Reading,
    ) -> Result<Read, StoreError> {
        self.store.mark_read(message, reader, reading, self.clock.now()).await
    }

    /// Marks everything of these messages that was sent to the reader as seen; gives those for which that is new.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn mark_shown(
        &self,
        reader: &UserId,
        messages: Vec<MessageId>,
    ) -> Result<Vec<Arc<Message>>, StoreError> {
        let which = Unread::These(messages);
        let now = self.clock.now();
        Ok(self.store.mark_many_read(reader, &which, Reading::Seen, now).await?.0)
    }

    /// Marks everything from one partner as seen; gives how many messages were unread. A long conversation takes several
    /// writes, so that nobody waits for it.
    ///
    /// # Errors
    /// If the store failed; what was marked until then stays so.
    pub async fn mark_conversation_seen(
        &self,
        reader: &UserId,
        partner: &UserId,
    ) -> Result<u64, StoreError> {
        let which = Unread::From(partner.clone(), READ_AT_ONCE);
        let mut marked = 0;
        loop {
            let now = self.clock.now();
            let part = self.store.mark_many_read(reader, &which, Reading::Seen, now).await?.0.len();
            marked += part as u64;
            if part < READ_AT_ONCE as usize {
                return Ok(marked);
            }
        }
    }

    /// Deletes a message of this sender and tells both sides.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn delete(
        &self,
        sender: &UserId,
        message: &MessageId,
    ) -> Result<Deleted, StoreError> {
        self.store.delete_message(message, sender, self.clock.now()).await
    }

    /// One message, if this user sent it or it was sent to this user; otherwise as if it did not exist.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn find(
        &self,
        viewer: &UserId,
        message: &MessageId,
    ) -> Result<Option<Message>, StoreError> {
        let found = self.store.message(message).await?;
        Ok(found.filter(|message| {
            message.sender == *viewer || message.recipient == Recipient::User(viewer.clone())
        }))
    }

    /// A page of what two users wrote to each other, oldest first.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn conversation_slice(
        &self,
        a: &UserId,
        b: &UserId,
        slice: Slice,
    ) -> Result<Sliced<Message>, StoreError> {
        self.store.conversation_slice(a, b, slice).await
    }

    /// A page of a user's conversations, the one spoken in last first.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn conversations(
        &self,
        user: &UserId,
        slice: Slice,
    ) -> Result<Sliced<Conversation>, StoreError> {
        self.store.conversations(user, slice).await
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
    pub async fn typing(
        &self,
        from: &UserId,
        name: Option<&str>,
        to: &UserId,
        typing: bool,
        receipt: Receipt,
    ) {
        self.typing.tell(from, name, to, typing, receipt).await;
    }
}
