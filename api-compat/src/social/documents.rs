//! What only this contract's REST shows (`contracts/social.md` section 4).

use outrigger_domain::{
    messaging::Conversation,
    notifications::Notification,
    social_documents::{SocialMessage, SocialNotification, SocialPerson},
};
use serde::Serialize;

/// A conversation in brief.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConversationDocument {
    user: SocialPerson,
    last_message: Option<SocialMessage>,
    unread_count: u64,
}

impl From<&Conversation> for ConversationDocument {
    fn from(conversation: &Conversation) -> Self {
        Self {
            user: SocialPerson::new(&conversation.partner, &conversation.profile),
            last_message: SocialMessage::new(&conversation.last),
            unread_count: conversation.unread,
        }
    }
}

/// A notification, with whoever caused it as an object (section 7, "`fromUser` id vs object").
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NotificationDocument {
    #[serde(flatten)]
    stored: SocialNotification,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_user: Option<SocialPerson>,
}

impl From<Notification> for NotificationDocument {
    fn from(notification: Notification) -> Self {
        let from = notification.from.as_ref();
        Self {
            from_user: from.map(|id| SocialPerson::new(id, &notification.from_profile)),
            // The id alone stands in the stored document under the same name.
            stored: SocialNotification { from_user: None, ..(&notification).into() },
        }
    }
}
