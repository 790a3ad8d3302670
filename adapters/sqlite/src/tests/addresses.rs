//! What it costs to read addresses with messages.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use outrigger_domain::{accounts::UserPatch, ports::Store as _};
use outrigger_store_story::{at, hello, user};
use sqlx::{Row as _, sqlite::SqliteRow};

use super::{Sql, open};
use crate::SqliteStore;

const USERS: usize = 200;
const MESSAGES: usize = 5_000;
const ROUNDS: usize = 20;
const READS: usize = 200;

/// The views as they were before they had addresses.
const BEFORE: &str = "
    CREATE VIEW profiles_before (id, name, image) AS
    SELECT id,
        CASE WHEN trim(name, white) <> '' THEN name
        ELSE nullif(trim(trim(coalesce(first_name, ''), white) || ' ' || trim(coalesce(last_name, ''), white)), '') END,
        profile_image
    FROM (SELECT id, first_name, last_name, name, profile_image,
              char(9, 10, 11, 12, 13, 32, 133, 160, 5760, 8192, 8193, 8194, 8195, 8196, 8197, 8198, 8199, 8200, 8201,
                  8202, 8232, 8233, 8239, 8287, 12288) AS white
          FROM users);
    CREATE VIEW shown_before AS
    SELECT m.position, m.id, m.sender, m.receiver, m.chat, m.text, m.image, m.client_id, m.digest, m.created_at,
        m.updated_at, m.delivered_at, m.read_at, s.name AS sender_name, s.image AS sender_image,
        r.name AS receiver_name, r.image AS receiver_image
    FROM messages AS m
    LEFT JOIN profiles_before AS s ON s.id = m.sender
    LEFT JOIN profiles_before AS r ON r.id = m.receiver";

const COLUMNS: &str = "id, sender, receiver, chat, text, image, client_id, created_at, updated_at, delivered_at, \
    read_at, sender_name, sender_image, receiver_name, receiver_image";

/// Reads as often as a round does, and takes each column out of each row as the store does.
async fn time(store: &SqliteStore, query: &str, round: usize) -> Duration {
    let (pool, begin) = (store.readers.pool(), Instant::now());
    for n in 0..READS {
        let id = format!("m{}", (round * READS + n) % MESSAGES);
        let rows: Vec<SqliteRow> = sqlx::query(query).bind(id).fetch_all(&pool).await.unwrap();
        for row in &rows {
            let texts = (0..row.len()).filter(|column| !(7..11).contains(column));
            let length: usize = texts
                .map(|column| row.get::<Option<String>, _>(column).map_or(0, |text| text.len()))
                .sum();
            assert!(length > 0);
        }
    }
    begin.elapsed()
}

/// Run it with `--ignored --nocapture`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a promise"]
async fn what_addresses_cost() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    store.writer.write(Sql(BEFORE)).await.unwrap();
    join_all((0..USERS).map(async |n| {
        let patch = UserPatch {
            email: Some(format!("user{n}@example.com")),
            first_name: Some("Ann".into()),
            last_name: Some(format!("Lee {n}")),
            ..UserPatch::default()
        };
        store.upsert_user(&user(&format!("u{n}")), &patch, at(0), None).await.unwrap();
    }))
    .await;
    join_all((0..MESSAGES).map(async |n| {
        // A room, and talks of each user with one other.
        let to = if n % 2 == 0 { "#room".to_owned() } else { format!("u{}", (n + 1) % USERS) };
        let ms = i64::try_from(n).unwrap();
        let new = hello(&format!("m{n}"), &format!("u{}", n % USERS), &to, ms);
        store.insert_message(new).await.unwrap();
    }))
    .await;

    for (name, condition) in [
        ("one message", "WHERE id = ?"),
        (
            "50 messages of a room",
            "WHERE chat = iif(? = '', '', 'room') ORDER BY created_at DESC, position DESC LIMIT 50",
        ),
    ] {
        let before = format!("SELECT {COLUMNS} FROM shown_before {condition}");
        let now = format!(
            "SELECT {COLUMNS}, sender_email, receiver_email FROM shown_messages {condition}"
        );
        let mut sums = [Duration::ZERO; 2];
        for round in 0..ROUNDS {
            sums[0] += time(&store, &before, round).await;
            sums[1] += time(&store, &now, round).await;
        }
        let reads = u32::try_from(ROUNDS * READS).unwrap();
        println!(
            "{name}: {:?} without addresses, {:?} with them, {:.3} times as long",
            sums[0] / reads,
            sums[1] / reads,
            sums[1].as_secs_f64() / sums[0].as_secs_f64()
        );
    }
    store.close().await;
}
