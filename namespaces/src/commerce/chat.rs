//! What people say to each other (`contracts/commerce.md` section 2, `chat:*`).

use outrigger_domain::{
    accounts::Profile,
    actor::Actor,
    commerce::RoomName,
    identity::RESERVED_PREFIX,
    ids::{ChatId, ClientMessageId, MessageId, UserId},
    messaging::{Draft, Message, NewMessage, Read, Reading, Recipient, SendError, Stored},
};
use outrigger_transport::Reply;
use sha2::{Digest, Sha256};

use super::{
    answers::{CommerceSent, done},
    arguments::{
        CommerceOneMessage, CommerceSay, CommerceTyping, optional_text, read, text, yes_or_no,
    },
    desk::{CommerceDesk, broken},
    texts::{self, Fault},
    wire::name,
};
use crate::contract::Call;

/// Somebody who can be talked to; nobody has another id.
fn someone(id: &str) -> Result<UserId, Fault> {
    let user = UserId::new(id).ok().filter(|user| !user.as_str().starts_with(RESERVED_PREFIX));
    user.ok_or(texts::NO_RECIPIENT)
}

fn not_sent(error: SendError) -> Fault {
    match error {
        SendError::Empty | SendError::Image(_) => Fault::missing("message"),
        SendError::TextTooLong => texts::TEXT_TOO_LONG,
        SendError::ToYourself => texts::TO_YOURSELF,
        SendError::UnknownReceiver => texts::NO_RECIPIENT,
        SendError::NotAMember => texts::NOT_A_MEMBER,
        SendError::Store(error) => broken(name::CHAT_MESSAGE)(error),
    }
}

impl CommerceDesk {
    /// `chat:message`. Who is named counts more than the room.
    pub(super) async fn say(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let said: CommerceSay = read(&call.args);
        let message = text(&said.message, "message")?;
        let recipient = optional_text(&said.recipient_id, "recipientId")?;
        let room = optional_text(&said.room_id, "roomId")?;
        let client_id = optional_text(&said.client_message_id, "clientMessageId")?;
        let client_id = client_id.map(ClientMessageId::new).transpose();
        let client_id = client_id.map_err(|_| Fault::mistyped("clientMessageId"))?;
        let draft = Draft {
            text: Some(message),
            // People do repeat themselves: without a name of its own every packet is a message.
            every_one_counts: client_id.is_none(),
            client_id,
            ..Draft::default()
        };
        let stored = match (recipient, room) {
            (Some(to), _) => {
                let to = someone(&to)?;
                self.shared().parts().messaging.send(&call.actor.user, &to, draft).await
            }
            (None, Some(room)) => self.say_in(&call, &room, draft).await?,
            (None, None) => return Err(Fault::missing("recipientId")),
        };
        let message_id = stored.map_err(not_sent)?.message().id.to_string();
        Ok(Reply::json(&CommerceSent { success: true, message_id }))
    }

    async fn say_in(
        &self,
        call: &Call<'_>,
        room: &str,
        draft: Draft,
    ) -> Result<Result<Stored, SendError>, Fault> {
        let room = RoomName::read(room).ok_or_else(|| Fault::mistyped("roomId"))?;
        let chat = match &room {
            RoomName::User(_) | RoomName::Role(_) => return Err(texts::NOT_A_MEMBER),
            RoomName::Chat(chat) => {
                let messaging = &self.shared().parts().messaging;
                return Ok(messaging.send_to_chat(&call.actor, chat, draft).await);
            }
            RoomName::Product(chat) | RoomName::Open(chat) | RoomName::Granted(chat) => chat,
        };
        let is_in = call.standing.stay().is_some_and(|stay| stay.is_in(chat));
        // It may have been closed since.
        let may = self.may_be_in(&call.actor, &room).await.map_err(broken(name::CHAT_MESSAGE))?;
        if !is_in || !may {
            return Err(texts::NOT_A_MEMBER);
        }
        Ok(self.store_line(&call.actor, chat, draft).await)
    }

    /// Stores a line of a room whose members are those who are in it, and tells them.
    async fn store_line(
        &self,
        actor: &Actor,
        chat: &ChatId,
        draft: Draft,
    ) -> Result<Stored, SendError> {
        let parts = self.shared().parts();
        let line = draft.text.filter(|text| !text.trim().is_empty()).ok_or(SendError::Empty)?;
        if line.len() > parts.messaging.limits().text_bytes {
            return Err(SendError::TextTooLong);
        }
        let known = parts.store.user(&actor.user).await?;
        let now = self.now();
        let digest = Sha256::digest(&line).into();
        let message = Message {
            id: self.services().ids.message(now),
            sender: actor.user.clone(),
            sender_profile: known.as_ref().map(Profile::from).unwrap_or_default(),
            recipient: Recipient::Chat(chat.clone()),
            receiver_profile: Profile::default(),
            text: Some(line),
            image: None,
            client_id: draft.client_id,
            created_at: now,
            updated_at: now,
            delivered_at: None,
            read_at: None,
        };
        let new = NewMessage { message, upload: None, digest, duplicate_since: None, notice: None };
        Ok(parts.store.insert_message(new).await?)
    }

    /// `chat:typing`. Nobody types to themselves.
    pub(super) async fn typing(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let said: CommerceTyping = read(&call.args);
        let to = text(&said.recipient_id, "recipientId")?;
        let typing = yes_or_no(&said.is_typing, "isTyping")?;
        let to = someone(&to)?;
        if typing {
            self.parts.typing.start(&call.actor, &to).await;
        } else {
            self.parts.typing.stop(&call.actor, &to).await;
        }
        Ok(done())
    }

    /// `chat:read`. Whose it is is not said of somebody else's.
    pub(super) async fn message_read(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let said: CommerceOneMessage = read(&call.args);
        let id = text(&said.message_id, "messageId")?;
        let id = MessageId::new(id).map_err(|_| texts::NO_MESSAGE)?;
        let messaging = &self.shared().parts().messaging;
        let read = messaging.mark_read(&call.actor.user, &id, Reading::Read).await;
        match read.map_err(broken(name::CHAT_READ))? {
            Read::Now(..) | Read::Before(_) => Ok(done()),
            Read::NotYours | Read::Missing => Err(texts::NO_MESSAGE),
        }
    }
}
