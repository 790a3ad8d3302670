//! An outbox in memory and a renderer that writes down what it was given, for the tests of this module.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use tokio::time::Instant;

use super::*;
use crate::{
    ids::MailId,
    ports::{MailRenderer, MailStore, StoreError, StoreResult},
    time::{Clock, Timestamp},
};

/// The clock of tokio, which tests can stop and wind.
pub(super) struct Wound(pub(super) Instant);

impl Clock for Wound {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(i64::try_from(self.0.elapsed().as_millis()).unwrap())
    }
}

#[derive(Default)]
pub(super) struct Shelf {
    pub(super) mails: Mutex<Vec<QueuedMail>>,
    pub(super) suppressed: Mutex<HashMap<Address, Suppressed>>,
    /// So many calls fail.
    pub(super) failing: AtomicUsize,
    pub(super) asked: AtomicUsize,
}

impl Shelf {
    fn fails(&self) -> StoreResult<()> {
        let fewer = |left: usize| left.checked_sub(1);
        match self.failing.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer) {
            Ok(_) => Err(StoreError::Overloaded),
            Err(_) => Ok(()),
        }
    }

    pub(super) fn of(&self, id: &str) -> QueuedMail {
        let mails = self.mails.lock().unwrap();
        mails.iter().find(|mail| mail.mail.id.as_str() == id).unwrap().clone()
    }
}

#[async_trait]
impl MailStore for Shelf {
    async fn queue_mail(&self, mail: &NewMail, most: u64) -> StoreResult<Option<(MailId, bool)>> {
        self.fails()?;
        let mut mails = self.mails.lock().unwrap();
        let same = |one: &&QueuedMail| one.mail.key.is_some() && one.mail.key == mail.key;
        if let Some(first) = mails.iter().find(same) {
            return Ok(Some((first.mail.id.clone(), false)));
        }
        if mails.iter().filter(|one| one.state == MailState::Waiting).count() as u64 >= most {
            return Ok(None);
        }
        mails.push(waiting(mail.clone()));
        Ok(Some((mail.id.clone(), true)))
    }

    async fn mail_due(
        &self,
        kind: MailKind,
        now: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<QueuedMail>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.fails()?;
        let mut due = self.mails.lock().unwrap().clone();
        due.retain(|one| {
            one.state == MailState::Waiting
                && one.mail.due_at <= now
                && one.mail.template.kind() == kind
        });
        due.sort_by_key(|one| one.mail.due_at);
        due.truncate(limit as usize);
        Ok(due)
    }

    async fn settle_mail(
        &self,
        id: &MailId,
        settled: &SettledMail,
        at: Timestamp,
    ) -> StoreResult<()> {
        self.fails()?;
        let mut mails = self.mails.lock().unwrap();
        let mail = mails.iter_mut().find(|one| one.mail.id == *id).unwrap();
        (mail.attempts, mail.updated_at) = (mail.attempts + 1, at);
        match settled.clone() {
            SettledMail::Sent => mail.state = MailState::Sent,
            SettledMail::Again(due_at, why) => {
                (mail.mail.due_at, mail.last_error) = (due_at, Some(why));
            }
            SettledMail::Dead(why) => {
                (mail.state, mail.last_error) = (MailState::Dead, Some(why));
            }
        }
        Ok(())
    }

    async fn mail(&self, state: MailState, limit: u32) -> StoreResult<Vec<QueuedMail>> {
        let mails = self.mails.lock().unwrap();
        let mails = mails.iter().rev().filter(|one| one.state == state);
        Ok(mails.take(limit as usize).cloned().collect())
    }

    async fn mail_counts(&self) -> StoreResult<(u64, u64)> {
        let mails = self.mails.lock().unwrap();
        let count = |state| mails.iter().filter(|one| one.state == state).count() as u64;
        Ok((count(MailState::Waiting), count(MailState::Dead)))
    }

    async fn retry_mail(&self, id: &MailId, at: Timestamp) -> StoreResult<bool> {
        let mut mails = self.mails.lock().unwrap();
        let dead = |one: &&mut QueuedMail| one.mail.id == *id && one.state == MailState::Dead;
        let Some(mail) = mails.iter_mut().find(dead) else { return Ok(false) };
        (mail.state, mail.attempts, mail.mail.due_at) = (MailState::Waiting, 0, at);
        Ok(true)
    }

    async fn suppress(
        &self,
        address: &Address,
        why: Suppression,
        at: Timestamp,
    ) -> StoreResult<()> {
        self.fails()?;
        let suppressed = Suppressed { address: address.clone(), why, at };
        self.suppressed.lock().unwrap().insert(address.clone(), suppressed);
        Ok(())
    }

    async fn suppressed(&self, address: &Address) -> StoreResult<Option<Suppressed>> {
        self.fails()?;
        Ok(self.suppressed.lock().unwrap().get(address).cloned())
    }

    async fn allow_again(&self, address: &Address) -> StoreResult<bool> {
        Ok(self.suppressed.lock().unwrap().remove(address).is_some())
    }
}

pub(super) fn waiting(mail: NewMail) -> QueuedMail {
    QueuedMail {
        updated_at: mail.created_at,
        mail,
        state: MailState::Waiting,
        attempts: 0,
        last_error: None,
    }
}

/// Writes down its variables as they are.
pub(super) struct Plain;

impl MailRenderer for Plain {
    fn render(&self, template: MailTemplate, vars: &Variables) -> Result<Rendered, RenderFault> {
        let vars = template.fill(vars)?;
        let text = serde_json::to_string(&vars).unwrap();
        Ok(Rendered { subject: template.as_str().into(), html: String::new(), text })
    }
}

pub(super) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
