//! A small mail server.

use std::sync::{Arc, Mutex};

use lettre::transport::smtp::client::Certificate;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

use super::{Duration, November, SmtpMailer, SmtpSettings};

/// What it says other than usual: the first of these whose words the client's line begins with.
pub(super) type Says = Vec<(&'static str, &'static str)>;

/// Says nothing and waits.
pub(super) const SILENT: &str = "";

/// Says nothing and hangs up.
pub(super) const GONE: &str = "!";

#[derive(Default)]
struct Heard {
    conversations: usize,
    lines: Vec<String>,
    mails: Vec<String>,
}

/// Says what it is told to, and knows what it heard.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) port: u16,
    says: Arc<Mutex<Says>>,
    heard: Arc<Mutex<Heard>>,
    /// Its certificate, if it has one, to be believed by those who are told so.
    certificate: Vec<Certificate>,
}

impl Server {
    pub(super) async fn start(says: Says) -> Self {
        let (server, listener) = Self::bind(says).await;
        let of_it = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = of_it.clone();
                server.heard.lock().unwrap().conversations += 1;
                tokio::spawn(async move { server.converse(stream, "(greeting)").await });
            }
        });
        server
    }

    /// One for `localhost` that is encrypted from the start, or else after `STARTTLS`.
    pub(super) async fn start_encrypted(from_the_start: bool) -> Self {
        let issued = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let says = if from_the_start {
            vec![]
        } else {
            vec![("EHLO", "250-mail.quiz.example\r\n250-AUTH PLAIN\r\n250 STARTTLS")]
        };
        let (mut server, listener) = Self::bind(says).await;
        server.certificate = vec![Certificate::from_pem(issued.cert.pem().as_bytes()).unwrap()];
        let key =
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(issued.signing_key.serialize_der()));
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![issued.cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let of_it = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(of_it.clone().encrypt(stream, acceptor.clone(), from_the_start));
            }
        });
        server
    }

    async fn bind(says: Says) -> (Self, TcpListener) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            says: Arc::new(Mutex::new(says)),
            heard: Arc::default(),
            certificate: Vec::new(),
        };
        (server, listener)
    }

    async fn encrypt(self, stream: TcpStream, acceptor: TlsAcceptor, from_the_start: bool) {
        let (stream, first) = if from_the_start {
            (Some(stream), "(greeting)")
        } else {
            (self.converse(stream, "(greeting)").await, "(nothing)")
        };
        let Some(stream) = stream else { return };
        // A client that does not believe in the certificate hangs up.
        if let Ok(stream) = acceptor.accept(stream).await {
            self.converse(stream, first).await;
        }
    }

    /// Until the client hangs up, or wants to be encrypted: then the stream comes back.
    async fn converse<S>(&self, stream: S, first: &str) -> Option<S>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut stream = BufReader::new(stream);
        let (mut line, mut mail) = (first.to_owned(), None::<String>);
        loop {
            let words = line.trim_end().to_owned();
            let answer = self.hear(&words, &line, &mut mail);
            match answer.as_deref() {
                Some(GONE) => return None,
                Some(SILENT) | None => {}
                Some(said) => {
                    let said = format!("{said}\r\n");
                    stream.get_mut().write_all(said.as_bytes()).await.ok()?;
                    stream.get_mut().flush().await.ok()?;
                    if words == "STARTTLS" {
                        return Some(stream.into_inner());
                    }
                    if said.starts_with("221") || said.starts_with("421") {
                        return None;
                    }
                }
            }
            line.clear();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    fn hear(&self, words: &str, line: &str, mail: &mut Option<String>) -> Option<String> {
        match mail {
            Some(text) if words != "." => {
                text.push_str(line);
                None
            }
            Some(_) => {
                self.heard.lock().unwrap().mails.extend(mail.take());
                Some(self.answer("(content)"))
            }
            None => {
                self.heard.lock().unwrap().lines.push(words.to_owned());
                let said = self.answer(words);
                *mail = said.starts_with("354").then(String::new);
                Some(said)
            }
        }
    }

    fn answer(&self, line: &str) -> String {
        let says = self.says.lock().unwrap();
        if let Some((_, said)) = says.iter().find(|(words, _)| line.starts_with(words)) {
            return (*said).to_owned();
        }
        match line.split(' ').next().unwrap_or_default() {
            "(greeting)" => "220 mail.quiz.example ready",
            "(nothing)" => SILENT,
            "EHLO" => "250-mail.quiz.example\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME",
            "AUTH" => "235 2.7.0 welcome",
            "STARTTLS" => "220 go on",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 2.0.0 fine",
        }
        .to_owned()
    }

    pub(super) fn mailer(&self, more: &str) -> SmtpMailer {
        self.mailer_of(&format!("smtp://127.0.0.1:{}{more}", self.port))
    }

    /// One that gives up soon, and believes in the server's certificate.
    pub(super) fn mailer_of(&self, url: &str) -> SmtpMailer {
        let settings = SmtpSettings::new(url, "Quiz Blog <mail@quiz.example>").unwrap();
        let settings = settings.with_timeout(Duration::from_millis(500));
        SmtpMailer::trusting(settings, Arc::new(November), &self.certificate).unwrap()
    }

    pub(super) fn now_says(&self, says: Says) {
        *self.says.lock().unwrap() = says;
    }

    /// How many lines began with this.
    pub(super) fn heard(&self, line: &str) -> usize {
        let heard = self.heard.lock().unwrap();
        heard.lines.iter().filter(|heard| heard.starts_with(line)).count()
    }

    pub(super) fn conversations(&self) -> usize {
        self.heard.lock().unwrap().conversations
    }

    pub(super) fn mails(&self) -> Vec<String> {
        self.heard.lock().unwrap().mails.clone()
    }
}
