//! Disks that fail for a while, for real: a file system without room, and writes that the system refuses.

use std::{
    io::{BufRead as _, BufReader, Lines, Write as _},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::Arc,
};

use outrigger_domain::ports::{FeedStore as _, NoWebhooks, Store as _};
use outrigger_sqlite::{Options, SqliteStore};
use outrigger_store_story::{Heard, hello, message, user};

async fn open(folder: &Path) -> (Arc<SqliteStore>, Arc<Heard>) {
    let heard = Arc::new(Heard::default());
    let options = Options::new(format!("sqlite:{}/test.db", folder.display()));
    let store = SqliteStore::open(&options, heard.clone(), Arc::new(NoWebhooks)).await.unwrap();
    (store, heard)
}

/// Writes messages of 20 KB one after the other; gives the ids of those that were acknowledged.
async fn write(store: &SqliteStore, round: &str, count: usize) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for n in 0..count {
        let id = format!("{round}-{n}");
        let mut new = hello(&id, "ann", "ben", 0);
        new.message.text = Some("x".repeat(20_000));
        if store.insert_message(new).await.is_ok() {
            acknowledged.push(id);
        }
    }
    acknowledged
}

/// What was acknowledged was published, in this order, and is there; nothing else is.
async fn agrees(store: &SqliteStore, acknowledged: &[String], published: &[String]) {
    let expected: Vec<_> = acknowledged
        .iter()
        .flat_map(|id| [format!("user ben: received {id}"), format!("user ann: sent {id}")])
        .collect();
    assert_eq!(published, expected);
    for id in acknowledged {
        assert!(store.message(&message(id)).await.unwrap().is_some(), "{id} is lost");
    }
    for whose in ["ann", "ben"] {
        let feed = store.feed_after(&user(whose), 0, 10_000).await.unwrap();
        assert_eq!(feed.head, acknowledged.len() as u64);
        assert_eq!(feed.events.len(), acknowledged.len());
    }
    store.check().await.unwrap();
}

/// A small file system, until it is dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None` where mounting is not allowed; then `tests::a_full_disk_fails_the_group_and_passes` stands alone.
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"]).arg(folder.path());
        let mounted = mount.stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        mounted.then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a test that failed still has files open.
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[tokio::test]
async fn a_disk_without_room_fails_writes_until_there_is_some() {
    let Some(disk) = SmallDisk::mount() else { return };
    let folder = disk.0.path();
    let (store, heard) = open(folder).await;
    let mut acknowledged = write(&store, "before", 5).await;
    assert_eq!(acknowledged.len(), 5);
    let mut published = heard.lines();

    let ballast = folder.join("ballast");
    for round in ["first", "second"] {
        // As much as there is room for.
        let mut file = std::fs::File::create(&ballast).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
        drop(file);
        let full = write(&store, &format!("{round}-full"), 20).await;
        assert!(full.len() < 20, "there is no room for all");
        acknowledged.extend(full);
        std::fs::remove_file(&ballast).unwrap();

        let after = write(&store, &format!("{round}-after"), 5).await;
        assert_eq!(after.len(), 5, "there is room again");
        acknowledged.extend(after);
    }
    published.extend(heard.lines());
    agrees(&store, &acknowledged, &published).await;
    store.close().await;
    let (store, _) = open(folder).await;
    agrees(&store, &acknowledged, &published).await;
    store.close().await;
}

const FILE: &str = "OUTRIGGER_REFUSED_FOLDER";

/// Not a test by itself: the process whose writes are refused. It writes some each time it is asked to.
#[tokio::test]
async fn writes_when_asked() {
    let Ok(folder) = std::env::var(FILE) else { return };
    let (store, heard) = open(Path::new(&folder)).await;
    let mut acknowledged = Vec::new();
    let mut published = Vec::new();
    for (round, line) in std::io::stdin().lines().enumerate() {
        if line.unwrap() == "end" {
            break;
        }
        let written = write(&store, &round.to_string(), 5).await;
        println!("\nwrote {}", written.len());
        acknowledged.extend(written);
        published.extend(heard.lines());
    }
    agrees(&store, &acknowledged, &published).await;
    store.close().await;
    println!("\nagrees");
}

struct Writer {
    child: Child,
    asks: ChildStdin,
    says: Lines<BufReader<ChildStdout>>,
}

impl Writer {
    fn ask(&mut self, what: &str) -> String {
        writeln!(self.asks, "{what}").unwrap();
        let mut says = self.says.by_ref().map(Result::unwrap);
        says.find(|line| line.starts_with("wrote") || line == "agrees").unwrap()
    }

    /// How large a file it may write, in bytes.
    fn limit(&self, size: &str) {
        let pid = self.child.id().to_string();
        let mut prlimit = Command::new("prlimit");
        prlimit.args(["--pid", &pid, &format!("--fsize={size}:unlimited")]);
        assert!(prlimit.status().unwrap().success());
    }
}

#[tokio::test]
async fn a_disk_that_refuses_writes_is_tried_again() {
    if Command::new("prlimit").arg("--version").output().is_err() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // Beyond the limit a write fails with `EFBIG`, which SQLite takes for an I/O error; the signal that
    // comes with it would end the process.
    let mut child = Command::new("sh")
        .args(["-c", "trap '' XFSZ; exec \"$0\" --exact disk::writes_when_asked --nocapture"])
        .arg(std::env::current_exe().unwrap())
        .env(FILE, folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let asks = child.stdin.take().unwrap();
    let says = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut writer = Writer { child, asks, says };
    assert_eq!(writer.ask("write"), "wrote 5");
    for _ in 0..2 {
        writer.limit("4096");
        assert_eq!(writer.ask("write"), "wrote 0");
        writer.limit("unlimited");
        assert_eq!(writer.ask("write"), "wrote 5");
    }
    assert_eq!(writer.ask("end"), "agrees");
    assert!(writer.child.wait().unwrap().success());
}
