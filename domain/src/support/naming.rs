//! What requests and messages are called (`contracts/contacts.md` sections 2 and 3).

use sha2::{Digest, Sha256};

use crate::{naming::Ids, time::Timestamp};

/// Characters behind the time; more than 46 bits of chance.
const CHARACTERS: u32 = 9;

/// `<kind>_<ms>_<9 characters of base 36>`.
pub(super) fn stamped(kind: &str, at: Timestamp, ids: &dyn Ids) -> String {
    let digest: [u8; 32] = Sha256::digest(ids.token()).into();
    let number = digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
    let character = |place| char::from_digit((number / 36u64.pow(place) % 36) as u32, 36);
    let chance: String = (0..CHARACTERS).filter_map(character).collect();
    format!("{kind}_{}_{chance}", at.ms())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::naming::Uuids;

    #[test]
    fn a_name_says_what_and_when_and_is_the_only_one() {
        let names: Vec<_> =
            (0..1_000).map(|_| stamped("contact", Timestamp::from_ms(77), &Uuids)).collect();
        for name in &names {
            let chance = name.strip_prefix("contact_77_").unwrap();
            assert_eq!(chance.len(), 9);
            assert!(chance.chars().all(|c| c.is_ascii_digit() || c.is_ascii_lowercase()), "{name}");
        }
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
    }
}
