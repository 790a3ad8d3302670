//! One connection's way in: a task that keeps nothing but its sockets and the beginning of a frame whose end has not come.

use std::{
    cell::RefCell,
    future::poll_fn,
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    task::{Poll, ready},
};

use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::{
    io::{AsyncRead, ReadBuf},
    net::tcp::OwnedReadHalf,
};

use crate::{
    App, contracts,
    frame::{self, Decoded},
    hub::{NAMESPACES, QUIZ, Socket},
    link::Link,
    new_id,
};

/// Bytes of one packet of a client.
pub(crate) const MAX_PAYLOAD: usize = 1_000_000;

thread_local! {
    /// What is read is looked at here, and handled before anybody else reads: no connection has a buffer of its own.
    static SCRATCH: RefCell<Vec<u8>> = RefCell::new(vec![0; 64 * 1024]);
}

/// The bytes that are there are read and handed to `take`; ready when there is no more to come, or `take` wants no more.
fn read(
    half: &mut OwnedReadHalf,
    cx: &mut std::task::Context<'_>,
    mut take: impl FnMut(&mut [u8]) -> bool,
) -> Poll<bool> {
    SCRATCH.with_borrow_mut(|scratch| {
        loop {
            let mut buffer = ReadBuf::new(scratch);
            let read = ready!(Pin::new(&mut *half).poll_read(cx, &mut buffer));
            let bytes = buffer.filled_mut();
            if read.is_err() || bytes.is_empty() {
                return Poll::Ready(false);
            }
            if !take(bytes) {
                return Poll::Ready(true);
            }
        }
    })
}

/// Reads an opening request: `None` if none comes.
pub(crate) async fn opening(
    half: &mut OwnedReadHalf,
    mut take: impl FnMut(&[u8]) -> bool,
) -> Option<()> {
    poll_fn(|cx| read(half, cx, |bytes| take(bytes))).await.then_some(())
}

#[derive(Deserialize)]
struct Auth {
    token: String,
}

/// The task's state.
pub(crate) struct Reader {
    app: Arc<App>,
    link: Arc<Link>,
    place: usize,
    /// Stands for the device of a token that names none.
    client: [u8; 16],
    part: Vec<u8>,
    sockets: [Option<Arc<Socket>>; NAMESPACES.len()],
}

impl Reader {
    pub(crate) fn new(app: Arc<App>, link: Arc<Link>, client: [u8; 16]) -> Self {
        let place = app.hub.pulse.enter(&link);
        Self { app, link, place, client, part: Vec::new(), sockets: Default::default() }
    }

    /// Until the end. `first` came with the opening request.
    pub(crate) async fn run(mut self, mut half: OwnedReadHalf, mut first: Vec<u8>) {
        if !first.is_empty() && !self.take(&mut first) {
            return;
        }
        drop(first);
        let said_goodbye = poll_fn(|cx| read(&mut half, cx, |bytes| self.take(bytes))).await;
        if !said_goodbye {
            self.link.close();
        }
    }

    fn take(&mut self, bytes: &mut [u8]) -> bool {
        if self.part.is_empty() {
            let Some(used) = self.frames(bytes) else { return false };
            self.part.extend_from_slice(bytes.get(used..).unwrap_or_default());
            return true;
        }
        let mut part = std::mem::take(&mut self.part);
        part.extend_from_slice(bytes);
        let Some(used) = self.frames(&mut part) else { return false };
        // What is left is the beginning of one frame; nothing left is no buffer.
        if used < part.len() {
            part.drain(..used);
            self.part = part;
        }
        true
    }

    /// Handles all whole frames; how many bytes that were, or `None` if it ends here.
    fn frames(&mut self, mut bytes: &mut [u8]) -> Option<usize> {
        let mut used = 0;
        loop {
            let end = match frame::decode(bytes, MAX_PAYLOAD) {
                Decoded::Part => return Some(used),
                Decoded::Text(start, end) => {
                    self.message(bytes.get(start..end)?)?;
                    end
                }
                Decoded::Ping(start, end) => {
                    self.send(frame::pong(bytes.get(start..end)?));
                    end
                }
                Decoded::Pong(end) => end,
                Decoded::Close => return self.end(1000),
                Decoded::Fault(code) => return self.end(code),
            };
            used += end;
            bytes = bytes.get_mut(end..)?;
        }
    }

    fn send(&self, frame: bytes::Bytes) {
        self.app.hub.pulse.send(&self.link, frame);
    }

    fn end<T>(&self, code: u16) -> Option<T> {
        self.send(frame::close(code));
        None
    }

    /// An Engine.IO packet.
    fn message(&mut self, message: &[u8]) -> Option<()> {
        match message {
            [b'4', packet @ ..] => self.packet(packet),
            b"3" => {
                self.link.asked.store(false, Ordering::Release);
                Some(())
            }
            [b'2', probe @ ..] => {
                self.send(frame::text(&[b"3", probe]));
                Some(())
            }
            _ => self.end(1000),
        }
    }

    /// A Socket.IO packet: kind, namespace, id of an acknowledgement, JSON.
    fn packet(&mut self, packet: &[u8]) -> Option<()> {
        let Some((kind, rest)) = packet.split_first() else { return self.end(1002) };
        let (name, rest) = match rest.first() {
            Some(b'/') => {
                let mut parts = rest.splitn(2, |byte| *byte == b',');
                (parts.next()?, parts.next().unwrap_or_default())
            }
            _ => (&b"/"[..], rest),
        };
        let namespace = NAMESPACES.iter().position(|known| known.as_bytes() == name);
        let Some(namespace) = namespace else {
            let name = String::from_utf8_lossy(name);
            self.send(frame::connect(&name, b"4", r#"{"message":"Invalid namespace"}"#));
            return Some(());
        };
        match kind {
            b'0' => self.connect(namespace, rest),
            b'1' => self.leave(namespace),
            b'2' => {
                let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
                let (id, body) = rest.split_at(digits);
                let id = std::str::from_utf8(id).ok().and_then(|id| id.parse().ok());
                return self.event(namespace, id, body);
            }
            // Nobody asked for an acknowledgement; attachments are left out (README).
            b'3' => {}
            _ => return self.end(1003),
        }
        Some(())
    }

    fn connect(&mut self, namespace: usize, auth: &[u8]) {
        let (Some(name), Some(seat)) = (NAMESPACES.get(namespace), self.sockets.get_mut(namespace))
        else {
            return;
        };
        let auth = serde_json::from_slice::<Auth>(auth).ok();
        let who = auth.and_then(|auth| self.app.verifier.read(&auth.token, &self.client));
        let Some(who) = who.filter(|_| seat.is_none()) else {
            self.send(frame::connect(name, b"4", r#"{"message":"Authentication failed"}"#));
            return;
        };
        // Before it is in the namespace: what is said there comes behind this.
        let answer = frame::connect(name, b"0", &format!(r#"{{"sid":"{}"}}"#, new_id()));
        self.app.hub.pulse.send(&self.link, answer);
        if let Some(welcome) = contracts::welcome().filter(|_| namespace != QUIZ) {
            self.app.hub.pulse.send(&self.link, frame::event(name, "notification", &welcome));
        }
        *seat = self.app.hub.enter(namespace, &self.link, who);
        self.link.joined.store(true, Ordering::Release);
    }

    fn leave(&mut self, namespace: usize) {
        if let Some(socket) = self.sockets.get_mut(namespace).and_then(Option::take) {
            self.app.hub.exit(namespace, &socket);
        }
    }

    fn event(&mut self, namespace: usize, id: Option<u64>, body: &[u8]) -> Option<()> {
        let Some(Some(socket)) = self.sockets.get(namespace) else { return Some(()) };
        let Ok(arguments) = serde_json::from_slice::<Vec<&RawValue>>(body) else {
            return self.end(1002);
        };
        let [name, arguments @ ..] = arguments.as_slice() else { return self.end(1002) };
        if namespace != QUIZ {
            return Some(());
        }
        let data = arguments.first().copied().unwrap_or(RawValue::NULL);
        let answer = contracts::event(&self.app, socket, name.get().trim_matches('"'), data);
        if let (Some(id), Some(answer)) = (id, answer) {
            self.send(frame::ack("/quiz", id, &answer));
        }
        Some(())
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        for namespace in 0..NAMESPACES.len() {
            self.leave(namespace);
        }
        self.app.hub.pulse.leave(self.place);
    }
}
