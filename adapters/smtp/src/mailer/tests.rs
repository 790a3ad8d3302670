//! Mail handed to a small mail server that speaks SMTP over loopback and says what it is told to.

use outrigger_domain::{
    email::{Address, Rendered},
    ids::MailId,
    time::Timestamp,
};
use tokio::net::TcpListener;

use self::server::{GONE, SILENT, Server};
use super::*;

mod server;

struct November;

impl Clock for November {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(1_763_712_000_000)
    }
}

fn letter(id: &str) -> Letter {
    Letter {
        id: MailId::new(id).unwrap(),
        to: Address::new("ann@example.com").unwrap(),
        content: Rendered {
            subject: "Hello".into(),
            html: "<p>Hello</p>".into(),
            text: "Hello\n.\n.. and a dot\n".into(),
        },
        unsubscribe: None,
    }
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written() {
    let server = Server::start(vec![]).await;
    server.mailer("").send(&letter("m1")).await.unwrap();
    assert_eq!(server.heard("EHLO quiz.example"), 1);
    assert_eq!(server.heard("MAIL FROM:<mail@quiz.example>"), 1);
    assert_eq!(server.heard("RCPT TO:<ann@example.com>"), 1);
    let [mail] = <[_; 1]>::try_from(server.mails()).unwrap();
    assert!(mail.contains("Message-ID: <m1@quiz.example>\r\n"));
    assert!(mail.contains("\r\n..\r\n... and a dot\r\n"), "a dot does not end it: {mail}");
}

#[tokio::test]
async fn mails_one_after_the_other_share_a_conversation() {
    let server = Server::start(vec![]).await;
    let mailer = server.mailer("");
    for number in 0..5 {
        mailer.send(&letter(&format!("m{number}"))).await.unwrap();
    }
    assert_eq!((server.conversations(), server.mails().len()), (1, 5));
}

#[tokio::test]
async fn a_conversation_that_ended_meanwhile_costs_nothing() {
    let server = Server::start(vec![]).await;
    let mailer = server.mailer("");
    mailer.send(&letter("m1")).await.unwrap();
    server.now_says(vec![("NOOP", GONE)]);
    mailer.send(&letter("m2")).await.unwrap();
    assert_eq!((server.conversations(), server.mails().len()), (2, 2));
}

#[tokio::test]
async fn a_refusal_of_the_recipient_counts_against_the_address() {
    for said in ["550 5.1.1 <ann@example.com> unknown", "551 not local", "553 no"] {
        let server = Server::start(vec![("RCPT", said)]).await;
        let mailer = server.mailer("");
        let Err(MailFault::BadAddress(why)) = mailer.send(&letter("m1")).await else {
            panic!("{said}");
        };
        assert!(why.starts_with(&said[..3]) && !why.contains("example.com"), "{why}");
        // The same conversation goes on with the next mail.
        server.now_says(vec![]);
        mailer.send(&letter("m2")).await.unwrap();
        assert_eq!((server.conversations(), server.heard("RSET")), (1, 1));
    }
}

#[tokio::test]
async fn the_same_words_elsewhere_do_not() {
    for (line, said) in [
        ("MAIL", "550 5.7.1 you may not send as that"),
        ("RCPT", "550 5.7.1 your address is listed"),
        ("RCPT", "552 5.2.2 mailbox full"),
        ("DATA", "554 no"),
        ("(content)", "550 5.7.1 looks like spam"),
    ] {
        let server = Server::start(vec![(line, said)]).await;
        let refused = server.mailer("").send(&letter("m1")).await;
        assert!(matches!(refused, Err(MailFault::Refused(_))), "{line} {said}: {refused:?}");
    }
}

#[tokio::test]
async fn not_now_is_later() {
    for (line, said) in [
        ("MAIL", "450 4.7.1 slow down"),
        ("RCPT", "450 4.2.0 greylisted"),
        ("RCPT", "421 closing"),
        ("(content)", "451 4.3.0 disk"),
    ] {
        let server = Server::start(vec![(line, said)]).await;
        let mailer = server.mailer("");
        let refused = mailer.send(&letter("m1")).await;
        assert!(matches!(refused, Err(MailFault::Later(_))), "{line} {said}: {refused:?}");
        server.now_says(vec![]);
        mailer.send(&letter("m1")).await.unwrap();
    }
}

#[tokio::test]
async fn who_is_not_let_in_says_nothing_of_the_mail() {
    for (line, said) in [
        ("(greeting)", "554 go away"),
        ("(greeting)", "421 too busy"),
        ("(greeting)", GONE),
        ("(greeting)", SILENT),
        ("EHLO", "550 who are you"),
        ("MAIL", "530 5.7.0 authentication required"),
        ("MAIL", "421 closing"),
    ] {
        let server = Server::start(vec![(line, said)]).await;
        let away = server.mailer("").send(&letter("m1")).await;
        assert!(matches!(away, Err(MailFault::Unreachable(_))), "{line} {said}: {away:?}");
    }
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server::start(vec![]).await;
    let url = format!("smtp://127.0.0.1:{}", nobody.local_addr().unwrap().port());
    drop(nobody);
    let away = server.mailer_of(&url).send(&letter("m1")).await;
    assert!(matches!(away, Err(MailFault::Unreachable(_))), "{away:?}");
}

#[tokio::test]
async fn a_late_answer_is_never_taken_for_that_to_the_next_mail() {
    for line in ["MAIL", "RCPT", "DATA", "(content)"] {
        let server = Server::start(vec![(line, SILENT)]).await;
        let mailer = server.mailer("");
        let late = mailer.send(&letter("m1")).await;
        assert!(matches!(late, Err(MailFault::Later(_))), "{line}: {late:?}");
        server.now_says(vec![]);
        mailer.send(&letter("m2")).await.unwrap();
        assert_eq!(server.conversations(), 2, "{line}");
    }
}

#[tokio::test]
async fn one_that_hangs_up_in_the_middle_gets_the_mail_again() {
    let server = Server::start(vec![("(content)", GONE)]).await;
    let mailer = server.mailer("");
    assert!(matches!(mailer.send(&letter("m1")).await, Err(MailFault::Later(_))));
    server.now_says(vec![]);
    mailer.send(&letter("m1")).await.unwrap();
    let [first, again] = <[_; 2]>::try_from(server.mails()).unwrap();
    assert_eq!(first, again, "the same mail, by its Message-ID and every byte");
}

#[tokio::test]
async fn one_given_up_in_the_middle_disturbs_no_other() {
    let server = Server::start(vec![("RCPT", SILENT)]).await;
    let mailer = server.mailer("");
    let letter_one = letter("m1");
    let sending = mailer.send(&letter_one);
    assert!(tokio::time::timeout(Duration::from_millis(100), sending).await.is_err());
    server.now_says(vec![]);
    mailer.send(&letter("m2")).await.unwrap();
    assert_eq!((server.conversations(), server.mails().len()), (2, 1));
}

#[tokio::test]
async fn a_password_is_said_where_it_may_be_and_a_wrong_one_costs_no_mail() {
    let server = Server::start(vec![]).await;
    let url = |more: &str| format!("smtp://ann:secret@127.0.0.1:{}{more}", server.port);
    server.mailer_of(&url("")).send(&letter("m1")).await.unwrap();
    assert_eq!(server.heard("AUTH PLAIN AGFubgBzZWNyZXQ="), 1);
    server.now_says(vec![("AUTH", "535 5.7.8 wrong")]);
    let away = server.mailer_of(&url("")).send(&letter("m2")).await;
    assert!(matches!(away, Err(MailFault::Unreachable(_))), "{away:?}");
}

#[tokio::test]
async fn what_must_be_encrypted_is_not_said_without() {
    let server = Server::start(vec![]).await;
    let away = server.mailer("?tls=required").send(&letter("m1")).await;
    assert!(matches!(away, Err(MailFault::Unreachable(_))), "{away:?}");
    let url = format!("smtp://ann:secret@127.0.0.1:{}?tls=opportunistic", server.port);
    let away = server.mailer_of(&url).send(&letter("m1")).await;
    assert!(matches!(away, Err(MailFault::Unreachable(_))), "{away:?}");
    assert_eq!((server.heard("AUTH"), server.heard("MAIL")), (0, 0));
    server.mailer("?tls=opportunistic").send(&letter("m1")).await.unwrap();
    let url = format!("smtps://127.0.0.1:{}", server.port);
    let away = server.mailer_of(&url).send(&letter("m1")).await;
    assert!(matches!(away, Err(MailFault::Unreachable(_))), "{away:?}");
}

#[tokio::test]
async fn addresses_beyond_ascii_need_a_server_that_takes_them() {
    let server = Server::start(vec![]).await;
    let international =
        || Letter { to: Address::new("żółw@example.com").unwrap(), ..letter("m1") };
    let refused = server.mailer("").send(&international()).await;
    assert!(matches!(refused, Err(MailFault::Refused(_))), "{refused:?}");
    server.now_says(vec![("EHLO", "250-mail.quiz.example\r\n250-8BITMIME\r\n250 SMTPUTF8")]);
    server.mailer("").send(&international()).await.unwrap();
    assert_eq!(server.heard("MAIL FROM:<mail@quiz.example> SMTPUTF8"), 1);
}

#[tokio::test]
async fn many_at_once_each_have_their_conversation_and_a_few_are_kept() {
    let server = Server::start(vec![]).await;
    let mailer = Arc::new(server.mailer(""));
    let sending = (0..20).map(|number| {
        let mailer = Arc::clone(&mailer);
        tokio::spawn(async move { mailer.send(&letter(&format!("m{number}"))).await })
    });
    for sent in sending.collect::<Vec<_>>() {
        sent.await.unwrap().unwrap();
    }
    assert_eq!(server.mails().len(), 20);
    assert!(mailer.parked.lock().unwrap().len() <= MOST_PARKED);
}

#[tokio::test]
async fn a_server_with_the_right_certificate_is_believed_and_another_gets_nothing() {
    for (starts, url) in
        [(true, "smtps://ann:secret@localhost:"), (false, "smtp://ann:secret@localhost:")]
    {
        let server = Server::start_encrypted(starts).await;
        let url = format!("{url}{}?tls=required", server.port);
        server.mailer_of(&url).send(&letter("m1")).await.unwrap();
        assert_eq!((server.heard("AUTH"), server.mails().len()), (1, 1));
        // The certificate is for another name.
        let another = server.mailer_of(&url.replace("localhost", "127.0.0.1"));
        let away = another.send(&letter("m2")).await;
        assert!(matches!(away, Err(MailFault::Unreachable(_))), "{away:?}");
        // Nobody said that it may be believed.
        let settings = SmtpSettings::new(&url, "mail@quiz.example").unwrap();
        let strict = SmtpMailer::new(settings, Arc::new(November)).unwrap();
        let away = strict.send(&letter("m3")).await;
        assert!(matches!(away, Err(MailFault::Unreachable(_))), "{away:?}");
        assert_eq!((server.heard("AUTH"), server.mails().len()), (1, 1));
    }
}
