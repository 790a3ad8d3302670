//! Figures for admins (`contracts/contacts.md` section 3, `contactStats`).

use std::time::Duration;

use tokio::time::sleep;
use tracing::warn;

use super::{
    desk::{Desk, SupportDesk},
    event::{SupportEvent, SupportStats},
};
use crate::{
    ports::{StoreError, StoreResult},
    webhooks::store_pause,
};

/// From one telling to the next, at least.
const PACE: Duration = Duration::from_secs(5);

/// Before the first telling: what changes together is counted once.
const GATHER: Duration = Duration::from_millis(100);

impl SupportDesk {
    /// The figures of now.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn stats(&self) -> Result<SupportStats, StoreError> {
        self.desk.stats().await
    }
}

impl Desk {
    async fn stats(&self) -> StoreResult<SupportStats> {
        let counts = self.parts.store.support_counts().await?;
        Ok(SupportStats {
            total: counts.total,
            active_chats: counts.in_progress,
            messages: counts.messages,
            average_response_ms: counts.average_response_ms,
            online_admins: self.attendance().count() as u64,
            pending: counts.pending,
        })
    }

    /// Tells admins of figures that changed, for ever, at most once in 5 s. While no admin is there, nothing is counted.
    pub(super) async fn tell_of_figures(&self) {
        let mut told = None;
        let mut failures = 0;
        loop {
            self.figures_changed.notified().await;
            sleep(GATHER).await;
            if self.attendance().count() == 0 {
                told = None;
                continue;
            }
            match self.stats().await {
                Ok(stats) if told == Some(stats) => failures = 0,
                Ok(stats) => {
                    failures = 0;
                    told = Some(stats);
                    self.tell_admins(SupportEvent::Stats(stats)).await;
                    sleep(PACE.saturating_sub(GATHER)).await;
                }
                Err(error) => {
                    failures += 1;
                    warn!(%error, "figures of requests could not be counted; trying again");
                    self.figures_changed.notify_one();
                    sleep(store_pause(failures)).await;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
