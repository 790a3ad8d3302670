//! E-mail: fills templates, and hands mail to a mail server over SMTP (RFC 5321).
//!
//! Architecture invariant: nothing else knows SMTP, MIME or the templates, and this knows neither outbox nor users.

mod letter;
mod mailer;
mod reply;
mod session;
mod settings;
mod templates;

pub use mailer::SmtpMailer;
pub use settings::{SettingsError, SmtpSettings};
pub use templates::{Brand, BrandError, Templates};
