//! What the audit log of sockets costs.

use std::time::{Duration, Instant};

use outrigger_domain::{
    commerce::{AuditFilter, AuditKind, Severity, SocketAudit},
    ports::{CommerceStore as _, Store as _},
};
use outrigger_store_story::{entry, hello, user};
use serde_json::json;
use sqlx::SqliteConnection;

use super::open;
use crate::{SqliteStore, writer::Write};

const BATCH: usize = 500;
const ENTRIES: usize = 100_000;

/// As busy connections make them: most are of low severity, of a thousand users.
fn batch(from: usize) -> Vec<SocketAudit> {
    let one = |n: usize| {
        let kind = match n % 20 {
            0 => AuditKind::UnauthorizedEvent,
            1 => AuditKind::AuthFailed,
            2..11 => AuditKind::Connected,
            _ => AuditKind::Disconnected,
        };
        let detail =
            json!({ "role": "user", "transport": "websocket", "reason": "transport close" });
        let whose = format!("user{}", n.wrapping_mul(2_654_435_761) % 1_000);
        SocketAudit { detail, ..entry(kind, &whose, i64::try_from(n).unwrap()) }
    };
    (from..from + BATCH).map(one).collect()
}

/// The same entries, a statement for each.
struct OneByOne(Vec<SocketAudit>);

impl Write for OneByOne {
    type Outcome = ();

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        for entry in &self.0 {
            sqlx::query(
                "INSERT INTO socket_audit (at, kind, severity, user, detail) VALUES (?, ?, ?, ?, ?)",
            )
            .bind(entry.at.ms())
            .bind(entry.kind.as_str())
            .bind(entry.kind.severity().as_str())
            .bind(entry.user.as_ref().map(|user| user.as_str()))
            .bind(entry.detail.to_string())
            .execute(&mut *db)
            .await?;
        }
        Ok(())
    }
}

async fn time(store: &SqliteStore, from: usize) -> Duration {
    let (batch, begin) = (batch(from), Instant::now());
    store.audit_sockets(batch).await.unwrap();
    begin.elapsed()
}

/// How long each of so many batches took, and a message behind each.
async fn batches(store: &SqliteStore, from: usize) -> (Duration, Duration) {
    let mut sums = (Duration::ZERO, Duration::ZERO);
    for n in (from..from + ENTRIES).step_by(BATCH) {
        let behind = async {
            tokio::task::yield_now().await;
            let begin = Instant::now();
            store.insert_message(hello(&format!("h{n}"), "eve", "zoe", 0)).await.unwrap();
            begin.elapsed()
        };
        let (took, behind) = tokio::join!(time(store, n), behind);
        sums = (sums.0 + took, sums.1 + behind);
    }
    let count = u32::try_from(ENTRIES / BATCH).unwrap();
    (sums.0 / count, sums.1 / count)
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn rate(batch: Duration) -> f64 {
    BATCH as f64 / batch.as_secs_f64()
}

/// Run it with `--ignored --nocapture`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a promise"]
async fn what_the_audit_log_costs() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    let mut alone = Duration::ZERO;
    for n in 0..200 {
        let begin = Instant::now();
        store.insert_message(hello(&format!("m{n}"), "eve", "zoe", 0)).await.unwrap();
        alone += begin.elapsed() / 200;
    }
    println!("a message by itself: {alone:?}");
    let mut filling = Duration::ZERO;
    for (name, from) in [("until it is full", 0), ("once it is full", ENTRIES)] {
        let (took, behind) = batches(&store, from).await;
        if from == 0 {
            filling = took;
        }
        println!(
            "{name}: {took:?} for {BATCH} entries, {:.0} entries/s, {:.1} times a message by itself, {:.2} times as \
             long as until it is full; a message behind it {behind:?}",
            rate(took),
            took.as_secs_f64() / alone.as_secs_f64(),
            took.as_secs_f64() / filling.as_secs_f64(),
        );
    }

    let other = tempfile::tempdir().unwrap();
    let (other, _) = open(&other).await;
    let (mut at_once, mut one_by_one) = (Duration::ZERO, Duration::ZERO);
    for n in (0..ENTRIES / 4).step_by(BATCH) {
        at_once += time(&other, n).await;
        let (batch, begin) = (batch(n), Instant::now());
        other.writer.write(OneByOne(batch)).await.unwrap();
        one_by_one += begin.elapsed();
    }
    println!(
        "a statement for each entry takes {:.2} times as long",
        one_by_one.as_secs_f64() / at_once.as_secs_f64()
    );
    let single = batch(0).into_iter().next().unwrap();
    let begin = Instant::now();
    for _ in 0..200 {
        other.audit_sockets(vec![single.clone()]).await.unwrap();
    }
    println!("one entry at a time: {:?} each", begin.elapsed() / 200);
    other.close().await;

    for (name, filter) in [
        ("everything", AuditFilter::default()),
        ("of a user", AuditFilter { user: Some(user("user7")), ..AuditFilter::default() }),
        ("of a kind", AuditFilter { kind: Some(AuditKind::AuthFailed), ..AuditFilter::default() }),
        ("severe", AuditFilter { least: Some(Severity::Medium), ..AuditFilter::default() }),
        ("none", AuditFilter { least: Some(Severity::High), ..AuditFilter::default() }),
    ] {
        let found = store.socket_audit(&filter, 500).await.unwrap().len();
        let begin = Instant::now();
        for _ in 0..50 {
            store.socket_audit(&filter, 500).await.unwrap();
        }
        println!("{name}: {found} of {ENTRIES} in {:?}", begin.elapsed() / 50);
    }
    store.close().await;
}
