//! Who is in the chat about a request. Its room is the sidecar's own; clients know it as `contact-<id>`.

use std::sync::Arc;

use outrigger_domain::{
    actor::Actor,
    events::Audience,
    ids::ContactId,
    support::{Contact, ContactStatus, Entrant, Speaker},
};
use outrigger_transport::{Conn, JoinRefused};

use super::{
    CONTACTS,
    desk::{ContactsDesk, failed},
    texts::{self, Fault},
    visits::{Part, Seated},
    wire::{ContactsHistory, ContactsMessage, name},
};
use crate::{
    audience::{selection, support_room},
    contract::Call,
    rooms::desk::send,
    standing::Standing,
};

impl ContactsDesk {
    /// The request, and what this user is to it; `None` if nothing at all.
    pub(super) async fn may_enter(
        &self,
        call: &Call<'_>,
        id: &ContactId,
        access_token: Option<&str>,
    ) -> Result<Option<(Contact, Speaker)>, Fault> {
        let who = Entrant {
            actor: &call.actor,
            recorded_email: call.actor.profile.email.as_deref(),
            access_token,
            bound: self.visits.is_bound(call.conn.key(), id),
        };
        self.support().may_enter(id, who).await.map_err(failed(name::JOIN_CONTACT_CHAT))
    }

    /// Lets a socket into a chat and tells it what was said before, if there is a chat. Everything is said to it once: while
    /// nobody can say anything it waits until what was said is with those who are there, and comes in then.
    pub(super) async fn enter_chat(
        &self,
        call: &Call<'_>,
        id: &ContactId,
        access_token: Option<&str>,
    ) -> Result<Option<Contact>, Fault> {
        let _turn = self.support().turn(id).await;
        let found = self.may_enter(call, id, access_token).await?;
        let Some((contact, speaker)) = found else { return Ok(None) };
        self.passed().await;
        let seated = self.seat(call.conn, id, Part::of(&call.actor, &contact, speaker))?;
        let history = self.support().history(id).await;
        let history = history.map_err(failed(name::JOIN_CONTACT_CHAT)).inspect_err(|_| {
            self.rise(call.conn, id, seated);
        })?;
        if access_token.is_some() && speaker == Speaker::Submitter {
            self.visits.bind(call.conn.key(), id);
        }
        if contact.status != ContactStatus::Pending || !history.is_empty() {
            send(
                call.conn,
                &ContactsHistory {
                    contact_id: id.to_string(),
                    messages: history.iter().map(ContactsMessage::from).collect(),
                    status: contact.status.as_str(),
                },
            );
        }
        Ok(Some(contact))
    }

    /// Lets a socket into the room of a chat, in which it hears what is said from now on.
    pub(super) fn seat(&self, conn: &Conn, id: &ContactId, part: Part) -> Result<Seated, Fault> {
        let hub = &self.shared().parts().hub;
        hub.join(conn.key(), support_room(id)).map_err(|refused| match refused {
            JoinRefused::TooMany => texts::TOO_MANY_CHATS,
            JoinRefused::BadName => texts::NO_CONTACT,
            // Nobody is there to hear it.
            JoinRefused::Gone => texts::INTERNAL,
        })?;
        match self.visits.enter(conn.key(), id, part) {
            Seated::No => {
                self.leave_room(conn, id);
                Err(texts::NOT_ALLOWED)
            }
            seated @ (Seated::Now | Seated::Before) => Ok(seated),
        }
    }

    /// Takes back what [`Self::seat`] did.
    pub(super) fn rise(&self, conn: &Conn, id: &ContactId, seated: Seated) {
        if seated == Seated::Now {
            self.unseat(conn, id);
        }
    }

    /// Takes a socket out of a chat.
    pub(super) fn unseat(&self, conn: &Conn, id: &ContactId) {
        self.visits.leave(conn.key(), id);
        self.leave_room(conn, id);
    }

    /// Takes a socket out of the room of a chat.
    pub(super) fn leave_room(&self, conn: &Conn, id: &ContactId) {
        self.shared().parts().hub.leave(conn.key(), &support_room(id));
    }

    /// Lets the sockets of whoever asked into the chat (`contracts/contacts.md` section 2, `claimContact`). A guest's is in
    /// it since the form was submitted.
    pub(super) fn seat_submitter(&self, contact: &Contact) {
        let Some(user) = &contact.user else { return };
        for conn in self.conns(&Audience::User(user.clone())) {
            let actor = Standing::of(&conn).and_then(|standing| standing.actor());
            let Some(actor) = actor else { continue };
            let part = Part::of(&actor, contact, capacity(&actor));
            if let Err(fault) = self.seat(&conn, &contact.id, part) {
                // The user hears answers all the same (`adminResponse`).
                tracing::debug!(why = fault.error, contact = %contact.id, "a socket stays outside of a chat");
            }
        }
    }

    /// Takes admins out of a chat that is closed: the rooms that a socket may be in are few, and requests are many.
    pub(super) fn unseat_admins(&self, id: &ContactId) {
        for conn in self.conns(&Audience::Support(id.clone())) {
            let part = self.visits.part(conn.key(), id);
            if part.is_some_and(|part| part.speaker == Speaker::Admin) {
                self.unseat(&conn, id);
            }
        }
    }

    /// The sockets of this contract that an audience means.
    fn conns(&self, audience: &Audience) -> Vec<Arc<Conn>> {
        let Some(selection) = selection(audience) else { return Vec::new() };
        let hub = &self.shared().parts().hub;
        let mounts = hub.mounts();
        let ours = mounts.iter().filter(|mount| mount.namespace == CONTACTS);
        ours.flat_map(|mount| hub.to(mount, &selection).conns().to_vec()).collect()
    }
}

/// What somebody is who asked for help.
fn capacity(actor: &Actor) -> Speaker {
    if actor.is_admin() { Speaker::Admin } else { Speaker::Submitter }
}
