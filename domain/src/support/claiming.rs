//! Who looks after a request (`contracts/contacts.md` section 2, `claimContact`, `releaseContact`, `resolveContact`).

use std::sync::Arc;

use tokio::time::Instant;

use super::{
    attendance::Admin,
    contact::{Assigned, Claimed, Contact, Released, Resolved, Resolver},
    desk::{Desk, SupportDesk},
    event::SupportEvent,
};
use crate::{
    events::Audience,
    finishing::finished,
    ids::ContactId,
    ports::{StoreError, StoreResult},
};

impl SupportDesk {
    /// An admin takes a request that waits, or one whose admin is lost. Of several at once exactly one gets it: that
    /// admin is told in full, the others in short. Whoever had it before is told again.
    ///
    /// # Errors
    /// If the store failed; nobody was told.
    pub async fn claim(&self, admin: &Admin, id: &ContactId) -> Result<Claimed, StoreError> {
        let (desk, admin, id) = (Arc::clone(&self.desk), admin.clone(), id.clone());
        finished(async move {
            let _turn = desk.turn(&id).await;
            let claimed = desk.take(&admin, &id).await?;
            if let Claimed::Now(contact) | Claimed::Before(contact) = &claimed {
                let (contact, news) =
                    (Arc::new(contact.clone()), matches!(claimed, Claimed::Now(_)));
                if news {
                    let event = SupportEvent::Claimed(Arc::clone(&contact));
                    desk.tell_other_admins(&admin.id, event).await;
                    desk.touched();
                }
                let event = SupportEvent::ClaimedByYou(contact);
                desk.tell(Audience::User(admin.id), event).await;
            }
            Ok(claimed)
        })
        .await
    }

    /// An admin gives a request back. It waits for the full time again before it is given to anybody.
    ///
    /// # Errors
    /// If the store failed; nobody was told.
    pub async fn release(&self, admin: &Admin, id: &ContactId) -> Result<Released, StoreError> {
        let (desk, admin, id) = (Arc::clone(&self.desk), admin.clone(), id.clone());
        finished(async move {
            let _turn = desk.turn(&id).await;
            let assign_at = desk.now().plus(desk.parts.settings.assign_after);
            let released = desk.parts.store.release_contact(&id, &admin.id, assign_at).await?;
            if matches!(released, Released::Now(_)) {
                let event = SupportEvent::Released { contact: id.clone(), admin_name: admin.name };
                desk.tell_admins(event).await;
                desk.touched();
            }
            Ok(released)
        })
        .await
    }

    /// An admin, whoever looks after it, is done with a request: its chat is closed. That admin is told in full, other
    /// admins and those in the chat in short, everybody once. Whoever does it again is told again.
    ///
    /// # Errors
    /// If the store failed; nobody was told.
    pub async fn resolve(&self, admin: &Admin, id: &ContactId) -> Result<Resolved, StoreError> {
        let (desk, admin, id) = (Arc::clone(&self.desk), admin.clone(), id.clone());
        finished(async move {
            let _turn = desk.turn(&id).await;
            let by = Resolver { id: admin.id.clone(), name: admin.name };
            let resolved = desk.parts.store.resolve_contact(&id, &by, desk.now()).await?;
            if let Resolved::Now(contact) | Resolved::Before(contact) = &resolved {
                let (contact, news) =
                    (Arc::new(contact.clone()), matches!(resolved, Resolved::Now(_)));
                if news {
                    let event = SupportEvent::Resolved(Arc::clone(&contact));
                    desk.tell_other_admins(&by.id, event.clone()).await;
                    desk.tell(desk.visitors(&id, &by.id), event).await;
                    desk.touched();
                }
                let event = SupportEvent::ResolvedByYou(contact);
                desk.tell(Audience::User(by.id), event).await;
            }
            Ok(resolved)
        })
        .await
    }
}

impl Desk {
    /// Nobody is told yet.
    async fn take(&self, admin: &Admin, id: &ContactId) -> StoreResult<Claimed> {
        let (store, taker) = (&self.parts.store, self.taker(admin));
        let claimed = store.claim_contact(id, &taker, &[]).await?;
        let Claimed::By(other) = &claimed else { return Ok(claimed) };
        if !self.attendance().is_lost(&other.id, Instant::now()) {
            return Ok(claimed);
        }
        store.claim_contact(id, &taker, std::slice::from_ref(&other.id)).await
    }

    fn taker(&self, admin: &Admin) -> Assigned {
        let Admin { id, name, email } = admin.clone();
        Assigned { id, name, email, claimed_at: self.now() }
    }

    /// Gives a request that waits to an admin who did not ask for it. `None` if it waits no longer.
    pub(super) async fn assign(
        &self,
        admin: &Admin,
        id: &ContactId,
    ) -> StoreResult<Option<Arc<Contact>>> {
        let _turn = self.turn(id).await;
        let claimed = self.parts.store.claim_contact(id, &self.taker(admin), &[]).await?;
        let Claimed::Now(contact) = claimed else { return Ok(None) };
        let contact = Arc::new(contact);
        let event = SupportEvent::Assigned(Arc::clone(&contact));
        self.tell(Audience::User(admin.id.clone()), event).await;
        self.tell_admins(SupportEvent::Claimed(Arc::clone(&contact))).await;
        self.touched();
        Ok(Some(contact))
    }
}

#[cfg(test)]
mod tests;
