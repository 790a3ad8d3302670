//! What the app and those who may act on others do in the marketplace (`contracts/commerce.md` sections 2, 3 and 5).

mod moderation;
mod notices;
mod orders;

use std::sync::Arc;

use serde_json::{Value, json, value::to_raw_value};

pub use moderation::{ProductModeration, SellerModeration, Verdict};
pub use notices::{MOST_UPDATES, NewNotice, NotifyWhom, Update};
pub use orders::{OrderPlaced, OrderRefused, Sold};

use super::{CONTRACT, audit::AuditKind, audit_log::AuditLog, crowd::Crowd, words::role_word};
use crate::{
    actor::Role,
    events::{Audience, DomainEvent, Published, Reach, Receipt},
    finishing::finished,
    ids::UserId,
    naming::Ids,
    notifications::Notifications,
    outreach::{Keeping, Outreach, OutreachError},
    ports::{Bus, CommerceStore, Store, StoreError},
    time::Clock,
};

/// What the [`Marketplace`] works with.
pub struct MarketplaceParts {
    /// Where orders and notices are kept.
    pub store: Arc<dyn CommerceStore>,
    /// Where users are.
    pub users: Arc<dyn Store>,
    /// What single users are told and can read again.
    pub notifications: Arc<Notifications>,
    /// The way of events that only the app knows.
    pub outreach: Arc<Outreach>,
    /// Who is there.
    pub crowd: Arc<Crowd>,
    /// What admins look at later.
    pub audit: Arc<AuditLog>,
    /// Where news goes.
    pub bus: Arc<dyn Bus>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Names notices.
    pub ids: Arc<dyn Ids>,
}

/// Orders, moderation and notices. What is begun here is finished even if the caller stops waiting, so that nothing is
/// kept of which nobody is told.
pub struct Marketplace {
    parts: Arc<MarketplaceParts>,
}

impl Marketplace {
    /// The marketplace over these.
    #[must_use]
    pub fn new(parts: MarketplaceParts) -> Self {
        Self { parts: Arc::new(parts) }
    }

    /// Closes a user's sockets, those of every contract, behind a word to them; `by` is the admin who wants it, `None` the
    /// app. Noted in the audit log if there were any. How many sockets it reached.
    pub async fn disconnect(&self, by: Option<&UserId>, user: &UserId, reason: &str) -> usize {
        let parts = Arc::clone(&self.parts);
        let (by, user, reason) = (by.cloned(), user.clone(), reason.to_owned());
        let task = async move { Ok::<_, StoreError>(parts.disconnect(by, user, reason).await) };
        finished(task).await.unwrap_or_else(|error| {
            tracing::error!(%error, "a user's sockets could not be closed");
            0
        })
    }
}

impl MarketplaceParts {
    async fn disconnect(&self, by: Option<UserId>, user: UserId, reason: String) -> usize {
        let role = self.crowd.role_of(&user).map(role_word);
        let (receipt, reached) = Receipt::requested();
        let event = DomainEvent::Disconnected { reason: reason.clone() };
        let audience = Audience::User(user.clone());
        self.bus.publish(Published::asking(self.clock.now(), audience, event, receipt)).await;
        let Reach { sockets, .. } = reached.await.unwrap_or_default();
        if sockets > 0 {
            let detail = json!({ "role": role, "reason": reason, "by": by });
            self.audit.note(AuditKind::ForceDisconnect, Some(&user), detail);
        }
        sockets
    }

    /// Tells admins who are there.
    async fn tell_admins(&self, event: &str, data: &Value) -> Result<(), OutreachError> {
        self.send(Audience::Role(Role::Admin), event, data, Keeping::Passing).await
    }

    /// Tells a user, now or as soon as the user is back. Under the same key it is told once.
    async fn tell_user(
        &self,
        user: &UserId,
        event: &str,
        data: &Value,
        key: Option<String>,
    ) -> Result<(), OutreachError> {
        self.send(Audience::User(user.clone()), event, data, Keeping::Durable { key }).await
    }

    async fn send(
        &self,
        audience: Audience,
        event: &str,
        data: &Value,
        keeping: Keeping,
    ) -> Result<(), OutreachError> {
        let data = to_raw_value(data).map_err(StoreError::failed)?;
        let contract = Some(CONTRACT.to_owned());
        self.outreach.send(audience, event, data, contract, None, keeping).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
