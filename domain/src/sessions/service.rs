//! Devices come and go, are listed, and are ended.

use std::sync::Arc;

use super::session::{Session, SessionFilter};
use crate::{
    actor::Actor,
    events::{Audience, DomainEvent, Published, Reach, Receipt},
    identity::{Identity, Revoked},
    ids::{DeviceId, TokenId, UserId},
    lately::Lately,
    ports::{Bus, Store, StoreError},
    time::{Clock, Timestamp},
};

/// Why a user is logged out when nobody says (`contracts/rooms.md` section 3).
pub const DEFAULT_LOGOUT_REASON: &str = "User logged out";

/// When a device was last seen is as exact as this.
const EXACT_MS: i64 = 60_000;

/// Where a socket or request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The program's own description.
    pub user_agent: String,
    /// The address, or `unknown`.
    pub address: String,
}

/// What shall be ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Everything of a user.
    User(UserId),
    /// One device.
    Device(UserId, DeviceId),
    /// What was opened with one token.
    Token(TokenId),
}

/// Sessions.
pub struct Sessions {
    store: Arc<dyn Store>,
    bus: Arc<dyn Bus>,
    clock: Arc<dyn Clock>,
    identity: Arc<Identity>,
    /// The device of each user that was noted last.
    lately: Lately,
}

impl Sessions {
    /// Sessions over this store.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        bus: Arc<dyn Bus>,
        clock: Arc<dyn Clock>,
        identity: Arc<Identity>,
    ) -> Self {
        Self { store, bus, clock, identity, lately: Lately::default() }
    }

    /// A device connected. When it was last seen is exact to the minute.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn seen(&self, actor: &Actor, origin: &Origin) -> Result<(), StoreError> {
        let Actor { user, device, token, expires_at, .. } = actor;
        let Origin { user_agent, address } = origin;
        let now = self.clock.now();
        let minute = self.lately.span(user, now.ms(), EXACT_MS);
        let mark = (user, device, token, user_agent, address, expires_at.ms(), minute);
        if let Some(news) = self.lately.news(user, &mark) {
            self.save(user, device, Some(token.clone()), origin, *expires_at, now).await?;
            // Unless it was changed meanwhile.
            let _noted = self.lately.note(news);
        }
        Ok(())
    }

    /// The app tells of a login before any socket is open.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn open(
        &self,
        user: &UserId,
        device: &DeviceId,
        token: Option<TokenId>,
        origin: &Origin,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let _changing = self.lately.changing(user);
        self.save(user, device, token, origin, expires_at, self.clock.now()).await
    }

    async fn save(
        &self,
        user: &UserId,
        device: &DeviceId,
        token: Option<TokenId>,
        origin: &Origin,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.store
            .save_session(&Session {
                user: user.clone(),
                device: device.clone(),
                token,
                user_agent: origin.user_agent.clone(),
                ip_address: origin.address.clone(),
                expires_at,
                created_at: now,
                updated_at: now,
                active: true,
                logout_at: None,
                deactivated_reason: None,
            })
            .await
    }

    /// A user's sessions, last seen first.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn list(
        &self,
        user: &UserId,
        filter: &SessionFilter,
    ) -> Result<Vec<Session>, StoreError> {
        self.store.sessions(user, filter).await
    }

    /// Logs out: the sockets hear `force_logout` and are closed; the sessions end; with `revoke` the tokens no
    /// longer hold, so that nobody comes back with one. Gives how many sessions ended and whom it reached.
    ///
    /// # Errors
    /// If the store failed; then nothing was ended.
    pub async fn end(
        &self,
        what: &Ending,
        reason: &str,
        revoke: bool,
    ) -> Result<(usize, Reach), StoreError> {
        let now = self.clock.now();
        let (ended, audience) = match what {
            Ending::User(user) => {
                (self.end_stored(user, None, reason, revoke).await?, Audience::User(user.clone()))
            }
            Ending::Device(user, device) => (
                self.end_stored(user, Some(device), reason, revoke).await?,
                Audience::Device(user.clone(), device.clone()),
            ),
            Ending::Token(token) => {
                if revoke {
                    self.identity.revoke_quietly(&[Revoked::Token(token.clone())]).await?;
                }
                (0, Audience::Token(token.clone()))
            }
        };
        let event = DomainEvent::ForceLogout { reason: reason.to_owned() };
        let (receipt, reached) = Receipt::requested();
        let published = Published::asking(now, audience, event, receipt);
        self.bus.publish(published).await;
        Ok((ended, reached.await.unwrap_or_default()))
    }

    async fn end_stored(
        &self,
        user: &UserId,
        device: Option<&DeviceId>,
        reason: &str,
        revoke: bool,
    ) -> Result<usize, StoreError> {
        let changing = self.lately.changing(user);
        let ended = self.store.end_sessions(user, device, reason, self.clock.now()).await?;
        drop(changing);
        if revoke {
            let in_use = ended.iter().filter_map(|session| session.token.clone());
            self.identity.revoke_user(user, device, in_use).await?;
        }
        Ok(ended.len())
    }
}

#[cfg(test)]
mod tests;
