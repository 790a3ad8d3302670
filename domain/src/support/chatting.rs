//! What is said about a request (`contracts/contacts.md` section 2, `sendContactMessage`).

use std::sync::Arc;

use super::{
    chat::{NewSupportMessage, Speaker, SupportMessage},
    contact::{Contact, ContactStatus},
    desk::{Desk, SupportDesk},
    event::SupportEvent,
    naming::stamped,
    submitting::MOST_MESSAGE,
};
use crate::{
    events::Audience,
    finishing::finished,
    ids::{ContactId, UserId},
    paging::{Slice, Sliced},
    ports::{StoreError, StoreResult},
};

/// Messages of a history at most.
pub const MOST_HISTORY: u32 = 200;

/// Texts of a history in all, in bytes.
const HISTORY_BYTES: usize = 512 << 10;

/// Chats in one answer at most, and messages of each.
const MOST_CHATS: u32 = 50;
/// See [`MOST_CHATS`].
const MESSAGES_OF_EACH: u32 = 50;

/// Longest word for the kind of a message, in bytes; a longer one is none of a client's.
const MOST_KIND_BYTES: usize = 32;

/// The kind of a message that says none.
const USUAL_KIND: &str = "text";

/// Longest name shown with a message, in characters.
const MOST_SENDER_NAME: usize = 100;

/// Why something was not said.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SayError {
    /// There is no such chat, or it is open no longer, or not yet.
    #[error("the chat is not open")]
    NotOpen,
    /// It has more characters than that.
    #[error("the message is longer than {0} characters")]
    TooLong(usize),
    /// It has no text.
    #[error("the message is empty")]
    Empty,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Somebody is typing, or stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTyping {
    /// In the chat about what.
    pub contact: ContactId,
    /// Who.
    pub user: UserId,
    /// The name to show.
    pub name: String,
    /// The word for the role.
    pub role: &'static str,
    /// Typing, or no longer.
    pub typing: bool,
}

/// A chat that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveChat {
    /// About what; an admin looks after it.
    pub contact: Contact,
    /// What was said last, oldest first.
    pub messages: Vec<SupportMessage>,
}

impl SupportDesk {
    /// Says something in a chat that is open: while an admin looks after the request. Everybody in the chat is told, and
    /// whoever asked once more if an admin speaks. That the speaker [may](Self::may_enter) is the caller's business.
    ///
    /// # Errors
    /// Why it was not said; nobody was told.
    pub async fn say(&self, said: NewSupportMessage) -> Result<SupportMessage, SayError> {
        let said = checked(said)?;
        let desk = Arc::clone(&self.desk);
        finished(async move {
            let open = |contact: &Contact| contact.status == ContactStatus::InProgress;
            Ok(desk.put(said, open).await?.1)
        })
        .await
    }

    /// Answers a request whatever its state, for those who are not connected: as [`Self::say`], and what an admin says
    /// goes to whoever asked by e-mail as well (`contracts/contacts.md` section 4, `PUT /api/contacts/:id`).
    ///
    /// # Errors
    /// Why it was not said; nobody was told.
    pub async fn reply(&self, said: NewSupportMessage) -> Result<SupportMessage, SayError> {
        let said = checked(said)?;
        let desk = Arc::clone(&self.desk);
        finished(async move {
            let (contact, message) = desk.put(said, |_| true).await?;
            if message.said.speaker == Speaker::Admin {
                desk.mail_reply(&contact, &message).await;
            }
            Ok(message)
        })
        .await
    }

    /// Tells the others in a chat that somebody is typing. That the user is in it is the caller's business.
    pub async fn typing(&self, typing: NewTyping) {
        let NewTyping { contact, user, name, role, typing } = typing;
        let of = Box::new(Audience::Support(contact.clone()));
        let audience = Audience::Except { of, users: vec![user.clone()] };
        let at = self.desk.now();
        let event = SupportEvent::Typing { contact, user, name, role, typing, at };
        self.desk.tell(audience, event).await;
    }

    /// What was said last, oldest first: at most [`MOST_HISTORY`] messages and 512 KiB of text, the last one included in
    /// any case.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn history(&self, id: &ContactId) -> StoreResult<Vec<SupportMessage>> {
        let mut messages = self.desk.parts.store.support_messages(id, MOST_HISTORY).await?;
        let mut bytes = 0;
        let fits = |message: &&SupportMessage| {
            bytes += message.said.message.len();
            bytes <= HISTORY_BYTES
        };
        let kept = messages.iter().rev().take_while(fits).count();
        messages.drain(..messages.len() - kept);
        Ok(messages)
    }

    /// Chats that are open, the newest request first, with the last 50 messages of each (`getActiveChats`). A part has at
    /// most 50.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn chats(&self, slice: Slice) -> StoreResult<Sliced<ActiveChat>> {
        let slice = Slice { limit: slice.limit.min(MOST_CHATS), ..slice };
        let Sliced { items, total } = self.contacts(Some(ContactStatus::InProgress), slice).await?;
        let mut chats = Vec::with_capacity(items.len());
        for contact in items {
            let store = &self.desk.parts.store;
            let messages = store.support_messages(&contact.id, MESSAGES_OF_EACH).await?;
            chats.push(ActiveChat { contact, messages });
        }
        Ok(Sliced { items: chats, total })
    }
}

impl Desk {
    /// Keeps and tells something about a request that is `open` to it.
    async fn put(
        &self,
        said: NewSupportMessage,
        open: impl FnOnce(&Contact) -> bool,
    ) -> Result<(Contact, SupportMessage), SayError> {
        let _turn = self.turn(&said.contact).await;
        let store = &self.parts.store;
        let contact = store.contact(&said.contact).await?.filter(open).ok_or(SayError::NotOpen)?;
        let now = self.now();
        let id = stamped("msg", now, &*self.parts.ids);
        let message = store.add_support_message(id, said, now).await?;
        let told = Arc::new(message.clone());
        let in_chat = Audience::Support(contact.id.clone());
        self.tell(in_chat, SupportEvent::Message(Arc::clone(&told))).await;
        if told.said.speaker == Speaker::Admin {
            let whoever_asked = match &contact.user {
                Some(user) => Audience::User(user.clone()),
                None => self.visitors(&contact.id, &told.said.sender),
            };
            self.tell(whoever_asked, SupportEvent::Response(told)).await;
        }
        self.touched();
        Ok((contact, message))
    }
}

/// In the form in which it is kept.
fn checked(mut said: NewSupportMessage) -> Result<NewSupportMessage, SayError> {
    if said.message.trim().is_empty() {
        return Err(SayError::Empty);
    }
    if said.message.chars().count() > MOST_MESSAGE {
        return Err(SayError::TooLong(MOST_MESSAGE));
    }
    if said.kind.is_empty() || said.kind.len() > MOST_KIND_BYTES {
        said.kind = USUAL_KIND.to_owned();
    }
    if let Some((end, _)) = said.sender_name.char_indices().nth(MOST_SENDER_NAME) {
        said.sender_name.truncate(end);
    }
    Ok(said)
}

#[cfg(test)]
mod tests;
