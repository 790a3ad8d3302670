//! The way into the feeds: whom an event is for, and its place in the feed of each.

use std::collections::HashMap;

use outrigger_domain::{
    chats::{everyone, pairs, the_pair},
    events::{Audience, Published, Seqs},
    feed::Entry,
    ids::{ChatId, DeviceId, UserId},
};
use sqlx::SqliteConnection;

use crate::{chats, failure::unsound, users};

/// A feed is cut back to its length each time it has grown by so many events: a statement for each event that
/// pushes one out would cost more than these rows.
const CUT_EVERY: i64 = 64;
/// An event for more users than this has a statement of its own, in which it stands once and not once for each.
const FEW: usize = 8;
/// Bytes of rows that go into one statement, and one more event.
const SHEET: usize = 256 * 1024;

/// An event, and the feeds it is for.
#[derive(Debug)]
pub(crate) struct Addressed {
    pub(crate) event: Published,
    /// How it is kept, if it is.
    entry: Option<Entry>,
    /// For whom, each once.
    to: Vec<UserId>,
}

/// Finds out for whom an event is, as things are at this point of the transaction.
pub(crate) async fn address(
    db: &mut SqliteConnection,
    event: Published,
) -> sqlx::Result<Addressed> {
    let entry = Entry::of(&event);
    let mut to = match &event.audience {
        _ if entry.is_none() => Vec::new(),
        Audience::User(user) | Audience::OtherDevices(user, _) => vec![user.clone()],
        Audience::Users(users) => users.clone(),
        Audience::Chat(chat) => in_chat(db, chat).await?,
        // They are for no users in particular: there is no entry for them.
        Audience::Role(_)
        | Audience::Device(..)
        | Audience::Token(_)
        | Audience::Tracked { .. }
        | Audience::Subscribers(_)
        | Audience::Quiz(_)
        | Audience::Support(_)
        | Audience::All
        | Audience::Except { .. }
        | Audience::ExceptSocket { .. } => Vec::new(),
    };
    // One who is named twice is told once.
    to.sort_unstable();
    to.dedup();
    Ok(Addressed { event, entry, to })
}

/// Whoever may be in a chat: those whom the app made members, and the two whose conversation it is.
async fn in_chat(db: &mut SqliteConnection, chat: &ChatId) -> sqlx::Result<Vec<UserId>> {
    let mut found = chats::members(&mut *db, chat).await?;
    let readings = pairs(chat);
    let known = match readings.as_slice() {
        [] | [_] => Vec::new(),
        many => users::find_all(db, &everyone(many)).await?,
    };
    if let Some((a, b)) = the_pair(&readings, |id| known.iter().any(|known| known.id == *id)) {
        found.extend([a.clone(), b.clone()]);
    }
    Ok(found)
}

/// Feeds of a certain length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Feeds {
    keep: i64,
}

impl Feeds {
    /// Feeds that keep this many events, and a few more for a while.
    pub(crate) fn keeping(events: u64) -> Self {
        Self { keep: i64::try_from(events).unwrap_or(i64::MAX) }
    }

    /// Puts events into their feeds in this order, and their places into the events. Many go into one statement:
    /// what a group of writes tells costs a few.
    pub(crate) async fn put<'a>(
        self,
        db: &mut SqliteConnection,
        events: impl Iterator<Item = &'a mut Addressed>,
    ) -> sqlx::Result<()> {
        let mut sheet = Sheet::default();
        for addressed in events {
            if addressed.to.len() > FEW {
                self.put_sheet(db, &mut sheet).await?;
                self.put_one(db, addressed).await?;
            } else {
                sheet.add(addressed)?;
                if sheet.rows.len() > SHEET {
                    self.put_sheet(db, &mut sheet).await?;
                }
            }
        }
        self.put_sheet(db, &mut sheet).await
    }

    async fn put_sheet(self, db: &mut SqliteConnection, sheet: &mut Sheet<'_>) -> sqlx::Result<()> {
        let Sheet { rows, mut events } = std::mem::take(sheet);
        if rows.is_empty() {
            // Whoever they are for, there is nobody.
            return self.settle(db, Vec::new(), &mut events).await;
        }
        let rows = format!("[{rows}]");
        let put = sqlx::query_as!(
            Place,
            r#"INSERT INTO feed (user, seq, at, kind, subject, detail, except_device)
               SELECT user,
                   coalesce((SELECT max(seq) FROM feed WHERE feed.user = new.user), 0)
                       + row_number() OVER (PARTITION BY user ORDER BY key),
                   at, kind, subject, detail, except_device
               FROM (SELECT key, value ->> 0 AS user, value ->> 1 AS at, value ->> 2 AS kind,
                         value ->> 3 AS subject, value ->> 4 AS detail, value ->> 5 AS except_device
                     FROM json_each(?)) AS new
               RETURNING user AS "user!", seq AS "seq!""#,
            rows
        )
        .fetch_all(&mut *db)
        .await?;
        self.settle(db, put, &mut events).await
    }

    /// One event for many users.
    async fn put_one(
        self,
        db: &mut SqliteConnection,
        addressed: &mut Addressed,
    ) -> sqlx::Result<()> {
        let Some(entry) = &addressed.entry else { return Ok(()) };
        let users = serde_json::to_string(&addressed.to).map_err(unsound)?;
        let (at, kind) = (addressed.event.at.ms(), entry.kind.as_str());
        let except = entry.except.as_ref().map(DeviceId::as_str);
        let put = sqlx::query_as!(
            Place,
            r#"INSERT INTO feed (user, seq, at, kind, subject, detail, except_device)
               SELECT value, coalesce((SELECT max(seq) FROM feed WHERE user = value), 0) + 1, ?2, ?3, ?4, ?5, ?6
               FROM json_each(?1)
               RETURNING user AS "user!", seq AS "seq!""#,
            users,
            at,
            kind,
            entry.subject,
            entry.detail,
            except
        )
        .fetch_all(&mut *db)
        .await?;
        self.settle(db, put, &mut [addressed]).await
    }

    /// Gives the events their places, and cuts the feeds that grew enough.
    async fn settle(
        self,
        db: &mut SqliteConnection,
        put: Vec<Place>,
        events: &mut [&mut Addressed],
    ) -> sqlx::Result<()> {
        // `RETURNING` promises no order, but those of one user follow on each other.
        let mut ends = HashMap::<String, (i64, i64)>::new();
        for Place { user, seq } in put {
            let (first, last) = ends.entry(user).or_insert((seq, seq));
            (*first, *last) = (seq.min(*first), seq.max(*last));
        }
        for (user, (first, last)) in &ends {
            let too_old = last - self.keep;
            if too_old > 0 && last / CUT_EVERY > (first - 1) / CUT_EVERY {
                sqlx::query!("DELETE FROM feed WHERE user = ? AND seq <= ?", user, too_old)
                    .execute(&mut *db)
                    .await?;
            }
        }
        for addressed in events {
            let mut places = Vec::with_capacity(addressed.to.len());
            for user in &addressed.to {
                let next = ends.get_mut(user.as_str()).ok_or(sqlx::Error::RowNotFound)?;
                places.push((user.clone(), next.0.unsigned_abs()));
                next.0 += 1;
            }
            addressed.event.seqs = match (&addressed.event.audience, places.as_slice()) {
                (Audience::User(_) | Audience::OtherDevices(..), [(_, seq)]) => Seqs::One(*seq),
                _ => Seqs::each(places),
            };
        }
        Ok(())
    }
}

/// A row that was put into a feed.
struct Place {
    user: String,
    seq: i64,
}

/// Rows for one statement.
#[derive(Default)]
struct Sheet<'a> {
    /// JSON: what stands in the columns, in an array for each row, with commas between them.
    rows: String,
    events: Vec<&'a mut Addressed>,
}

impl<'a> Sheet<'a> {
    fn add(&mut self, addressed: &'a mut Addressed) -> sqlx::Result<()> {
        let Some(entry) = &addressed.entry else { return Ok(()) };
        let at = addressed.event.at.ms();
        for user in &addressed.to {
            let row = (user, at, entry.kind.as_str(), &entry.subject, &entry.detail, &entry.except);
            if !self.rows.is_empty() {
                self.rows.push(',');
            }
            self.rows.push_str(&serde_json::to_string(&row).map_err(unsound)?);
        }
        self.events.push(addressed);
        Ok(())
    }
}
