//! Rooms: who may be in which, and who is told of it (`contracts/commerce.md` section 7).

use std::sync::Arc;

use async_trait::async_trait;
use outrigger_domain::{
    actor::Actor,
    commerce::RoomName,
    events::{Audience, DomainEvent, Published},
    ids::ChatId,
    ports::StoreError,
};
use outrigger_transport::{Conn, JoinRefused, Reply};

use super::{
    answers::done,
    arguments::{CommerceOneRoom, read, text},
    desk::{CommerceDesk, broken},
    texts::{self, Fault},
    wire::name,
};
use crate::{audience::chat_room, contract::Call, resume::Rejoin, standing::Standing};

/// The room that the argument names.
fn room(call: &Call<'_>) -> Result<RoomName, Fault> {
    let said: CommerceOneRoom = read(&call.args);
    let name = text(&said.room_id, "roomId")?;
    RoomName::read(&name).ok_or_else(|| Fault::mistyped("roomId"))
}

/// The chat that a room is; rooms of one user or a role are none.
pub(super) fn chat_of(room: &RoomName) -> Option<&ChatId> {
    match room {
        RoomName::User(_) | RoomName::Role(_) => None,
        RoomName::Product(chat)
        | RoomName::Chat(chat)
        | RoomName::Open(chat)
        | RoomName::Granted(chat) => Some(chat),
    }
}

/// Why a socket is not in a room.
enum Kept {
    Out,
    TooMany,
    BadName,
    Gone,
    Store(StoreError),
}

impl CommerceDesk {
    /// `chat:join_room`.
    pub(super) async fn join_room(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let room = room(&call)?;
        let entered = self.enter_room(call.conn, call.standing, &call.actor, &room).await;
        entered.map_err(|kept| match kept {
            Kept::Out => texts::NOT_JOINABLE,
            Kept::TooMany => texts::TOO_MANY_ROOMS,
            Kept::BadName => Fault::mistyped("roomId"),
            Kept::Gone => Fault::Internal,
            Kept::Store(error) => broken(name::CHAT_JOIN_ROOM)(error),
        })?;
        Ok(done())
    }

    /// `chat:leave_room`. Whoever is not in it has left it.
    pub(super) async fn leave_room(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let room = room(&call)?;
        let chat = chat_of(&room).ok_or(texts::NOT_LEAVABLE)?;
        self.shared().parts().hub.leave(call.conn.key(), &chat_room(chat));
        if self.forget_room(call.standing, &call.actor, chat) {
            self.tell_visit(&call.actor, chat, false).await;
        }
        Ok(done())
    }

    /// Whether a user may be in a room.
    pub(super) async fn may_be_in(
        &self,
        actor: &Actor,
        room: &RoomName,
    ) -> Result<bool, StoreError> {
        let parts = self.shared().parts();
        match room {
            RoomName::User(_) | RoomName::Role(_) => Ok(false),
            RoomName::Product(_) => Ok(true),
            RoomName::Chat(chat) => parts.chats.may_join(&actor.user, chat).await,
            // Not as other chats are: a name with `_` in it is not that of two users.
            RoomName::Granted(chat) => parts.store.is_chat_member(chat, &actor.user).await,
            RoomName::Open(chat) => {
                let named = parts.store.is_chat_member(chat, &actor.user).await?;
                let is_open = || async {
                    // Once the app has named anybody, it is theirs.
                    Ok::<_, StoreError>(parts.chats.members(chat).await?.is_empty())
                };
                Ok(named || self.services().open_rooms && is_open().await?)
            }
        }
    }

    async fn enter_room(
        &self,
        conn: &Arc<Conn>,
        standing: &Standing,
        actor: &Actor,
        room: &RoomName,
    ) -> Result<(), Kept> {
        let (Some(chat), Some(stay)) = (chat_of(room), standing.stay()) else {
            return Err(Kept::Out);
        };
        if !self.may_be_in(actor, room).await.map_err(Kept::Store)? {
            return Err(Kept::Out);
        }
        // Counted first: whoever takes the socket out meanwhile finds it counted.
        let first = self.visits.enter(chat, &actor.user);
        let new = stay.enter(chat);
        if !new {
            self.visits.leave(chat, &actor.user);
        }
        let hub = &self.shared().parts().hub;
        let joined = hub.join(conn.key(), chat_room(chat)).map_err(|refused| match refused {
            JoinRefused::TooMany => Kept::TooMany,
            JoinRefused::BadName => Kept::BadName,
            JoinRefused::Gone => Kept::Gone,
        });
        // Whoever was removed between the question and the joining must not stay.
        let still = match joined {
            Ok(()) => match self.may_be_in(actor, room).await {
                Ok(true) if stay.is_in(chat) => Ok(()),
                Ok(_) => Err(Kept::Out),
                Err(error) => Err(Kept::Store(error)),
            },
            Err(kept) => Err(kept),
        };
        match &still {
            Ok(()) if new && first => self.tell_visit(actor, chat, true).await,
            Err(kept) if new || matches!(kept, Kept::Out) => {
                hub.leave(conn.key(), &chat_room(chat));
                // Nobody was told that it came if it has only just done so.
                if self.forget_room(standing, actor, chat) && !new {
                    self.tell_visit(actor, chat, false).await;
                }
            }
            Ok(()) | Err(_) => {}
        }
        still
    }

    /// The app took a socket out of a room.
    pub(super) fn taken_out(&self, standing: &Standing, actor: &Actor, chat: &ChatId) {
        if self.forget_room(standing, actor, chat) {
            let (bus, visit) = (Arc::clone(&self.parts.bus), self.visit(actor, chat, false));
            // Whoever tells of this empties the bus, and must not wait for a place in it.
            tokio::spawn(async move { bus.publish(visit).await });
        }
    }

    /// A socket is no longer in a room; whether none of its user's is.
    fn forget_room(&self, standing: &Standing, actor: &Actor, chat: &ChatId) -> bool {
        let was_in = standing.stay().is_some_and(|stay| stay.leave(chat));
        was_in && self.visits.leave(chat, &actor.user)
    }

    /// Tells the others in a room who came or went.
    pub(super) async fn tell_visit(&self, actor: &Actor, chat: &ChatId, entered: bool) {
        self.parts.bus.publish(self.visit(actor, chat, entered)).await;
    }

    fn visit(&self, actor: &Actor, chat: &ChatId, entered: bool) -> Published {
        let of = Box::new(Audience::Chat(chat.clone()));
        let audience = Audience::Except { of, users: vec![actor.user.clone()] };
        let event = DomainEvent::ChatVisit {
            chat: chat.clone(),
            user: actor.user.clone(),
            name: actor.profile.name.clone(),
            entered,
        };
        Published::new(self.now(), audience, event)
    }
}

#[async_trait]
impl Rejoin for CommerceDesk {
    async fn rejoin(
        &self,
        conn: &Arc<Conn>,
        actor: &Actor,
        named: &ChatId,
    ) -> Result<Option<ChatId>, StoreError> {
        let (Some(standing), Some(room)) = (Standing::of(conn), RoomName::read(named.as_str()))
        else {
            return Ok(None);
        };
        match self.enter_room(conn, standing, actor, &room).await {
            Ok(()) => Ok(chat_of(&room).cloned()),
            Err(Kept::Store(error)) => Err(error),
            Err(Kept::Out | Kept::TooMany | Kept::BadName | Kept::Gone) => Ok(None),
        }
    }
}
