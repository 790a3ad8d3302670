//! One conversation with a mail server (RFC 5321).
//!
//! Mail is handed over step by step, and not in one call, because what an answer means depends on the step that it
//! answers; and a conversation in which an answer did not come in time is never used again: the answer could be taken
//! for that to the next mail.

use std::time::Duration;

use lettre::transport::smtp::{
    Error,
    authentication::{DEFAULT_MECHANISMS, Mechanism},
    client::{AsyncSmtpConnection, TlsParameters},
    commands::{Data, Mail, Noop, Quit, Rcpt, Rset},
    extension::{ClientId, Extension, MailParameter},
};
use outrigger_domain::email::MailFault;
use tokio::time::{Instant, timeout};

use crate::{
    letter::Outgoing,
    reply::{Stage, clean, fault},
    settings::{Encryption, SmtpSettings},
};

/// What the server is not waited for: it is polite to say goodbye, no more.
const GOODBYE: Duration = Duration::from_secs(2);

/// How many times longer than other answers the verdict on a mail may take: it is checked meanwhile, and whoever hangs
/// up too early sends it twice (RFC 5321 section 4.5.3.2.6).
const VERDICT_TIMES: u32 = 4;

/// One conversation, in which any number of mails may be handed over, one after the other.
pub(crate) struct Session {
    connection: AsyncSmtpConnection,
    timeout: Duration,
    idle_since: Instant,
    sound: bool,
}

impl Session {
    /// Begins one: connects, encrypts and proves who we are, as the settings say.
    pub(crate) async fn open(
        settings: &SmtpSettings,
        tls: &TlsParameters,
    ) -> Result<Self, MailFault> {
        let entering = async {
            let hello = ClientId::Domain(settings.from.email.domain().to_owned());
            let at_once = (settings.encryption == Encryption::Always).then(|| tls.clone());
            let mut connection = AsyncSmtpConnection::connect_tokio1(
                (settings.host.as_str(), settings.port),
                Some(settings.timeout),
                &hello,
                at_once,
                None,
            )
            .await?;
            let upgrade = match settings.encryption {
                Encryption::Required => true,
                Encryption::IfOffered => connection.can_starttls(),
                Encryption::Always | Encryption::None => false,
            };
            if upgrade {
                connection.starttls(tls.clone(), &hello).await?;
            }
            Ok(connection)
        };
        // Each of its few steps has a limit of its own at the server's side only.
        let mut connection = timeout(settings.timeout, entering)
            .await
            .map_err(|_| MailFault::Unreachable("it did not answer in time".into()))?
            .map_err(|error| fault(Stage::Entering, &error))?;
        authenticate(&mut connection, settings).await?;
        Ok(Self { connection, timeout: settings.timeout, idle_since: Instant::now(), sound: true })
    }

    /// Whether another mail can be handed over in it, as far as is known.
    pub(crate) fn is_sound(&self) -> bool {
        self.sound && !self.connection.has_broken()
    }

    /// Since when nothing was said.
    pub(crate) fn idle_since(&self) -> Instant {
        self.idle_since
    }

    /// Whether the server still answers.
    pub(crate) async fn is_alive(&mut self) -> bool {
        let said = self.step(Stage::Entering, async |connection| connection.command(Noop).await);
        said.await.is_ok()
    }

    /// Hands a mail over; when this returns `Ok` the server is responsible for it.
    pub(crate) async fn deliver(&mut self, mail: &Outgoing) -> Result<(), MailFault> {
        let mut parameters = Vec::new();
        if mail.is_international() {
            if !self.connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                let why = "the mail server takes no such addresses (SMTPUTF8)";
                return Err(MailFault::Refused(why.into()));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let handed = self.hand_over(mail, parameters).await;
        self.idle_since = Instant::now();
        if handed.is_err() && self.is_sound() {
            // What was begun is taken back, so that the next mail begins anew.
            let reset = async |connection: &mut AsyncSmtpConnection| connection.command(Rset).await;
            self.sound = self.step(Stage::Entering, reset).await.is_ok();
        }
        handed
    }

    async fn hand_over(
        &mut self,
        mail: &Outgoing,
        parameters: Vec<MailParameter>,
    ) -> Result<(), MailFault> {
        let from = Mail::new(Some(mail.from.clone()), parameters);
        self.step(Stage::Sender, async |connection| connection.command(from).await).await?;
        let to = Rcpt::new(mail.to.clone(), Vec::new());
        self.step(Stage::Recipient, async |connection| connection.command(to).await).await?;
        self.step(Stage::Content, async |connection| connection.command(Data).await).await?;
        let usual = self.timeout;
        self.timeout = usual.saturating_mul(VERDICT_TIMES);
        let verdict = self
            .step(Stage::Content, async |connection| connection.message(&mail.bytes).await)
            .await;
        self.timeout = usual;
        verdict
    }

    /// One thing said, and its answer.
    async fn step<T>(
        &mut self,
        stage: Stage,
        say: impl AsyncFnOnce(&mut AsyncSmtpConnection) -> Result<T, Error>,
    ) -> Result<(), MailFault> {
        // Until it is answered nothing else can be said: if this is dropped meanwhile, that remains.
        self.sound = false;
        let Ok(answer) = timeout(self.timeout, say(&mut self.connection)).await else {
            let why = "it did not answer in time".to_owned();
            return Err(match stage {
                Stage::Entering => MailFault::Unreachable(why),
                _ => MailFault::Later(why),
            });
        };
        // A refusal is an answer as well, but for the one with which it hangs up.
        self.sound = match &answer {
            Ok(_) => true,
            Err(error) => error.status().is_some_and(|code| u16::from(code) != 421),
        };
        answer.map(|_| ()).map_err(|error| fault(stage, &error))
    }

    /// Ends it.
    pub(crate) async fn close(mut self) {
        if self.is_sound() {
            // Whether it says goodbye as well matters to nobody.
            let _ = timeout(GOODBYE, self.connection.command(Quit)).await;
        }
    }
}

async fn authenticate(
    connection: &mut AsyncSmtpConnection,
    settings: &SmtpSettings,
) -> Result<(), MailFault> {
    let Some(credentials) = &settings.credentials else { return Ok(()) };
    if settings.encryption == Encryption::IfOffered && !connection.is_encrypted() {
        let why = "it offers no encryption, and a password is not sent without";
        return Err(MailFault::Unreachable(why.into()));
    }
    let mechanisms: &[Mechanism] = DEFAULT_MECHANISMS;
    match timeout(settings.timeout, connection.auth(mechanisms, credentials)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(fault(Stage::Entering, &error)),
        Err(_) => Err(MailFault::Unreachable(clean("it did not answer in time"))),
    }
}
