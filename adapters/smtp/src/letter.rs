//! What a mail looks like on its way (RFC 5322, RFC 2046).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{HeaderName, HeaderValue},
    },
};
use outrigger_domain::{
    email::MailFault,
    ports::{Letter, UnsubscribeLink},
    time::Timestamp,
};

/// A mail, ready to be handed over.
pub(crate) struct Outgoing {
    pub(crate) from: Address,
    pub(crate) to: Address,
    pub(crate) bytes: Vec<u8>,
}

impl Outgoing {
    /// Whether a server must understand SMTPUTF8 (RFC 6531) to take it.
    pub(crate) fn is_international(&self) -> bool {
        [&self.from, &self.to].into_iter().any(|address| !AsRef::<str>::as_ref(address).is_ascii())
    }

    /// The mail: the same bytes for the same letter at the same time.
    ///
    /// # Errors
    /// If the address is none that mail servers know how to write.
    pub(crate) fn new(letter: &Letter, from: &Mailbox, at: Timestamp) -> Result<Self, MailFault> {
        let refused = |why: &str| MailFault::Refused(why.to_owned());
        let to: Address =
            letter.to.as_str().parse().map_err(|_| refused("the address cannot be written"))?;
        let id: String = letter.id.as_str().chars().filter(|c| is_atom(*c)).collect();
        let mut message = Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(&letter.content.subject)
            .date(date(at))
            .message_id(Some(format!("<{id}@{}>", from.email.domain())))
            .raw_header(header("Auto-Submitted", "auto-generated"));
        if let Some(UnsubscribeLink { url, one_click }) = &letter.unsubscribe {
            message = message.raw_header(header("List-Unsubscribe", &format!("<{url}>")));
            if *one_click {
                let value = "List-Unsubscribe=One-Click";
                message = message.raw_header(header("List-Unsubscribe-Post", value));
            }
        }
        let parts = MultiPart::alternative()
            .boundary(format!("=_{id}"))
            .singlepart(SinglePart::plain(letter.content.text.clone()))
            .singlepart(SinglePart::html(letter.content.html.clone()));
        let message =
            message.multipart(parts).map_err(|_| refused("the mail cannot be written"))?;
        let envelope: &Envelope = message.envelope();
        let from = envelope.from().cloned().unwrap_or_else(|| from.email.clone());
        Ok(Self { from, to, bytes: message.formatted() })
    }
}

fn is_atom(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn date(at: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(at.ms()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use outrigger_domain::{email, ids::MailId};

    use super::*;

    fn letter() -> Letter {
        Letter {
            id: MailId::new("0a1b2c").unwrap(),
            to: email::Address::new("ann@example.com").unwrap(),
            content: email::Rendered {
                subject: "Grüße, Żółw".into(),
                html: "<p>Grüße</p>".into(),
                text: "Grüße\n".into(),
            },
            unsubscribe: None,
        }
    }

    fn written(letter: &Letter) -> String {
        let from = "Quiz Blog <mail@quiz.example>".parse().unwrap();
        let at = Timestamp::from_ms(1_763_712_000_000);
        let outgoing = Outgoing::new(letter, &from, at).unwrap();
        assert!(!outgoing.is_international());
        assert!(outgoing.bytes.is_ascii(), "no server need understand more");
        assert!(outgoing.bytes.split(|byte| *byte == b'\n').all(|line| line.len() <= 998));
        String::from_utf8(outgoing.bytes).unwrap()
    }

    #[test]
    fn it_says_who_what_when_and_that_a_program_wrote_it() {
        let mail = written(&letter());
        for line in [
            "From: \"Quiz Blog\" <mail@quiz.example>\r\n",
            "To: ann@example.com\r\n",
            "Date: Fri, 21 Nov 2025 08:00:00 +0000\r\n",
            "Message-ID: <0a1b2c@quiz.example>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "MIME-Version: 1.0\r\n",
            "Content-Type: multipart/alternative; boundary=\"=_0a1b2c\"\r\n",
        ] {
            assert!(mail.contains(line), "{line} in {mail}");
        }
        assert!(mail.find("text/plain").unwrap() < mail.find("text/html").unwrap());
        assert!(!mail.contains("List-Unsubscribe"));
        assert_eq!(mail, written(&letter()), "another attempt is the same mail");
    }

    #[test]
    fn list_mail_says_how_to_end_it() {
        let url = format!("https://rt.example.com/email/unsubscribe?token={}", "x".repeat(120));
        let mut letter = letter();
        letter.unsubscribe = Some(UnsubscribeLink { url: url.clone(), one_click: true });
        let mail = written(&letter);
        let unfolded = mail.replace("\r\n ", " ");
        assert!(unfolded.contains(&format!("List-Unsubscribe: <{url}>\r\n")), "{mail}");
        assert!(mail.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
        letter.unsubscribe = Some(UnsubscribeLink { url, one_click: false });
        assert!(!written(&letter).contains("List-Unsubscribe-Post"));
    }

    #[test]
    fn a_subject_cannot_add_a_header() {
        let mut letter = letter();
        letter.content.subject = "Hello\r\nBcc: all@example.com".into();
        let mail = written(&letter);
        assert!(!mail.contains("\nBcc:"), "{mail}");
    }
}
