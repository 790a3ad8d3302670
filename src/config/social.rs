//! What only contract `social` asks for: who hears of whom, and web push.

use std::sync::Arc;

use outrigger_domain::{
    events::Secret, push::PushWhen, statuses::StatusAudience, time::SystemClock,
};
use outrigger_push::{PushSettings, SettingsError, WebPush};

use super::reader::Reader;

/// How browsers are reached that are not connected.
#[derive(Debug, Clone)]
pub(crate) struct PushConfig {
    pub(crate) settings: PushSettings,
    pub(crate) when: PushWhen,
}

/// Who hears how someone is.
pub(super) fn status_audience(reader: &mut Reader<'_>) -> StatusAudience {
    match reader.text("SOCIAL_STATUS_AUDIENCE") {
        None | Some("followers") => StatusAudience::Followers,
        Some("everyone") => StatusAudience::Everyone,
        Some(_) => {
            reader.fault("SOCIAL_STATUS_AUDIENCE must be followers or everyone".to_owned());
            StatusAudience::default()
        }
    }
}

/// Nothing, if there is no key.
pub(super) fn push(reader: &mut Reader<'_>) -> Option<PushConfig> {
    let when = match reader.text("PUSH_WHEN") {
        None | Some("away") => PushWhen::Away,
        Some("always") => PushWhen::Always,
        Some(_) => {
            reader.fault("PUSH_WHEN must be away or always".to_owned());
            PushWhen::Away
        }
    };
    let origins = reader.list("PUSH_ORIGINS");
    let subject = reader.text("VAPID_SUBJECT").map(str::to_owned);
    let private_key = Secret::new(reader.text("VAPID_PRIVATE_KEY")?);
    let subject = subject.unwrap_or_else(|| {
        reader.fault("VAPID_PRIVATE_KEY needs VAPID_SUBJECT: an address for the people who run push services, like mailto:ops@example.com".to_owned());
        String::new()
    });
    let settings = PushSettings { private_key, subject, origins };
    if !settings.subject.is_empty()
        && let Err(fault) = WebPush::new(&settings, Arc::new(SystemClock))
    {
        let key = match fault {
            SettingsError::Key(_) => "VAPID_PRIVATE_KEY: ",
            SettingsError::Subject(_) => "VAPID_SUBJECT: ",
            SettingsError::Origin(_) => "PUSH_ORIGINS: ",
            SettingsError::Client(_) => "",
        };
        reader.fault(format!("{key}{fault}"));
    }
    Some(PushConfig { settings, when })
}
