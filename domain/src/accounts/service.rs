//! What an admin changes, and how the user's open tabs follow.

use std::{sync::Arc, time::Duration};

use super::user::{TokenUser, User, UserPatch};
use crate::{
    actor::Role,
    events::{Audience, DomainEvent, Published, Reach, Receipt, Secret},
    identity::{Identity, TokenFault},
    ids::UserId,
    ports::{Bus, Store, StoreError},
    sessions::{Ending, Sessions},
    time::Clock,
};

/// Default reason of a token update (`contracts/rooms.md` section 3).
pub const DEFAULT_TOKEN_REASON: &str = "User data updated by admin";
/// Default reason of an activation.
pub const ACTIVATED: &str = "Account activated by admin";
/// Default reason of a deactivation.
pub const DEACTIVATED: &str = "Account deactivated by admin";
/// Default reason of changed designations.
pub const DEFAULT_DESIGNATIONS_REASON: &str = "Designations updated by admin";

/// Users shown as contacts at most.
const MOST_CONTACTS: u32 = 1000;

/// Why a token is not handed on.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TokenUpdateError {
    /// It does not hold: clients would be logged out by it.
    #[error("the new token does not hold: {0}")]
    Fault(#[from] TokenFault),
    /// It speaks for someone else.
    #[error("the new token belongs to another user")]
    OtherUser,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Accounts.
pub struct Accounts {
    store: Arc<dyn Store>,
    bus: Arc<dyn Bus>,
    clock: Arc<dyn Clock>,
    identity: Arc<Identity>,
    sessions: Arc<Sessions>,
    grace: Duration,
}

impl Accounts {
    /// `grace` is the time between the news of a deactivation and the end of the sockets
    /// (5 s in `contracts/rooms.md` section 9, item 5).
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        bus: Arc<dyn Bus>,
        clock: Arc<dyn Clock>,
        identity: Arc<Identity>,
        sessions: Arc<Sessions>,
        grace: Duration,
    ) -> Self {
        Self { store, bus, clock, identity, sessions, grace }
    }

    async fn tell(&self, audience: Audience, event: DomainEvent) -> Reach {
        let (receipt, reached) = Receipt::requested();
        self.bus.publish(Published::asking(self.clock.now(), audience, event, receipt)).await;
        reached.await.unwrap_or_default()
    }

    /// Changes a user and tells the user of it, in one transaction.
    async fn change(
        &self,
        user: &UserId,
        patch: &UserPatch,
        event: DomainEvent,
    ) -> Result<Reach, StoreError> {
        let (receipt, reached) = Receipt::requested();
        let now = self.clock.now();
        let news = Published::asking(now, Audience::User(user.clone()), event, receipt);
        self.store.upsert_user(user, patch, now, Some(news)).await?;
        Ok(reached.await.unwrap_or_default())
    }

    /// Hands a new token to every device of its user. It must hold and be that user's: handing someone
    /// another's token would make them that other.
    ///
    /// # Errors
    /// [`TokenUpdateError`]; nobody was told.
    pub async fn replace_token(
        &self,
        user: &UserId,
        token: &str,
        reason: Option<String>,
    ) -> Result<Reach, TokenUpdateError> {
        let claims = self.identity.read(token)?;
        if claims.user != *user {
            return Err(TokenUpdateError::OtherUser);
        }
        let told_role = self.identity.told_role(user).await?;
        let role = claims.role.or(told_role).unwrap_or(Role::User);
        let (email, profile) = (&claims.email, &claims.profile);
        let said = TokenUser { id: user, email, role, profile };
        self.store.learn_user(said, self.clock.now()).await?;
        let reason = reason.unwrap_or_else(|| DEFAULT_TOKEN_REASON.to_owned());
        let event =
            DomainEvent::TokenReplaced { token: Secret::new(token), role, told_role, reason };
        Ok(self.tell(Audience::User(user.clone()), event).await)
    }

    /// Activates or deactivates. A deactivated user is told, and logged out after the grace period.
    ///
    /// # Errors
    /// If the store failed; nobody was told.
    pub async fn set_active(
        self: &Arc<Self>,
        user: &UserId,
        active: bool,
        reason: Option<String>,
    ) -> Result<Reach, StoreError> {
        let default = if active { ACTIVATED } else { DEACTIVATED };
        let reason = reason.unwrap_or_else(|| default.to_owned());
        let patch = UserPatch { active: Some(active), ..UserPatch::default() };
        let event = DomainEvent::AccountStatus { active, reason: reason.clone() };
        let reached = self.change(user, &patch, event).await?;
        if !active {
            tokio::spawn(Arc::clone(self).log_out_later(user.clone(), reason));
        }
        Ok(reached)
    }

    /// Not held up by a restart: a deactivated user cannot connect again anyway.
    async fn log_out_later(self: Arc<Self>, user: UserId, reason: String) {
        tokio::time::sleep(self.grace).await;
        let ended = match self.store.user(&user).await {
            Ok(Some(found)) if found.active => return,
            Ok(_) => {
                self.sessions.end(&Ending::User(user.clone()), &reason, false).await.map(|_| ())
            }
            Err(error) => Err(error),
        };
        if let Err(error) = ended {
            tracing::error!(%user, %error, "a deactivated user's sessions could not be ended");
            self.tell(Audience::User(user), DomainEvent::ForceLogout { reason }).await;
        }
    }

    /// Replaces the user's designations.
    ///
    /// # Errors
    /// If the store failed; nobody was told.
    pub async fn set_designations(
        &self,
        user: &UserId,
        designations: Vec<String>,
        reason: Option<String>,
    ) -> Result<Reach, StoreError> {
        let reason = reason.unwrap_or_else(|| DEFAULT_DESIGNATIONS_REASON.to_owned());
        let patch = UserPatch { designations: Some(designations.clone()), ..UserPatch::default() };
        let event = DomainEvent::Designations { designations, reason };
        self.change(user, &patch, event).await
    }

    /// Takes in what the app knows of a user; a changed account status is told as by [`Self::set_active`], and sockets of
    /// contracts where the app's record counts have another role at once.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn upsert(
        self: &Arc<Self>,
        id: &UserId,
        mut patch: UserPatch,
    ) -> Result<User, StoreError> {
        let active = patch.active.take();
        let before = self.store.user(id).await?;
        let was_active = before.as_ref().is_none_or(|user| user.active);
        let changed = active.filter(|active| was_active != *active);
        let had = before.and_then(|user| user.told_role);
        let now = self.clock.now();
        let news = patch.role.filter(|role| had != Some(*role)).map(|role| {
            Published::new(now, Audience::User(id.clone()), DomainEvent::RoleChanged { role })
        });
        let user = self.store.upsert_user(id, &patch, now, news).await?;
        match changed {
            None => Ok(user),
            Some(active) => {
                self.set_active(id, active, None).await?;
                Ok(self.store.user(id).await?.unwrap_or(user))
            }
        }
    }

    /// One user.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn find(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        self.store.user(id).await
    }

    /// Several users; unknown ones are left out.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn find_many(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        self.store.users(ids).await
    }

    /// Active users other than this one, in order of their ids; `after` pages on.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn contacts(
        &self,
        of: &UserId,
        after: Option<&UserId>,
    ) -> Result<Vec<User>, StoreError> {
        let users = self.store.active_users(after, MOST_CONTACTS).await?;
        Ok(users.into_iter().filter(|user| user.id != *of).collect())
    }

    /// Whether this is known to be an admin.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn is_admin(&self, id: &UserId) -> Result<bool, StoreError> {
        Ok(self.store.user(id).await?.is_some_and(|user| user.role == Role::Admin))
    }
}

#[cfg(test)]
mod tests;
