//! What a client sent and nobody has handled yet: in order, and bounded.
//!
//! One task of a socket takes one event after the other, and there is none while nothing waits.

use std::{
    collections::VecDeque,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use futures_util::FutureExt;
use socketioxide_core::Str;
use tokio::sync::watch;

use crate::{Args, Conn, Gone, Limits, NamespaceHandler, Reply, start::start};

/// Names that Socket.IO keeps for itself (Socket.IO protocol, reserved event names).
const RESERVED: [&str; 6] =
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

/// Longest event name, in bytes.
const MAX_EVENT_BYTES: usize = 128;

/// An event as it came.
pub(crate) struct Packet {
    pub(crate) text: Str,
    pub(crate) binary: bool,
    /// The number of the acknowledgement that a client waits for.
    pub(crate) ack: Option<i64>,
}

enum Item {
    Connected,
    Event(Packet),
    Gone(Gone),
}

#[derive(Default)]
struct Queue {
    items: VecDeque<Item>,
    bytes: usize,
    /// The socket is in the hub; until then everything waits.
    open: bool,
    running: bool,
    closed: bool,
}

/// More waits than may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overflow {
    /// More events.
    Packets,
    /// More bytes of them.
    Bytes,
}

/// The queue of one socket.
pub(crate) struct Inbox {
    queue: Mutex<Queue>,
    conn: Weak<Conn>,
    handler: Arc<dyn NamespaceHandler>,
    limits: Arc<Limits>,
    /// Counts sockets whose last word is still to come, for the shutdown.
    unfinished: Arc<watch::Sender<usize>>,
}

impl Inbox {
    pub(crate) fn new(
        conn: &Arc<Conn>,
        handler: Arc<dyn NamespaceHandler>,
        limits: Arc<Limits>,
        unfinished: Arc<watch::Sender<usize>>,
    ) -> Arc<Self> {
        Arc::new(Self {
            queue: Mutex::default(),
            conn: Arc::downgrade(conn),
            handler,
            limits,
            unfinished,
        })
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes an event in.
    pub(crate) fn push(self: &Arc<Self>, packet: Packet) -> Result<(), Overflow> {
        let mut queue = self.queue();
        if queue.closed {
            return Ok(());
        }
        let bytes = queue.bytes + packet.text.len();
        if queue.items.len() >= self.limits.inbox_packets {
            return Err(Overflow::Packets);
        }
        if bytes > self.limits.inbox_bytes {
            return Err(Overflow::Bytes);
        }
        queue.bytes = bytes;
        queue.items.push_back(Item::Event(packet));
        if let Some(conn) = self.conn.upgrade() {
            self.run(&mut queue, conn);
        }
        Ok(())
    }

    /// The socket is in the hub: what waits is handled, `connected` first.
    pub(crate) fn open(self: &Arc<Self>, conn: Arc<Conn>) {
        let mut queue = self.queue();
        queue.open = true;
        queue.items.push_front(Item::Connected);
        queue.running = true;
        // Who waits, waits for none.
        self.unfinished.send_if_modified(|count| {
            *count += 1;
            false
        });
        drop(queue);
        start(Arc::clone(self).drain(conn));
    }

    /// The socket is gone: what waits is still handled, then its end.
    pub(crate) fn close(self: &Arc<Self>, reason: Gone) {
        let mut queue = self.queue();
        queue.closed = true;
        queue.items.push_back(Item::Gone(reason));
        if let Some(conn) = self.conn.upgrade() {
            self.run(&mut queue, conn);
        }
    }

    fn run(self: &Arc<Self>, queue: &mut Queue, conn: Arc<Conn>) {
        if queue.open && !queue.running && !queue.items.is_empty() {
            queue.running = true;
            tokio::spawn(Arc::clone(self).drain(conn));
        }
    }

    fn next(&self) -> Option<Item> {
        let mut queue = self.queue();
        let item = queue.items.pop_front();
        match &item {
            Some(Item::Event(packet)) => queue.bytes -= packet.text.len(),
            Some(_) => {}
            None => {
                queue.running = false;
                queue.items.shrink_to_fit();
            }
        }
        item
    }

    async fn drain(self: Arc<Self>, conn: Arc<Conn>) {
        while let Some(item) = self.next() {
            match item {
                Item::Connected => {
                    self.guarded(self.handler.connected(&conn)).await.unwrap_or_default()
                }
                Item::Event(packet) => self.handle(&conn, packet).await,
                Item::Gone(reason) => {
                    self.guarded(self.handler.disconnected(&conn, reason))
                        .await
                        .unwrap_or_default();
                    self.unfinished.send_if_modified(|count| {
                        *count -= 1;
                        *count == 0
                    });
                }
            }
        }
    }

    /// A panic in a handler is a defect of ours; it ends neither the queue nor the process.
    async fn guarded<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let done = AssertUnwindSafe(work).catch_unwind().await;
        if done.is_err() {
            metrics::counter!("outrigger_handler_panics_total").increment(1);
            tracing::error!("a handler panicked");
        }
        done.ok()
    }

    async fn handle(&self, conn: &Arc<Conn>, packet: Packet) {
        let Packet { text, binary, ack } = packet;
        let reply = match Args::read(&text, binary) {
            None => refused("Invalid packet"),
            Some((event, _)) if event.len() > MAX_EVENT_BYTES => refused("Event name too long"),
            Some((event, _)) if RESERVED.contains(&event.as_str()) => {
                refused("Reserved event name")
            }
            Some((event, args)) => {
                drop(text);
                let handled = self.guarded(self.handler.event(conn, &event, args)).await;
                handled.unwrap_or_else(|| refused("Internal error"))
            }
        };
        answer(conn, ack, &reply);
    }
}

fn refused(error: &str) -> Reply {
    Reply::Refused { error: error.to_owned() }
}

/// Answers the acknowledgement, if one waits, and closes the socket if that is the reply.
fn answer(conn: &Arc<Conn>, ack: Option<i64>, reply: &Reply) {
    if let Some(ack) = ack {
        conn.acknowledge(ack, reply);
    }
    if matches!(reply, Reply::Disconnect) {
        conn.disconnect();
    }
}
