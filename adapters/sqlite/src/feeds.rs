//! The way into the feeds: whom an event is for, and its place in the feed of each.

use std::{collections::HashMap, sync::LazyLock};

use outrigger_domain::{
    chats::{everyone, pairs, the_pair},
    events::{Audience, Published, Seqs},
    feed::Entry,
    ids::{ChatId, DeviceId, UserId},
    time::Timestamp,
};
use sqlx::SqliteConnection;

use crate::{
    failure::unsound,
    many::{AT_ONCE, SHEET, Statement, Values},
    memberships::Memberships,
    users,
};

/// A feed is cut back to its length each time it has grown by so many events: a statement for each event that
/// pushes one out would cost more than these rows.
const CUT_EVERY: i64 = 64;
/// An event for more users than this has a statement of its own, in which it stands once and not once for each.
const FEW: usize = 8;

/// The places that are left over have no user.
static INSERT: LazyLock<Statement> = LazyLock::new(|| {
    Statement::of(
        "INSERT INTO feed (user, seq, at, kind, subject, detail, except_device) SELECT * FROM",
        7,
        "WHERE column1 IS NOT NULL",
    )
});

/// An event, and the feeds it is for.
#[derive(Debug)]
pub(crate) struct Addressed {
    pub(crate) event: Published,
    /// How it is kept, if it is.
    entry: Option<Entry>,
    /// For whom, each once, until they have their places.
    to: Vec<UserId>,
    /// Whose feeds it is in, and where.
    places: Vec<(UserId, u64)>,
}

/// Finds out for whom an event is, as things are at this point of the transaction.
pub(crate) async fn address(
    db: &mut SqliteConnection,
    memberships: &Memberships,
    event: Published,
) -> sqlx::Result<Addressed> {
    let entry = Entry::of(&event);
    let mut to = match &event.audience {
        _ if entry.is_none() => Vec::new(),
        Audience::User(user) | Audience::OtherDevices(user, _) => vec![user.clone()],
        Audience::Users(users) => users.clone(),
        Audience::Chat(chat) => in_chat(db, memberships, chat).await?,
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
    Ok(Addressed { event, entry, to, places: Vec::new() })
}

/// Whoever may be in a chat: those whom the app made members, and the two whose conversation it is.
async fn in_chat(
    db: &mut SqliteConnection,
    memberships: &Memberships,
    chat: &ChatId,
) -> sqlx::Result<Vec<UserId>> {
    let mut found = memberships.within(db, chat).await?;
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
        let mut events: Vec<_> = events.filter(|addressed| addressed.entry.is_some()).collect();
        let mut ends = ends(db, &events).await?;
        for addressed in &mut events {
            addressed.take_places(&mut ends)?;
        }
        let mut sheet = Sheet::default();
        for addressed in &events {
            let Some(entry) = &addressed.entry else { continue };
            if addressed.places.len() > FEW {
                put_one(db, addressed.event.at, entry, &addressed.places).await?;
                continue;
            }
            for place in &addressed.places {
                sheet.add(addressed.event.at, entry, place)?;
                if sheet.is_full() {
                    std::mem::take(&mut sheet).put(db).await?;
                }
            }
        }
        sheet.put(db).await?;
        for (user, End { before, last }) in ends {
            let too_old = last - self.keep;
            if too_old > 0 && last / CUT_EVERY > before / CUT_EVERY {
                let user = user.as_str();
                sqlx::query!("DELETE FROM feed WHERE user = ? AND seq <= ?", user, too_old)
                    .execute(&mut *db)
                    .await?;
            }
        }
        events.into_iter().for_each(Addressed::settle);
        Ok(())
    }
}

/// How long a feed was, and how long it is.
struct End {
    before: i64,
    last: i64,
}

/// The ends of the feeds that these events go into. In one row: each row costs its way from one thread to another.
async fn ends(
    db: &mut SqliteConnection,
    events: &[&mut Addressed],
) -> sqlx::Result<HashMap<UserId, End>> {
    let mut users: Vec<_> = events.iter().flat_map(|addressed| &addressed.to).collect();
    if users.is_empty() {
        return Ok(HashMap::new());
    }
    users.sort_unstable();
    users.dedup();
    let asked = serde_json::to_string(&users).map_err(unsound)?;
    let found = sqlx::query_scalar!(
        r#"SELECT json_group_array(coalesce((SELECT max(seq) FROM feed WHERE user = value), 0) ORDER BY key)
               AS "found!: String"
           FROM json_each(?)"#,
        asked
    )
    .fetch_one(db)
    .await?;
    let found: Vec<i64> = serde_json::from_str(&found).map_err(unsound)?;
    let ends = found.into_iter().map(|seq| End { before: seq, last: seq });
    Ok(users.into_iter().cloned().zip(ends).collect())
}

impl Addressed {
    /// Goes behind the ends of its feeds.
    fn take_places(&mut self, ends: &mut HashMap<UserId, End>) -> sqlx::Result<()> {
        self.places.clear();
        for user in self.to.drain(..) {
            let end = ends.get_mut(&user).ok_or(sqlx::Error::RowNotFound)?;
            end.last += 1;
            self.places.push((user, end.last.unsigned_abs()));
        }
        Ok(())
    }

    /// Tells the event where it stands.
    fn settle(&mut self) {
        let places = std::mem::take(&mut self.places);
        self.event.seqs = match (&self.event.audience, places.as_slice()) {
            (Audience::User(_) | Audience::OtherDevices(..), [(_, seq)]) => Seqs::One(*seq),
            _ => Seqs::each(places),
        };
    }
}

/// One event for many users.
async fn put_one(
    db: &mut SqliteConnection,
    at: Timestamp,
    entry: &Entry,
    places: &[(UserId, u64)],
) -> sqlx::Result<()> {
    let places = serde_json::to_string(places).map_err(unsound)?;
    let (at, kind) = (at.ms(), entry.kind.as_str());
    let except = entry.except.as_ref().map(DeviceId::as_str);
    sqlx::query!(
        "INSERT INTO feed (user, seq, at, kind, subject, detail, except_device)
         SELECT value ->> 0, value ->> 1, ?2, ?3, ?4, ?5, ?6 FROM json_each(?1)",
        places,
        at,
        kind,
        entry.subject,
        entry.detail,
        except
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Rows for one statement.
#[derive(Default)]
struct Sheet<'a> {
    values: Values<'a>,
    rows: usize,
    bytes: usize,
}

impl<'a> Sheet<'a> {
    fn add(
        &mut self,
        at: Timestamp,
        entry: &'a Entry,
        (user, seq): &'a (UserId, u64),
    ) -> sqlx::Result<()> {
        self.values.add(user.as_str())?;
        self.values.add(seq.cast_signed())?;
        self.values.add(at.ms())?;
        self.values.add(entry.kind.as_str())?;
        self.values.add(entry.subject.as_deref())?;
        self.values.add(entry.detail.as_deref())?;
        self.values.add(entry.except.as_ref().map(DeviceId::as_str))?;
        self.rows += 1;
        self.bytes += entry.detail.as_ref().map_or(0, String::len);
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.rows == AT_ONCE || self.bytes > SHEET
    }

    async fn put(self, db: &mut SqliteConnection) -> sqlx::Result<()> {
        if self.rows > 0 {
            self.values.write(db, &INSERT).await?;
        }
        Ok(())
    }
}
