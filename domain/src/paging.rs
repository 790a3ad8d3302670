//! Pages by number, as some contracts' REST has them.

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// How many come before it.
    pub offset: u64,
    /// At most so many.
    pub limit: u32,
}

impl Slice {
    /// The page of that number, counted from 1; 0 is taken for 1.
    #[must_use]
    pub fn page(number: u32, limit: u32) -> Self {
        Self { offset: u64::from(number.saturating_sub(1)) * u64::from(limit), limit }
    }
}

/// A part of a list and how long the whole list is, of the same moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sliced<T> {
    /// The part.
    pub items: Vec<T>,
    /// How many there are in all.
    pub total: u64,
}

#[cfg(test)]
mod tests {
    use super::Slice;

    #[test]
    fn pages_are_counted_from_one() {
        assert_eq!(Slice::page(1, 20), Slice { offset: 0, limit: 20 });
        assert_eq!(Slice::page(3, 20), Slice { offset: 40, limit: 20 });
        assert_eq!(Slice::page(0, 20), Slice::page(1, 20));
        assert_eq!(Slice::page(u32::MAX, u32::MAX).limit, u32::MAX);
    }
}
