//! Hands mail to the mail server.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use outrigger_domain::{
    email::MailFault,
    ports::{Letter, Mailer},
    time::Clock,
};
use tokio::time::sleep;

use crate::{
    letter::Outgoing,
    session::Session,
    settings::{SettingsError, SmtpSettings, tls},
};

/// Conversations kept for the next mail.
const MOST_PARKED: usize = 4;

/// For so long: servers end them themselves after some minutes.
const LONGEST_IDLE: Duration = Duration::from_secs(30);

/// Conversations in which nothing is said just now.
type Parked = Arc<Mutex<Vec<Session>>>;

/// Mail by SMTP: one conversation for each mail that is under way, kept for a while for the next one.
pub struct SmtpMailer {
    settings: SmtpSettings,
    tls: TlsParameters,
    clock: Arc<dyn Clock>,
    parked: Parked,
}

impl SmtpMailer {
    /// Connects to nothing before there is mail. The clock says when mail was sent.
    ///
    /// # Errors
    /// If the certificates that this machine trusts cannot be used.
    pub fn new(settings: SmtpSettings, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        Self::trusting(settings, clock, &[])
    }

    fn trusting(
        settings: SmtpSettings,
        clock: Arc<dyn Clock>,
        more: &[Certificate],
    ) -> Result<Self, SettingsError> {
        let tls = tls(&settings, more)?;
        Ok(Self { settings, tls, clock, parked: Parked::default() })
    }

    /// One that still answers, or a new one.
    async fn session(&self) -> Result<Session, MailFault> {
        loop {
            let parked = self.parked.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(mut session) = parked else { break };
            if session.is_alive().await {
                return Ok(session);
            }
        }
        Session::open(&self.settings, &self.tls).await
    }

    async fn park(&self, session: Session) {
        let surplus = {
            let mut parked = self.parked.lock().unwrap_or_else(PoisonError::into_inner);
            if session.is_sound() && parked.len() < MOST_PARKED {
                parked.push(session);
                None
            } else {
                Some(session)
            }
        };
        match surplus {
            Some(session) => session.close().await,
            None => drop(tokio::spawn(sweep(Arc::clone(&self.parked)))),
        }
    }
}

/// Ends those that nobody used for long.
async fn sweep(parked: Parked) {
    sleep(LONGEST_IDLE).await;
    let idle: Vec<_> = {
        let mut parked = parked.lock().unwrap_or_else(PoisonError::into_inner);
        parked.extract_if(.., |session| session.idle_since().elapsed() >= LONGEST_IDLE).collect()
    };
    for session in idle {
        session.close().await;
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, letter: &Letter) -> Result<(), MailFault> {
        let mail = Outgoing::new(letter, &self.settings.from, self.clock.now())?;
        let mut session = self.session().await?;
        let sent = session.deliver(&mail).await;
        self.park(session).await;
        sent
    }
}

#[cfg(test)]
mod tests;
