//! What a mail server said, and what follows from it.

use lettre::transport::smtp::Error;
use outrigger_domain::email::MailFault;

/// Longest text that is kept of an answer, in characters.
const MOST_CHARS: usize = 200;

/// What was under way when it said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Getting in: nothing was said of any mail.
    Entering,
    /// Naming who writes.
    Sender,
    /// Naming whom to.
    Recipient,
    /// Handing over what.
    Content,
}

/// Why a server did not take a mail.
///
/// Only what it says of the recipient counts against the address. What it says before that counts against nobody: a
/// wrong password must not cost mail.
pub(crate) fn fault(stage: Stage, error: &Error) -> MailFault {
    let Some(code) = error.status().map(u16::from) else {
        let why = clean(&error.to_string());
        return match stage {
            Stage::Entering => MailFault::Unreachable(why),
            _ => MailFault::Later(why),
        };
    };
    let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let why = clean(&format!("{code} {said}"));
    match (stage, code) {
        (Stage::Entering, _) => MailFault::Unreachable(why),
        // It closes (RFC 5321 section 4.3.5), or lets only those in who prove who they are (RFC 4954 section 6).
        (Stage::Sender, 421 | 530 | 534 | 535 | 538) => MailFault::Unreachable(why),
        (_, 400..500) => MailFault::Later(why),
        (Stage::Recipient, code) if is_of_address(code, &said) => MailFault::BadAddress(why),
        _ => MailFault::Refused(why),
    }
}

/// Whether it is the address that is wrong, and not, say, where the mail comes from or that a mailbox is full.
fn is_of_address(code: u16, said: &str) -> bool {
    let basic = matches!(code, 550 | 551 | 553);
    match enhanced(said) {
        // Of the sender's address, not the recipient's (RFC 3463 section 3.2).
        Some((1, 7 | 8)) => false,
        Some((1, _) | (2, 1)) => true,
        // They say no more than the code itself.
        Some((0 | 5, _)) | None => basic,
        Some(_) => false,
    }
}

/// The enhanced status code that an answer begins with: its subject and detail (RFC 2034, RFC 3463).
fn enhanced(said: &str) -> Option<(u16, u16)> {
    let mut parts = said.split_whitespace().next()?.split('.');
    let (class, subject, detail) = (parts.next()?, parts.next()?, parts.next()?);
    (class == "5" && parts.next().is_none())
        .then(|| Some((subject.parse().ok()?, detail.parse().ok()?)))?
}

/// One short line without addresses: it is kept, and logged.
pub(crate) fn clean(said: &str) -> String {
    let words = said.split(|c: char| c.is_whitespace() || c.is_control());
    let words = words.filter(|word| !word.is_empty());
    let words = words.map(|word| if word.contains('@') { "[address]" } else { word });
    let line = words.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST_CHARS - 1) {
        Some((end, _)) if line[end..].chars().nth(1).is_some() => format!("{}…", &line[..end]),
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_one_short_line_without_addresses() {
        let said = "550 5.1.1 <ann@example.com>:\r\n user ann@example.com unknown\u{7}";
        assert_eq!(clean(said), "550 5.1.1 [address] user [address] unknown");
        assert_eq!(clean(&"x".repeat(200)).chars().count(), 200);
        let long = clean(&"ż".repeat(1_000));
        assert_eq!(long.chars().count(), 200);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn only_what_is_said_of_the_recipient_counts_against_the_address() {
        for (code, said) in [
            (550, "no such user"),
            (551, "user not local"),
            (553, "mailbox name not allowed"),
            (550, "5.1.1 no such user"),
            (554, "5.1.2 no such domain"),
            (550, "5.2.1 mailbox disabled"),
            (550, "5.5.0 mailbox unavailable"),
            (550, "5.0.0 failed"),
        ] {
            assert!(is_of_address(code, said), "{code} {said}");
        }
        for (code, said) in [
            (552, "mailbox full"),
            (554, "transaction failed"),
            (550, "5.7.1 blocked, see the list"),
            (552, "5.2.2 mailbox full"),
            (553, "5.1.8 sender unknown"),
            (550, "5.1.7 bad sender"),
            (550, "5.4.6 loop"),
            (501, "syntax"),
        ] {
            assert!(!is_of_address(code, said), "{code} {said}");
        }
    }
}
