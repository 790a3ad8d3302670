//! The one place where an audience becomes room names.
//!
//! Room names are the sidecar's own and never reach a client, so that no client can name one: ids hold no
//! white space, which keeps names with two ids in them unambiguous.

use std::cell::RefCell;

use outrigger_domain::{
    actor::{Actor, Role},
    events::{Audience, SocketKey},
    ids::{ChatId, ContactId, DeviceId, QuizId, TokenId, TrackedId, UserId},
};
use outrigger_transport::{Room, Selection};

thread_local! {
    static NAME: RefCell<String> = const { RefCell::new(String::new()) };
}

/// A name of these parts. Names are made for every event, and formatting takes as long as finding who is meant.
fn named(parts: &[&str]) -> Room {
    NAME.with_borrow_mut(|name| {
        name.clear();
        parts.iter().for_each(|part| name.push_str(part));
        name.as_str().into()
    })
}

fn user_room(user: &UserId) -> Room {
    named(&["user ", user.as_str()])
}

fn device_room(user: &UserId, device: &DeviceId) -> Room {
    named(&["device ", user.as_str(), " ", device.as_str()])
}

fn token_room(token: &TokenId) -> Room {
    named(&["token ", token.as_str()])
}

fn role_room(role: Role) -> Room {
    named(&["role ", role.as_str()])
}

/// Before a chat's id in the name of its room.
const CHAT: &str = "chat ";

/// The room of a chat.
#[must_use]
pub fn chat_room(chat: &ChatId) -> Room {
    named(&[CHAT, chat.as_str()])
}

/// The id of the chat whose room this is.
#[must_use]
pub fn chat_of(room: &str) -> Option<&str> {
    room.strip_prefix(CHAT)
}

/// The room of those who follow a message. The user's name is in it, so that nobody is ever in the room of somebody else's
/// message, even of one that was nobody's when the room was entered.
#[must_use]
pub fn tracked_room(owner: &UserId, message: &TrackedId) -> Room {
    named(&["track ", owner.as_str(), " ", message.as_str()])
}

/// The room of those who take part in a quiz, and of those who lead it.
#[must_use]
pub fn quiz_room(quiz: &QuizId) -> Room {
    named(&["quiz ", quiz.as_str()])
}

/// The room of the chat about a request for help.
#[must_use]
pub fn support_room(contact: &ContactId) -> Room {
    named(&["support ", contact.as_str()])
}

/// The room of those who follow a user's figures.
#[must_use]
pub fn analytics_room(user: &UserId) -> Room {
    named(&["analytics ", user.as_str()])
}

/// The rooms that a socket is in because of who opened it. Nobody can join or leave them.
#[must_use]
pub fn own_rooms(actor: &Actor) -> Vec<Room> {
    vec![
        user_room(&actor.user),
        device_room(&actor.user, &actor.device),
        role_room(actor.role),
        token_room(&actor.token),
    ]
}

/// Which sockets of a mount an audience means; `None` if nobody at all.
#[must_use]
pub fn selection(audience: &Audience) -> Option<Selection> {
    let of = |rooms| Some(Selection { rooms, except: Vec::new() });
    match audience {
        Audience::User(user) => of(vec![user_room(user)]),
        Audience::Users(users) if users.is_empty() => None,
        Audience::Users(users) => of(users.iter().map(user_room).collect()),
        Audience::Role(role) => of(vec![role_room(*role)]),
        Audience::Chat(chat) => of(vec![chat_room(chat)]),
        Audience::Device(user, device) => of(vec![device_room(user, device)]),
        Audience::OtherDevices(user, device) => Some(Selection {
            rooms: vec![user_room(user)],
            except: vec![device_room(user, device)],
        }),
        Audience::Token(token) => of(vec![token_room(token)]),
        Audience::Tracked { owner, message } => {
            of(vec![user_room(owner), tracked_room(owner, message)])
        }
        Audience::Subscribers(user) => of(vec![analytics_room(user)]),
        Audience::Quiz(quiz) => of(vec![quiz_room(quiz)]),
        Audience::Support(contact) => of(vec![support_room(contact)]),
        // Only sockets with a user behind them: a pending one has no room at all.
        Audience::All => of(Vec::new()),
        Audience::Except { of, users } => {
            let mut selection = selection(of)?;
            selection.except.extend(users.iter().map(user_room));
            Some(selection)
        }
        // A socket is in no room of its own: whoever asks leaves it out by its key ([`left_out`]).
        Audience::ExceptSocket { of, .. } => selection(of),
    }
}

/// The one socket that an audience does not mean although it is among those selected.
#[must_use]
pub fn left_out(audience: &Audience) -> Option<SocketKey> {
    match audience {
        Audience::ExceptSocket { socket, .. } => Some(*socket),
        Audience::Except { of, .. } => left_out(of),
        Audience::User(_)
        | Audience::Users(_)
        | Audience::Role(_)
        | Audience::Chat(_)
        | Audience::Device(..)
        | Audience::OtherDevices(..)
        | Audience::Token(_)
        | Audience::Tracked { .. }
        | Audience::Subscribers(_)
        | Audience::Quiz(_)
        | Audience::Support(_)
        | Audience::All => None,
    }
}

/// Whether an audience says that this user is not meant.
#[must_use]
pub fn leaves_out(audience: &Audience, user: &UserId) -> bool {
    matches!(audience, Audience::Except { users, .. } if users.contains(user))
}
