//! One event, encoded once for however many sockets it goes to.

use std::{
    borrow::Cow,
    cell::Cell,
    str,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use serde::{Serialize, ser::Error as _};
use serde_json::value::RawValue;

use crate::wire;

/// What may happen to an event that a slow reader has no room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It is never left out: the connection ends, and the client asks for what it missed when it is back.
    Durable,
    /// Only the latest matters (typing, presence, heartbeats): it may be left out.
    State,
}

#[derive(Debug, Clone)]
enum Name {
    Static(&'static str),
    Shared(Arc<str>),
}

/// An argument, as JSON.
#[derive(Debug, Clone)]
enum Body {
    Encoded(Arc<str>),
    Shared(Arc<RawValue>),
}

/// More room than this is not kept for the next payload, in bytes.
const KEPT: usize = 64 * 1024;

thread_local! {
    /// Where payloads are encoded: how long they are is known afterwards.
    static SHEET: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

fn encode<T: Serialize + ?Sized>(payload: &T) -> Result<Arc<str>, serde_json::Error> {
    // Taken, so that a payload that encodes another one finds it empty.
    let mut sheet = SHEET.take();
    let written = serde_json::to_writer(&mut sheet, payload);
    let text = written.and_then(|()| str::from_utf8(&sheet).map_err(serde_json::Error::custom));
    let text = text.map(Arc::from);
    if sheet.capacity() <= KEPT {
        sheet.clear();
        SHEET.set(sheet);
    }
    text
}

/// An event with its one argument, ready to be sent.
#[derive(Debug, Clone)]
pub struct Frame {
    name: Name,
    body: Body,
    class: Class,
    /// As it stands on the wire of the namespace it was first sent in.
    wire: Arc<OnceLock<(&'static str, Bytes)>>,
}

impl Frame {
    fn from(name: Name, body: Body) -> Self {
        Self { name, body, class: Class::Durable, wire: Arc::default() }
    }

    /// Encodes an event.
    ///
    /// # Errors
    /// If the payload cannot be JSON.
    pub fn new<T: Serialize + ?Sized>(
        event: impl Into<Cow<'static, str>>,
        payload: &T,
    ) -> Result<Self, serde_json::Error> {
        let name = match event.into() {
            Cow::Borrowed(name) => Name::Static(name),
            Cow::Owned(name) => Name::Shared(name.into()),
        };
        Ok(Self::from(name, Body::Encoded(encode(payload)?)))
    }

    /// An event that is encoded already.
    #[must_use]
    pub fn shared(event: Arc<str>, body: Arc<RawValue>) -> Self {
        Self::from(Name::Shared(event), Body::Shared(body))
    }

    /// The same event, of which only the latest matters.
    #[must_use]
    pub fn state(self) -> Self {
        Self { class: Class::State, ..self }
    }

    /// Its name.
    #[must_use]
    pub fn event(&self) -> &str {
        match &self.name {
            Name::Static(name) => name,
            Name::Shared(name) => name,
        }
    }

    /// Its argument, as JSON.
    #[must_use]
    pub fn body(&self) -> &str {
        match &self.body {
            Body::Encoded(body) => body,
            Body::Shared(body) => body.get(),
        }
    }

    /// What may happen to it.
    #[must_use]
    pub fn class(&self) -> Class {
        self.class
    }

    /// About how many bytes it has on the wire.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.event().len() + self.body().len() + 8
    }

    /// As a websocket's frame; encoded once for everyone in a namespace.
    pub(crate) fn wire(&self, namespace: &'static str) -> Bytes {
        let encode = || wire::event(namespace, self.event(), self.body(), None);
        let (of, bytes) = self.wire.get_or_init(|| (namespace, encode()));
        if *of == namespace { bytes.clone() } else { encode() }
    }
}
