//! The marketplace's words for roles (`contracts/commerce.md` section 1).

use crate::actor::Role;

/// `admin`, `seller`, `user` or `guest`.
#[must_use]
pub fn role_word(role: Role) -> &'static str {
    match role {
        Role::Admin => "admin",
        Role::Staff => "seller",
        Role::User => "user",
        Role::Guest => "guest",
    }
}

/// The role of that name; `super_admin` is an admin. Unlike in a token, an unknown word is no role.
#[must_use]
pub fn role_named(word: &str) -> Option<Role> {
    match word {
        "admin" | "super_admin" => Some(Role::Admin),
        "seller" => Some(Role::Staff),
        "user" => Some(Role::User),
        "guest" => Some(Role::Guest),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_found_under_its_word() {
        for role in [Role::Guest, Role::User, Role::Staff, Role::Admin] {
            assert_eq!(role_named(role_word(role)), Some(role));
        }
        assert_eq!(role_named("super_admin"), Some(Role::Admin));
        for none in ["", "Admin", "staff", "buyer"] {
            assert_eq!(role_named(none), None, "{none}");
        }
    }
}
