//! What is said about requests.

use outrigger_domain::{
    ids::{ContactId, UserId},
    support::{NewSupportMessage, Speaker, SupportMessage},
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqlitePool};

use crate::{failure::unsound, writer::Write};

/// A row is of a capacity that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("unknown speaker of a support message")]
struct UnknownSpeaker;

fn speaker(word: &str) -> sqlx::Result<Speaker> {
    let mut all = [Speaker::Submitter, Speaker::Admin].into_iter();
    all.find(|speaker| speaker.as_str() == word).ok_or_else(|| unsound(UnknownSpeaker))
}

/// The last ones, oldest first, in the order in which they came.
pub(super) async fn last(
    db: &SqlitePool,
    contact: &ContactId,
    limit: u32,
) -> sqlx::Result<Vec<SupportMessage>> {
    let id = contact.as_str();
    sqlx::query!(
        "SELECT id, sender, sender_name, speaker, message, kind, at FROM support_messages
         WHERE contact = (SELECT position FROM contacts WHERE id = ?) ORDER BY position DESC LIMIT ?",
        id,
        limit
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .rev()
    .map(|row| {
        let said = NewSupportMessage {
            contact: contact.clone(),
            sender: UserId::try_from(row.sender).map_err(unsound)?,
            sender_name: row.sender_name,
            speaker: speaker(&row.speaker)?,
            message: row.message,
            kind: row.kind,
        };
        Ok(SupportMessage { id: row.id, said, at: Timestamp::from_ms(row.at) })
    })
    .collect()
}

/// Keeps something said. About a request that is not there it fails.
pub(super) struct Add(pub(super) SupportMessage);

impl Write for Add {
    type Outcome = SupportMessage;

    fn is_one_statement(&self) -> bool {
        true
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<SupportMessage> {
        let SupportMessage { id, said, at } = &self.0;
        let (contact, sender) = (said.contact.as_str(), said.sender.as_str());
        let (speaker, at) = (said.speaker.as_str(), at.ms());
        sqlx::query!(
            "INSERT INTO support_messages (id, contact, sender, sender_name, speaker, message, kind, at)
             VALUES (?, (SELECT position FROM contacts WHERE id = ?), ?, ?, ?, ?, ?, ?)",
            id,
            contact,
            sender,
            said.sender_name,
            speaker,
            said.message,
            said.kind,
            at
        )
        .execute(db)
        .await?;
        Ok(self.0.clone())
    }
}
