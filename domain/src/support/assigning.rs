//! Giving to admins what nobody takes (`contracts/contacts.md` section 6, "Auto-assign").

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use tokio::time::sleep;
use tracing::warn;

use super::{attendance::Admin, desk::Desk};
use crate::{ids::UserId, ports::StoreResult, webhooks::store_pause};

/// Between two looks at what waits: clocks are set, and not everything that makes a request due rings.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Requests given away after one look.
const AT_ONCE: u32 = 50;

/// Whose turn it is. Knows only those who are there.
#[derive(Default)]
struct Rota {
    /// When each was given something last, by the number of the gift.
    given: HashMap<UserId, u64>,
    gifts: u64,
}

impl Rota {
    /// The one with the fewest open chats; of several the one who was given something longest ago.
    fn next<'a>(&self, there: &'a [Admin], open: &HashMap<UserId, u64>) -> Option<&'a Admin> {
        let of = |counts: &HashMap<UserId, u64>, admin: &Admin| {
            counts.get(&admin.id).copied().unwrap_or_default()
        };
        there.iter().min_by_key(|admin| (of(open, admin), of(&self.given, admin)))
    }

    fn gave(&mut self, to: &UserId) {
        self.gifts += 1;
        self.given.insert(to.clone(), self.gifts);
    }

    fn keep(&mut self, there: &[Admin]) {
        let there: HashSet<_> = there.iter().map(|admin| &admin.id).collect();
        self.given.retain(|admin, _| there.contains(admin));
    }
}

/// What a look at what waits brought.
enum Look {
    /// There may be more.
    More,
    /// All that was due is given away.
    Done,
    /// Nobody is there who could be given anything.
    NobodyThere,
}

impl Desk {
    /// Looks for ever. Urgent requests come first, then the oldest ones.
    pub(super) async fn assign_what_waits(&self) {
        let mut rota = Rota::default();
        let mut failures = 0;
        loop {
            let looked = self.look(&mut rota).await;
            let pause = match looked {
                Ok(Look::More) => Duration::ZERO,
                Ok(Look::Done) => LOOK_EVERY,
                Ok(Look::NobodyThere) => self.parts.settings.retry,
                Err(error) => {
                    failures += 1;
                    warn!(%error, "requests that wait could not be assigned; trying again");
                    sleep(store_pause(failures)).await;
                    continue;
                }
            };
            failures = 0;
            sleep(pause).await;
        }
    }

    async fn look(&self, rota: &mut Rota) -> StoreResult<Look> {
        let store = &self.parts.store;
        let due = store.contacts_due(self.now(), AT_ONCE).await?;
        if due.is_empty() {
            return Ok(Look::Done);
        }
        rota.keep(&self.attendance().online());
        let mut open: HashMap<_, _> = store.open_chats().await?.into_iter().collect();
        let mut gave = false;
        for contact in &due {
            // They come and go meanwhile.
            let there = self.attendance().online();
            let Some(admin) = rota.next(&there, &open) else { return Ok(Look::NobodyThere) };
            match self.assign(admin, &contact.id).await {
                Ok(Some(_)) => {
                    *open.entry(admin.id.clone()).or_default() += 1;
                    rota.gave(&admin.id);
                    gave = true;
                }
                Ok(None) => {}
                Err(error) => {
                    // One that cannot be given away must not hold up the others.
                    warn!(%error, contact = %contact.id, "a request could not be assigned; trying again later");
                    let later = self.now().plus(self.parts.settings.retry);
                    store.put_off_contact(&contact.id, later).await?;
                }
            }
        }
        Ok(if gave && due.len() >= AT_ONCE as usize { Look::More } else { Look::Done })
    }
}

#[cfg(test)]
mod tests;
