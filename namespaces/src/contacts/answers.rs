//! How events are acknowledged (`contracts/contacts.md`, introduction).

use outrigger_domain::time::Timestamp;
use outrigger_transport::Reply;
use serde::Serialize;
use ts_rs::TS;

use super::{
    texts::Fault,
    wire::{ContactsContact, ContactsStats, ContactsSubmission},
};

macro_rules! answers {
    ($($(#[$doc:meta])* $ack:ident => $(#[$tdoc:meta])* $done:ident {
        $($(#[$fdoc:meta])* $field:ident: $ty:ty,)*
    })+) => {$(
        $(#[$tdoc])*
        #[derive(Serialize, TS)]
        #[serde(rename_all = "camelCase")]
        pub struct $done {
            /// Always `true`.
            #[ts(type = "true")]
            pub success: bool,
            $($(#[$fdoc])* pub $field: $ty,)*
        }

        $(#[$doc])*
        #[derive(TS)]
        #[ts(untagged)]
        #[expect(dead_code, reason = "the type for clients; each arm is encoded by itself")]
        pub(crate) enum $ack {
            /// It was done.
            Done(Box<$done>),
            /// It was not.
            Refused(ContactsRefused),
        }
    )+};
}

answers! {
    /// Whether something was done.
    ContactsAck =>
    /// It was done.
    ContactsDone {}

    /// Acknowledgement of `submitContactForm`.
    ContactsSubmitAck =>
    /// The request was taken in.
    ContactsSubmitted {
        /// Our id.
        id: String,
        /// A sentence for people.
        message: &'static str,
        /// How long an answer takes, for people.
        estimated_response_time: &'static str,
        /// Lets whoever has it back into the chat.
        access_token: String,
    }

    /// Acknowledgement of `claimContact`.
    ContactsClaimAck =>
    /// The request is this admin's.
    ContactsClaimDone {
        /// The request.
        contact: ContactsContact,
        /// The chat about it.
        chat_room_id: String,
    }

    /// Acknowledgement of `resolveContact`.
    ContactsResolveAck =>
    /// The request is done.
    ContactsResolveDone {
        /// The request.
        contact: ContactsContact,
    }

    /// Acknowledgement of `getContactStats`.
    ContactsStatsAck =>
    /// Figures.
    ContactsCounted {
        /// As in `contactStats`.
        stats: ContactsStats,
    }

    /// Acknowledgement of `getPendingContacts`.
    ContactsPendingAck =>
    /// What waits.
    ContactsListed {
        /// As in `pendingContacts`.
        contacts: Vec<ContactsSubmission>,
    }

    /// Acknowledgement of `joinContactChat`.
    ContactsJoinAck =>
    /// The socket is in the chat.
    ContactsJoined {
        /// Which request.
        contact_id: String,
        /// The chat about it.
        chat_room_id: String,
        /// How far the request is.
        #[ts(type = "'pending' | 'in_progress' | 'resolved'")]
        status: &'static str,
    }

    /// Acknowledgement of `sendContactMessage`.
    ContactsSayAck =>
    /// It is stored.
    ContactsSaid {
        /// Our id.
        id: String,
        /// When.
        timestamp: Timestamp,
    }
}

/// It was not done.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContactsRefused {
    /// Always `false`.
    #[ts(type = "false")]
    pub success: bool,
    /// Why.
    pub error: &'static str,
    /// What is wrong with the form.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub details: Option<&'static str>,
    /// The name of the admin who has the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub assigned_to: Option<String>,
    /// When it may be tried again, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub retry_after: Option<u64>,
}

/// It was done.
pub(super) fn done() -> Reply {
    Reply::json(&ContactsDone { success: true })
}

/// It was not.
pub(super) fn refused(fault: Fault) -> Reply {
    let Fault { error, assigned_to, retry_after } = fault;
    let details = None;
    Reply::json(&ContactsRefused { success: false, error, details, assigned_to, retry_after })
}

/// The form was not taken in: `error` is always the same, and what is wrong with it stands beside.
pub(super) fn form_refused(error: &'static str, fault: &Fault) -> Reply {
    Reply::json(&ContactsRefused {
        success: false,
        error,
        details: Some(fault.error),
        assigned_to: None,
        retry_after: fault.retry_after,
    })
}

#[cfg(test)]
mod tests {
    use super::{super::texts, *};

    #[test]
    fn answers_say_whether_it_was_done() {
        let said = |reply| {
            let Reply::Value(value) = reply else { panic!("{reply:?}") };
            value
        };
        assert_eq!(said(done()), r#"{"success":true}"#);
        let refusal = said(refused(texts::NO_CONTACT));
        assert_eq!(refusal, r#"{"success":false,"error":"Contact not found"}"#);
        let lost = said(refused(Fault::claimed_by("Ann".into())));
        assert!(lost.ends_with(
            r#""error":"Contact already claimed by another admin","assignedTo":"Ann"}"#
        ));
        let form = said(form_refused(texts::FORM_FAILED, &Fault::too_often(7)));
        assert!(form.ends_with(r#""details":"Rate limit exceeded","retryAfter":7}"#));
    }
}
