//! What people say about a request (`contracts/contacts.md` section 2).

use outrigger_domain::support::{NewSupportMessage, NewTyping, SayError};
use outrigger_transport::Reply;

use super::{
    answers::{ContactsJoined, ContactsSaid, done},
    arguments::{ContactsSay, ContactsTyping, contact_id, join_chat, one_contact, read, text, yes},
    desk::{ContactsDesk, failed},
    texts::{self, Fault},
    visits::Part,
    wire::{chat_room_id, name, role_word},
};
use crate::contract::Call;

/// What the rate limiter calls what is said (`contracts/contacts.md` section 6, "Limits").
pub(super) const MESSAGES: &str = "contacts:message";

impl ContactsDesk {
    /// `joinContactChat`.
    pub(super) async fn join_chat(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let (id, access_token) = join_chat(&call.args).ok_or(texts::NO_CONTACT)?;
        let entered = self.enter_chat(&call, &id, access_token.as_deref()).await?;
        let contact = entered.ok_or(texts::NO_CONTACT)?;
        Ok(Reply::json(&ContactsJoined {
            success: true,
            contact_id: id.to_string(),
            chat_room_id: chat_room_id(&id),
            status: contact.status.as_str(),
        }))
    }

    /// `leaveContactChat`. Whoever is in no such chat has left it already.
    pub(super) async fn leave_chat(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let id = one_contact(&call.args).ok_or(texts::NO_CONTACT)?;
        self.unseat(call.conn, &id);
        Ok(done())
    }

    /// `sendContactMessage`. Whoever may speak hears what is said from then on, the own message first.
    pub(super) async fn say(&self, call: Call<'_>) -> Result<Reply, Fault> {
        self.count(&call.actor.user, MESSAGES)?;
        let said: ContactsSay = read(&call.args);
        let id = contact_id(&said.contact_id).ok_or(texts::NO_CHAT)?;
        let message = text(&said.message).ok_or(texts::NO_MESSAGE)?;
        let Some((contact, speaker)) = self.may_enter(&call, &id, None).await? else {
            // Admins may enter whatever there is; to others nothing is said of what there is.
            let admin = call.actor.is_admin();
            return Err(if admin { texts::NO_CHAT } else { texts::NOT_ALLOWED });
        };
        let part = Part::of(&call.actor, &contact, speaker);
        let seated = self.seat(call.conn, &id, part.clone())?;
        let said = NewSupportMessage {
            contact: id.clone(),
            sender: call.actor.user.clone(),
            sender_name: part.name,
            speaker,
            message,
            // The desk has a word for those who say none.
            kind: text(&said.kind).unwrap_or_default(),
        };
        let stored = self.support().say(said).await.map_err(|error| {
            self.rise(call.conn, &id, seated);
            match error {
                SayError::NotOpen => texts::NO_CHAT,
                SayError::TooLong(_) => texts::MESSAGE_TOO_LONG,
                SayError::Empty => texts::NO_MESSAGE,
                SayError::Store(error) => failed(name::SEND_CONTACT_MESSAGE)(error),
            }
        })?;
        self.passed().await;
        Ok(Reply::json(&ContactsSaid { success: true, id: stored.id, timestamp: stored.at }))
    }

    /// `contactTyping`: of those who are in the chat.
    pub(super) async fn typing(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let said: ContactsTyping = read(&call.args);
        let id = contact_id(&said.contact_id).ok_or(texts::NOT_ALLOWED)?;
        let part = self.visits.part(call.conn.key(), &id).ok_or(texts::NOT_ALLOWED)?;
        let user = call.actor.user.clone();
        let role = role_word(&user, part.speaker);
        let typing = yes(&said.is_typing);
        let typing = NewTyping { contact: id, user, name: part.name, role, typing };
        self.support().typing(typing).await;
        Ok(done())
    }
}
