//! Coming and going (`contracts/contacts.md` section 1): nothing is said to a new socket, and admins are counted.

use std::sync::Arc;

use outrigger_domain::{
    actor::Actor,
    ids::ChatId,
    support::{Speaker, SupportEvent},
};
use outrigger_transport::{Conn, Gone};

use super::{
    desk::{ContactsDesk, admin},
    outbound::closing,
    texts::{INACTIVE, credential_ended},
    visits::Part,
};
use crate::{follower::Follower, rooms::desk::send, standing::Standing};

impl ContactsDesk {
    /// A socket is there: it counts from now on.
    pub(super) fn enter(&self, conn: &Arc<Conn>) {
        self.shared().enter(conn);
        self.visits.come(conn.key());
        if let Some(standing) = Standing::of(conn) {
            self.heed_role(conn, standing);
        }
    }

    /// The first event of a new socket. A revocation between the handshake and now has found no socket to close.
    pub(super) fn arrive(&self, conn: &Conn) {
        let Some(actor) = Standing::of(conn).and_then(|standing| standing.actor()) else { return };
        if let Err(end) = self.shared().parts().door.identity().standing(&actor) {
            send(conn, &closing(credential_ended(end)));
            conn.disconnect();
        }
    }

    /// Counts a socket as an admin's for as long as it is one. Whoever is an admin no longer hears nothing more of chats
    /// that only admins are in.
    pub(super) fn heed_role(&self, conn: &Conn, standing: &Standing) {
        let Some(actor) = standing.actor() else { return };
        let is_admin = || standing.actor().is_some_and(|actor| actor.is_admin());
        let closed = self.visits.be_admin(conn.key(), is_admin, |is_admin| {
            if is_admin {
                self.support().admin_entered(&admin(&actor));
            } else {
                self.support().admin_left(&actor.user);
            }
        });
        for chat in &closed {
            self.leave_room(conn, chat);
        }
    }

    /// The last thing on a socket.
    pub(super) fn depart(&self, conn: &Arc<Conn>, gone: Gone) {
        self.shared().depart(conn, gone);
        let Some(actor) = Standing::of(conn).and_then(|standing| standing.actor()) else { return };
        self.visits.go(conn.key(), || self.support().admin_left(&actor.user));
    }
}

impl Follower for ContactsDesk {
    fn became(&self, conn: &Conn, _actor: &Actor, _may_stay: bool) {
        if let Some(standing) = Standing::of(conn) {
            self.heed_role(conn, standing);
        }
    }

    fn deactivated(&self, conn: &Conn) {
        send(conn, &closing(INACTIVE));
    }

    /// Whoever is given a request is in its chat, whoever gave it, and so is whoever asked.
    fn told(&self, conn: &Conn, actor: &Actor, event: &SupportEvent) {
        let (SupportEvent::Assigned(contact) | SupportEvent::ClaimedByYou(contact)) = event else {
            return;
        };
        let part = Part::of(actor, contact, Speaker::Admin);
        if let Err(fault) = self.seat(conn, &contact.id, part) {
            tracing::debug!(why = fault.error, contact = %contact.id, "a socket stays outside of a chat");
        }
        self.seat_submitter(contact);
    }

    /// Chats of the app are none of this contract's.
    fn left(&self, _standing: &Standing, _actor: &Actor, _chat: &ChatId) {}
}
