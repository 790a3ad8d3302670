//! What admins do with requests (`contracts/contacts.md` section 2). Admins are told by what happens, which is with their
//! sockets before it is acknowledged.

use outrigger_domain::support::{Claimed, Released, Resolved, Speaker};
use outrigger_transport::Reply;

use super::{
    answers::{ContactsClaimDone, ContactsCounted, ContactsListed, ContactsResolveDone, done},
    arguments::one_contact,
    desk::{ContactsDesk, admin, failed},
    texts::{self, Fault},
    visits::Part,
    wire::{
        ContactsContact, ContactsPending, ContactsStats, ContactsSubmission, chat_room_id, name,
    },
};
use crate::{contract::Call, rooms::desk::send};

/// Requests of one `pendingContacts` at most, those that come first.
const MOST_PENDING: u32 = 200;

impl ContactsDesk {
    /// `claimContact`. The socket is in the chat before it is open, so that nothing is said in it unheard.
    pub(super) async fn claim(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let id = one_contact(&call.args).ok_or(texts::NO_CONTACT)?;
        let admin = admin(&call.actor);
        let part = Part { name: admin.name.clone(), speaker: Speaker::Admin };
        let seated = self.seat(call.conn, &id, part)?;
        let claimed = match self.support().claim(&admin, &id).await {
            Ok(Claimed::Now(contact) | Claimed::Before(contact)) => Ok(contact),
            Ok(Claimed::By(other)) => Err(Fault::claimed_by(other.name)),
            Ok(Claimed::Resolved) => Err(texts::RESOLVED),
            Ok(Claimed::Missing) => Err(texts::NO_CONTACT),
            Err(error) => Err(failed(name::CLAIM_CONTACT)(error)),
        };
        let contact = claimed.inspect_err(|_| self.rise(call.conn, &id, seated))?;
        self.seat_submitter(&contact);
        self.passed().await;
        let (success, chat_room_id) = (true, chat_room_id(&id));
        let contact = ContactsContact::from(&contact);
        Ok(Reply::json(&ContactsClaimDone { success, contact, chat_room_id }))
    }

    /// `releaseContact`. What becomes of the request is no longer this socket's business.
    pub(super) async fn release(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let id = one_contact(&call.args).ok_or(texts::NO_CONTACT)?;
        let released = self.support().release(&admin(&call.actor), &id).await;
        match released.map_err(failed(name::RELEASE_CONTACT))? {
            Released::Now(_) => {
                self.passed().await;
                self.unseat(call.conn, &id);
                Ok(done())
            }
            Released::NotYours => Err(texts::NOT_YOURS),
            Released::Missing => Err(texts::NO_CONTACT),
        }
    }

    /// `resolveContact`.
    pub(super) async fn resolve(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let id = one_contact(&call.args).ok_or(texts::NO_CONTACT)?;
        let resolved = self.support().resolve(&admin(&call.actor), &id).await;
        match resolved.map_err(failed(name::RESOLVE_CONTACT))? {
            Resolved::Now(contact) | Resolved::Before(contact) => {
                self.passed().await;
                self.unseat_admins(&id);
                let contact = ContactsContact::from(&contact);
                Ok(Reply::json(&ContactsResolveDone { success: true, contact }))
            }
            Resolved::Missing => Err(texts::NO_CONTACT),
        }
    }

    /// `getContactStats`.
    pub(super) async fn stats(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let stats = self.support().stats().await.map_err(failed(name::GET_CONTACT_STATS))?;
        let stats = ContactsStats::from(&stats);
        send(call.conn, &stats);
        Ok(Reply::json(&ContactsCounted { success: true, stats }))
    }

    /// `getPendingContacts`.
    pub(super) async fn pending(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let waiting = self.support().pending(MOST_PENDING).await;
        let waiting = waiting.map_err(failed(name::GET_PENDING_CONTACTS))?;
        let list = ContactsPending(waiting.iter().map(ContactsSubmission::from).collect());
        send(call.conn, &list);
        Ok(Reply::json(&ContactsListed { success: true, contacts: list.0 }))
    }
}
