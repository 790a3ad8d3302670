//! The same surface for clients that poll, and for those that upgrade from it: the library's. With the lane switched off
//! it serves websockets, too, and is what the lane is compared with.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::Router;
use serde::Deserialize;
use serde_json::value::RawValue;
use socketioxide::{
    SocketIo,
    extract::{AckSender, Data, SocketRef, TryData},
    handler::ConnectHandler,
    service::SocketIoService,
    socket::Sid,
};

use crate::{
    App,
    contracts::{self, Said, done, refused},
    hub::{NAMESPACES, QUIZ, Room},
    pulse::{PING_INTERVAL_MS, PING_TIMEOUT_MS},
    reader::MAX_PAYLOAD,
    token::Who,
};

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user {id}"),
            Self::Device(id) => write!(f, "device {id}"),
            Self::Role(role) => write!(f, "role {role:?}"),
            Self::Token(id) => write!(f, "token {id}"),
            Self::Chat(name) => write!(f, "chat {name}"),
        }
    }
}

/// The library's side.
pub(crate) struct Polled {
    io: SocketIo,
    /// Its sockets; while there are none, it costs nothing.
    count: AtomicUsize,
    /// Those whose token holds, between that and the answer to CONNECT.
    admitted: Mutex<HashMap<(usize, Sid), Arc<Who>>>,
}

#[derive(Deserialize)]
struct Auth {
    token: String,
}

impl Polled {
    pub(crate) fn build() -> (SocketIoService<Router>, Self) {
        let (service, io) = SocketIo::builder()
            .ping_interval(Duration::from_millis(PING_INTERVAL_MS))
            .ping_timeout(Duration::from_millis(PING_TIMEOUT_MS))
            .max_payload(MAX_PAYLOAD as u64)
            .ws_read_buffer_size(1024)
            .max_buffer_size(256)
            .build_with_inner_svc(Router::new());
        (service, Self { io, count: 0.into(), admitted: Mutex::default() })
    }

    /// Sends an event to a room, or to everyone. Sent when what is returned is done.
    pub(crate) fn tell(
        &self,
        namespace: usize,
        room: Option<&Room>,
        except: Option<&str>,
        name: &str,
        data: &RawValue,
    ) -> Option<impl Future<Output = ()> + Send + use<>> {
        if self.count.load(Ordering::Acquire) == 0 {
            return None;
        }
        let mut to = self.io.of(NAMESPACES.get(namespace)?)?;
        if let Some(room) = room {
            to = to.within(room.to_string());
        }
        if let Some(user) = except {
            to = to.except(Room::User(user.into()).to_string());
        }
        let (name, data) = (name.to_owned(), data.to_owned());
        Some(async move { drop(to.emit(name, &data).await) })
    }

    fn admitted(&self) -> std::sync::MutexGuard<'_, HashMap<(usize, Sid), Arc<Who>>> {
        self.admitted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Mounts the namespaces.
pub(crate) fn mount(app: &Arc<App>) {
    for (namespace, name) in NAMESPACES.into_iter().enumerate() {
        let (at_gate, inside) = (Arc::clone(app), Arc::clone(app));
        let gate = move |socket: SocketRef, TryData(auth): TryData<Auth>| {
            let agent = socket.req_parts().headers.get(http::header::USER_AGENT);
            let client = agent.map(http::HeaderValue::as_bytes).unwrap_or_default();
            let who = auth.ok().and_then(|auth| at_gate.verifier.read(&auth.token, client));
            let who = who.ok_or("Authentication failed");
            let kept = who
                .map(|who| at_gate.polled.admitted().insert((namespace, socket.id), Arc::new(who)));
            std::future::ready(kept.map(|_| ()))
        };
        let enter = move |socket: SocketRef| {
            let who = inside.polled.admitted().remove(&(namespace, socket.id));
            if let Some(who) = who {
                enter(&inside, namespace, &socket, &who);
            }
            std::future::ready(())
        };
        app.polled.io.ns(name, enter.with(gate));
    }
}

fn enter(app: &Arc<App>, namespace: usize, socket: &SocketRef, who: &Arc<Who>) {
    let rooms = [
        Room::User(Arc::clone(&who.user)),
        Room::Device(Arc::clone(&who.device)),
        Room::Role(who.role),
        Room::Token(Arc::clone(&who.token)),
    ];
    socket.join(rooms.map(|room| room.to_string()).to_vec());
    app.polled.count.fetch_add(1, Ordering::AcqRel);
    let (left, kept) = (Arc::clone(app), Arc::clone(who));
    socket.on_disconnect(move || {
        // Kept as long as the socket: both ways keep the same of a connection.
        drop(Arc::clone(&kept));
        left.polled.count.fetch_sub(1, Ordering::AcqRel);
        std::future::ready(())
    });
    if let Some(welcome) = contracts::welcome().filter(|_| namespace != QUIZ) {
        drop(socket.emit("notification", &welcome));
    }
    if namespace == QUIZ {
        let (app, who) = (Arc::clone(app), Arc::clone(who));
        socket.on("joinRoom", join);
        socket.on("roomMessage", move |socket: SocketRef, data: Data<Said>, ack: AckSender| {
            let (app, who) = (Arc::clone(&app), Arc::clone(&who));
            say(app, who, socket, data, ack)
        });
    }
}

async fn join(socket: SocketRef, Data(said): Data<Said>, ack: AckSender) {
    let answer = match said.room() {
        None => refused("Room not found"),
        Some(room) => {
            let room = room.to_string();
            socket.join(room.clone());
            said.joined(socket.within(room).sockets().len()).map(|(told, answer)| {
                drop(socket.emit("roomJoined", &told));
                answer
            })
        }
    };
    drop(answer.map(|answer| ack.send(&answer)));
}

async fn say(
    app: Arc<App>,
    who: Arc<Who>,
    socket: SocketRef,
    Data(said): Data<Said>,
    ack: AckSender,
) {
    let is_in = |room: &Room| socket.rooms().iter().any(|other| **other == room.to_string());
    let answer = match (said.room().filter(is_in), said.message(&who)) {
        (None, _) => refused("You are not in this room"),
        (_, None) => refused("Invalid message"),
        (Some(room), Some(message)) => {
            let (_, polled) = app.tell(QUIZ, Some(&room), Some(&who.user), "newMessage", &message);
            if let Some(polled) = polled {
                polled.await;
            }
            done()
        }
    };
    drop(answer.map(|answer| ack.send(&answer)));
}
