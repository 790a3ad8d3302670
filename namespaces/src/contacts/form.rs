//! `submitContactForm` (`contracts/contacts.md` section 2).

use std::net::IpAddr;

use outrigger_domain::{
    actor::Actor,
    identity::RESERVED_PREFIX,
    ids::UserId,
    support::{ESTIMATED_RESPONSE, SubmitError, SubmittedContact},
};
use outrigger_transport::{Conn, Reply};

use super::{
    answers::ContactsSubmitted,
    arguments::{ContactsForm, read},
    desk::{ContactsDesk, failed, message_error},
    texts::{Fault, RECEIPT},
    wire::{ContactsFormSubmitted, name},
};
use crate::{contract::Call, rooms::desk::send};

/// What the rate limiter calls forms, also those that come over HTTP (`contracts/contacts.md` section 6, "Limits").
pub(super) const FORMS: &str = "contacts:submit";

/// Whose allowance of forms is used: a user's own, or that of the address a guest comes from.
pub(super) fn asker(conn: &Conn, actor: &Actor) -> UserId {
    if actor.is_guest() {
        at(conn.handshake().limited_address()).unwrap_or_else(|| actor.user.clone())
    } else {
        actor.user.clone()
    }
}

/// Stands for whoever comes from an address. No token carries such an id.
fn at(address: IpAddr) -> Option<UserId> {
    UserId::new(format!("{RESERVED_PREFIX}address-{address}")).ok()
}

impl ContactsDesk {
    /// What people forget to fill in costs them nothing.
    pub(super) async fn submit(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let new = read::<ContactsForm>(&call.args).contact()?;
        self.count(&asker(call.conn, &call.actor), FORMS)?;
        let submitted = self.support().submit(new, Some(&call.actor.user)).await;
        let SubmittedContact { contact, access_token } =
            submitted.map_err(|error| match error {
                SubmitError::Invalid(error) => Fault::new(error),
                SubmitError::Store(error) => failed(name::SUBMIT_CONTACT_FORM)(error),
            })?;
        self.visits.bind(call.conn.key(), &contact.id);
        let (id, message) = (contact.id.to_string(), RECEIPT);
        let estimated_response_time = ESTIMATED_RESPONSE;
        let receipt = ContactsFormSubmitted {
            id: id.clone(),
            message,
            estimated_response_time,
            access_token: access_token.clone(),
        };
        send(call.conn, &receipt);
        // An admin may have claimed it already, and said something.
        if let Err(fault) = self.enter_chat(&call, &contact.id, None).await {
            send(call.conn, &message_error(name::SUBMIT_CONTACT_FORM, &fault));
        }
        let success = true;
        let done =
            ContactsSubmitted { success, id, message, estimated_response_time, access_token };
        Ok(Reply::json(&done))
    }
}

#[cfg(test)]
mod tests {
    use super::at;

    #[test]
    fn an_address_is_nobodys_id() {
        for address in ["192.0.2.1", "2001:db8::1"] {
            let id = at(address.parse().unwrap()).unwrap();
            assert_eq!(id.as_str(), format!("outrigger:address-{address}"));
        }
    }
}
