//! Tokens that no longer hold although their time has not come.

use std::{collections::HashMap, sync::RwLock};

use crate::{
    actor::Actor,
    ids::{DeviceId, TokenId, UserId},
    time::Timestamp,
};

/// What a revocation is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Revoked {
    /// One token.
    Token(TokenId),
    /// Every token of a user issued before the revocation.
    User(UserId),
    /// Every token of a user issued before the revocation, when it comes from this device.
    Device(UserId, DeviceId),
}

/// A revocation as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// What.
    pub what: Revoked,
    /// Since when.
    pub at: Timestamp,
    /// When every token it could be about has ended by itself; then it is forgotten.
    pub until: Timestamp,
}

/// The revocations in force, in memory: every handshake and request asks.
#[derive(Debug, Default)]
pub struct Revocations {
    by_what: RwLock<HashMap<Revoked, (Timestamp, Timestamp)>>,
}

impl Revocations {
    /// Takes a revocation in; a later one about the same thing wins.
    pub fn add(&self, revocation: &Revocation) {
        let mut map = self.by_what.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        let entry = map.entry(revocation.what.clone()).or_insert((revocation.at, revocation.until));
        entry.0 = entry.0.max(revocation.at);
        entry.1 = entry.1.max(revocation.until);
    }

    /// Forgets those that can no longer matter.
    pub fn prune(&self, now: Timestamp) {
        let mut map = self.by_what.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        map.retain(|_, (_, until)| *until > now);
    }

    /// Whether this actor's token was revoked.
    ///
    /// A token carries whole seconds: one issued in the second of the revocation counts as newer, so that
    /// logging in again at once works; the tokens that were in use then are revoked by id beside it.
    #[must_use]
    pub fn covers(&self, actor: &Actor) -> bool {
        let map = self.by_what.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        if map.is_empty() {
            return false;
        }
        if map.contains_key(&Revoked::Token(actor.token.clone())) {
            return true;
        }
        let issued = actor.issued_at.map_or(i64::MIN, Timestamp::secs);
        let older = |what: &Revoked| map.get(what).is_some_and(|(at, _)| issued < at.secs());
        older(&Revoked::User(actor.user.clone()))
            || older(&Revoked::Device(actor.user.clone(), actor.device.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Role;

    fn actor(token: &str, device: &str, issued_secs: Option<i64>) -> Actor {
        Actor {
            profile: crate::accounts::Profile::default(),
            user: UserId::new("ann").unwrap(),
            email: "ann@example.com".into(),
            role: Role::User,
            device: DeviceId::new(device).unwrap(),
            token: TokenId::new(token).unwrap(),
            issued_at: issued_secs.map(Timestamp::from_secs),
            expires_at: Timestamp::from_secs(10_000),
        }
    }

    fn revoke(what: Revoked) -> Revocations {
        let revocations = Revocations::default();
        revocations.add(&Revocation {
            what,
            at: Timestamp::from_ms(100_500),
            until: Timestamp::from_secs(1_000),
        });
        revocations
    }

    #[test]
    fn a_revoked_user_needs_a_newer_token() {
        let revocations = revoke(Revoked::User(UserId::new("ann").unwrap()));
        assert!(revocations.covers(&actor("t", "d", Some(99))));
        assert!(!revocations.covers(&actor("t", "d", Some(100))));
        assert!(revocations.covers(&actor("t", "d", None)), "a token of unknown age is an old one");
    }

    #[test]
    fn a_revoked_device_leaves_the_others_alone() {
        let device = DeviceId::new("phone").unwrap();
        let revocations = revoke(Revoked::Device(UserId::new("ann").unwrap(), device));
        assert!(revocations.covers(&actor("t", "phone", Some(1))));
        assert!(!revocations.covers(&actor("t", "laptop", Some(1))));
    }

    #[test]
    fn a_revocation_is_forgotten_when_no_token_can_be_left() {
        let revocations = revoke(Revoked::Token(TokenId::new("t").unwrap()));
        assert!(revocations.covers(&actor("t", "d", Some(1))));
        revocations.prune(Timestamp::from_secs(1_000));
        assert!(!revocations.covers(&actor("t", "d", Some(1))));
    }
}
