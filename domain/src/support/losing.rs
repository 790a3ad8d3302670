//! Telling of admins who are gone for too long (`contracts/contacts.md` section 6, "Admin lost").

use tokio::time::{Instant, sleep, sleep_until};
use tracing::warn;

use super::{contact::ContactStatus, desk::Desk, event::SupportEvent};
use crate::{ids::UserId, ports::StoreResult, webhooks::store_pause};

impl Desk {
    /// Watches for ever. After a restart those who have chats open are expected back within the same grace.
    pub(super) async fn watch_for_lost_admins(&self) {
        let mut failures = 0;
        while let Err(error) = self.expect_back().await {
            failures += 1;
            warn!(%error, "admins with open chats could not be read; trying again");
            sleep(store_pause(failures)).await;
        }
        failures = 0;
        loop {
            let next = self.attendance().next();
            tokio::select! {
                () = sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => {}
                () = self.someone_left.notified() => continue,
            }
            let untold = self.attendance().untold(Instant::now());
            let mut failed = false;
            for (admin, deadline) in untold {
                match self.tell_lost(&admin).await {
                    Ok(()) => self.attendance().told(&admin, deadline),
                    Err(error) => {
                        warn!(%error, %admin, "an admin is lost and nobody could be told; trying again");
                        failed = true;
                    }
                }
            }
            failures = if failed { failures + 1 } else { 0 };
            if failed {
                sleep(store_pause(failures)).await;
            }
        }
    }

    async fn expect_back(&self) -> StoreResult<()> {
        for (admin, _) in self.parts.store.open_chats().await? {
            self.attendance().expect_back(admin);
        }
        Ok(())
    }

    /// Tells of each chat that the admin has open. After a failure all are told of again.
    async fn tell_lost(&self, admin: &UserId) -> StoreResult<()> {
        for chat in self.parts.store.chats_of(admin).await? {
            let _turn = self.turn(&chat.id).await;
            if !self.attendance().is_lost(admin, Instant::now()) {
                return Ok(());
            }
            // It may have been taken over since.
            let Some(chat) = self.parts.store.contact(&chat.id).await? else { continue };
            let still = chat.assigned_admin.filter(|assigned| assigned.id == *admin);
            if let (Some(assigned), ContactStatus::InProgress) = (still, chat.status) {
                let (contact, admin_name) = (chat.id, assigned.name);
                self.tell_admins(SupportEvent::AdminLost { contact, admin_name }).await;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
