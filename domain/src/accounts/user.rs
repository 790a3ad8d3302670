//! What the sidecar knows of a user: learned from tokens, or told by the app.

use serde::{Deserialize, Serialize};

use crate::{accounts::Profile, actor::Role, ids::UserId, time::Timestamp};

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

/// A user as a token has it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenUser<'a> {
    /// Whose token it is.
    pub id: &'a UserId,
    /// Address; empty if it names none.
    pub email: &'a str,
    /// What the user may do.
    pub role: Role,
    /// How the user is shown.
    pub profile: &'a Profile,
}

impl User {
    /// Whether a token that says so teaches anything new. An empty address says nothing, and name and picture count only
    /// where there are none.
    #[must_use]
    pub fn can_learn(&self, said: TokenUser<'_>) -> bool {
        let TokenUser { id: _, email, role, profile } = said;
        let says =
            |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
        let shown = Profile::from(self);
        role != self.role
            || (!email.is_empty() && email != self.email)
            || (says(&profile.name) && shown.name.is_none())
            || (says(&profile.image) && shown.image.is_none())
    }

    /// Whether nothing of this counts beside a token that says so: the account may connect, there is nothing to learn, and
    /// nobody said anything else.
    #[must_use]
    pub fn is_as_said(&self, said: TokenUser<'_>) -> bool {
        self.active
            && self.told_role.is_none_or(|told| told == said.role)
            && !self.can_learn(said)
            && Profile::from(self).or(said.profile.clone()) == *said.profile
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(name: &str, image: &str) -> Profile {
        Profile { name: Some(name.into()), image: Some(image.into()), email: None }
    }

    #[test]
    fn a_token_teaches_what_is_not_known_and_nothing_else() {
        let known = User {
            id: UserId::new("ann").unwrap(),
            email: "ann@example.com".into(),
            first_name: Some("Ann".into()),
            last_name: None,
            name: None,
            profile_image: None,
            bio: None,
            role: Role::User,
            told_role: None,
            active: true,
            designations: Vec::new(),
            created_at: Timestamp::from_ms(0),
            updated_at: Timestamp::from_ms(0),
        };
        let id = &known.id;
        let learns = |email, role, shown: Profile| {
            known.can_learn(TokenUser { id, email, role, profile: &shown })
        };
        assert!(!learns("", Role::User, Profile::default()));
        assert!(!learns("ann@example.com", Role::User, profile("Someone", " ")));
        assert!(learns("ann@new.example.com", Role::User, Profile::default()));
        assert!(learns("", Role::Staff, Profile::default()));
        assert!(learns("", Role::User, profile("", "/ann.png")));
        let nameless = User { first_name: None, ..known.clone() };
        let named = profile("Ann", "");
        assert!(nameless.can_learn(TokenUser { id, email: "", role: Role::User, profile: &named }));
    }
}
