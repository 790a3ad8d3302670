//! Rooms: who may be in which, and who is told of it (`contracts/quiz.md` sections 2 and 8). They are those of the
//! marketplace, under the same names.

use std::{collections::BTreeSet, sync::Arc};

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
    answers::{QuizEntered, done},
    arguments::Said,
    desk::{QuizDesk, broken, shown},
    relay::Relay,
    room_names::{ROOM_FIELDS, chat_named, is_own},
    texts::{self, Fault},
    wire::{QuizRoomJoined, name},
};
use crate::{
    audience::{chat_room, selection},
    contract::Call,
    resume::Rejoin,
    rooms::desk::send,
    standing::Standing,
};

/// Why a socket is not in a room.
enum Kept {
    Out,
    TooMany,
    Store(StoreError),
}

impl QuizDesk {
    /// `joinRoom`.
    pub(super) async fn join_room(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let said = Said::read(&call.args);
        let name = said.bare_or(&ROOM_FIELDS).ok_or(texts::NO_ROOM_NAME)?;
        let kind = said.word(&["roomType"]);
        let members = if is_own(&name, &call.actor) {
            // Everyone is in their own.
            1
        } else {
            let chat = self.enter_named(&call, &name).await?;
            self.members(&chat)
        };
        Ok(entered(&call, name, members, kind))
    }

    /// `join_room`.
    pub(super) async fn join_room_in_older_words(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let said = Said::read(&call.args);
        let name = said.bare_or(&["roomName"]).ok_or(texts::NO_ROOM_NAME)?;
        let chat = self.enter_named(&call, &name).await?;
        call.standing.quiz_stay().enter_last(&chat);
        let reply = entered(&call, name, self.members(&chat), None);
        self.pass(&call.actor, chat.clone(), Relay::Welcome, Audience::Chat(chat)).await;
        Ok(reply)
    }

    /// Passes something on that is not stored.
    pub(super) async fn pass(&self, actor: &Actor, chat: ChatId, relay: Relay, to: Audience) {
        let (user, name) = (actor.user.clone(), Some(shown(actor)));
        let words = relay.words();
        self.tell(to, DomainEvent::ChatRelay { chat, user, name, words }).await;
    }

    async fn enter_named(&self, call: &Call<'_>, name: &str) -> Result<ChatId, Fault> {
        let (room, chat) = chat_named(name).ok_or_else(|| Fault::no_room(name))?;
        let entered = self.enter_room(call.conn, call.standing, &call.actor, &room, &chat).await;
        entered.map_err(|kept| match kept {
            Kept::Out => Fault::no_room(name),
            Kept::TooMany => texts::TOO_MANY_ROOMS,
            Kept::Store(error) => broken(name::JOIN_ROOM)(error),
        })?;
        Ok(chat)
    }

    /// `leaveRoom`. Whoever is not in it has left it, and nobody leaves their own.
    pub(super) async fn leave_room(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let said = Said::read(&call.args);
        let name = said.bare_or(&ROOM_FIELDS).ok_or(texts::NO_ROOM_NAME)?;
        if is_own(&name, &call.actor) {
            return Ok(done());
        }
        let (_, chat) = chat_named(&name).ok_or_else(|| Fault::no_room(&name))?;
        self.shared().parts().hub.leave(call.conn.key(), &chat_room(&chat));
        self.go_out(call.standing, &call.actor, &chat, true).await;
        Ok(done())
    }

    /// Users with a socket in a room, in whichever contract; each guest is one.
    fn members(&self, chat: &ChatId) -> usize {
        self.members.of(chat, || self.count_members(chat))
    }

    fn count_members(&self, chat: &ChatId) -> usize {
        let Some(selection) = selection(&Audience::Chat(chat.clone())) else { return 0 };
        let conns = self.shared().parts().hub.selected(&selection);
        let users = conns.iter().filter_map(|conn| Some(Standing::of(conn)?.actor()?.user.clone()));
        let users: BTreeSet<_> = users.collect();
        users.len()
    }

    /// Whether somebody may be in a room. Guests may be where everyone may.
    async fn may_be_in(
        &self,
        actor: &Actor,
        room: &RoomName,
        chat: &ChatId,
    ) -> Result<bool, StoreError> {
        let parts = self.shared().parts();
        let user = &actor.user;
        match room {
            RoomName::User(_) | RoomName::Role(_) | RoomName::Product(_) => Ok(false),
            RoomName::Open(_) => {
                let named = !actor.is_guest() && parts.store.is_chat_member(chat, user).await?;
                // Once the app has named anybody, it is theirs.
                Ok(named || parts.chats.members(chat).await?.is_empty())
            }
            RoomName::Chat(_) if !actor.is_guest() => parts.chats.may_join(user, chat).await,
            RoomName::Granted(_) if !actor.is_guest() => {
                parts.store.is_chat_member(chat, user).await
            }
            RoomName::Chat(_) | RoomName::Granted(_) => Ok(false),
        }
    }

    /// Whether a socket is in a room, and its user still may be.
    pub(super) async fn is_still_in(
        &self,
        call: &Call<'_>,
        name: &str,
    ) -> Result<Option<ChatId>, StoreError> {
        let Some((room, chat)) = chat_named(name) else { return Ok(None) };
        let stay = call.standing.quiz_stay();
        let still = stay.is_in(&chat) && self.may_be_in(&call.actor, &room, &chat).await?;
        Ok(still.then_some(chat))
    }

    async fn enter_room(
        &self,
        conn: &Arc<Conn>,
        standing: &Standing,
        actor: &Actor,
        room: &RoomName,
        chat: &ChatId,
    ) -> Result<(), Kept> {
        if !self.may_be_in(actor, room, chat).await.map_err(Kept::Store)? {
            return Err(Kept::Out);
        }
        let stay = standing.quiz_stay();
        // Counted first: whoever takes the socket out meanwhile finds it counted.
        let first = self.visits.enter(chat, &actor.user);
        let new = stay.enter(chat);
        if !new {
            self.visits.leave(chat, &actor.user);
        } else if first {
            self.members.came(chat);
        }
        let hub = &self.shared().parts().hub;
        let joined = hub.join(conn.key(), chat_room(chat)).map_err(|refused| match refused {
            JoinRefused::TooMany => Kept::TooMany,
            JoinRefused::BadName | JoinRefused::Gone => Kept::Out,
        });
        // Whoever was removed between the question and the joining must not stay.
        let still = match joined {
            Ok(()) => match self.may_be_in(actor, room, chat).await {
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
                self.go_out(standing, actor, chat, !new).await;
            }
            Ok(()) | Err(_) => {}
        }
        still
    }

    /// A socket is no longer in a room; whether none of its user's is.
    fn forget_room(&self, standing: &Standing, actor: &Actor, chat: &ChatId) -> bool {
        let was_in = standing.quiz_stay_if_any().is_some_and(|stay| stay.leave(chat));
        let last = was_in && self.visits.leave(chat, &actor.user);
        if last {
            self.members.went(chat);
        }
        last
    }

    /// A socket goes out of a room; the others hear of it if none of its user's is left there.
    pub(super) async fn go_out(
        &self,
        standing: &Standing,
        actor: &Actor,
        chat: &ChatId,
        tell: bool,
    ) {
        let typed = standing.quiz_stay_if_any().is_some_and(|stay| stay.types_in(chat, false));
        if typed && tell {
            self.tell_typing(actor, chat, false).await;
        }
        if self.forget_room(standing, actor, chat) && tell {
            self.tell_visit(actor, chat, false).await;
        }
    }

    /// The app took a socket out of a room.
    pub(super) fn taken_out(&self, standing: &Standing, actor: &Actor, chat: &ChatId) {
        if let Some(stay) = standing.quiz_stay_if_any() {
            stay.types_in(chat, false);
        }
        if self.forget_room(standing, actor, chat) {
            let (bus, visit) = (Arc::clone(&self.parts.bus), self.visit(actor, chat, false));
            // Whoever tells of this empties the bus, and must not wait for a place in it.
            tokio::spawn(async move { bus.publish(visit).await });
        }
    }

    async fn tell_visit(&self, actor: &Actor, chat: &ChatId, entered: bool) {
        self.parts.bus.publish(self.visit(actor, chat, entered)).await;
    }

    fn visit(&self, actor: &Actor, chat: &ChatId, entered: bool) -> Published {
        let event = DomainEvent::ChatVisit {
            chat: chat.clone(),
            user: actor.user.clone(),
            name: Some(shown(actor)),
            entered,
        };
        Published::new(self.now(), others_in(chat, actor), event)
    }
}

/// Everyone in a room but this one.
pub(super) fn others_in(chat: &ChatId, actor: &Actor) -> Audience {
    let of = Box::new(Audience::Chat(chat.clone()));
    Audience::Except { of, users: vec![actor.user.clone()] }
}

/// Says that a socket is in a room.
fn entered(call: &Call<'_>, room_id: String, member_count: usize, kind: Option<String>) -> Reply {
    // Clients of the contract say so when they say nothing.
    let room_type = kind.unwrap_or_else(|| "chat".to_owned());
    send(call.conn, &QuizRoomJoined { room_id: room_id.clone(), member_count, room_type });
    Reply::json(&QuizEntered { success: true, room_id, member_count })
}

#[async_trait]
impl Rejoin for QuizDesk {
    async fn rejoin(
        &self,
        conn: &Arc<Conn>,
        actor: &Actor,
        named: &ChatId,
    ) -> Result<Option<ChatId>, StoreError> {
        let (Some(standing), Some((room, chat))) = (Standing::of(conn), chat_named(named.as_str()))
        else {
            return Ok(None);
        };
        match self.enter_room(conn, standing, actor, &room, &chat).await {
            Ok(()) => Ok(Some(chat)),
            Err(Kept::Store(error)) => Err(error),
            Err(Kept::Out | Kept::TooMany) => Ok(None),
        }
    }
}
