//! One event, encoded once for however many sockets it goes to.

use std::{borrow::Cow, sync::Arc};

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

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

/// An event with its one argument, ready to be sent.
#[derive(Debug, Clone)]
pub struct Frame {
    name: Name,
    body: Arc<RawValue>,
    class: Class,
}

impl Frame {
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
        Ok(Self { name, body: to_raw_value(payload)?.into(), class: Class::Durable })
    }

    /// An event that is encoded already.
    #[must_use]
    pub fn shared(event: Arc<str>, body: Arc<RawValue>) -> Self {
        Self { name: Name::Shared(event), body, class: Class::Durable }
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

    /// Its argument.
    #[must_use]
    pub fn body(&self) -> &RawValue {
        &self.body
    }

    /// What may happen to it.
    #[must_use]
    pub fn class(&self) -> Class {
        self.class
    }

    /// About how many bytes it has on the wire.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.event().len() + self.body.get().len() + 8
    }
}
