//! Who asks.

use serde::{Deserialize, Serialize};

use crate::{
    accounts::{Profile, TokenUser},
    ids::{DeviceId, TokenId, UserId},
    naming::Ids,
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

/// User ids of people without a token start so; it begins with [`crate::identity::RESERVED_PREFIX`], so that no token of the
/// app can carry one, no list shows one, and no webhook tells of one.
const GUEST_PREFIX: &str = "outrigger:guest-";

/// Whether this is the id of someone without a token.
#[must_use]
pub fn is_guest(user: &UserId) -> bool {
    user.as_str().starts_with(GUEST_PREFIX)
}

/// A user whose token was verified, on one device; or a guest.
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
    /// The user as the token has it.
    pub(crate) fn as_said(&self) -> TokenUser<'_> {
        let Self { user: id, email, role, profile, .. } = self;
        TokenUser { id, email, role: *role, profile }
    }

    /// Somebody who showed no token, under a name that nobody else has and that no token can carry. Only contracts that
    /// let such people in know any (`contracts/commerce.md` section 1, "Guest mode").
    #[must_use]
    pub fn guest(ids: &dyn Ids, device: DeviceId) -> Self {
        let id = ids.token();
        let sound = "a UUID behind a prefix is a valid id";
        Self {
            user: UserId::new(format!("{GUEST_PREFIX}{id}"))
                .unwrap_or_else(|_| unreachable!("{sound}")),
            profile: Profile::default(),
            email: String::new(),
            role: Role::Guest,
            device,
            token: TokenId::new(id).unwrap_or_else(|_| unreachable!("{sound}")),
            issued_at: None,
            expires_at: Timestamp::from_ms(i64::MAX),
        }
    }

    /// Whether it is nobody who showed a token.
    #[must_use]
    pub fn is_guest(&self) -> bool {
        is_guest(&self.user)
    }

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
