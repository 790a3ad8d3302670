//! Events of clients that store requests and replies over HTTP and then tell of them (`contracts/contacts.md` section 2,
//! [L]). What they send is told to admins and to whoever asked, in named fields of bounded length; nothing is stored.

use std::sync::Arc;

use outrigger_domain::{
    actor::Role,
    events::{Audience, CustomEvent, DomainEvent, Published},
    ids::UserId,
    support::{Contact, MOST_MESSAGE, MOST_NAME, Speaker},
};
use outrigger_transport::Reply;
use serde_json::value::to_raw_value;
use tracing::error;

use super::{
    CONTRACT,
    answers::done,
    arguments::{ContactsEarlier, address, contact_id, read, text},
    chat::MESSAGES,
    desk::ContactsDesk,
    form::{FORMS, asker},
    texts::{self, Fault},
    visits::Part,
    wire::{ContactsMsgServer, ContactsReplyReceived},
};
use crate::{
    contract::{Call, WireEvent},
    quiz,
};

/// Such clients are on the contract's own namespace, or where this family's other contract is.
const HEARD_IN: [&str; 2] = [CONTRACT, quiz::CONTRACT];

impl ContactsEarlier {
    fn message(&self) -> Result<String, Fault> {
        let message = text(&self.message).ok_or(texts::NO_MESSAGE)?;
        let fits = message.chars().count() <= MOST_MESSAGE;
        if fits { Ok(message) } else { Err(texts::MESSAGE_TOO_LONG) }
    }

    fn name(&self) -> Result<String, Fault> {
        let name = text(&self.contact_name).ok_or(texts::NO_NAME)?;
        let fits = name.chars().count() <= MOST_NAME;
        if fits { Ok(name) } else { Err(texts::NAME_TOO_LONG) }
    }

    /// The request that is named, if it is one that this user may see.
    async fn contact(
        &self,
        desk: &ContactsDesk,
        call: &Call<'_>,
    ) -> Result<Option<(Contact, Speaker)>, Fault> {
        let id = contact_id(&self.contact_id).or_else(|| contact_id(&self.id));
        let Some(id) = id else { return Ok(None) };
        desk.may_enter(call, &id, None).await
    }
}

impl ContactsDesk {
    /// `newReply`: who replies is known, whatever the client says.
    pub(super) async fn new_reply(&self, call: Call<'_>) -> Result<Reply, Fault> {
        self.count(&call.actor.user, MESSAGES)?;
        let said: ContactsEarlier = read(&call.args);
        let message = said.message()?;
        let found = said.contact(self, &call).await?;
        let (contact, speaker) = found.ok_or(texts::NO_CONTACT)?;
        let id = contact.id.to_string();
        let own = call.actor.email.clone();
        let reply = ContactsReplyReceived {
            contact_id: id.clone(),
            id,
            reply_name: Part::of(&call.actor, &contact, speaker).name,
            email: if call.actor.is_guest() { contact.email.clone() } else { own },
            message,
            reply_date: self.now(),
        };
        let owner = match &contact.user {
            Some(user) => Audience::User(user.clone()),
            None => Audience::Support(contact.id.clone()),
        };
        let admins = self.support().online_admins().into_iter().map(|admin| admin.id).collect();
        self.tell_of(&reply, owner, admins).await;
        Ok(done())
    }

    /// `contactMsgClient`: of a request that this user may see what is stored is told, else what the client says.
    pub(super) async fn contact_msg(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let said: ContactsEarlier = read(&call.args);
        let told = match said.contact(self, &call).await? {
            Some((contact, _)) => ContactsMsgServer {
                id: Some(contact.id.to_string()),
                contact_id: Some(contact.id.to_string()),
                contact_name: contact.name,
                email: contact.email,
                message: contact.message,
                contact_date: contact.submitted_at,
            },
            None => ContactsMsgServer {
                id: None,
                contact_id: None,
                contact_name: said.name()?,
                email: address(&said.email)?,
                message: said.message()?,
                contact_date: self.now(),
            },
        };
        self.count(&asker(call.conn, &call.actor), FORMS)?;
        let admins = call.actor.is_admin().then(|| call.actor.user.clone());
        let owner = Audience::User(call.actor.user.clone());
        self.tell_of(&told, owner, admins.into_iter().collect()).await;
        Ok(done())
    }

    /// Tells admins and `owner`, of whom these are admins: everybody once.
    async fn tell_of<E: WireEvent>(&self, event: &E, owner: Audience, admins: Vec<UserId>) {
        let data: Arc<_> = match to_raw_value(event) {
            Ok(data) => data.into(),
            Err(fault) => {
                error!(event = E::NAME, %fault, "an event could not be encoded");
                return;
            }
        };
        let owner = Audience::Except { of: Box::new(owner), users: admins };
        for audience in [Audience::Role(Role::Admin), owner] {
            for contract in HEARD_IN {
                let event = DomainEvent::Custom(CustomEvent {
                    name: E::NAME.into(),
                    data: Arc::clone(&data),
                    contract: Some(contract.to_owned()),
                    namespace: None,
                });
                let told = Published::new(self.now(), audience.clone(), event);
                self.parts.bus.publish(told).await;
            }
        }
        self.passed().await;
    }
}
