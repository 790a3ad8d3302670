//! What the sidecar knows of a user: learned from tokens, or told by the app.

use serde::{Deserialize, Serialize};

use crate::{actor::Role, ids::UserId, time::Timestamp};

/// A user of the app (`contracts/rooms.md` section 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The app's id.
    pub id: UserId,
    /// Address; empty if never told.
    pub email: String,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Name to show.
    pub name: Option<String>,
    /// Where the picture is.
    pub profile_image: Option<String>,
    /// Free text.
    pub bio: Option<String>,
    /// What the user may do.
    pub role: Role,
    /// What the app said the user may do, beside tokens: it counts where a token says nothing of it
    /// (`contracts/tracking.md` section 8, "No role claim in tokens").
    pub told_role: Option<Role>,
    /// Whether the account may connect.
    pub active: bool,
    /// Titles given by an admin.
    pub designations: Vec<String>,
    /// First seen.
    pub created_at: Timestamp,
    /// Last changed.
    pub updated_at: Timestamp,
}

/// What the app tells about a user; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserPatch {
    /// Address.
    pub email: Option<String>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Name to show.
    pub name: Option<String>,
    /// Where the picture is.
    pub profile_image: Option<String>,
    /// Free text.
    pub bio: Option<String>,
    /// What the user may do.
    pub role: Option<Role>,
    /// Whether the account may connect.
    pub active: Option<bool>,
    /// Titles given by an admin.
    pub designations: Option<Vec<String>>,
}
