//! What moderators decided: whom it concerns, and other admins, are told (`contracts/commerce.md` sections 3 and 5).

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{Marketplace, MarketplaceParts};
use crate::{
    accounts::Profile, finishing::finished, ids::UserId, notifications::NewNotification,
    outreach::OutreachError,
};

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Yes.
    Approved,
    /// No.
    Rejected,
}

impl Verdict {
    /// `approved` or `rejected`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        [Self::Approved, Self::Rejected].into_iter().find(|verdict| verdict.as_str() == word)
    }

    fn titled(self) -> &'static str {
        match self {
            Self::Approved => "Approved",
            Self::Rejected => "Rejected",
        }
    }
}

/// A product was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductModeration {
    /// Whose it is.
    pub seller: UserId,
    /// The app's id.
    pub product_id: String,
    /// What it is called.
    pub product_name: String,
    /// What was decided.
    pub status: Verdict,
    /// Why, for the seller.
    pub note: Option<String>,
    /// Who decided, as other admins know them.
    pub moderator: Option<String>,
}

/// Someone's wish to sell was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SellerModeration {
    /// Whose.
    pub user: UserId,
    /// The app's id of it.
    pub application_id: Option<String>,
    /// What was decided.
    pub status: Verdict,
    /// Why, for the user.
    pub note: Option<String>,
    /// What the user is called; looked up if it is not said.
    pub user_name: Option<String>,
    /// What the user's business is called.
    pub business_name: Option<String>,
    /// Who decided, as other admins know them.
    pub moderator: Option<String>,
}

impl Marketplace {
    /// Tells the seller (`moderation:product_<status>`, and `product:approved`), at once or as soon as the seller is
    /// back, with a notification besides, and admins who are there (`moderation:product_status_changed`).
    ///
    /// # Errors
    /// If the store failed, or what is to be told is too large; some may have been told.
    pub async fn product_moderated(&self, of: ProductModeration) -> Result<(), OutreachError> {
        let parts = Arc::clone(&self.parts);
        finished(async move { parts.product_moderated(of).await }).await
    }

    /// Tells the user (`moderation:seller_<status>`, and `seller:application:approved`), at once or as soon as the user
    /// is back, with a notification besides, and admins who are there (`moderation:seller_status_changed`). The role
    /// itself changes with what the app tells of the user.
    ///
    /// # Errors
    /// As of [`Self::product_moderated`].
    pub async fn seller_moderated(&self, of: SellerModeration) -> Result<(), OutreachError> {
        let parts = Arc::clone(&self.parts);
        finished(async move { parts.seller_moderated(of).await }).await
    }
}

impl MarketplaceParts {
    async fn product_moderated(&self, of: ProductModeration) -> Result<(), OutreachError> {
        let ProductModeration { seller, product_id, product_name, status, note, moderator } = of;
        let (word, at) = (status.as_str(), self.clock.now());
        let told = json!({
            "productId": product_id, "productName": product_name, "status": word, "note": note, "timestamp": at,
        });
        self.tell_user(&seller, &format!("moderation:product_{word}"), &told, None).await?;
        if status == Verdict::Approved {
            let told = json!({
                "productId": product_id,
                "productName": product_name,
                "message": "Your product has been approved",
            });
            self.tell_user(&seller, "product:approved", &told, None).await?;
        }
        let text =
            with_note(format!("Your product \"{product_name}\" has been {word}"), note.as_deref());
        let data = json!({
            "productId": product_id, "productName": product_name, "status": word, "note": note,
        });
        let title = format!("Product {}", status.titled());
        self.notifications.notify(notice(seller, "product_moderation", title, text, data)).await?;
        let told = json!({
            "productId": product_id, "productName": product_name, "status": word, "moderator": moderator,
            "timestamp": at,
        });
        self.tell_admins("moderation:product_status_changed", &told).await
    }

    async fn seller_moderated(&self, of: SellerModeration) -> Result<(), OutreachError> {
        let SellerModeration {
            user,
            application_id,
            status,
            note,
            user_name,
            business_name,
            moderator,
        } = of;
        let user_name = match user_name {
            Some(name) => Some(name),
            None => self.users.user(&user).await?.and_then(|user| Profile::from(&user).name),
        };
        let (word, at) = (status.as_str(), self.clock.now());
        let told = json!({
            "applicationId": application_id, "status": word, "note": note, "timestamp": at,
        });
        self.tell_user(&user, &format!("moderation:seller_{word}"), &told, None).await?;
        if status == Verdict::Approved {
            let mut told = Map::new();
            told.insert("message".to_owned(), json!("Your seller application has been approved!"));
            told.extend(business_name.map(|name| ("businessName".to_owned(), json!(name))));
            self.tell_user(&user, "seller:application:approved", &Value::Object(told), None)
                .await?;
        }
        let text = with_note(format!("Your seller application has been {word}"), note.as_deref());
        let data = json!({ "applicationId": application_id, "status": word, "note": note });
        let title = format!("Seller Application {}", status.titled());
        self.notifications.notify(notice(user, "seller_application", title, text, data)).await?;
        let told = json!({
            "applicationId": application_id, "userName": user_name, "status": word, "moderator": moderator,
            "timestamp": at,
        });
        self.tell_admins("moderation:seller_status_changed", &told).await
    }
}

fn with_note(text: String, note: Option<&str>) -> String {
    match note.filter(|note| !note.is_empty()) {
        Some(note) => format!("{text}: {note}"),
        None => text,
    }
}

fn notice(
    user: UserId,
    kind: &str,
    title: String,
    message: String,
    data: Value,
) -> NewNotification {
    let (kind, data) = (kind.to_owned(), Some(data));
    NewNotification { user, kind, title, message, data, from: None, post: None, id: None }
}
