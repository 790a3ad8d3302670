//! Conversations by numbered pages. A page and the length of the whole are of the same moment.

use outrigger_domain::{
    accounts::Profile,
    ids::UserId,
    messaging::{Conversation, Message},
    paging::{Slice, Sliced},
};
use sqlx::SqlitePool;

use crate::{failure::unsound, messages::Row};

/// Where a page begins, as SQLite takes it.
pub(crate) fn offset(slice: Slice) -> i64 {
    i64::try_from(slice.offset).unwrap_or(i64::MAX)
}

/// What two users wrote to each other, oldest first.
pub(crate) async fn between(
    db: &SqlitePool,
    a: &UserId,
    b: &UserId,
    slice: Slice,
) -> sqlx::Result<Sliced<Message>> {
    let (a, b, offset) = (a.as_str(), b.as_str(), offset(slice));
    let mut moment = db.begin().await?;
    let total = sqlx::query_scalar!(
        r#"SELECT (SELECT count(*) FROM messages WHERE sender = ?1 AND receiver = ?2)
               + (SELECT count(*) FROM messages WHERE sender = ?2 AND receiver = ?1 AND ?1 <> ?2)
               AS "total!: i64""#,
        a,
        b
    )
    .fetch_one(&mut *moment)
    .await?;
    // Both directions are walked in their index alone; rows are looked up for what is on the page.
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT m.id AS "id!", m.sender AS "sender!", m.receiver, m.chat, m.text, m.image, m.client_id,
               m.created_at AS "created_at!", m.updated_at AS "updated_at!", m.delivered_at, m.read_at,
               m.sender_name AS "sender_name?: String", m.sender_image AS "sender_image?: String",
               m.sender_email AS "sender_email?: String", m.receiver_name AS "receiver_name?: String",
               m.receiver_image AS "receiver_image?: String", m.receiver_email AS "receiver_email?: String"
           FROM (SELECT created_at, position FROM messages WHERE sender = ?1 AND receiver = ?2
                 UNION ALL
                 SELECT created_at, position FROM messages
                 WHERE sender = ?2 AND receiver = ?1 AND ?1 <> ?2
                 ORDER BY created_at, position LIMIT ?3 OFFSET ?4) AS page
           JOIN shown_messages AS m ON m.position = page.position
           ORDER BY page.created_at, page.position"#,
        a,
        b,
        slice.limit,
        offset
    )
    .fetch_all(&mut *moment)
    .await?;
    moment.commit().await?;
    let items = rows.into_iter().map(Message::try_from).collect::<sqlx::Result<_>>()?;
    Ok(Sliced { items, total: total.unsigned_abs() })
}

/// A conversation with its last message.
struct Brief {
    partner: String,
    partner_name: Option<String>,
    partner_image: Option<String>,
    unread: i64,
    id: String,
    sender: String,
    receiver: Option<String>,
    chat: Option<String>,
    text: Option<String>,
    image: Option<String>,
    client_id: Option<String>,
    created_at: i64,
    updated_at: i64,
    delivered_at: Option<i64>,
    read_at: Option<i64>,
    sender_name: Option<String>,
    sender_image: Option<String>,
    sender_email: Option<String>,
    receiver_name: Option<String>,
    receiver_image: Option<String>,
    receiver_email: Option<String>,
}

impl TryFrom<Brief> for Conversation {
    type Error = sqlx::Error;

    fn try_from(brief: Brief) -> Result<Self, sqlx::Error> {
        let last = Row {
            id: brief.id,
            sender: brief.sender,
            receiver: brief.receiver,
            chat: brief.chat,
            text: brief.text,
            image: brief.image,
            client_id: brief.client_id,
            created_at: brief.created_at,
            updated_at: brief.updated_at,
            delivered_at: brief.delivered_at,
            read_at: brief.read_at,
            sender_name: brief.sender_name,
            sender_image: brief.sender_image,
            sender_email: brief.sender_email,
            receiver_name: brief.receiver_name,
            receiver_image: brief.receiver_image,
            receiver_email: brief.receiver_email,
        };
        Ok(Self {
            partner: UserId::try_from(brief.partner).map_err(unsound)?,
            profile: Profile { name: brief.partner_name, image: brief.partner_image, email: None },
            last: last.try_into()?,
            unread: u64::try_from(brief.unread).map_err(unsound)?,
        })
    }
}

/// A user's conversations, the one spoken in last first.
pub(crate) async fn conversations(
    db: &SqlitePool,
    user: &UserId,
    slice: Slice,
) -> sqlx::Result<Sliced<Conversation>> {
    let (user, offset) = (user.as_str(), offset(slice));
    let mut moment = db.begin().await?;
    let total = sqlx::query_scalar!("SELECT count(*) FROM conversations WHERE user = ?", user)
        .fetch_one(&mut *moment)
        .await?;
    let rows = sqlx::query_as!(
        Brief,
        r#"SELECT c.partner AS "partner!", p.name AS "partner_name?: String",
               p.image AS "partner_image?: String", c.unread AS "unread!",
               m.id AS "id!", m.sender AS "sender!", m.receiver, m.chat, m.text, m.image, m.client_id,
               m.created_at AS "created_at!", m.updated_at AS "updated_at!", m.delivered_at, m.read_at,
               m.sender_name AS "sender_name?: String", m.sender_image AS "sender_image?: String",
               m.sender_email AS "sender_email?: String", m.receiver_name AS "receiver_name?: String",
               m.receiver_image AS "receiver_image?: String", m.receiver_email AS "receiver_email?: String"
           FROM (SELECT partner, last_at, last_position, unread FROM conversations WHERE user = ?1
                 ORDER BY last_at DESC, last_position DESC LIMIT ?2 OFFSET ?3) AS c
           JOIN shown_messages AS m ON m.position = c.last_position
           LEFT JOIN profiles AS p ON p.id = c.partner
           ORDER BY c.last_at DESC, c.last_position DESC"#,
        user,
        slice.limit,
        offset
    )
    .fetch_all(&mut *moment)
    .await?;
    moment.commit().await?;
    let items = rows.into_iter().map(Conversation::try_from).collect::<sqlx::Result<_>>()?;
    Ok(Sliced { items, total: total.unsigned_abs() })
}
