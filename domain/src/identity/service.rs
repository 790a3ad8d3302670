//! From a token to an [`Actor`], and the end of one.

use std::sync::Arc;

use super::{
    revocation::{Revocation, Revocations, Revoked},
    token::{Claims, RESERVED_PREFIX, TokenFault, Verifier},
};
use crate::{
    accounts::Profile,
    actor::{Actor, Role},
    events::{Audience, CredentialEnd, DomainEvent, Published},
    ids::{DeviceId, UserId},
    ports::{Beside, Bus, Store, StoreError, UserLookup},
    time::{Clock, Timestamp},
};

/// The purpose of a short-lived token made for sockets only (`contracts/rooms.md` section 1).
pub const SOCKET_PURPOSE: &str = "socket-auth";

/// What a token is shown for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// To open a socket.
    Socket,
    /// To call the HTTP API.
    Rest,
}

/// Why nobody was recognised.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AuthError {
    /// The token does not hold.
    #[error(transparent)]
    Token(#[from] TokenFault),
    /// The store could not be asked; the client may try again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Knows who a token speaks for.
pub struct Identity {
    verifier: Verifier,
    revocations: Revocations,
    store: Arc<dyn Store>,
    lookup: Option<Arc<dyn UserLookup>>,
    bus: Arc<dyn Bus>,
    clock: Arc<dyn Clock>,
}

/// Tokens live at most so long; a revocation is kept for that time. Seven days are the contracts' longest
/// lifetime; the margin is for apps that give more.
const LONGEST_TOKEN: std::time::Duration = std::time::Duration::from_secs(90 * 24 * 3600);

impl Identity {
    /// Loads the revocations in force.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn load(
        verifier: Verifier,
        store: Arc<dyn Store>,
        bus: Arc<dyn Bus>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        let revocations = Revocations::default();
        for revocation in store.revocations(clock.now()).await? {
            revocations.add(&revocation);
        }
        Ok(Self { verifier, revocations, store, lookup: None, bus, clock })
    }

    /// The same, that asks the app for users of whom only their token is known, where the app's record of them counts
    /// ([`Self::authenticate_by_record`]).
    #[must_use]
    pub fn asking(self, lookup: Arc<dyn UserLookup>) -> Self {
        Self { lookup: Some(lookup), ..self }
    }

    /// Checks signature and time only; for tokens that are handed on, not used.
    ///
    /// # Errors
    /// A [`TokenFault`].
    pub fn read(&self, token: &str) -> Result<Claims, TokenFault> {
        self.verifier.read(token, self.clock.now())
    }

    /// Recognises who shows a token from a device; learns about users not seen before.
    ///
    /// # Errors
    /// [`AuthError::Token`] if it does not hold, [`AuthError::Store`] if that cannot be known now.
    pub async fn authenticate(
        &self,
        token: Option<&str>,
        device: &DeviceId,
        purpose: Use,
    ) -> Result<Actor, AuthError> {
        let token = token.filter(|token| !token.is_empty()).ok_or(TokenFault::Missing)?;
        let claims = self.read(token)?;
        let meant_for = match claims.purpose.as_deref() {
            None => true,
            Some(SOCKET_PURPOSE) => purpose == Use::Socket,
            Some(_) => false,
        };
        let internal = claims.user.as_str().starts_with(RESERVED_PREFIX);
        if !meant_for || (internal && claims.purpose.as_deref() != Some(SOCKET_PURPOSE)) {
            return Err(TokenFault::Refused.into());
        }
        let said_role = claims.role;
        let mut actor = Actor {
            user: claims.user,
            profile: claims.profile,
            email: claims.email,
            role: claims.role.unwrap_or(Role::User),
            device: claims.device.unwrap_or_else(|| device.clone()),
            token: claims.token,
            issued_at: claims.issued_at,
            expires_at: claims.expires_at,
        };
        if self.revocations.covers(&actor) {
            return Err(TokenFault::Revoked.into());
        }
        if internal {
            return Ok(actor);
        }
        let known = match self.store.user_beside(actor.as_said()).await? {
            Beside::AsSaid => return Ok(actor),
            Beside::Known(user) => Some(*user),
            Beside::Nobody => None,
        };
        if known.as_ref().is_some_and(|user| !user.active) {
            return Err(TokenFault::Inactive.into());
        }
        // Where the token is silent the app's word counts, and nothing that another token once said.
        if let (None, Some(told)) = (said_role, known.as_ref().and_then(|user| user.told_role)) {
            actor.role = told;
        }
        let said = actor.as_said();
        // Every connection says who it is; hardly any says something new.
        if known.as_ref().is_none_or(|known| known.can_learn(said)) {
            self.store.learn_user(said, self.clock.now()).await?;
        }
        if let Some(known) = &known {
            // The app's own word for it counts more than a token's.
            actor.profile = Profile::from(known).or(actor.profile);
        }
        Ok(actor)
    }

    /// Recognises as by [`Self::authenticate`], but the app's record of the user counts more than what the token says of
    /// the role, and there must be one if the app can be asked (`contracts/commerce.md` section 1).
    ///
    /// # Errors
    /// As those, and [`TokenFault::Unknown`] if the app knows nobody of that id, [`TokenFault::Undecided`] if it does not
    /// answer and nothing is known of the user here.
    pub async fn authenticate_by_record(
        &self,
        token: Option<&str>,
        device: &DeviceId,
        purpose: Use,
    ) -> Result<Actor, AuthError> {
        if let Some(lookup) = &self.lookup {
            let token = token.filter(|token| !token.is_empty()).ok_or(TokenFault::Missing)?;
            let user = self.read(token)?.user;
            if !user.as_str().starts_with(RESERVED_PREFIX) {
                self.ask_for(&**lookup, &user).await?;
            }
        }
        let mut actor = self.authenticate(token, device, purpose).await?;
        if let Some(role) = self.told_role(&actor.user).await? {
            actor.role = role;
        }
        Ok(actor)
    }

    /// Asks the app for a user of whose role it never told. If it does not answer, what is known of the user counts.
    async fn ask_for(&self, lookup: &dyn UserLookup, user: &UserId) -> Result<(), AuthError> {
        let known = self.store.user(user).await?;
        if known.as_ref().is_some_and(|known| known.told_role.is_some()) {
            return Ok(());
        }
        let patch = match lookup.look_up(user).await {
            Ok(found) => found.ok_or(TokenFault::Unknown)?,
            Err(error) => {
                tracing::warn!(%error, "a user could not be asked for");
                return if known.is_some() { Ok(()) } else { Err(TokenFault::Undecided.into()) };
            }
        };
        // Of a user whose role the app never tells, it says the same each time.
        let is_news = known.is_none_or(|known| {
            patch.role.is_some() || patch.active.is_some_and(|active| active != known.active)
        });
        if is_news {
            self.store.upsert_user(user, &patch, self.clock.now(), None).await?;
        }
        Ok(())
    }

    /// What the app said the user may do, beside tokens.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn told_role(&self, user: &UserId) -> Result<Option<Role>, StoreError> {
        Ok(self.store.user(user).await?.and_then(|user| user.told_role))
    }

    /// Whether an actor recognised earlier still stands.
    ///
    /// # Errors
    /// Why it does not.
    pub fn standing(&self, actor: &Actor) -> Result<(), CredentialEnd> {
        if actor.expires_at <= self.clock.now() {
            return Err(CredentialEnd::Expired);
        }
        if self.revocations.covers(actor) {
            return Err(CredentialEnd::Revoked);
        }
        Ok(())
    }

    /// Revokes and closes what was opened with the revoked tokens.
    ///
    /// # Errors
    /// If the revocation could not be stored; then it does not hold.
    pub async fn revoke(&self, what: Vec<Revoked>) -> Result<(), StoreError> {
        let at = self.revoke_quietly(&what).await?;
        for what in what {
            let audience = match what {
                Revoked::Token(token) => Audience::Token(token),
                Revoked::User(user) => Audience::User(user),
                Revoked::Device(user, device) => Audience::Device(user, device),
            };
            let ended = DomainEvent::CredentialEnded(CredentialEnd::Revoked);
            self.bus.publish(Published::new(at, audience, ended)).await;
        }
        Ok(())
    }

    /// Revokes without a word to the sockets: the caller tells them why they close.
    ///
    /// # Errors
    /// If the revocation could not be stored; then it does not hold.
    pub async fn revoke_quietly(&self, what: &[Revoked]) -> Result<Timestamp, StoreError> {
        let at = self.clock.now();
        let revocations: Vec<_> = what
            .iter()
            .map(|what| Revocation { what: what.clone(), at, until: at.plus(LONGEST_TOKEN) })
            .collect();
        self.store.add_revocations(&revocations).await?;
        revocations.iter().for_each(|revocation| self.revocations.add(revocation));
        Ok(at)
    }

    /// Revokes every token of a user, or those of one device: by age, and the ones known to be in use by id.
    ///
    /// # Errors
    /// If the revocation could not be stored; then it does not hold.
    pub async fn revoke_user(
        &self,
        user: &UserId,
        device: Option<&DeviceId>,
        in_use: impl IntoIterator<Item = crate::ids::TokenId>,
    ) -> Result<(), StoreError> {
        let by_age = match device {
            Some(device) => Revoked::Device(user.clone(), device.clone()),
            None => Revoked::User(user.clone()),
        };
        let mut what = vec![by_age];
        what.extend(in_use.into_iter().map(Revoked::Token));
        self.revoke_quietly(&what).await?;
        Ok(())
    }

    /// Forgets revocations that can no longer matter.
    pub fn prune(&self) {
        self.revocations.prune(self.clock.now());
    }
}

#[cfg(test)]
mod tests;
