//! Keeping the audit log without making anybody wait (`contracts/commerce.md` section 6).

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{sync::Notify, time::sleep};
use tracing::{info, warn};

use super::audit::{AuditFilter, AuditKind, Severity, SocketAudit};
use crate::{
    finishing::finished,
    ids::UserId,
    ports::{CommerceStore, StoreResult},
    time::Clock,
    webhooks::store_pause,
};

/// Entries that wait to be written at most; those beyond it are left out and counted.
pub const MOST_AUDIT_WAITING: usize = 4_096;

/// Entries in one transaction at most.
const BATCH: usize = 500;

/// Entries of one answer at most.
pub const MOST_FOUND: u32 = 500;

/// Longest text in the detail of an entry, in characters; of a longer one the beginning is kept.
const MOST_TEXT: usize = 200;

/// Largest detail of an entry, in bytes of JSON; a larger one is left out.
const MOST_DETAIL_BYTES: usize = 4 * 1024;

/// After an entry: what happens together is written together.
const GATHER: Duration = Duration::from_millis(200);

/// Attempts to write what is left before it is given up.
const LAST_ATTEMPTS: u32 = 4;

/// What became of sockets. Every entry is a line of the log as well, also one that is left out here.
pub struct AuditLog {
    desk: Arc<Desk>,
}

struct Desk {
    store: Arc<dyn CommerceStore>,
    clock: Arc<dyn Clock>,
    waiting: Mutex<VecDeque<SocketAudit>>,
    noted: Notify,
    /// Batches are written one after the other.
    writing: tokio::sync::Mutex<()>,
    finishing: AtomicBool,
}

impl AuditLog {
    /// Nothing is written before it [runs](Self::run).
    #[must_use]
    pub fn new(store: Arc<dyn CommerceStore>, clock: Arc<dyn Clock>) -> Self {
        let desk = Desk {
            store,
            clock,
            waiting: Mutex::default(),
            noted: Notify::new(),
            writing: tokio::sync::Mutex::default(),
            finishing: AtomicBool::new(false),
        };
        Self { desk: Arc::new(desk) }
    }

    /// Notes what happened; never waits. `detail` is an object without addresses, tokens or what anybody wrote; its texts
    /// are cut after 200 characters. If [`MOST_AUDIT_WAITING`] entries wait already it is only logged, and counted.
    pub fn note(&self, kind: AuditKind, user: Option<&UserId>, detail: Value) {
        let detail = bounded(detail);
        let entry = SocketAudit { at: self.desk.clock.now(), kind, user: user.cloned(), detail };
        log(&entry);
        let mut waiting = self.desk.waiting();
        if waiting.len() >= MOST_AUDIT_WAITING {
            drop(waiting);
            count_dropped(1);
            return;
        }
        waiting.push_back(entry);
        drop(waiting);
        self.desk.noted.notify_one();
    }

    /// Entries, newest first, at most `limit` and [`MOST_FOUND`]; all that was noted before is among them.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn find(&self, filter: &AuditFilter, limit: u32) -> StoreResult<Vec<SocketAudit>> {
        for _ in 0..MOST_AUDIT_WAITING.div_ceil(BATCH) {
            if !self.write_some().await? {
                break;
            }
        }
        self.desk.store.socket_audit(filter, limit.clamp(1, MOST_FOUND)).await
    }

    /// Writes what is noted, until it is to [finish](Self::finish). Run it once, as a task of its own. What a failing
    /// store hinders is tried again.
    pub async fn run(&self) {
        let mut failures = 0;
        while !self.desk.finishing.load(Ordering::Acquire) {
            if failures == 0 && self.desk.waiting().is_empty() {
                self.desk.noted.notified().await;
                sleep(GATHER).await;
            }
            match self.write_some().await {
                Ok(_) => failures = 0,
                Err(error) => {
                    warn!(%error, "the audit log of sockets could not be written; trying again");
                    failures += 1;
                    sleep(store_pause(failures)).await;
                }
            }
        }
    }

    /// Writes what is left, and ends it: what is noted later is only logged. What a failing store does not take in
    /// four attempts is left out and counted.
    pub async fn finish(&self) {
        self.desk.finishing.store(true, Ordering::Release);
        self.desk.noted.notify_one();
        let mut failures = 0;
        while failures < LAST_ATTEMPTS {
            match self.write_some().await {
                Ok(true) => failures = 0,
                Ok(false) => return,
                Err(error) => {
                    warn!(%error, "the end of the audit log of sockets could not be written");
                    failures += 1;
                    sleep(store_pause(failures)).await;
                }
            }
        }
        let left = std::mem::take(&mut *self.desk.waiting());
        count_dropped(left.len());
    }

    /// Writes a batch, even if the caller gives up; whether there was one.
    async fn write_some(&self) -> StoreResult<bool> {
        let desk = Arc::clone(&self.desk);
        finished(async move { desk.write_some().await }).await
    }
}

impl Desk {
    fn waiting(&self) -> MutexGuard<'_, VecDeque<SocketAudit>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn write_some(&self) -> StoreResult<bool> {
        let _turn = self.writing.lock().await;
        let batch: Vec<_> = {
            let mut waiting = self.waiting();
            let size = waiting.len().min(BATCH);
            waiting.drain(..size).collect()
        };
        if batch.is_empty() {
            return Ok(false);
        }
        let written = self.store.audit_sockets(batch.clone()).await;
        if written.is_err() {
            let mut waiting = self.waiting();
            batch.into_iter().rev().for_each(|entry| waiting.push_front(entry));
        }
        written.map(|()| true)
    }
}

/// Texts cut, and nothing large.
fn bounded(mut detail: Value) -> Value {
    if let Value::Object(fields) = &mut detail {
        for value in fields.values_mut() {
            if let Value::String(text) = value
                && let Some((end, _)) = text.char_indices().nth(MOST_TEXT)
            {
                text.truncate(end);
            }
        }
    }
    if detail.to_string().len() > MOST_DETAIL_BYTES { json!({}) } else { detail }
}

/// A line of the log for an entry.
pub(super) fn log(entry: &SocketAudit) {
    let SocketAudit { kind, user, detail, .. } = entry;
    let prefix = match kind {
        AuditKind::AuthFailed | AuditKind::UnauthorizedEvent => "[SOCKET AUTH]",
        AuditKind::Error | AuditKind::ConnectionFailed => "[SOCKET ERROR]",
        AuditKind::Connected
        | AuditKind::Disconnected
        | AuditKind::Reconnected
        | AuditKind::ForceDisconnect
        | AuditKind::MappingChanged => "[SOCKET]",
    };
    let (severity, user) = (kind.severity(), user.as_ref().map(UserId::as_str));
    let (action, weight) = (kind.as_str(), severity.as_str());
    match severity {
        Severity::Low | Severity::Medium => {
            info!(action, severity = weight, user, %detail, "{prefix}");
        }
        Severity::High => warn!(action, severity = weight, user, %detail, "{prefix}"),
    }
}

fn count_dropped(entries: usize) {
    metrics::counter!("outrigger_audit_dropped_total").increment(entries as u64);
}

#[cfg(test)]
mod tests;
