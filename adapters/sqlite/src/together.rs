//! Messages that stand next to each other in a group of writes, stored by one statement.
//!
//! What becomes of each is what would become of it alone: no two of them could be the same message, so none of them
//! depends on another.

use std::{collections::HashSet, sync::LazyLock};

use outrigger_domain::{
    ids::{ClientMessageId, MessageId, UserId},
    messaging::{NewMessage, Recipient},
    time::Timestamp,
};
use sqlx::SqliteConnection;

use crate::{
    failure::{spares_the_group, unsound},
    many::{AT_ONCE, SHEET, Statement, Values},
    messages::columns,
    writer::Job,
};

/// As [`crate::storing`] inserts one. The places that are left over have no id.
pub(crate) static INSERT: LazyLock<Statement> = LazyLock::new(|| {
    Statement::of(
        "INSERT INTO messages (id, sender, receiver, chat, text, image, client_id, digest,
             created_at, updated_at, delivered_at, read_at)
         SELECT column1, column2, column3, column4, column5, column6, column7, column8,
             column9, column10, column11, column12
         FROM",
        13,
        "WHERE column1 IS NOT NULL AND (column13 IS NULL OR NOT EXISTS (
                 SELECT 1 FROM messages
                 WHERE sender = column2 AND receiver = column3 AND created_at >= column13 AND digest = column8
                 UNION ALL
                 SELECT 1 FROM messages
                 WHERE chat = column4 AND created_at >= column13 AND sender = column2 AND digest = column8))
         ON CONFLICT (sender, client_id) WHERE client_id IS NOT NULL DO NOTHING",
    )
});

/// The messages of the first writes, as far as they can be stored together.
pub(crate) fn first(group: &[Box<dyn Job>]) -> Vec<&NewMessage> {
    let mut ids = HashSet::<&MessageId>::new();
    let mut names = HashSet::<(&UserId, &ClientMessageId)>::new();
    let mut contents = HashSet::<(&UserId, &Recipient, &[u8; 32])>::new();
    let mut bytes = 0;
    let together = group.iter().map_while(|job| job.message()).take(AT_ONCE);
    together
        .take_while(|NewMessage { message, digest, .. }| {
            let fits = bytes <= SHEET;
            bytes += message.text.as_ref().map_or(0, String::len);
            bytes += message.image.as_ref().map_or(0, String::len);
            let name = message.client_id.as_ref();
            fits && ids.insert(&message.id)
                && name.is_none_or(|name| names.insert((&message.sender, name)))
                && contents.insert((&message.sender, &message.recipient, digest))
        })
        .collect()
}

/// Stores those that are new, and says which of them are. If that cannot be done together, none is stored and it is
/// for each of them to say why.
pub(crate) async fn store(
    db: &mut SqliteConnection,
    messages: &[&NewMessage],
) -> sqlx::Result<Vec<bool>> {
    match insert(db, messages).await {
        Ok(new) => Ok(new),
        // The statement has undone itself.
        Err(error) if spares_the_group(&error) => {
            tracing::debug!(%error, "messages are stored one by one");
            Ok(vec![false; messages.len()])
        }
        Err(error) => Err(error),
    }
}

async fn insert(db: &mut SqliteConnection, all: &[&NewMessage]) -> sqlx::Result<Vec<bool>> {
    let mut values = Values::default();
    for NewMessage { message, digest, duplicate_since, .. } in all {
        let (receiver, chat) = columns(&message.recipient);
        values.add(message.id.as_str())?;
        values.add(message.sender.as_str())?;
        values.add(receiver)?;
        values.add(chat)?;
        values.add(message.text.as_deref())?;
        values.add(message.image.as_deref())?;
        values.add(message.client_id.as_ref().map(ClientMessageId::as_str))?;
        values.add(digest.as_slice())?;
        values.add(message.created_at.ms())?;
        values.add(message.updated_at.ms())?;
        values.add(message.delivered_at.map(Timestamp::ms))?;
        values.add(message.read_at.map(Timestamp::ms))?;
        values.add(duplicate_since.map(Timestamp::ms))?;
    }
    let done = values.write(db, &INSERT).await?;
    let count = usize::try_from(done.rows_affected()).map_err(unsound)?;
    if count == all.len() || count == 0 {
        return Ok(vec![count > 0; all.len()]);
    }
    // Positions go up by one, so those of the statement are the last ones.
    let last = done.last_insert_rowid();
    let before = last - i64::try_from(count).map_err(unsound)?;
    let ids = sqlx::query_scalar!(
        "SELECT id FROM messages WHERE position > ? AND position <= ?",
        before,
        last
    )
    .fetch_all(db)
    .await?;
    let new: HashSet<&str> = ids.iter().map(String::as_str).collect();
    Ok(all.iter().map(|new_message| new.contains(new_message.message.id.as_str())).collect())
}
