//! Puts e-mails into the outbox, and looks after those in it.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use tokio::sync::Notify;

use super::{
    mail::{Address, MailState, NewMail, QueuedMail, Rendered, Suppressed, Suppression},
    template::{MailTemplate, RenderFault, Variables},
};
use crate::{
    ids::MailId,
    naming::Ids,
    ports::{MailRenderer, MailStore, StoreError, StoreResult},
    time::Clock,
};

/// Mails of a list at most.
pub const MOST_LISTED: u32 = 500;

/// Longest key that is kept as it is, in bytes.
const MOST_KEY_BYTES: usize = 200;

/// How much may wait.
#[derive(Debug, Clone, Copy)]
pub struct MailLimits {
    /// Mails that wait at the same time; beyond it new ones are refused.
    pub most_waiting: u64,
}

impl Default for MailLimits {
    fn default() -> Self {
        Self { most_waiting: 100_000 }
    }
}

/// What [`Mails`] works with.
pub struct MailsParts {
    /// Where they wait.
    pub store: Arc<dyn MailStore>,
    /// Checks that they can be filled.
    pub renderer: Arc<dyn MailRenderer>,
    /// Names them.
    pub ids: Arc<dyn Ids>,
    /// Says when they were asked for.
    pub clock: Arc<dyn Clock>,
    /// How many.
    pub limits: MailLimits,
    /// Rings for the [`MailSender`](super::MailSender).
    pub wake: Arc<Notify>,
}

/// What somebody wants sent.
#[derive(Debug, Clone, PartialEq)]
pub struct NewLetter<'a> {
    /// Which.
    pub template: MailTemplate,
    /// To whom.
    pub to: &'a str,
    /// What it is filled with.
    pub vars: Variables,
    /// A second one under the same key is the first.
    pub key: Option<String>,
}

/// It is in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// Its id.
    pub id: MailId,
    /// Whether it came there now, and not under the same key before.
    pub new: bool,
}

/// Why nothing was put into the outbox.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// That is no address.
    #[error("not an e-mail address")]
    BadAddress,
    /// Nothing of that kind goes there any more.
    #[error("nothing goes to this address: {}", .0.as_str())]
    Suppressed(Suppression),
    /// The template cannot be filled with that.
    #[error(transparent)]
    Render(#[from] RenderFault),
    /// Too much waits already.
    #[error("too many e-mails wait")]
    Full,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The e-mails there are.
pub struct Mails {
    parts: MailsParts,
}

impl Mails {
    /// Those in this store.
    #[must_use]
    pub fn new(parts: MailsParts) -> Self {
        Self { parts }
    }

    /// Puts one into the outbox; committed when this returns. What it is filled with was checked: later it fails only
    /// at the mail server.
    ///
    /// # Errors
    /// Why it will not be sent.
    pub async fn send(&self, letter: NewLetter<'_>) -> Result<Queued, MailError> {
        let NewLetter { template, to, vars, key } = letter;
        let to = Address::new(to).map_err(|_| MailError::BadAddress)?;
        let vars = template.fill(&vars)?;
        self.parts.renderer.render(template, &vars)?;
        if let Some(why) = standing_against(&*self.parts.store, template, &to).await? {
            return Err(MailError::Suppressed(why));
        }
        let now = self.parts.clock.now();
        let id = MailId::new(self.parts.ids.token()).map_err(StoreError::failed)?;
        let key = key.map(bounded);
        let mail = NewMail { id, template, to, vars, key, created_at: now, due_at: now };
        let queued = self.parts.store.queue_mail(&mail, self.parts.limits.most_waiting).await?;
        let (id, new) = queued.ok_or(MailError::Full)?;
        if new {
            self.parts.wake.notify_one();
        }
        Ok(Queued { id, new })
    }

    /// What one would look like; nothing is sent.
    ///
    /// # Errors
    /// Why it cannot be filled.
    pub fn preview(
        &self,
        template: MailTemplate,
        vars: &Variables,
    ) -> Result<Rendered, RenderFault> {
        self.parts.renderer.render(template, vars)
    }

    /// Those in a state, newest first, at most `limit` and [`MOST_LISTED`].
    ///
    /// # Errors
    /// If the store failed.
    pub async fn list(&self, state: MailState, limit: u32) -> StoreResult<Vec<QueuedMail>> {
        self.parts.store.mail(state, limit.clamp(1, MOST_LISTED)).await
    }

    /// How many wait, and how many were given up.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn counts(&self) -> StoreResult<(u64, u64)> {
        self.parts.store.mail_counts().await
    }

    /// Tries a dead one again, from its first attempt; whether there was one.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn retry(&self, id: &MailId) -> StoreResult<bool> {
        let there = self.parts.store.retry_mail(id, self.parts.clock.now()).await?;
        if there {
            self.parts.wake.notify_one();
        }
        Ok(there)
    }

    /// Ends list mail to an address, as whoever reads it wishes.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn unsubscribe(&self, address: &Address) -> StoreResult<()> {
        let now = self.parts.clock.now();
        self.parts.store.suppress(&address.folded(), Suppression::Unsubscribed, now).await
    }

    /// Whether nothing goes to an address any more, and why.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn suppressed(&self, address: &Address) -> StoreResult<Option<Suppressed>> {
        self.parts.store.suppressed(&address.folded()).await
    }

    /// Mail goes to an address again; whether it did not.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn allow_again(&self, address: &Address) -> StoreResult<bool> {
        self.parts.store.allow_again(&address.folded()).await
    }
}

/// A key of bounded length, another for each.
fn bounded(key: String) -> String {
    if key.len() <= MOST_KEY_BYTES { key } else { format!("{:x}", Sha256::digest(&key)) }
}

/// What keeps this template from this address: a refusal of its server everything, the wish of its reader list mail.
pub(super) async fn standing_against(
    store: &dyn MailStore,
    template: MailTemplate,
    to: &Address,
) -> StoreResult<Option<Suppression>> {
    let why = store.suppressed(&to.folded()).await?.map(|suppressed| suppressed.why);
    Ok(why.filter(|why| match why {
        Suppression::Bounced => true,
        Suppression::Unsubscribed => template.is_list_mail(),
    }))
}

#[cfg(test)]
mod tests;
