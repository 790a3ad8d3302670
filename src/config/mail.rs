//! E-mail (`contracts/quiz.md` section 7).

use std::time::Duration;

use outrigger_domain::{
    email::{Address, MailPace},
    time::SystemClock,
};
use outrigger_smtp::{Brand, SmtpSettings, Templates};

use super::{DAY, reader::Reader};

/// How e-mails look and leave.
#[derive(Debug, Clone)]
pub(crate) struct MailConfig {
    /// Whose they are.
    pub(crate) brand: Brand,
    /// Where they go; without it they are shown, and none is sent.
    pub(crate) smtp: Option<SmtpSettings>,
    pub(crate) pace: MailPace,
}

/// Reads it. `base_url` is where the app is.
pub(super) fn read(reader: &mut Reader<'_>, base_url: Option<&str>) -> MailConfig {
    let pace = MailPace {
        per_minute: u32::try_from(reader.number("MAIL_PER_MINUTE", 60, 1, 100_000)).unwrap_or(60),
        list_spacing: reader.millis("MAIL_LIST_SPACING_MS", Duration::from_secs(2), DAY),
        attempts: u32::try_from(reader.number("MAIL_ATTEMPTS", 3, 1, 100)).unwrap_or(3),
        first_retry: reader.millis("MAIL_RETRY_MS", Duration::from_secs(60), DAY),
    };
    let brand = Brand {
        app_name: reader.text("MAIL_APP_NAME").unwrap_or("Our app").to_owned(),
        support_email: address(reader, "MAIL_SUPPORT"),
        base_url: base_url.map(str::to_owned),
    };
    if let Err(fault) = Templates::new(&brand, std::sync::Arc::new(SystemClock)) {
        reader.fault(format!("NEXT_PUBLIC_APP_URL: {fault}"));
    }
    let from = reader.text("MAIL_FROM").map(str::to_owned);
    let smtp = reader.text("SMTP_URL").map(str::to_owned).and_then(|url| {
        let Some(from) = from else {
            reader.fault(
                "SMTP_URL needs MAIL_FROM: whom e-mails are from, like Our app <hello@example.com>"
                    .to_owned(),
            );
            return None;
        };
        SmtpSettings::new(&url, &from).map_err(|fault| reader.fault(fault.to_string())).ok()
    });
    MailConfig { brand, smtp, pace }
}

fn address(reader: &mut Reader<'_>, key: &str) -> Option<Address> {
    let text = reader.text(key)?.to_owned();
    Address::new(&text).map_err(|_| reader.fault(format!("{key} must be an e-mail address"))).ok()
}

/// Several, between commas.
pub(super) fn addresses(reader: &mut Reader<'_>, key: &str) -> Vec<Address> {
    let texts = reader.list(key);
    let sound: Vec<_> = texts.iter().filter_map(|text| Address::new(text).ok()).collect();
    if sound.len() != texts.len() {
        reader.fault(format!("{key} takes e-mail addresses between commas"));
    }
    sound
}
