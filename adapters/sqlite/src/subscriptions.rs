//! Browsers' push subscriptions.

use async_trait::async_trait;
use outrigger_domain::{
    ids::UserId,
    ports::{PushStore, StoreResult},
    push::{Subscribed, Subscription, Unsubscribed},
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqlitePool};

use crate::{failure::lookup, open::SqliteStore, writer::Write};

#[async_trait]
impl PushStore for SqliteStore {
    async fn subscribe(
        &self,
        user: &UserId,
        subscription: &Subscription,
        most: u32,
        at: Timestamp,
    ) -> StoreResult<Subscribed> {
        let (user, subscription) = (user.clone(), subscription.clone());
        self.writer.write(Subscribe { user, subscription, most, at }).await
    }

    async fn unsubscribe(&self, user: &UserId, endpoint: &str) -> StoreResult<Unsubscribed> {
        self.writer.write(Unsubscribe { user: user.clone(), endpoint: endpoint.to_owned() }).await
    }

    async fn subscriptions(&self, user: &UserId) -> StoreResult<Vec<Subscription>> {
        lookup(of(&self.readers.pool(), user).await)
    }
}

/// A user's subscriptions, oldest first.
async fn of(db: &SqlitePool, user: &UserId) -> sqlx::Result<Vec<Subscription>> {
    let user = user.as_str();
    sqlx::query_as!(
        Subscription,
        "SELECT endpoint, p256dh, auth FROM subscriptions WHERE user = ? ORDER BY position",
        user
    )
    .fetch_all(db)
    .await
}

async fn count(db: &mut SqliteConnection, user: &str) -> sqlx::Result<u64> {
    let count = sqlx::query_scalar!("SELECT count(*) FROM subscriptions WHERE user = ?", user)
        .fetch_one(db)
        .await?;
    Ok(count.unsigned_abs())
}

/// Keeps a subscription, and no more than `most` of the user.
struct Subscribe {
    user: UserId,
    subscription: Subscription,
    most: u32,
    at: Timestamp,
}

impl Write for Subscribe {
    type Outcome = Subscribed;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Subscribed> {
        let (user, at) = (self.user.as_str(), self.at.ms());
        let Subscription { endpoint, p256dh, auth } = &self.subscription;
        let duplicate = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM subscriptions
                   WHERE endpoint = ? AND user = ? AND p256dh = ? AND auth = ?) AS "duplicate!: bool""#,
            endpoint,
            user,
            p256dh,
            auth
        )
        .fetch_one(&mut *db)
        .await?;
        if !duplicate {
            // Whoever had it, and with whatever keys: a new one is the youngest.
            sqlx::query!("DELETE FROM subscriptions WHERE endpoint = ?", endpoint)
                .execute(&mut *db)
                .await?;
            sqlx::query!(
                "INSERT INTO subscriptions (user, endpoint, p256dh, auth, created_at)
                 VALUES (?, ?, ?, ?, ?)",
                user,
                endpoint,
                p256dh,
                auth,
                at
            )
            .execute(&mut *db)
            .await?;
            sqlx::query!(
                "DELETE FROM subscriptions WHERE position IN
                     (SELECT position FROM subscriptions WHERE user = ?
                      ORDER BY position DESC LIMIT -1 OFFSET ?)",
                user,
                self.most
            )
            .execute(&mut *db)
            .await?;
        }
        Ok(Subscribed { duplicate, count: count(db, user).await? })
    }
}

/// Ends a subscription.
struct Unsubscribe {
    user: UserId,
    endpoint: String,
}

impl Write for Unsubscribe {
    type Outcome = Unsubscribed;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Unsubscribed> {
        let user = self.user.as_str();
        let ended = sqlx::query!(
            "DELETE FROM subscriptions WHERE endpoint = ? AND user = ?",
            self.endpoint,
            user
        )
        .execute(&mut *db)
        .await?
        .rows_affected();
        Ok(Unsubscribed { found: ended > 0, count: count(db, user).await? })
    }
}
