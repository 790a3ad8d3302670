//! Who asks.

use serde::{Deserialize, Serialize};

use crate::{
    accounts::Profile,
    ids::{DeviceId, TokenId, UserId},
    time::Timestamp,
};

/// What a user may do, whatever the app calls it (`contracts/OVERVIEW.md` section 3, "roles").
/// Ordered: each role may do what the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Nobody known.
    Guest,
    /// Anyone who logged in.
    User,
    /// Sellers, moderators, creators.
    Staff,
    /// May act on others.
    Admin,
}

impl Role {
    /// The word used in rooms, rows and answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::User => "user",
            Self::Staff => "staff",
            Self::Admin => "admin",
        }
    }

    /// Maps an app's own word for a role; unknown words are plain users.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "admin" | "super_admin" | "superadmin" => Self::Admin,
            "staff" | "seller" | "moderator" | "creator" => Self::Staff,
            "guest" | "visitor" => Self::Guest,
            _ => Self::User,
        }
    }
}

/// A user whose token was verified, on one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The user.
    pub user: UserId,
    /// How the user was shown when the token was; for display only.
    pub profile: Profile,
    /// The address the token names, empty if it names none; for display only.
    pub email: String,
    /// What the user may do.
    pub role: Role,
    /// The device the request came from.
    pub device: DeviceId,
    /// The token that was shown.
    pub token: TokenId,
    /// When that token was issued, if it says so.
    pub issued_at: Option<Timestamp>,
    /// When that token ends.
    pub expires_at: Timestamp,
}

impl Actor {
    /// Whether the user may act on others.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }

    /// Whether the user may see or change what belongs to `owner`.
    #[must_use]
    pub fn may_act_for(&self, owner: &UserId) -> bool {
        self.is_admin() || self.user == *owner
    }
}
