//! Contract `contacts`: people ask for help by a form, admins take their requests from a queue and answer in a live chat
//! (`contracts/contacts.md`). Namespace `/contacts` of every path.

mod answers;
mod arguments;
mod chat;
mod coming;
mod desk;
mod earlier;
mod form;
mod inbound;
mod outbound;
mod queue;
mod seats;
#[cfg(test)]
mod spoken;
mod texts;
mod visits;
mod wire;

pub use desk::{ContactsDesk, ContactsParts, ContactsServices};
pub use inbound::Contacts;
pub(crate) use inbound::Row;
pub use outbound::ContactsVoice;
#[cfg(test)]
pub(crate) use spoken::{everything_told, said_to_the_asking};

use crate::{
    registry::{Dialogue, Incoming},
    shape::Outgoing,
};

/// The contract's name.
pub const CONTRACT: &str = "contacts";
/// The namespace that it has on every path.
pub const CONTACTS: &str = "/contacts";

/// Events that this contract's server sends.
const OUTBOUND: [Outgoing; 19] = {
    use wire::*;
    [
        Outgoing::of::<ContactsAdminDisconnected>(),
        Outgoing::of::<ContactsAdminResponse>(),
        Outgoing::of::<ContactsAutoAssigned>(),
        Outgoing::of::<ContactsClaimError>(),
        Outgoing::of::<ContactsHistory>(),
        Outgoing::of::<ContactsClaimed>(),
        Outgoing::of::<ContactsFormError>(),
        Outgoing::of::<ContactsFormSubmitted>(),
        Outgoing::of::<ContactsMessage>(),
        Outgoing::of::<ContactsMsgServer>(),
        Outgoing::of::<ContactsReleased>(),
        Outgoing::of::<ContactsResolved>(),
        Outgoing::of::<ContactsStats>(),
        Outgoing::of::<ContactsUserTyping>(),
        Outgoing::of::<ContactsMessageError>(),
        Outgoing::of::<ContactsSubmission>(),
        Outgoing::of::<ContactsPending>(),
        Outgoing::of::<ContactsReplyReceived>(),
        Outgoing::of::<ContactsResolveError>(),
    ]
};

/// What older clients say and hear beside the contract's tables (`contracts/contacts.md` section 2, "[L]").
const BESIDE: [&str; 4] = ["newReply", "contactMsgClient", "replyReceived", "contactMsgServer"];

/// The contract's part of the registry.
pub(crate) fn dialogue() -> Vec<Dialogue> {
    let incoming =
        |row: &Row| Incoming { event: row.event, argument: row.argument, ack: Some(row.ack) };
    vec![Dialogue {
        contract: CONTRACT,
        namespace: CONTACTS,
        incoming: inbound::TABLE
            .iter()
            .filter(|row| !BESIDE.contains(&row.event))
            .map(incoming)
            .collect(),
        outgoing: OUTBOUND.iter().filter(|told| !BESIDE.contains(&told.event)).copied().collect(),
    }]
}
