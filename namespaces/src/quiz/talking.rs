//! What is said in rooms (`contracts/quiz.md` section 2).

use outrigger_domain::{
    accounts::Profile,
    actor::Actor,
    commerce::RoomName,
    events::{Audience, DomainEvent},
    ids::{ChatId, MessageId},
    messaging::{Message, NewMessage, Recipient},
    time::Timestamp,
};
use outrigger_transport::Reply;
use sha2::{Digest, Sha256};

use super::{
    answers::{QuizSent, done},
    arguments::{Said, line},
    desk::{QuizDesk, broken, shown},
    relay::Relay,
    room_names::{ROOM_FIELDS, chat_named},
    rooms::others_in,
    texts::{self, Fault},
    wire::name,
};
use crate::contract::Call;

/// Characters of chance in a message's id.
const CHANCE: usize = 9;

impl QuizDesk {
    /// `typing`. The bare text of older clients names the room, or something else in the room they entered.
    pub(super) async fn typing(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let said = Said::read(&call.args);
        let typing = said.yes_or_no("isTyping").unwrap_or(true);
        self.types(&call, &said, typing).await
    }

    /// `stopTyping`.
    pub(super) async fn stop_typing(&self, call: Call<'_>) -> Result<Reply, Fault> {
        self.types(&call, &Said::read(&call.args), false).await
    }

    async fn types(&self, call: &Call<'_>, said: &Said, typing: bool) -> Result<Reply, Fault> {
        let stay = call.standing.quiz_stay();
        let named = said.bare_or(&ROOM_FIELDS).and_then(|name| chat_named(&name));
        let named = named.map(|(_, chat)| chat).filter(|chat| stay.is_in(chat));
        let entered = || stay.entered_last().filter(|_| matches!(said, Said::Bare(_)));
        let chat = named.or_else(entered).ok_or(texts::TYPING_ELSEWHERE)?;
        stay.types_in(&chat, typing);
        self.tell_typing(&call.actor, &chat, typing).await;
        Ok(done())
    }

    /// Tells the others in a room who is typing, or no longer.
    pub(super) async fn tell_typing(&self, actor: &Actor, chat: &ChatId, typing: bool) {
        let (user, name) = (actor.user.clone(), Some(shown(actor)));
        let event = DomainEvent::ChatTyping { chat: chat.clone(), user, name, typing };
        self.tell(others_in(chat, actor), event).await;
    }

    /// `roomMessage`: to be stored, or stored by the app already.
    pub(super) async fn room_message(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let said = Said::read(&call.args);
        let name = said.text(&ROOM_FIELDS).ok_or(texts::NO_ROOM_NAME)?;
        let is_stored = !said.has(&["message"]) && said.has(&["content"]);
        let text = said.line(if is_stored { &["content"] } else { &["message"] })?;
        let chat = self.is_still_in(&call, &name).await.map_err(broken(name::ROOM_MESSAGE))?;
        let chat = chat.ok_or(texts::NOT_IN_ROOM)?;
        call.standing.quiz_stay().types_in(&chat, false);
        if is_stored {
            let relay = Relay::Message {
                id: said.word(&["_id"]),
                in_full: said.is_in_full("sender"),
                receiver: said.someone("receiver"),
                room_name: said.word(&["roomName"]),
                content: text,
            };
            let others = others_in(&chat, &call.actor);
            self.pass(&call.actor, chat, relay, others).await;
            return Ok(done());
        }
        let message_id = self.store_line(&call.actor, &chat, text).await?.to_string();
        Ok(Reply::json(&QuizSent { success: true, message_id, stored: true, delivered: None }))
    }

    /// Stores a line of a room whose members are those who are in it, and tells them.
    async fn store_line(
        &self,
        actor: &Actor,
        chat: &ChatId,
        text: String,
    ) -> Result<MessageId, Fault> {
        let now = self.now();
        let id = self.message_id(now).ok_or(texts::INTERNAL)?;
        let digest = Sha256::digest(&text).into();
        let message = Message {
            id: id.clone(),
            sender: actor.user.clone(),
            sender_profile: Profile { name: Some(shown(actor)), ..actor.profile.clone() },
            recipient: Recipient::Chat(chat.clone()),
            receiver_profile: Profile::default(),
            text: Some(text),
            image: None,
            client_id: None,
            created_at: now,
            updated_at: now,
            delivered_at: None,
            read_at: None,
        };
        let new = NewMessage { message, upload: None, digest, duplicate_since: None, notice: None };
        let stored = self.shared().parts().store.insert_message(new).await;
        stored.map_err(broken(name::ROOM_MESSAGE))?;
        Ok(id)
    }

    /// `msg_<ms>_<9 characters>` (`contracts/quiz.md` section 3, `roomMessage`).
    fn message_id(&self, at: Timestamp) -> Option<MessageId> {
        let chance: String = self.services().ids.token().chars().take(CHANCE).collect();
        MessageId::new(format!("msg_{}_{chance}", at.ms())).ok()
    }

    /// `room_message`: in the room that it names, or in the one entered last; only for one entered by `join_room`.
    pub(super) async fn room_message_in_older_words(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let said = Said::read(&call.args);
        let entered = call.standing.quiz_stay().entered_last();
        let entered = entered.map(|chat| RoomName::spell(&chat)).ok_or(texts::NOT_IN_ROOM)?;
        if said.text(&ROOM_FIELDS).is_some_and(|name| name != entered) {
            return Err(texts::NOT_IN_ROOM);
        }
        let still = self.is_still_in(&call, &entered).await;
        let chat = still.map_err(broken(name::OLD_ROOM_MESSAGE))?.ok_or(texts::NOT_IN_ROOM)?;
        let relay = match said {
            Said::Bare(text) => Relay::OldText { text: line(Some(text))? },
            Said::Fields(_) => {
                Relay::OldMessage { text: said.line(&["message", "content", "text"])? }
            }
        };
        let audience = Audience::Chat(chat.clone());
        self.pass(&call.actor, chat, relay, audience).await;
        Ok(done())
    }
}
