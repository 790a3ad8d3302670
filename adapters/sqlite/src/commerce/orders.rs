//! Whose orders are.

use outrigger_domain::{
    commerce::{Order, OrderPatch},
    ids::{OrderId, UserId},
    time::Timestamp,
};
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::{failure::unsound, writer::Write};

/// One order.
pub(super) async fn find(db: impl SqliteExecutor<'_>, id: &OrderId) -> sqlx::Result<Option<Order>> {
    let id = id.as_str();
    // One statement, so that the order and its sellers are of the same moment.
    let row = sqlx::query!(
        r#"SELECT id, number, buyer, status, updated_at,
               (SELECT json_group_array(seller) FROM
                   (SELECT seller FROM order_sellers WHERE order_id = orders.id ORDER BY seller))
               AS "sellers!: String"
           FROM orders WHERE id = ?"#,
        id
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        Ok(Order {
            id: OrderId::try_from(row.id).map_err(unsound)?,
            number: row.number,
            buyer: UserId::try_from(row.buyer).map_err(unsound)?,
            sellers: serde_json::from_str(&row.sellers).map_err(unsound)?,
            status: row.status,
            updated_at: Timestamp::from_ms(row.updated_at),
        })
    })
    .transpose()
}

/// Takes in what the app tells of an order.
pub(super) struct Save {
    pub(super) patch: OrderPatch,
    pub(super) at: Timestamp,
}

impl Write for Save {
    type Outcome = Option<Order>;

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Option<Order>> {
        let (patch, at) = (&self.patch, self.at.ms());
        let (id, buyer) = (patch.id.as_str(), patch.buyer.as_ref().map(UserId::as_str));
        // Without a buyer only one that is there can be changed.
        let saved = sqlx::query!(
            "INSERT INTO orders (id, number, buyer, status, updated_at)
             SELECT ?1, ?2, coalesce((SELECT buyer FROM orders WHERE id = ?1), ?3), ?4, ?5
             WHERE ?3 IS NOT NULL OR EXISTS (SELECT 1 FROM orders WHERE id = ?1)
             ON CONFLICT (id) DO UPDATE SET
                 number = coalesce(?2, number), status = coalesce(?4, status), updated_at = ?5",
            id,
            patch.number,
            buyer,
            patch.status,
            at
        )
        .execute(&mut *db)
        .await?;
        if saved.rows_affected() == 0 {
            return Ok(None);
        }
        if let Some(sellers) = &patch.sellers {
            replace_sellers(db, id, sellers).await?;
        }
        find(db, &patch.id).await
    }
}

async fn replace_sellers(
    db: &mut SqliteConnection,
    order: &str,
    sellers: &[UserId],
) -> sqlx::Result<()> {
    let sellers = serde_json::to_string(sellers).map_err(unsound)?;
    sqlx::query!("DELETE FROM order_sellers WHERE order_id = ?", order).execute(&mut *db).await?;
    sqlx::query!(
        "INSERT INTO order_sellers (order_id, seller)
         SELECT ?1, value FROM json_each(?2) WHERE true ON CONFLICT (order_id, seller) DO NOTHING",
        order,
        sellers
    )
    .execute(db)
    .await?;
    Ok(())
}
