//! A handler that does what events are named after, and remembers what it was told.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use outrigger_transport::{
    Admission, Args, Conn, ConnKey, Frame, Gone, Handshake, NamespaceHandler, Refusal, Reply,
};
use serde_json::{Value, json};
use tokio::{
    sync::{Semaphore, watch},
    time::timeout,
};

use crate::server::{PATIENCE, until};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Entered,
    Connected,
    /// The event's name and its first argument.
    Event(String, String),
    Gone(Gone),
}

#[derive(Debug, Clone)]
pub struct Told {
    pub key: ConnKey,
    pub name: String,
    pub what: What,
}

pub struct Recorder {
    log: watch::Sender<Vec<Told>>,
    /// Handlers of `wait` pass when something was added here.
    pub gate: Semaphore,
    /// Requests that are not Socket.IO's and have come; they wait at the gate.
    pub arrived: Semaphore,
    at_work: Mutex<HashMap<ConnKey, usize>>,
    /// Events of one socket that were handled at the same time, at most.
    pub most_at_once: AtomicUsize,
    /// What of the handshake was seen last.
    pub handshake: Mutex<Value>,
}

impl Default for Recorder {
    fn default() -> Self {
        Self {
            log: watch::Sender::default(),
            gate: Semaphore::new(0),
            arrived: Semaphore::new(0),
            at_work: Mutex::default(),
            most_at_once: AtomicUsize::new(0),
            handshake: Mutex::default(),
        }
    }
}

/// Whoever has this name is greeted before anything else can happen.
pub const HASTY: &str = "hasty";

pub fn name_of(conn: &Conn) -> String {
    conn.state::<String>().unwrap().to_string()
}

fn told_of(log: &[Told], name: &str) -> Vec<What> {
    log.iter().filter(|told| told.name == name).map(|told| told.what.clone()).collect()
}

impl Recorder {
    fn note(&self, conn: &Conn, what: What) {
        let told = Told { key: conn.key(), name: name_of(conn), what };
        self.log.send_modify(|log| log.push(told));
    }

    pub fn log(&self) -> Vec<Told> {
        self.log.borrow().clone()
    }

    /// What was told of a client.
    pub fn of(&self, name: &str) -> Vec<What> {
        told_of(&self.log.borrow(), name)
    }

    /// Waits until what was told of a client is so.
    pub async fn until(&self, name: &str, done: impl Fn(&[What]) -> bool) {
        let mut log = self.log.subscribe();
        let reached = log.wait_for(|log| done(&told_of(log, name)));
        let reached = timeout(PATIENCE, reached).await.is_ok();
        assert!(reached, "{name}: {:?}", self.of(name));
    }

    /// Waits until an event is being handled for the first time.
    pub async fn until_at_work(&self) {
        until(|| self.most_at_once.load(Ordering::Acquire) > 0, || "nothing".to_owned()).await;
    }

    /// Waits for a client's end; gives why.
    pub async fn gone(&self, name: &str) -> Gone {
        self.until(name, |told| told.iter().any(|what| matches!(what, What::Gone(_)))).await;
        let gone = self.of(name).into_iter().find_map(|what| match what {
            What::Gone(reason) => Some(reason),
            _ => None,
        });
        gone.unwrap()
    }

    /// Waits until each socket is gone; then its `connected` came first, and its `disconnected` last and once.
    pub async fn until_whole(&self) {
        let count = |log: &[Told], wanted: fn(&What) -> bool| {
            log.iter().filter(|told| wanted(&told.what)).count()
        };
        let mut log = self.log.subscribe();
        let whole = log.wait_for(|log| {
            let gone = count(log, |what| matches!(what, What::Gone(_)));
            count(log, |what| *what == What::Entered) == gone
        });
        let whole = timeout(PATIENCE, whole).await.is_ok();
        assert!(whole, "{:?}", self.log());
        let mut by_key: HashMap<ConnKey, Vec<What>> = HashMap::new();
        for told in self.log() {
            by_key.entry(told.key).or_default().push(told.what);
        }
        for told in by_key.values() {
            assert_eq!(told[..2], [What::Entered, What::Connected], "{told:?}");
            assert!(matches!(told.last(), Some(What::Gone(_))), "{told:?}");
            let middle = &told[2..told.len() - 1];
            assert!(middle.iter().all(|what| matches!(what, What::Event(..))), "{told:?}");
        }
    }
}

fn text(auth: Option<&Value>, field: &str) -> Option<String> {
    auth?.get(field)?.as_str().map(str::to_owned)
}

#[async_trait]
impl NamespaceHandler for Recorder {
    async fn admit(
        &self,
        handshake: &Handshake,
        auth: Option<&Value>,
    ) -> Result<Admission, Refusal> {
        *self.handshake.lock().unwrap() = json!({
            "path": handshake.path,
            "peer": handshake.peer,
            "forwarded": handshake.forwarded,
            "userAgent": handshake.user_agent,
            "authorization": handshake.authorization,
            "cookie": handshake.cookie("authToken"),
            "limited": handshake.limited_address(),
            "debug": format!("{handshake:?}"),
        });
        match text(auth, "admit").as_deref() {
            Some("refuse") => {
                return Err(Refusal { message: "not you".into(), counts_as_failure: false });
            }
            Some("bad token") => {
                return Err(Refusal { message: "bad token".into(), counts_as_failure: true });
            }
            Some("panic") => panic!("asked to"),
            Some("never") => std::future::pending().await,
            Some("slow") => tokio::time::sleep(Duration::from_millis(30)).await,
            _ => {}
        }
        let rooms = auth.and_then(|auth| auth["rooms"].as_array().cloned()).unwrap_or_default();
        Ok(Admission {
            rooms: rooms.iter().map(|room| room.as_str().unwrap().into()).collect(),
            state: Arc::new(text(auth, "name").unwrap_or_default()),
            owner: text(auth, "owner").map(Into::into),
            owner_limit: auth.and_then(|auth| auth["limit"].as_u64()).unwrap_or(1000) as usize,
        })
    }

    fn entered(&self, conn: &Arc<Conn>) {
        self.note(conn, What::Entered);
        if name_of(conn) == HASTY {
            conn.send(&Frame::new("hello", &1).unwrap());
        }
    }

    async fn connected(&self, conn: &Arc<Conn>) {
        // Whoever comes second would overtake here.
        tokio::task::yield_now().await;
        self.note(conn, What::Connected);
    }

    async fn event(&self, conn: &Arc<Conn>, event: &str, args: Args) -> Reply {
        let first = args.get(0).map(|value| value.get().to_owned()).unwrap_or_default();
        {
            let mut at_work = self.at_work.lock().unwrap();
            let count = at_work.entry(conn.key()).or_default();
            *count += 1;
            self.most_at_once.fetch_max(*count, Ordering::AcqRel);
        }
        if event == "yield" {
            // As if at random, but the same each time.
            for _ in 0..first.parse::<u32>().unwrap().wrapping_mul(2_654_435_761) >> 29 {
                tokio::task::yield_now().await;
            }
        }
        if event == "wait" {
            self.gate.acquire().await.unwrap().forget();
        }
        self.note(conn, What::Event(event.to_owned(), first));
        *self.at_work.lock().unwrap().get_mut(&conn.key()).unwrap() -= 1;
        match event {
            "echo" => Reply::Value(args.get(0).unwrap().get().to_owned()),
            "refuse" => Reply::Refused { error: "no".to_owned() },
            "panic" => panic!("asked to"),
            "disconnect-me" => {
                conn.send(&Frame::new("last", "word").unwrap());
                Reply::Disconnect
            }
            "binary" => Reply::json(&args.first::<Value>().is_err()),
            _ => Reply::None,
        }
    }

    async fn disconnected(&self, conn: &Arc<Conn>, reason: Gone) {
        tokio::task::yield_now().await;
        self.note(conn, What::Gone(reason));
    }
}
