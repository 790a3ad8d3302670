//! Asking for help over HTTP (`contracts/contacts.md` section 4, `POST /api/contacts`).

use std::sync::Arc;

use axum::{Json, extract::State};
use outrigger_domain::{
    email::Address,
    limits::RateLimits,
    support::{ContactPriority, NewContact, SubmitError, SupportDesk},
};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    answer::{bad, unavailable},
    caller::{Allowed, Submit},
    documents::ContactDocument,
};
use crate::{error::Refusal, input::PublicJson};

/// What forms count as, whichever way they come (`contracts/contacts.md` section 6, "Limits").
const ALLOWANCE: &str = "contacts:submit";

/// What a form says; each field a text, if it is there.
#[derive(Default)]
pub(crate) struct Form {
    /// Who asks.
    pub(crate) name: Option<String>,
    /// Their address.
    pub(crate) email: Option<String>,
    /// What about.
    pub(crate) subject: Option<String>,
    /// The text.
    pub(crate) message: Option<String>,
    /// How soon.
    pub(crate) priority: Option<String>,
    /// Their telephone.
    pub(crate) phone: Option<String>,
}

impl Form {
    /// What is asked. How long things may be is the desk's business.
    ///
    /// # Errors
    /// What people forgot, or that something is not what it must be.
    pub(crate) fn into_contact(self) -> Result<NewContact, &'static str> {
        let there = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let name = there(self.name).ok_or("Name is required")?;
        let email = there(self.email).ok_or("Email is required")?;
        let message = there(self.message).ok_or("Message is required")?;
        Address::new(&email).map_err(|_| "Email is invalid")?;
        let priority = match self.priority.filter(|word| !word.is_empty()) {
            None => ContactPriority::default(),
            Some(word) => {
                ContactPriority::named(&word.to_ascii_lowercase()).ok_or("Priority is invalid")?
            }
        };
        Ok(NewContact { name, email, subject: self.subject, message, priority, phone: self.phone })
    }
}

/// The field that a refusal of a form is about: it begins with its name.
pub(crate) fn said_of(text: &str) -> &'static str {
    const FIELDS: [(&str, &str); 6] = [
        ("Name", "name"),
        ("Email", "email"),
        ("Subject", "subject"),
        ("Message", "message"),
        ("Priority", "priority"),
        ("Phone", "phone"),
    ];
    FIELDS.iter().find(|(word, _)| text.starts_with(word)).map_or("form", |(_, field)| field)
}

/// A text that may be absent.
fn text(
    fields: &mut Map<String, Value>,
    name: &str,
    wrong: &'static str,
) -> Result<Option<String>, &'static str> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong),
    }
}

fn form(mut fields: Map<String, Value>) -> Result<Form, &'static str> {
    let fields = &mut fields;
    let name = text(fields, "contact_name", "Name is invalid")?;
    Ok(Form {
        name: match name.filter(|name| !name.trim().is_empty()) {
            Some(name) => Some(name),
            None => text(fields, "name", "Name is invalid")?,
        },
        email: text(fields, "email", "Email is invalid")?,
        subject: text(fields, "subject", "Subject is invalid")?,
        message: text(fields, "message", "Message is invalid")?,
        priority: text(fields, "priority", "Priority is invalid")?,
        phone: text(fields, "phone", "Phone is invalid")?,
    })
}

/// The request as it was taken in, and what lets whoever asked come back to it.
#[derive(Serialize)]
pub(super) struct Receipt {
    #[serde(flatten)]
    contact: ContactDocument,
    #[serde(rename = "accessToken")]
    access_token: String,
}

/// `POST /api/contacts`: it enters the live queue as well.
pub(super) async fn submit(
    caller: Allowed<Submit>,
    State(support): State<Arc<SupportDesk>>,
    State(limits): State<Arc<RateLimits>>,
    PublicJson(fields): PublicJson<Map<String, Value>>,
) -> Result<Json<Receipt>, Refusal> {
    let new = form(fields).and_then(Form::into_contact).map_err(bad)?;
    caller.count(&limits, ALLOWANCE)?;
    let submitted =
        support.submit(new, Some(&caller.actor.user)).await.map_err(|error| match error {
            SubmitError::Invalid(text) => bad(text),
            SubmitError::Store(error) => unavailable(error),
        })?;
    let contact = Arc::unwrap_or_clone(submitted.contact);
    let contact = ContactDocument::new(contact, Vec::new());
    Ok(Json(Receipt { contact, access_token: submitted.access_token }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(form_said: Value) -> Result<NewContact, &'static str> {
        let Value::Object(fields) = form_said else { panic!("no form") };
        form(fields).and_then(Form::into_contact)
    }

    #[test]
    fn a_form_has_texts_and_a_name_under_either_name() {
        let full = json!({ "contact_name": "Eve", "name": "Eva", "email": "eve@x.example", "message": "Help",
            "priority": "High", "phone": "+1", "subject": null, "status": "resolved" });
        let asked_for = asked(full).unwrap();
        assert_eq!((asked_for.name.as_str(), asked_for.priority), ("Eve", ContactPriority::High));
        assert_eq!((asked_for.subject, asked_for.phone.as_deref()), (None, Some("+1")));
        let sparse =
            json!({ "contact_name": " ", "name": "Eva", "email": "e@x.example", "message": "m" });
        let sparse = asked(sparse).unwrap();
        assert_eq!((sparse.name.as_str(), sparse.priority), ("Eva", ContactPriority::Normal));
    }

    #[test]
    fn what_is_no_text_is_named() {
        for (field, value) in [
            ("name", json!(1)),
            ("email", json!({})),
            ("subject", json!([])),
            ("message", json!(true)),
            ("priority", json!("never")),
            ("phone", json!(1)),
        ] {
            let mut said = json!({ "name": "E", "email": "e@x.example", "message": "m" });
            said[field] = value;
            let error = asked(said).unwrap_err();
            assert_eq!((said_of(error), error.split_once(' ').unwrap().1), (field, "is invalid"));
        }
    }
}
