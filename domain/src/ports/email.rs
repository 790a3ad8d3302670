use async_trait::async_trait;

use super::StoreResult;
use crate::{
    email::{
        Address, MailFault, MailKind, MailState, MailTemplate, NewMail, QueuedMail, RenderFault,
        Rendered, SettledMail, Suppressed, Suppression, Variables,
    },
    ids::MailId,
    time::Timestamp,
};

/// Fills templates.
pub trait MailRenderer: Send + Sync + 'static {
    /// The mail in full. Every variable is escaped where HTML would understand it.
    ///
    /// # Errors
    /// Why it cannot be filled.
    fn render(&self, template: MailTemplate, vars: &Variables) -> Result<Rendered, RenderFault>;
}

/// What goes to the mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Which mail: the left part of its `Message-ID`.
    pub id: MailId,
    /// To whom.
    pub to: Address,
    /// What.
    pub content: Rendered,
    /// Where whoever reads it says that they want no more, for list mail.
    pub unsubscribe: Option<UnsubscribeLink>,
}

/// Where whoever reads a mail says that they want no more of its kind (RFC 2369).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsubscribeLink {
    /// Where.
    pub url: String,
    /// Whether a `POST` to it is enough (RFC 8058): mail programs may then offer it themselves.
    pub one_click: bool,
}

/// Hands mail to a mail server.
#[async_trait]
pub trait Mailer: Send + Sync + 'static {
    /// Hands it on. May be called twice for one mail: its `Message-ID` is the same.
    async fn send(&self, letter: &Letter) -> Result<(), MailFault>;
}

/// Mail that waits, and addresses that want none.
#[async_trait]
pub trait MailStore: Send + Sync + 'static {
    /// Puts one into the outbox; under a key that is there already it gives that one, and `false`.
    async fn queue_mail(&self, mail: &NewMail, most: u64) -> StoreResult<Option<(MailId, bool)>>;
    /// Those of a kind ([`MailTemplate::kind`]) that wait and are due, by when they became due, at most `limit`.
    async fn mail_due(
        &self,
        kind: MailKind,
        now: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<QueuedMail>>;
    /// Notes what became of an attempt, and counts it. A letter's variables are forgotten when it was sent.
    async fn settle_mail(
        &self,
        id: &MailId,
        settled: &SettledMail,
        at: Timestamp,
    ) -> StoreResult<()>;
    /// Those in a state, newest first, at most `limit`.
    async fn mail(&self, state: MailState, limit: u32) -> StoreResult<Vec<QueuedMail>>;
    /// How many wait, and how many were given up.
    async fn mail_counts(&self) -> StoreResult<(u64, u64)>;
    /// Tries a dead one again, from its first attempt; whether there was one.
    async fn retry_mail(&self, id: &MailId, at: Timestamp) -> StoreResult<bool>;
    /// Nothing goes to this address any more; one that bounced stays so when it is unsubscribed as well.
    async fn suppress(&self, address: &Address, why: Suppression, at: Timestamp)
    -> StoreResult<()>;
    /// Whether nothing goes there, and why.
    async fn suppressed(&self, address: &Address) -> StoreResult<Option<Suppressed>>;
    /// Mail goes there again; whether it did not.
    async fn allow_again(&self, address: &Address) -> StoreResult<bool>;
}
