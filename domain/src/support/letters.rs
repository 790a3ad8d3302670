//! The e-mail that goes with requests (`contracts/contacts.md` sections 2 and 4).

use serde_json::Value;
use tracing::warn;

use super::{chat::SupportMessage, contact::Contact, desk::Desk};
use crate::email::{MOST_TEXT_BYTES, MailTemplate, NewLetter, Variables};

/// What whoever asks is told of the time that an answer takes (`contracts/contacts.md` section 3,
/// `contactFormSubmitted`).
pub const ESTIMATED_RESPONSE: &str = "24 hours";

impl Desk {
    /// Tells whoever asked that the request came. A guest's own words are left out: anybody can name anybody's address,
    /// and this must be no way to send texts to strangers.
    pub(super) async fn mail_confirmation(&self, contact: &Contact) {
        let mut vars = variables(contact);
        vars.insert("estimatedResponseTime".into(), ESTIMATED_RESPONSE.into());
        if contact.user.is_some() {
            add(&mut vars, "subject", contact.subject.as_deref());
            add(&mut vars, "message", Some(&contact.message));
        }
        let key = format!("contact-confirmation:{}", contact.id);
        self.mail(MailTemplate::ContactConfirmation, &contact.email, vars, key).await;
    }

    /// Tells those who help that somebody asks.
    pub(super) async fn mail_alerts(&self, contact: &Contact) {
        let settings = &self.parts.settings;
        let mut vars = variables(contact);
        add(&mut vars, "email", Some(&contact.email));
        add(&mut vars, "message", Some(&contact.message));
        add(&mut vars, "subject", contact.subject.as_deref());
        add(&mut vars, "phone", contact.phone.as_deref());
        add(&mut vars, "priority", Some(contact.priority.as_str()));
        add(&mut vars, "queueLink", settings.queue_link.as_deref());
        for (number, to) in settings.alert_to.iter().enumerate() {
            let key = format!("contact-alert:{}:{number}", contact.id);
            self.mail(MailTemplate::ContactAlert, to.as_str(), vars.clone(), key).await;
        }
    }

    /// Tells whoever asked what an admin answers.
    pub(super) async fn mail_reply(&self, contact: &Contact, answer: &SupportMessage) {
        let mut vars = variables(contact);
        add(&mut vars, "question", Some(&contact.message));
        add(&mut vars, "answer", Some(&answer.said.message));
        add(&mut vars, "subject", contact.subject.as_deref());
        let key = format!("contact-reply:{}", answer.id);
        self.mail(MailTemplate::ContactReply, &contact.email, vars, key).await;
    }

    async fn mail(&self, template: MailTemplate, to: &str, vars: Variables, key: String) {
        let Some(mails) = &self.parts.mails else { return };
        let letter = NewLetter { template, to, vars, key: Some(key) };
        if let Err(error) = mails.send(letter).await {
            warn!(%error, template = template.as_str(), "an e-mail about a request is not sent");
        }
    }
}

fn variables(contact: &Contact) -> Variables {
    let mut vars = Variables::new();
    vars.insert("name".into(), contact.name.as_str().into());
    vars.insert("contactId".into(), contact.id.as_str().into());
    vars
}

fn add(vars: &mut Variables, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        vars.insert(name.to_owned(), Value::String(fitting(text)));
    }
}

/// As much of a text as an e-mail takes.
fn fitting(text: &str) -> String {
    const CUT: &str = "\n[…]";
    if text.len() <= MOST_TEXT_BYTES {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(MOST_TEXT_BYTES - CUT.len());
    format!("{}{CUT}", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_too_long_for_an_e_mail_is_cut_between_characters() {
        assert_eq!(fitting("short"), "short");
        for text in ["语".repeat(5_000), "x".repeat(MOST_TEXT_BYTES + 1)] {
            let cut = fitting(&text);
            assert!(cut.len() <= MOST_TEXT_BYTES && cut.len() > MOST_TEXT_BYTES - 4);
            assert!(text.starts_with(cut.strip_suffix("\n[…]").unwrap()));
        }
        let fits = "x".repeat(MOST_TEXT_BYTES);
        assert_eq!(fitting(&fits), fits);
    }
}
