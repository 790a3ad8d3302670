//! The connections that read.

use std::sync::{PoisonError, RwLock};

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

use crate::{log, options::Options};

/// A pool that can be replaced by another one while it is in use.
pub(crate) struct Readers {
    pool: RwLock<SqlitePool>,
    limits: SqlitePoolOptions,
    connect: SqliteConnectOptions,
}

impl Readers {
    /// Opens the first connection.
    pub(crate) async fn open(
        options: &Options,
        connect: SqliteConnectOptions,
    ) -> sqlx::Result<Self> {
        let limits = SqlitePoolOptions::new()
            .max_connections(options.readers)
            .acquire_timeout(options.queue_wait)
            // A connection to a file does not go stale; asking it each time would double every read.
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None);
        let connect = connect.pragma("query_only", "ON");
        let pool = limits.clone().connect_with(connect.clone()).await?;
        Ok(Self { pool: RwLock::new(pool), limits, connect })
    }

    /// The pool of this moment.
    pub(crate) fn pool(&self) -> SqlitePool {
        self.pool.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Closes every connection, and lets new ones be opened. The old ones save what is in a log that only they
    /// still have; says whether one of them could.
    pub(crate) async fn replace(&self) -> bool {
        let new = self.limits.clone().connect_lazy_with(self.connect.clone());
        let old = {
            let mut pool = self.pool.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *pool, new)
        };
        let mut saved = false;
        let mut all = Vec::new();
        for _ in 0..old.size() {
            match old.acquire().await {
                Ok(mut db) => {
                    saved = log::save(&mut db).await || saved;
                    all.push(db);
                }
                Err(error) => tracing::warn!(%error, "a connection for reading did not come back"),
            }
        }
        drop(all);
        old.close().await;
        saved
    }

    /// Closes them for good.
    pub(crate) async fn close(&self) {
        self.pool().close().await;
    }
}
