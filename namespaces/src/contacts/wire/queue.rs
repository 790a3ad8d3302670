//! Requests, and who looks after them.

use outrigger_domain::{
    ids::ContactId,
    support::{Assigned, Contact, Resolver, SupportStats},
    time::Timestamp,
};
use serde::Serialize;
use ts_rs::TS;

use crate::{contract::WireEvent, rooms::wire::wire};

/// The name of the chat about a request, as clients know it; the sidecar's own is another.
pub(crate) fn chat_room_id(contact: &ContactId) -> String {
    format!("contact-{contact}")
}

/// The admin who looks after a request.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContactsAssigned {
    /// Who.
    pub id: String,
    /// The name to show.
    pub name: String,
    /// The address; empty if not known.
    pub email: String,
    /// Since when.
    pub claimed_at: Timestamp,
}

impl From<&Assigned> for ContactsAssigned {
    fn from(assigned: &Assigned) -> Self {
        let Assigned { id, name, email, claimed_at } = assigned.clone();
        Self { id: id.to_string(), name, email, claimed_at }
    }
}

/// The admin who was done with one.
#[derive(Debug, Serialize, TS)]
pub struct ContactsResolver {
    /// Who.
    pub id: String,
    /// The name to show.
    pub name: String,
}

impl From<&Resolver> for ContactsResolver {
    fn from(resolver: &Resolver) -> Self {
        Self { id: resolver.id.to_string(), name: resolver.name.clone() }
    }
}

/// A request, as admins see it.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContactsContact {
    /// Our id.
    pub id: String,
    /// Who asks, as they said.
    pub name: String,
    /// Their address, as they said.
    pub email: String,
    /// What about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub subject: Option<String>,
    /// The text.
    pub message: String,
    /// How soon.
    #[ts(type = "'low' | 'normal' | 'high' | 'urgent'")]
    pub priority: &'static str,
    /// Their telephone, as they said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub phone: Option<String>,
    /// How far it is.
    #[ts(type = "'pending' | 'in_progress' | 'resolved'")]
    pub status: &'static str,
    /// When it came.
    pub submitted_at: Timestamp,
    /// Who looks after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub assigned_admin: Option<ContactsAssigned>,
    /// When it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub resolved_at: Option<Timestamp>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub resolved_by: Option<ContactsResolver>,
}

impl From<&Contact> for ContactsContact {
    fn from(contact: &Contact) -> Self {
        Self {
            id: contact.id.to_string(),
            name: contact.name.clone(),
            email: contact.email.clone(),
            subject: contact.subject.clone(),
            message: contact.message.clone(),
            priority: contact.priority.as_str(),
            phone: contact.phone.clone(),
            status: contact.status.as_str(),
            submitted_at: contact.submitted_at,
            assigned_admin: contact.assigned_admin.as_ref().map(ContactsAssigned::from),
            resolved_at: contact.resolved_at,
            resolved_by: contact.resolved_by.as_ref().map(ContactsResolver::from),
        }
    }
}

wire! {
    /// A request was taken in; for whoever asked.
    "contactFormSubmitted" => ContactsFormSubmitted {
        /// Our id.
        id: String,
        /// A sentence for people.
        message: &'static str,
        /// How long an answer takes, for people.
        estimated_response_time: &'static str,
        /// Lets whoever has it back into the chat; shown once.
        access_token: String,
    }
}
wire! {
    /// A request waits; for admins. Also a row of `pendingContacts`.
    "newContactSubmission" => ContactsSubmission {
        /// Our id.
        id: String,
        /// Who asks, as they said.
        name: String,
        /// Their address, as they said.
        email: String,
        /// What about; empty if they did not say.
        subject: String,
        /// How soon.
        #[ts(type = "'low' | 'normal' | 'high' | 'urgent'")]
        priority: &'static str,
        /// When it came.
        submitted_at: Timestamp,
    }
}

impl From<&Contact> for ContactsSubmission {
    fn from(contact: &Contact) -> Self {
        Self {
            id: contact.id.to_string(),
            name: contact.name.clone(),
            email: contact.email.clone(),
            subject: contact.subject.clone().unwrap_or_default(),
            priority: contact.priority.as_str(),
            submitted_at: contact.submitted_at,
        }
    }
}

/// What waits, urgent requests first, then the newest; a bare array.
#[derive(Serialize, TS)]
pub struct ContactsPending(pub Vec<ContactsSubmission>);

impl WireEvent for ContactsPending {
    const NAME: &'static str = "pendingContacts";
}

wire! {
    /// An admin looks after a request; for admins. The one who claimed it has the request with it.
    "contactClaimed" => ContactsClaimed {
        /// Which.
        contact_id: String,
        /// The admin's name.
        admin_name: String,
        /// Who.
        admin_id: String,
        /// The request; only for who claimed it.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        contact: Option<ContactsContact>,
        /// The chat about it; only for who claimed it.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        chat_room_id: Option<String>,
    }
}
wire! {
    /// A request was given to this admin because nobody took it.
    "autoAssignedContact" => ContactsAutoAssigned {
        /// Which.
        contact_id: String,
        /// The request.
        contact: ContactsContact,
        /// Why, for people.
        reason: &'static str,
    }
}
wire! {
    /// An admin gave a request back; for admins.
    "contactReleased" => ContactsReleased {
        /// Which.
        contact_id: String,
        /// The admin's name.
        admin_name: String,
    }
}
wire! {
    /// A request is done; for admins and those in its chat. Whoever did it has the request with it.
    "contactResolved" => ContactsResolved {
        /// Which.
        contact_id: String,
        /// The admin's name.
        resolved_by: String,
        /// From coming to being done, in minutes, rounded.
        response_time: i64,
        /// The request; only for who did it.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        contact: Option<ContactsContact>,
    }
}
wire! {
    /// The admin who looks after a request is gone, and others may claim it; for admins.
    "adminDisconnected" => ContactsAdminDisconnected {
        /// Which.
        contact_id: String,
        /// The admin's name.
        admin_name: String,
        /// The chat about it.
        chat_room_id: String,
    }
}
wire! {
    /// Figures, for admins: when they ask, and on change, once in 5 s at most.
    "contactStats" state => ContactsStats {
        /// Requests that ever came.
        total_contacts: u64,
        /// Chats that are open.
        active_chats: u64,
        /// Messages exchanged.
        messages_exchanged: u64,
        /// From coming to being done, in ms.
        average_response_time: u64,
        /// Admins who are there.
        online_admins: u64,
        /// Requests that wait.
        pending_contacts: u64,
        /// Requests that are not done.
        active_contacts: u64,
    }
}

impl From<&SupportStats> for ContactsStats {
    fn from(stats: &SupportStats) -> Self {
        Self {
            total_contacts: stats.total,
            active_chats: stats.active_chats,
            messages_exchanged: stats.messages,
            average_response_time: stats.average_response_ms,
            online_admins: stats.online_admins,
            pending_contacts: stats.pending,
            active_contacts: stats.pending + stats.active_chats,
        }
    }
}

wire! {
    /// Answers `contactMsgClient` of older clients; for admins and whoever sent it.
    "contactMsgServer" => ContactsMsgServer {
        /// Which request, if it is one of theirs.
        #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        id: Option<String>,
        /// The same.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        contact_id: Option<String>,
        /// Who asks, as they said.
        #[serde(rename = "contact_name")]
        contact_name: String,
        /// Their address, as they said.
        email: String,
        /// The text.
        message: String,
        /// When it came.
        #[serde(rename = "contact_date")]
        contact_date: Timestamp,
    }
}
