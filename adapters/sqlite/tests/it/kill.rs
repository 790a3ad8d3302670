//! Acknowledged means committed: a process is killed while it writes, and everything it had acknowledged is
//! in the file.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    sync::Arc,
};

use outrigger_domain::{
    messaging::Page,
    ports::{FeedStore as _, NoWebhooks, Store as _},
};
use outrigger_sqlite::{Options, SqliteStore};
use outrigger_store_story::{Heard, hello, message, user};

const FILE: &str = "OUTRIGGER_KILLED_FILE";
const ACKNOWLEDGED: &str = "acknowledged ";

/// Not a test by itself: the process that is killed. It ends by itself after a while.
#[tokio::test]
async fn writes_until_killed() {
    let Ok(url) = std::env::var(FILE) else { return };
    let store =
        SqliteStore::open(&Options::new(url), Arc::new(Heard::default()), Arc::new(NoWebhooks))
            .await
            .unwrap();
    let writers = (0..16).map(|writer| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            for n in 0..5_000 {
                let id = format!("m{writer}-{n}");
                store.insert_message(hello(&id, "ann", "ben", n)).await.unwrap();
                println!("{ACKNOWLEDGED}{id}");
            }
        })
    });
    futures_util::future::join_all(writers).await;
}

#[tokio::test]
async fn a_killed_process_loses_nothing_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}/test.db", folder.path().display());
    for round in 1..=3 {
        let _ = std::fs::remove_file(folder.path().join("test.db"));
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kill::writes_until_killed", "--nocapture"])
            .env(FILE, &url)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let acknowledged =
            |line: String| line.split_once(ACKNOWLEDGED).map(|(_, id)| id.trim().to_owned());
        let mut ids: Vec<_> = lines.by_ref().filter_map(acknowledged).take(round * 300).collect();
        child.kill().unwrap();
        child.wait().unwrap();
        // What it said between the last line read and its end. Its last line may be cut off.
        let mut rest: Vec<_> = lines.filter_map(acknowledged).collect();
        rest.pop();
        ids.append(&mut rest);
        assert!(ids.len() >= round * 300, "it was killed while it wrote");

        let store = SqliteStore::open(
            &Options::new(&url),
            Arc::new(Heard::default()),
            Arc::new(NoWebhooks),
        )
        .await
        .unwrap();
        for id in &ids {
            assert!(store.message(&message(id)).await.unwrap().is_some(), "{id} is lost");
        }
        let page = Page { before: None, limit: 1_000_000 };
        let stored = store.conversation(&user("ann"), &user("ben"), &page).await.unwrap().len();
        let unread = store.partners(&user("ben"), 1).await.unwrap()[0].unread;
        assert_eq!(unread, stored as u64, "what is derived is never half written");
        for whose in ["ann", "ben"] {
            let feed = store.feed_after(&user(whose), u64::MAX, 0).await.unwrap();
            assert_eq!(feed.head, stored as u64, "each has its place in the feed of {whose}");
        }
        store.close().await;
    }
}
