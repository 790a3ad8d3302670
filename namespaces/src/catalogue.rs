//! What can be said where, for a client that people drive by hand: the console.

use serde::Serialize;

use crate::{
    mount::Mounted,
    registry::{Dialogue, Incoming, dialogues},
};

/// A namespace of a path.
#[derive(Debug, Serialize)]
pub struct Place {
    /// The path.
    pub path: &'static str,
    /// The namespace.
    pub namespace: &'static str,
    /// The contract's name.
    pub contract: &'static str,
    /// What clients send.
    pub client: Vec<Offer>,
    /// What the server sends.
    pub server: Vec<&'static str>,
}

/// An event that a client may send.
#[derive(Debug, Serialize)]
pub struct Offer {
    /// Its name.
    pub event: &'static str,
    /// The type of its argument, in TypeScript; absent if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub argument: Option<String>,
}

impl From<Incoming> for Offer {
    fn from(incoming: Incoming) -> Self {
        Self { event: incoming.event, argument: incoming.argument.map(|shape| shape.inline()) }
    }
}

/// Every place at which a contract is mounted, in the order of the mount table.
#[must_use]
pub fn places(mounted: &[Mounted]) -> Vec<Place> {
    let dialogues = dialogues();
    let of = |mounted: &Mounted| {
        let ours = |dialogue: &&Dialogue| dialogue.is_said_in(mounted.contract, mounted.namespace);
        let dialogue = dialogues.iter().find(ours);
        Place {
            path: mounted.path,
            namespace: mounted.namespace,
            contract: mounted.contract,
            client: dialogue
                .map(|dialogue| dialogue.incoming.iter().copied().map(Offer::from).collect())
                .unwrap_or_default(),
            server: dialogue
                .map(|dialogue| dialogue.outgoing.iter().map(|row| row.event).collect())
                .unwrap_or_default(),
        }
    };
    mounted.iter().map(of).collect()
}
