//! The registry: every event of every contract, as data.
//!
//! The binary prints it, documents and client types come from it, and a test compares it with the contracts.

use std::collections::HashSet;

use serde::Serialize;

use crate::{
    commerce, contacts,
    contract::Inbound,
    legacy::{self, Row},
    monitor, quiz, resume, rooms,
    shape::{Outgoing, Shape},
    social, tracking,
};

/// Who sends an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum From {
    /// The app's client.
    Client,
    /// The sidecar.
    Server,
}

/// One event of one contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct EventSpec {
    /// The contract's name.
    pub contract: &'static str,
    /// The namespace it belongs to, as the contract names it.
    pub namespace: &'static str,
    /// Who sends it.
    pub from: From,
    /// Its name on the wire.
    pub event: &'static str,
}

/// Two handlers for one event, or two contracts for one (path, namespace).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate(pub EventSpec);

impl std::fmt::Display for Duplicate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let EventSpec { contract, namespace, event, .. } = self.0;
        write!(f, "{event} is registered twice in {namespace} of contract {contract}")
    }
}

impl std::error::Error for Duplicate {}

/// An event that clients send, as far as it can be listed.
#[derive(Clone, Copy)]
pub struct Incoming {
    /// Its name.
    pub event: &'static str,
    /// Its argument, if it has one.
    pub argument: Option<Shape>,
    /// Its acknowledgement, if that is more than whether it was done.
    pub ack: Option<Shape>,
}

impl<C> std::convert::From<&Inbound<C>> for Incoming {
    fn from(row: &Inbound<C>) -> Self {
        Self { event: row.event, argument: row.argument, ack: row.ack }
    }
}

impl std::convert::From<&Row> for Incoming {
    fn from(row: &Row) -> Self {
        Self { event: row.event, argument: row.argument, ack: row.ack }
    }
}

impl std::convert::From<&social::Row> for Incoming {
    fn from(row: &social::Row) -> Self {
        Self { event: row.event, argument: row.argument, ack: Some(row.ack) }
    }
}

impl std::convert::From<&tracking::Row> for Incoming {
    fn from(row: &tracking::Row) -> Self {
        Self { event: row.event, argument: row.argument, ack: Some(row.ack) }
    }
}

impl std::convert::From<&commerce::Row> for Incoming {
    fn from(row: &commerce::Row) -> Self {
        Self { event: row.event, argument: row.argument, ack: Some(row.ack) }
    }
}

impl std::convert::From<&quiz::Row> for Incoming {
    fn from(row: &quiz::Row) -> Self {
        Self { event: row.event, argument: row.argument, ack: Some(row.ack) }
    }
}

/// Everything that is said in one namespace of a contract.
pub struct Dialogue {
    /// The contract's name.
    pub contract: &'static str,
    /// The namespace, as the contract names it.
    pub namespace: &'static str,
    /// What clients send.
    pub incoming: Vec<Incoming>,
    /// What the server sends.
    pub outgoing: Vec<Outgoing>,
}

impl Dialogue {
    /// Whether this is what is said in that namespace of a mount: also in the one that bears the contract's own name,
    /// in which a contract made for `/` stands beside another, and in those that it has beside `/`.
    #[must_use]
    pub fn is_said_in(&self, contract: &str, namespace: &str) -> bool {
        let beside_root =
            || contract == commerce::CONTRACT && commerce::BESIDE_ROOT.contains(&namespace);
        let beside = || namespace.strip_prefix('/') == Some(contract) || beside_root();
        let is_ours = self.namespace == namespace || self.namespace == "/" && beside();
        self.contract == contract && is_ours
    }
}

/// Every namespace of every contract that is built, the sidecar's own among them.
#[must_use]
pub fn dialogues() -> Vec<Dialogue> {
    let contracts = [
        rooms::dialogue(),
        legacy::dialogue(),
        social::dialogue(),
        tracking::dialogue(),
        commerce::dialogue(),
        quiz::dialogue(),
        contacts::dialogue(),
        monitor::dialogue(),
        vec![resume::dialogue()],
    ];
    contracts.into_iter().flatten().collect()
}

/// Every event of every contract of apps that is built, in order.
#[must_use]
pub fn events() -> Vec<EventSpec> {
    let mut events = all_events();
    events.retain(|event| ![monitor::CONTRACT, resume::CONTRACT].contains(&event.contract));
    events
}

/// The same with what belongs to no contract of apps: what monitors and clients that resume are told.
#[must_use]
pub fn all_events() -> Vec<EventSpec> {
    let mut events = Vec::new();
    for Dialogue { contract, namespace, incoming, outgoing } in dialogues() {
        let spec = |from| move |event| EventSpec { contract, namespace, from, event };
        events.extend(incoming.iter().map(|row| row.event).map(spec(From::Client)));
        events.extend(outgoing.iter().map(|row| row.event).map(spec(From::Server)));
    }
    events.sort_unstable();
    events
}

/// Refuses a registry that names an event twice.
///
/// # Errors
/// The first [`Duplicate`].
pub fn check(events: &[EventSpec]) -> Result<(), Duplicate> {
    let mut seen = HashSet::new();
    events.iter().find(|event| !seen.insert(**event)).map_or(Ok(()), |event| Err(Duplicate(*event)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_event_is_registered_twice() {
        assert_eq!(check(&all_events()), Ok(()));
    }

    #[test]
    fn a_second_registration_is_refused() {
        let mut twice = events();
        let first = twice[0];
        twice.push(first);
        assert_eq!(check(&twice), Err(Duplicate(first)));
    }

    #[test]
    fn a_contract_made_for_the_root_also_speaks_in_the_namespace_of_its_name() {
        let said_in = |contract, namespace| {
            let ours = |dialogue: &Dialogue| dialogue.is_said_in(contract, namespace);
            dialogues().iter().filter(|dialogue| ours(dialogue)).count()
        };
        for (contract, namespace) in [
            (social::CONTRACT, "/"),
            (social::CONTRACT, social::SOCIAL),
            (tracking::CONTRACT, "/"),
            (tracking::CONTRACT, tracking::TRACKING),
            (commerce::CONTRACT, "/"),
            (commerce::CONTRACT, commerce::COMMERCE),
            (commerce::CONTRACT, commerce::ADMIN),
            (quiz::CONTRACT, "/"),
            (quiz::CONTRACT, quiz::QUIZ),
            (contacts::CONTRACT, contacts::CONTACTS),
            (legacy::CONTRACT, legacy::AUTH),
            (monitor::CONTRACT, monitor::MONITOR),
        ] {
            assert_eq!(said_in(contract, namespace), 1, "{contract} {namespace}");
        }
        assert_eq!(said_in(legacy::CONTRACT, "/legacy"), 0);
        assert_eq!(said_in(social::CONTRACT, "/rooms"), 0);
        assert_eq!(said_in(social::CONTRACT, commerce::ADMIN), 0);
    }
}
