//! Every delivery is looked at: whether it came to whom it should, once, and in order.

use std::{collections::HashMap, ops::Range};

use serde::Serialize;

/// What was wrong, in deliveries.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Never came.
    pub lost: u64,
    /// Came again.
    pub doubled: u64,
    /// Came behind a later one of the same stream.
    pub misordered: u64,
    /// Came to somebody else, or was never sent.
    pub misdelivered: u64,
}

impl Tally {
    /// Whether nothing was.
    pub fn is_clean(&self) -> bool {
        *self == Self::default()
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            lost: self.lost + other.lost,
            doubled: self.doubled + other.doubled,
            misordered: self.misordered + other.misordered,
            misdelivered: self.misdelivered + other.misdelivered,
        }
    }
}

/// Who hears which streams, a run of them for each receiver, and how far each has come. Numbers count from 0 in each stream.
pub struct Checker {
    /// Of each receiver: its first stream, how many, and where its places begin in `next`.
    heard_by: Vec<(u32, u32, u32)>,
    next: Vec<u32>,
    sent: Vec<u32>,
    audience: Vec<u32>,
    left: Vec<u32>,
    /// What a later one overtook, by receiver and stream: empty where all is well.
    gaps: HashMap<(u32, u32), Vec<u32>>,
    outstanding: u64,
    tally: Tally,
}

impl Checker {
    /// So many streams, and for each receiver those it hears.
    pub fn new(streams: usize, receivers: impl IntoIterator<Item = Range<u32>>) -> Self {
        let mut audience = vec![0; streams];
        let (mut heard_by, mut places) = (Vec::new(), 0);
        for range in receivers {
            let count = range.end - range.start;
            heard_by.push((range.start, count, places));
            places += count;
            range.for_each(|stream| audience[stream as usize] += 1);
        }
        Self {
            heard_by,
            next: vec![0; places as usize],
            sent: vec![0; streams],
            left: vec![0; streams],
            audience,
            gaps: HashMap::new(),
            outstanding: 0,
            tally: Tally::default(),
        }
    }

    /// One more of a stream is on its way: its number.
    pub fn send(&mut self, stream: u32) -> u32 {
        let stream = stream as usize;
        let number = self.sent[stream];
        self.sent[stream] += 1;
        self.left[stream] += self.audience[stream];
        self.outstanding += u64::from(self.audience[stream]);
        number
    }

    /// A receiver heard something; whether it was to, and had not before.
    pub fn hear(&mut self, receiver: u32, stream: u32, number: u32) -> bool {
        let known = self.heard_by.get(receiver as usize);
        let place = known.and_then(|(first, count, places)| {
            let nth = stream.checked_sub(*first).filter(|nth| nth < count)?;
            Some((places + nth) as usize)
        });
        let Some(place) = place.filter(|_| number < self.sent[stream as usize]) else {
            self.tally.misdelivered += 1;
            return false;
        };
        let next = self.next[place];
        if number == next {
            self.next[place] += 1;
        } else if number > next {
            self.gaps.entry((receiver, stream)).or_default().extend(next..number);
            self.next[place] = number + 1;
        } else if self.fill(receiver, stream, number) {
            self.tally.misordered += 1;
        } else {
            self.tally.doubled += 1;
            return false;
        }
        self.left[stream as usize] -= 1;
        self.outstanding -= 1;
        true
    }

    fn fill(&mut self, receiver: u32, stream: u32, number: u32) -> bool {
        let Some(gap) = self.gaps.get_mut(&(receiver, stream)) else { return false };
        let Some(at) = gap.iter().position(|missing| *missing == number) else { return false };
        gap.swap_remove(at);
        true
    }

    /// Deliveries of a stream that are under way.
    pub fn left(&self, stream: u32) -> u32 {
        self.left[stream as usize]
    }

    /// Deliveries that are under way.
    pub fn outstanding(&self) -> u64 {
        self.outstanding
    }

    /// The end: what is still under way is lost.
    pub fn tally(&self) -> Tally {
        Tally { lost: self.outstanding, ..self.tally }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two receivers that hear both streams, and one that hears the second only.
    fn checker() -> Checker {
        let mut checker = Checker::new(2, [0..2, 0..2, 1..2]);
        for number in 0..3 {
            assert_eq!(checker.send(0), number);
        }
        checker
    }

    fn heard(checker: &mut Checker, receiver: u32, numbers: &[u32]) {
        for number in numbers {
            checker.hear(receiver, 0, *number);
        }
    }

    #[test]
    fn all_in_order_is_clean() {
        let mut checker = checker();
        heard(&mut checker, 0, &[0, 1, 2]);
        assert_eq!((checker.outstanding(), checker.left(0)), (3, 3));
        heard(&mut checker, 1, &[0, 1, 2]);
        assert_eq!(checker.send(1), 0);
        for receiver in 0..3 {
            assert!(checker.hear(receiver, 1, 0));
        }
        assert!(checker.tally().is_clean());
        assert_eq!((checker.outstanding(), checker.left(1)), (0, 0));
    }

    #[test]
    fn a_seeded_loss_is_found_in_the_middle_and_at_the_end() {
        let mut checker = checker();
        heard(&mut checker, 0, &[0, 2]);
        heard(&mut checker, 1, &[0, 1]);
        assert_eq!(checker.tally(), Tally { lost: 2, ..Tally::default() });
    }

    #[test]
    fn a_seeded_double_is_found() {
        let mut checker = checker();
        heard(&mut checker, 0, &[0, 1, 1, 2, 0]);
        heard(&mut checker, 1, &[0, 1, 2]);
        assert_eq!(checker.tally(), Tally { doubled: 2, ..Tally::default() });
    }

    #[test]
    fn a_seeded_swap_is_found_and_is_no_loss() {
        let mut checker = checker();
        heard(&mut checker, 0, &[1, 0, 2]);
        heard(&mut checker, 1, &[2, 0, 1, 1]);
        assert_eq!(checker.tally(), Tally { misordered: 3, doubled: 1, ..Tally::default() });
    }

    #[test]
    fn a_seeded_misdelivery_is_found() {
        let mut checker = checker();
        heard(&mut checker, 0, &[0, 1, 2]);
        heard(&mut checker, 1, &[0, 1, 2]);
        assert!(!checker.hear(2, 0, 0), "a stream of others");
        assert!(!checker.hear(0, 0, 3), "never sent");
        assert!(!checker.hear(9, 0, 0), "nobody");
        assert_eq!(checker.tally(), Tally { misdelivered: 3, ..Tally::default() });
    }
}
