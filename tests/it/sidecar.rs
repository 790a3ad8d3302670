//! A sidecar of the test's own: own folder, free ports, ended by its process id.

use std::{
    collections::HashMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

pub const BINARY: &str = env!("CARGO_BIN_EXE_outrigger");
pub const JWT_SECRET: &str = "test-jwt-secret-0123456789abcdefghij";
pub const INTERNAL_SECRET: &str = "test-internal-secret-0123456789abcdef";
pub const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Deserialize)]
struct Ready {
    public: SocketAddr,
    internal: SocketAddr,
}

pub struct Sidecar {
    pub public: SocketAddr,
    pub internal: SocketAddr,
    pub child: Child,
    _stdout: BufReader<ChildStdout>,
}

/// A command in a folder, with nothing of this machine's environment that could be a setting.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.args(arguments).current_dir(folder).env_clear().kill_on_drop(true);
    command.stdin(Stdio::null());
    command
}

pub fn settings(folder: &Path) -> HashMap<String, String> {
    [
        ("JWT_SECRET", JWT_SECRET.to_owned()),
        ("INTERNAL_SECRET", INTERNAL_SECRET.to_owned()),
        ("DATABASE_URL", format!("sqlite:{}", database(folder).display())),
        ("BIND", "127.0.0.1".to_owned()),
        ("PORT", "0".to_owned()),
        ("INTERNAL_ADDR", "127.0.0.1:0".to_owned()),
        ("LOG_FORMAT", "json".to_owned()),
        ("SHUTDOWN_NOTICE_MS", "200".to_owned()),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value))
    .collect()
}

pub fn database(folder: &Path) -> PathBuf {
    folder.join("outrigger.db")
}

impl Sidecar {
    pub async fn start(folder: &TempDir) -> Self {
        Self::start_with(folder, &[]).await
    }

    pub async fn start_with(folder: &TempDir, more: &[(&str, &str)]) -> Self {
        let mut child = command(folder.path(), &["serve"])
            .envs(settings(folder.path()))
            .envs(more.iter().copied())
            .stdout(Stdio::piped())
            .stderr(log_file(folder.path()))
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        timeout(PATIENCE, stdout.read_line(&mut line))
            .await
            .expect("a ready line in time")
            .unwrap();
        let ready: Ready = serde_json::from_str(&line).unwrap_or_else(|_| {
            let log = std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
            panic!("no ready line but {line:?}; the log says:\n{log}")
        });
        Self { public: ready.public, internal: ready.internal, child, _stdout: stdout }
    }

    /// `kill -9`, and waits until the process is gone.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    pub fn terminate(&self) {
        let id = self.child.id().expect("the process runs").to_string();
        assert!(
            std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success()
        );
    }

    pub async fn exit_code(&mut self) -> Option<i32> {
        timeout(PATIENCE, self.child.wait())
            .await
            .expect("the end of the process in time")
            .unwrap()
            .code()
    }

    /// An internal call; gives the answer's JSON.
    pub async fn call(&self, path: &str, body: Value) -> Value {
        let answer = reqwest::Client::new()
            .post(format!("http://{}{path}", self.internal))
            .bearer_auth(INTERNAL_SECRET)
            .json(&body)
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let json: Value = answer.json().await.unwrap();
        assert!(status.is_success(), "{path} answered {status}: {json}");
        json
    }

    /// Makes users known, so that messages can be sent to them.
    pub async fn know(&self, users: &[&str]) {
        for user in users {
            let answer = reqwest::Client::new()
                .put(format!("http://{}/internal/users/{user}", self.internal))
                .bearer_auth(INTERNAL_SECRET)
                .json(&json!({ "email": format!("{user}@example.com") }))
                .send()
                .await
                .unwrap();
            assert!(answer.status().is_success(), "{user}: {}", answer.text().await.unwrap());
        }
    }
}

fn log_file(folder: &Path) -> Stdio {
    let log =
        std::fs::OpenOptions::new().create(true).append(true).open(folder.join("log")).unwrap();
    Stdio::from(log)
}

/// A token as the app would make it.
pub fn token(user: &str) -> String {
    let now = std::process::Command::new("date").arg("+%s").output().unwrap().stdout;
    let now: u64 = String::from_utf8(now).unwrap().trim().parse().unwrap();
    let claims = json!({
        "userId": user,
        "email": format!("{user}@example.com"),
        "isAdmin": false,
        "iat": now,
        "exp": now + 3600,
    });
    let key = jsonwebtoken::EncodingKey::from_secret(JWT_SECRET.as_bytes());
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap()
}
