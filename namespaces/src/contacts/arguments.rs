//! What clients of this contract send (`contracts/contacts.md` section 2): bare ids or objects that name them, and forms,
//! whose fields are looked at in the contract's order.
//!
//! An argument that is absent or no object is one with nothing in it. Fields that are not named here are not looked at.

use outrigger_domain::{
    email::Address,
    ids::ContactId,
    support::{ContactPriority, NewContact},
};
use outrigger_transport::Args;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use ts_rs::TS;

use super::texts::{self, Fault};

/// A field as it came.
pub(super) type Field = Option<Box<RawValue>>;

/// Argument of `submitContactForm`.
#[derive(Default, Deserialize, TS)]
pub struct ContactsForm {
    /// Who asks.
    #[ts(type = "string")]
    pub name: Field,
    /// The same, as the form over HTTP calls it.
    #[ts(optional, type = "string")]
    pub contact_name: Field,
    /// Where an answer reaches them.
    #[ts(type = "string")]
    pub email: Field,
    /// What about.
    #[ts(optional, type = "string")]
    pub subject: Field,
    /// The text.
    #[ts(type = "string")]
    pub message: Field,
    /// How soon; `normal` if it is absent.
    #[ts(optional, type = "'low' | 'normal' | 'high' | 'urgent'")]
    pub priority: Field,
    /// Their telephone.
    #[ts(optional, type = "string")]
    pub phone: Field,
}

/// Argument of `claimContact`, `releaseContact`, `resolveContact` and `leaveContactChat`.
#[derive(Deserialize, TS)]
#[serde(untagged)]
pub enum ContactsOneContact {
    /// As documented.
    Bare(String),
    /// As some clients do.
    Named {
        /// Its id.
        #[serde(rename = "contactId")]
        id: String,
    },
}

/// Argument of `joinContactChat`.
#[derive(Deserialize, TS)]
#[serde(untagged)]
pub enum ContactsJoinChat {
    /// As documented.
    Bare(String),
    /// With what lets whoever asked come back.
    Named {
        /// Its id.
        #[serde(rename = "contactId")]
        id: String,
        /// The access token that `contactFormSubmitted` brought.
        #[serde(default, rename = "accessToken")]
        #[ts(optional)]
        access_token: Option<String>,
    },
}

/// Argument of `sendContactMessage`.
#[derive(Default, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContactsSay {
    /// About which request.
    #[ts(type = "string")]
    pub contact_id: Field,
    /// The text.
    #[ts(type = "string")]
    pub message: Field,
    /// A word for its kind; `text` if it is absent.
    #[serde(rename = "type")]
    #[ts(optional, type = "string")]
    pub kind: Field,
}

/// Argument of `contactTyping`.
#[derive(Default, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContactsTyping {
    /// About which request.
    #[ts(type = "string")]
    pub contact_id: Field,
    /// Typing, or no longer.
    #[ts(type = "boolean")]
    pub is_typing: Field,
}

/// Argument of `newReply` and `contactMsgClient` of older clients.
#[derive(Default, Deserialize, TS)]
pub struct ContactsEarlier {
    /// Which request.
    #[serde(rename = "_id")]
    #[ts(optional, type = "string")]
    pub id: Field,
    /// The same, as newer clients call it; it counts more.
    #[serde(rename = "contactId")]
    #[ts(optional, type = "string")]
    pub contact_id: Field,
    /// Who asks; of a request that is not one of theirs.
    #[ts(optional, type = "string")]
    pub contact_name: Field,
    /// Their address.
    #[ts(optional, type = "string")]
    pub email: Field,
    /// The text.
    #[ts(type = "string")]
    pub message: Field,
}

/// The argument of that type.
pub(super) fn read<T: Default + DeserializeOwned>(args: &Args) -> T {
    args.first().unwrap_or_default()
}

/// The request that the argument names; one with an impossible id does not exist.
pub(super) fn one_contact(args: &Args) -> Option<ContactId> {
    let (ContactsOneContact::Bare(id) | ContactsOneContact::Named { id }) = args.first().ok()?;
    ContactId::new(id).ok()
}

/// The request that the argument of `joinContactChat` names, and the access token beside it.
pub(super) fn join_chat(args: &Args) -> Option<(ContactId, Option<String>)> {
    let (id, access_token) = match args.first().ok()? {
        ContactsJoinChat::Bare(id) => (id, None),
        ContactsJoinChat::Named { id, access_token } => (id, access_token),
    };
    Some((ContactId::new(id).ok()?, access_token))
}

fn typed<T: DeserializeOwned>(field: &Field) -> Option<T> {
    serde_json::from_str(field.as_deref()?.get()).ok()
}

/// The request that a field names.
pub(super) fn contact_id(field: &Field) -> Option<ContactId> {
    ContactId::new(typed::<String>(field)?).ok()
}

/// A text that is there; one of nothing but white space is not.
pub(super) fn text(field: &Field) -> Option<String> {
    typed::<String>(field).filter(|text| !text.trim().is_empty())
}

/// A yes or no; what is neither is no.
pub(super) fn yes(field: &Field) -> bool {
    typed(field).unwrap_or_default()
}

/// A text, if there is one.
fn optional(field: &Field, wrong: Fault) -> Result<Option<String>, Fault> {
    match field.as_deref() {
        None => Ok(None),
        Some(value) if value.get() == "null" => Ok(None),
        Some(_) => typed(field).map(Some).ok_or(wrong),
    }
}

/// An address, as far as one can see.
pub(super) fn address(field: &Field) -> Result<String, Fault> {
    let email = text(field).ok_or(texts::NO_EMAIL)?;
    if Address::new(&email).is_ok() { Ok(email) } else { Err(texts::BAD_EMAIL) }
}

impl ContactsForm {
    /// What is asked, or what people forgot. How long things may be is not looked at here.
    pub(super) fn contact(&self) -> Result<NewContact, Fault> {
        let name = text(&self.name).or_else(|| text(&self.contact_name));
        let (name, email) = (name.ok_or(texts::NO_NAME)?, text(&self.email));
        let email = email.ok_or(texts::NO_EMAIL)?;
        let message = text(&self.message).ok_or(texts::NO_MESSAGE)?;
        address(&self.email)?;
        let subject = optional(&self.subject, texts::BAD_SUBJECT)?;
        let phone = optional(&self.phone, texts::BAD_PHONE)?;
        let priority = match optional(&self.priority, texts::BAD_PRIORITY)? {
            None => ContactPriority::default(),
            Some(word) if word.is_empty() => ContactPriority::default(),
            Some(word) => {
                ContactPriority::named(&word.to_ascii_lowercase()).ok_or(texts::BAD_PRIORITY)?
            }
        };
        Ok(NewContact { name, email, subject, message, priority, phone })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn form(value: Value) -> Result<NewContact, Fault> {
        let form: ContactsForm = serde_json::from_str(&value.to_string()).unwrap_or_default();
        form.contact()
    }

    #[test]
    fn a_form_says_who_asks_and_what() {
        let full = json!({
            "name": "Eve", "email": "eve@x.example", "subject": "Help", "message": "How?",
            "priority": "Urgent", "phone": "+1", "status": "resolved", "assignedAdmin": { "id": 1 },
        });
        let contact = form(full).unwrap();
        assert_eq!((&*contact.name, &*contact.message), ("Eve", "How?"));
        assert_eq!(contact.subject.as_deref(), Some("Help"));
        assert_eq!(contact.phone.as_deref(), Some("+1"));
        assert_eq!(contact.priority, ContactPriority::Urgent);
        let least = json!({ "contact_name": "Eve", "email": "eve@x.example", "message": "How?" });
        let contact = form(least).unwrap();
        assert_eq!((&*contact.name, contact.priority), ("Eve", ContactPriority::Normal));
        assert_eq!((contact.subject, contact.phone), (None, None));
    }

    #[test]
    fn what_is_forgotten_is_named_in_the_contracts_order() {
        let wrong = |value| form(value).unwrap_err().error;
        assert_eq!(wrong(json!({})), "Name is required");
        assert_eq!(wrong(json!("Eve")), "Name is required");
        assert_eq!(wrong(json!({ "name": 7 })), "Name is required");
        assert_eq!(wrong(json!({ "name": "Eve", "email": " " })), "Email is required");
        assert_eq!(wrong(json!({ "name": "Eve", "email": "eve" })), "Message is required");
        let with = |key: &str, value: Value| {
            let mut all = json!({ "name": "Eve", "email": "e@x.example", "message": "How?" });
            all[key] = value;
            wrong(all)
        };
        assert_eq!(with("email", json!("eve")), "Email is invalid");
        assert_eq!(with("subject", json!(7)), "Subject is invalid");
        assert_eq!(with("priority", json!("now")), "Priority is invalid");
        assert_eq!(with("phone", json!([])), "Phone is invalid");
    }

    #[test]
    fn a_request_is_named_bare_or_in_an_object() {
        let one = |value: Value| {
            let read: Result<ContactsOneContact, _> = serde_json::from_value(value);
            read.ok().map(|(ContactsOneContact::Bare(id) | ContactsOneContact::Named { id })| id)
        };
        assert_eq!(one(json!("c1")).as_deref(), Some("c1"));
        assert_eq!(one(json!({ "contactId": "c1", "more": 1 })).as_deref(), Some("c1"));
        assert!(one(json!(7)).is_none() && one(json!({})).is_none());
    }

    #[test]
    fn an_access_token_stands_beside_the_id() {
        let join = |value: Value| serde_json::from_value::<ContactsJoinChat>(value);
        let token = |value| match join(value).unwrap() {
            ContactsJoinChat::Bare(_) => None,
            ContactsJoinChat::Named { access_token, .. } => access_token,
        };
        assert_eq!(token(json!("c1")), None);
        assert_eq!(token(json!({ "contactId": "c1" })), None);
        assert_eq!(token(json!({ "contactId": "c1", "accessToken": null })), None);
        let both = json!({ "contactId": "c1", "accessToken": "t" });
        assert_eq!(token(both).as_deref(), Some("t"));
        assert!(join(json!({ "contactId": "c1", "accessToken": 7 })).is_err());
    }

    proptest! {
        #[test]
        fn any_field_is_read_or_refused(
            body in r#"\{"(name|email|message|contactId|isTyping)":[\[\]{}"a0-9.,:-]{0,12}\}"#
        ) {
            let form: ContactsForm = serde_json::from_str(&body).unwrap_or_default();
            drop(form.contact());
            let said: ContactsSay = serde_json::from_str(&body).unwrap_or_default();
            drop((contact_id(&said.contact_id), text(&said.message)));
            let typing: ContactsTyping = serde_json::from_str(&body).unwrap_or_default();
            drop((contact_id(&typing.contact_id), yes(&typing.is_typing)));
        }
    }
}
