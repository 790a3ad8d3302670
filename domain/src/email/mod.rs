//! E-mail: templates with names and variables, an outbox that survives a crash, and addresses that want none
//! (`contracts/quiz.md` section 7).

mod mail;
mod outbox;
mod samples;
mod sender;
mod template;
#[cfg(test)]
mod testing;
mod unsubscribe;
mod variables;

pub use mail::{
    Address, InvalidAddress, MailFault, MailState, NewMail, QueuedMail, Rendered, SettledMail,
    Suppressed, Suppression,
};
pub use outbox::{MOST_LISTED, MailError, MailLimits, Mails, MailsParts, NewLetter, Queued};
pub use sender::{MailPace, MailSender, MailSenderParts};
pub use template::{MailKind, MailTemplate, RenderFault, Variables};
pub use unsubscribe::{BadPublicUrl, Unsubscribe};
pub use variables::{MOST_TEXT_BYTES, is_allowed_link};
