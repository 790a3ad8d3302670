//! Puts together what e-mails are made, kept and sent with.

use std::{error::Error, sync::Arc};

use outrigger_domain::{
    email::{MailLimits, MailSender, MailSenderParts, Mails, MailsParts, Unsubscribe},
    naming::Ids,
    ports::{MailRenderer, MailStore},
    time::Clock,
};
use outrigger_smtp::{SmtpMailer, Templates};
use tokio::sync::Notify;

use crate::config::Config;

/// Everything about e-mails.
pub(crate) struct Mailing {
    /// Fills templates, also for those who only look at them.
    pub(crate) renderer: Arc<dyn MailRenderer>,
    /// The outbox, if there is a mail server.
    pub(crate) mails: Option<Arc<Mails>>,
    /// Empties it.
    pub(crate) sender: Option<MailSender>,
    /// Links that end list mail, if it is known where they lead.
    pub(crate) unsubscribe: Option<Arc<Unsubscribe>>,
}

impl Mailing {
    pub(crate) fn new(
        config: &Config,
        store: Arc<dyn MailStore>,
        ids: &Arc<dyn Ids>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, Box<dyn Error>> {
        let renderer: Arc<dyn MailRenderer> =
            Arc::new(Templates::new(&config.mail.brand, Arc::clone(clock))?);
        let secret = config.internal_secret.expose().as_bytes();
        let unsubscribe = match Unsubscribe::new(secret, &config.public_url) {
            Ok(unsubscribe) => Some(Arc::new(unsubscribe)),
            Err(fault) => {
                if config.mail.smtp.is_some() {
                    tracing::warn!(%fault, "PUBLIC_URL is not set or cannot stand in mail: list mail has no link of ours that ends it");
                }
                None
            }
        };
        let (mut mails, mut sender) = (None, None);
        if let Some(smtp) = &config.mail.smtp {
            let wake = Arc::new(Notify::new());
            mails = Some(Arc::new(Mails::new(MailsParts {
                store: Arc::clone(&store),
                renderer: Arc::clone(&renderer),
                ids: Arc::clone(ids),
                clock: Arc::clone(clock),
                limits: MailLimits::default(),
                wake: Arc::clone(&wake),
            })));
            sender = Some(MailSender::new(MailSenderParts {
                store,
                mailer: Arc::new(SmtpMailer::new(smtp.clone(), Arc::clone(clock))?),
                renderer: Arc::clone(&renderer),
                clock: Arc::clone(clock),
                wake,
                unsubscribe: unsubscribe.clone(),
                pace: config.mail.pace,
            }));
        }
        Ok(Self { renderer, mails, sender, unsubscribe })
    }
}
