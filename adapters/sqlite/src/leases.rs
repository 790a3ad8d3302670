//! Who is connected, and to which process.

use async_trait::async_trait;
use outrigger_domain::{
    ids::UserId,
    ports::{Lease, LeaseChange, LeaseStore, StoreResult},
    time::Timestamp,
    webhooks::NewWebhook,
};
use sqlx::{SqliteConnection, SqlitePool};

use crate::{
    failure::{lookup, unsound},
    open::SqliteStore,
    outbox::OutboxChange,
    writer::Write,
};

#[async_trait]
impl LeaseStore for SqliteStore {
    async fn leases(&self) -> StoreResult<Vec<Lease>> {
        lookup(all(&self.readers.pool()).await)
    }

    async fn change_leases(&self, change: LeaseChange) -> StoreResult<()> {
        self.writer.write(Change(change)).await.map(drop)
    }

    async fn renew_leases(&self, node: &str, until: Timestamp) -> StoreResult<()> {
        self.writer.write(Renew { node: node.to_owned(), until }).await
    }
}

async fn all(db: &SqlitePool) -> sqlx::Result<Vec<Lease>> {
    let rows = sqlx::query!(
        "SELECT user, node, since, until FROM leases JOIN nodes USING (node) ORDER BY user"
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Lease {
                user: UserId::try_from(row.user).map_err(unsound)?,
                node: row.node,
                since: Timestamp::from_ms(row.since),
                until: Timestamp::from_ms(row.until),
            })
        })
        .collect()
}

/// Users came and left. Who is named as both is there: a lease ends by itself, a missing one does not come back.
struct Change(LeaseChange);

impl Write for Change {
    /// What the app is told.
    type Outcome = Vec<NewWebhook>;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Vec<NewWebhook>> {
        let change = &self.0;
        if !change.left.is_empty() {
            let left = serde_json::to_string(&change.left).map_err(unsound)?;
            sqlx::query!("DELETE FROM leases WHERE user IN (SELECT value FROM json_each(?))", left)
                .execute(&mut *db)
                .await?;
        }
        if !change.came.is_empty() {
            let came = serde_json::to_string(&change.came).map_err(unsound)?;
            let (at, until) = (change.at.ms(), change.until.ms());
            sqlx::query!(
                "INSERT INTO nodes (node, until) VALUES (?, ?)
                 ON CONFLICT (node) DO UPDATE SET until = excluded.until",
                change.node,
                until
            )
            .execute(&mut *db)
            .await?;
            sqlx::query!(
                "INSERT INTO leases (user, node, since)
                 SELECT value, ?1, ?2 FROM json_each(?3) WHERE true
                 ON CONFLICT (user) DO UPDATE SET node = excluded.node",
                change.node,
                at,
                came
            )
            .execute(db)
            .await?;
        }
        Ok(change.webhooks.clone())
    }

    fn outbox(outcome: &mut Vec<NewWebhook>) -> OutboxChange {
        OutboxChange { add: std::mem::take(outcome), ..OutboxChange::default() }
    }
}

/// A process is alive.
struct Renew {
    node: String,
    until: Timestamp,
}

impl Write for Renew {
    type Outcome = ();

    fn is_one_statement(&self) -> bool {
        true
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        let until = self.until.ms();
        sqlx::query!("UPDATE nodes SET until = ? WHERE node = ?", until, self.node)
            .execute(db)
            .await?;
        Ok(())
    }
}
