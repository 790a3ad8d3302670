//! How a user is shown to others.

use serde::{Deserialize, Serialize};

use super::user::User;

/// Name, picture and address; any may be unknown (`contracts/social.md` section 7, "`fromUser` id vs object"). Most contracts
/// show nobody's address to others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Profile {
    /// The name to show.
    pub name: Option<String>,
    /// Where the picture is.
    pub image: Option<String>,
    /// The address, for the contract that shows it (`contracts/commerce.md` section 7). Never written with the rest.
    #[serde(skip)]
    pub email: Option<String>,
}

impl Profile {
    /// This, with what it lacks from `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            name: self.name.or(other.name),
            image: self.image.or(other.image),
            email: self.email.or(other.email),
        }
    }
}

impl From<&User> for Profile {
    /// The name to show, else given and family name.
    fn from(user: &User) -> Self {
        let full = || {
            let parts = [&user.first_name, &user.last_name].into_iter().flatten();
            let parts: Vec<_> =
                parts.map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
            (!parts.is_empty()).then(|| parts.join(" "))
        };
        let name = user.name.clone().filter(|name| !name.trim().is_empty()).or_else(full);
        let email = Some(user.email.clone()).filter(|email| !email.is_empty());
        Self { name, image: user.profile_image.clone(), email }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(name: Option<&str>, image: Option<&str>) -> Profile {
        Profile { name: name.map(str::to_owned), image: image.map(str::to_owned), email: None }
    }

    #[test]
    fn what_is_known_counts_more_than_what_is_said() {
        let known = profile(Some("Ann"), None);
        let said = profile(Some("Admin"), Some("/ann.png"));
        assert_eq!(known.or(said.clone()), profile(Some("Ann"), Some("/ann.png")));
        assert_eq!(Profile::default().or(said.clone()), said);
    }
}
