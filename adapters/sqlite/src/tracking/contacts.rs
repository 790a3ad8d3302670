//! Whom a user's messages go to.

use std::collections::HashMap;

use outrigger_domain::{ids::UserId, time::Timestamp, tracking::Recipient};
use sqlx::SqliteConnection;

use super::figures::{Days, day};
use crate::failure::unsound;

/// What makes recipients one contact: the number, else the address; without either each is one of its own.
pub(super) fn contact(recipient: &Recipient) -> String {
    match (&recipient.phone, &recipient.email) {
        (phone, _) if !phone.is_empty() => format!("phone {phone}"),
        (_, Some(email)) => format!("email {email}"),
        // The same id in another message is another recipient.
        (_, None) => format!("id {} {}", recipient.message, recipient.id),
    }
}

/// Takes in how many recipients more, or fewer, each contact has now; counts those seen first, and takes back those that
/// turned out to be another one.
pub(super) async fn follow(
    db: &mut SqliteConnection,
    owner: &UserId,
    more: HashMap<String, i64>,
    at: Timestamp,
    days: &mut Days,
) -> sqlx::Result<()> {
    let today = day(at);
    let owner = owner.as_str();
    let more: Vec<_> = more.into_iter().filter(|(_, more)| *more != 0).collect();
    let (rows, gained) = (json(&more, |_| true)?, json(&more, |more| more > 0)?);
    if let Some(gained) = &gained {
        let known = sqlx::query_scalar!(
            "SELECT count(*) FROM tracked_contacts
             WHERE owner = ? AND contact IN (SELECT value ->> 0 FROM json_each(?))",
            owner,
            gained
        )
        .fetch_one(&mut *db)
        .await?;
        let gained = more.iter().filter(|(_, more)| *more > 0).count();
        days.of(today).contacts += i64::try_from(gained).map_err(unsound)? - known;
    }
    if let Some(rows) = rows {
        // Those that have fewer are all known.
        sqlx::query!(
            "INSERT INTO tracked_contacts (owner, contact, recipients, first_day)
             SELECT ?1, value ->> 0, value ->> 1, ?2 FROM json_each(?3) WHERE true
             ON CONFLICT (owner, contact) DO UPDATE SET recipients = recipients + excluded.recipients",
            owner,
            today,
            rows
        )
        .execute(&mut *db)
        .await?;
    }
    if let Some(lost) = json(&more, |more| more < 0)? {
        let gone = sqlx::query_scalar!(
            r#"DELETE FROM tracked_contacts
               WHERE owner = ? AND contact IN (SELECT value ->> 0 FROM json_each(?)) AND recipients <= 0
               RETURNING first_day AS "first_day!""#,
            owner,
            lost
        )
        .fetch_all(&mut *db)
        .await?;
        for day in gone {
            days.of(day).contacts -= 1;
        }
    }
    Ok(())
}

/// Contacts of which this holds, for `json_each`; `None` if there are none.
fn json(more: &[(String, i64)], holds: impl Fn(i64) -> bool) -> sqlx::Result<Option<String>> {
    let rows: Vec<_> = more.iter().filter(|(_, more)| holds(*more)).collect();
    if rows.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(&rows).map(Some).map_err(unsound)
}
