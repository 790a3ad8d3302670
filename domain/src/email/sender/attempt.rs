//! One attempt to send one mail, and noting what became of it.

use std::{sync::Arc, time::Duration};

use sha2::{Digest, Sha256};
use tokio::time::{sleep, timeout};
use tracing::{debug, warn};

use super::MailSenderParts;
use crate::{
    email::{MailFault, QueuedMail, SettledMail, Suppression, Variables, outbox::standing_against},
    ids::MailId,
    ports::{Letter, StoreResult, UnsubscribeLink},
    webhooks::store_pause,
};

/// An attempt that takes longer failed: a mailer has limits of its own, which are shorter.
const LONGEST_ATTEMPT: Duration = Duration::from_secs(300);

/// What an attempt says of the mail server.
pub(super) enum Outcome {
    /// It is there.
    Reached,
    /// It is not, or lets nobody in; the mail waits as if nothing had been tried.
    Away(String),
    /// Nothing: it was not asked.
    Unsent,
}

fn count(result: &'static str) {
    metrics::counter!("outrigger_mail_total", "result" => result).increment(1);
}

/// One attempt, and noting what became of it.
pub(super) async fn attempt(parts: Arc<MailSenderParts>, mail: QueuedMail) -> Outcome {
    let new = &mail.mail;
    let against = until_done(|| standing_against(&*parts.store, new.template, &new.to)).await;
    if let Some(why) = against {
        count("suppressed");
        let why = format!("nothing goes to this address: {}", why.as_str());
        settle(&parts, &new.id, SettledMail::Dead(why)).await;
        return Outcome::Unsent;
    }
    let letter = match letter(&parts, &mail) {
        Ok(letter) => letter,
        Err(fault) => {
            warn!(mail = %new.id, template = new.template.as_str(), %fault, "a mail cannot be filled; it is dead");
            count("dead");
            settle(&parts, &new.id, SettledMail::Dead(fault.to_string())).await;
            return Outcome::Unsent;
        }
    };
    let sent = timeout(LONGEST_ATTEMPT, parts.mailer.send(&letter)).await;
    let fault = match sent.unwrap_or_else(|_| Err(MailFault::Later("it took too long".into()))) {
        Ok(()) => {
            count("sent");
            settle(&parts, &new.id, SettledMail::Sent).await;
            return Outcome::Reached;
        }
        Err(MailFault::Unreachable(why)) => return Outcome::Away(why),
        Err(fault) => fault,
    };
    if matches!(fault, MailFault::BadAddress(_)) {
        let (address, now) = (new.to.folded(), parts.clock.now());
        until_done(|| parts.store.suppress(&address, Suppression::Bounced, now)).await;
    }
    settle(&parts, &new.id, after(&parts, &mail, &fault)).await;
    Outcome::Reached
}

/// What goes to the server.
fn letter(parts: &MailSenderParts, mail: &QueuedMail) -> Result<Letter, crate::email::RenderFault> {
    let new = &mail.mail;
    let mut vars = new.vars.clone();
    let unsubscribe = unsubscribe_link(parts, mail, &mut vars);
    let content = parts.renderer.render(new.template, &vars)?;
    Ok(Letter { id: new.id.clone(), to: new.to.clone(), content, unsubscribe })
}

/// List mail leads to the app's own page if the app named one. That one is not told of as one that a bare `POST` is
/// enough for: nobody said so.
fn unsubscribe_link(
    parts: &MailSenderParts,
    mail: &QueuedMail,
    vars: &mut Variables,
) -> Option<UnsubscribeLink> {
    const NAME: &str = "unsubscribeLink";
    if !mail.mail.template.is_list_mail() {
        return None;
    }
    let theirs = vars.get(NAME).and_then(|link| link.as_str()).filter(|link| !link.is_empty());
    if let Some(url) = theirs {
        return Some(UnsubscribeLink { url: url.to_owned(), one_click: false });
    }
    let url = parts.unsubscribe.as_ref()?.link(&mail.mail.to);
    vars.insert(NAME.to_owned(), url.clone().into());
    let one_click = url.starts_with("https:");
    Some(UnsubscribeLink { url, one_click })
}

/// What follows a failure.
fn after(parts: &MailSenderParts, mail: &QueuedMail, fault: &MailFault) -> SettledMail {
    let (id, failed) = (&mail.mail.id, mail.attempts.saturating_add(1));
    let (template, why) = (mail.mail.template.as_str(), fault.to_string());
    if matches!(fault, MailFault::Later(_)) && failed < parts.pace.attempts {
        debug!(mail = %id, template, failed, why, "a mail was not taken; trying again");
        count("again");
        return SettledMail::Again(
            parts.clock.now().plus(pause(id, failed, parts.pace.first_retry)),
            why,
        );
    }
    warn!(mail = %id, template, failed, why, "a mail is dead; it is kept");
    count("dead");
    SettledMail::Dead(why)
}

/// From the `failed`th failure to the next attempt, within a fifth of the first pause or of ten times that: what failed
/// together does not come back together. The spread comes from the mail and the attempt.
fn pause(id: &MailId, failed: u32, first: Duration) -> Duration {
    let pause = if failed <= 1 { first } else { first.saturating_mul(10) };
    let digest = Sha256::new().chain_update(id.as_str()).chain_update(failed.to_le_bytes());
    let [a, b, ..] = <[u8; 32]>::from(digest.finalize());
    pause * (800 + u32::from(u16::from_le_bytes([a, b])) % 401) / 1000
}

/// Until it is noted it stays here: it would be due again, and sent again, at once.
async fn settle(parts: &MailSenderParts, id: &MailId, settled: SettledMail) {
    until_done(|| parts.store.settle_mail(id, &settled, parts.clock.now())).await;
}

async fn until_done<T, F: Future<Output = StoreResult<T>>>(mut work: impl FnMut() -> F) -> T {
    let mut failures = 0;
    loop {
        match work().await {
            Ok(done) => return done,
            Err(error) => {
                warn!(%error, "the store failed while a mail was under way; trying again");
                failures += 1;
                sleep(store_pause(failures)).await;
            }
        }
    }
}
