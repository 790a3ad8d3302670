//! The registry: every event of every contract, as data.
//!
//! The binary prints it, documents and client types come from it, and a test compares it with the contracts.

use std::collections::HashSet;

use serde::Serialize;

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

/// Every event of every contract that is built, in order.
#[must_use]
pub fn events() -> Vec<EventSpec> {
    let mut events: Vec<_> =
        crate::rooms::events().into_iter().chain(crate::legacy::events()).collect();
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
        assert_eq!(check(&events()), Ok(()));
    }

    #[test]
    fn a_second_registration_is_refused() {
        let mut twice = events();
        let first = twice[0];
        twice.push(first);
        assert_eq!(check(&twice), Err(Duplicate(first)));
    }
}
