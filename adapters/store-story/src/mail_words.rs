//! Short words for e-mail.

use outrigger_domain::{
    email::{Address, MailTemplate, NewMail},
    ids::MailId,
};
use serde_json::json;

use crate::at;

/// An e-mail.
#[must_use]
pub fn mail_id(id: &str) -> MailId {
    MailId::new(id).unwrap()
}

/// Where one goes.
#[must_use]
pub fn address(text: &str) -> Address {
    Address::new(text).unwrap()
}

/// One to ann, due at once.
#[must_use]
pub fn mail(id: &str, template: MailTemplate, ms: i64) -> NewMail {
    let vars = json!({ "name": "Żółw \u{0} \"<b>\"", "otp": 123_456, "ratio": 0.5 });
    NewMail {
        id: mail_id(id),
        template,
        to: address("Ann@example.com"),
        vars: vars.as_object().cloned().unwrap(),
        key: None,
        created_at: at(ms),
        due_at: at(ms),
    }
}
