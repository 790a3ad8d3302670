//! An outbox that only takes e-mail in, and a renderer that takes everything.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;

use crate::{
    email::{
        Address, MailKind, MailState, MailTemplate, NewMail, QueuedMail, RenderFault, Rendered,
        SettledMail, Suppressed, Suppression, Variables,
    },
    ids::MailId,
    ports::{MailRenderer, MailStore, StoreError, StoreResult},
    time::Timestamp,
};

/// What was put into it.
#[derive(Default)]
pub(in crate::support) struct Letters {
    sent: Mutex<Vec<NewMail>>,
    pub(in crate::support) failing: AtomicBool,
}

impl Letters {
    /// What was sent since it was last asked.
    pub(in crate::support) fn sent(&self) -> Vec<NewMail> {
        std::mem::take(&mut self.sent.lock().unwrap())
    }
}

#[async_trait]
impl MailStore for Letters {
    async fn queue_mail(&self, mail: &NewMail, _: u64) -> StoreResult<Option<(MailId, bool)>> {
        if self.failing.load(Ordering::Relaxed) {
            return Err(StoreError::Overloaded);
        }
        self.sent.lock().unwrap().push(mail.clone());
        Ok(Some((mail.id.clone(), true)))
    }

    async fn mail_due(&self, _: MailKind, _: Timestamp, _: u32) -> StoreResult<Vec<QueuedMail>> {
        unreachable!("nothing is sent here")
    }

    async fn settle_mail(&self, _: &MailId, _: &SettledMail, _: Timestamp) -> StoreResult<()> {
        unreachable!("nothing is sent here")
    }

    async fn mail(&self, _: MailState, _: u32) -> StoreResult<Vec<QueuedMail>> {
        unreachable!("nobody lists e-mail here")
    }

    async fn mail_counts(&self) -> StoreResult<(u64, u64)> {
        unreachable!("nobody counts e-mail here")
    }

    async fn retry_mail(&self, _: &MailId, _: Timestamp) -> StoreResult<bool> {
        unreachable!("nothing is sent here")
    }

    async fn suppress(&self, _: &Address, _: Suppression, _: Timestamp) -> StoreResult<()> {
        unreachable!("nothing is sent here")
    }

    async fn suppressed(&self, _: &Address) -> StoreResult<Option<Suppressed>> {
        Ok(None)
    }

    async fn allow_again(&self, _: &Address) -> StoreResult<bool> {
        unreachable!("nothing was suppressed here")
    }
}

/// Fills nothing in.
pub(super) struct Plain;

impl MailRenderer for Plain {
    fn render(&self, _: MailTemplate, _: &Variables) -> Result<Rendered, RenderFault> {
        Ok(Rendered { subject: String::new(), html: String::new(), text: String::new() })
    }
}
