//! Pages of this contract's lists.

use std::{fmt::Display, ops::RangeInclusive, str::FromStr};

use axum::http::StatusCode;
use outrigger_domain::paging::{Slice, Sliced};
use serde::Serialize;
use serde_json::{Value, json};

use crate::error::Refusal;

/// 400 `{error}`.
pub(super) fn bad(text: impl Into<String>) -> Refusal {
    Refusal::error(StatusCode::BAD_REQUEST, text)
}

/// A whole number within its bounds, or `default` if it is not given.
pub(super) fn whole<T>(
    name: &str,
    given: Option<&str>,
    default: T,
    within: RangeInclusive<T>,
) -> Result<T, Refusal>
where
    T: FromStr + PartialOrd + Display,
{
    let Some(given) = given else { return Ok(default) };
    given.parse().ok().filter(|number| within.contains(number)).ok_or_else(|| {
        bad(format!("{name} must be a whole number from {} to {}", within.start(), within.end()))
    })
}

/// Which page of a list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    number: u32,
    limit: u32,
}

impl Page {
    /// The page asked for: the first one with `default` entries if nothing is, with `most` at most.
    pub(super) fn asked(
        page: Option<&str>,
        limit: Option<&str>,
        default: u32,
        most: u32,
    ) -> Result<Self, Refusal> {
        Ok(Self {
            number: whole("page", page, 1, 1..=u32::MAX)?,
            limit: whole("limit", limit, default, 1..=most)?,
        })
    }

    /// What of the list is on it.
    pub(super) fn slice(self) -> Slice {
        Slice::page(self.number, self.limit)
    }

    /// `{<name>: [...], pagination: {page, limit, total, totalPages}}`.
    pub(super) fn document<T, D>(self, name: &str, part: &Sliced<T>) -> Value
    where
        D: for<'a> From<&'a T> + Serialize,
    {
        let entries: Vec<D> = part.items.iter().map(D::from).collect();
        let pagination = json!({
            "page": self.number,
            "limit": self.limit,
            "total": part.total,
            "totalPages": part.total.div_ceil(u64::from(self.limit)),
        });
        json!({ name: entries, "pagination": pagination })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_within_its_bounds() {
        let asked = |page, limit| Page::asked(page, limit, 20, 100).map(Page::slice);
        assert_eq!(asked(None, None).unwrap(), Slice { offset: 0, limit: 20 });
        assert_eq!(asked(Some("3"), Some("100")).unwrap(), Slice { offset: 200, limit: 100 });
        for wrong in ["0", "-1", "1.5", "", "x", "101", "99999999999"] {
            assert!(asked(None, Some(wrong)).is_err(), "{wrong:?}");
        }
        assert!(asked(Some("0"), None).is_err());
    }
}
