//! Taking in requests (`contracts/contacts.md` section 2, `submitContactForm`).

use std::{fmt, sync::Arc};

use super::{
    access::new_token,
    contact::{Contact, ContactStatus, NewContact},
    desk::SupportDesk,
    event::SupportEvent,
    naming::stamped,
};
use crate::{
    actor::is_guest,
    email::Address,
    finishing::finished,
    ids::{ContactId, UserId},
    ports::StoreError,
};

/// Longest name, in characters.
pub const MOST_NAME: usize = 100;
/// Longest subject, in characters.
pub const MOST_SUBJECT: usize = 200;
/// Longest message, in characters; of what is said later as well.
pub const MOST_MESSAGE: usize = 5_000;
/// Longest telephone number, in characters.
pub const MOST_PHONE: usize = 50;

/// A request that was taken in.
pub struct SubmittedContact {
    /// As it is kept.
    pub contact: Arc<Contact>,
    /// Lets whoever has it come back to the request; only its digest is kept. Never logged.
    pub access_token: String,
}

/// Logs do not show access tokens.
impl fmt::Debug for SubmittedContact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubmittedContact").field("id", &self.contact.id).finish_non_exhaustive()
    }
}

/// Why a request was not taken in.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SubmitError {
    /// Something is wrong with it, in words for whoever asks.
    #[error("{0}")]
    Invalid(&'static str),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SupportDesk {
    /// Takes in a request: tells admins other than whoever asks, and has e-mail confirm it and alert those who are to be alerted. That no e-mail
    /// can be sent is no reason to refuse it. Guests own nothing: they come back with the access token alone.
    ///
    /// # Errors
    /// What is wrong with it, or that the store failed.
    pub async fn submit(
        &self,
        new: NewContact,
        user: Option<&UserId>,
    ) -> Result<SubmittedContact, SubmitError> {
        let new = checked(new).map_err(SubmitError::Invalid)?;
        let user = user.filter(|user| !is_guest(user)).cloned();
        let desk = Arc::clone(&self.desk);
        finished(async move {
            let now = desk.now();
            let ids = &*desk.parts.ids;
            let id = ContactId::new(stamped("contact", now, ids)).map_err(StoreError::failed)?;
            let (access_token, access_digest) = new_token(ids);
            let contact = Arc::new(Contact {
                id,
                name: new.name,
                email: new.email,
                subject: new.subject,
                message: new.message,
                priority: new.priority,
                phone: new.phone,
                status: ContactStatus::Pending,
                submitted_at: now,
                assigned_admin: None,
                resolved_at: None,
                resolved_by: None,
                user,
                access_digest,
                assign_at: now.plus(desk.parts.settings.assign_after),
            });
            {
                let _turn = desk.turn(&contact.id).await;
                desk.parts.store.add_contact(&contact).await?;
                let event = SupportEvent::Submitted(Arc::clone(&contact));
                match &contact.user {
                    Some(user) => desk.tell_other_admins(user, event).await,
                    None => desk.tell_admins(event).await,
                }
            }
            desk.touched();
            desk.mail_confirmation(&contact).await;
            desk.mail_alerts(&contact).await;
            Ok(SubmittedContact { contact, access_token })
        })
        .await
    }
}

/// The request in the form in which it is kept, or what is wrong with it.
fn checked(new: NewContact) -> Result<NewContact, &'static str> {
    let NewContact { name, email, subject, message, priority, phone } = new;
    let (name, message) = (one_line(&name), message.trim().to_owned());
    let optional =
        |text: Option<String>| text.map(|text| one_line(&text)).filter(|text| !text.is_empty());
    let (subject, phone) = (optional(subject), optional(phone));
    let blank = [
        (name.is_empty(), "Name is required"),
        (email.trim().is_empty(), "Email is required"),
        (message.is_empty(), "Message is required"),
    ];
    let too_long = |text: &str, most| text.chars().count() > most;
    let long = [
        (too_long(&name, MOST_NAME), "Name is too long"),
        (too_long(subject.as_deref().unwrap_or_default(), MOST_SUBJECT), "Subject is too long"),
        (too_long(&message, MOST_MESSAGE), "Message is too long"),
        (too_long(phone.as_deref().unwrap_or_default(), MOST_PHONE), "Phone is too long"),
    ];
    if let Some((_, wrong)) = blank.into_iter().find(|(wrong, _)| *wrong) {
        return Err(wrong);
    }
    let email = Address::new(&email).map_err(|_| "Email is invalid")?;
    if let Some((_, wrong)) = long.into_iter().find(|(wrong, _)| *wrong) {
        return Err(wrong);
    }
    Ok(NewContact { name, email: email.as_str().to_owned(), subject, message, priority, phone })
}

/// What somebody else sees as one line is one.
fn one_line(text: &str) -> String {
    let plain = text.replace(char::is_control, " ");
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests;
