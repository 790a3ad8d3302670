//! How often what passes.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use super::wire::{MonitorDirection, MonitorRate};

/// Names of one contract and direction that are counted apart in one round.
const MOST_NAMES: usize = 100;
/// Rates that are told.
const MOST_RATES: usize = 100;
/// Everything beyond [`MOST_NAMES`].
const OTHERS: &str = "(others)";
/// Rounds that an average is over: five seconds of half a second each.
const ROUNDS: usize = 10;

#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    events: u64,
    bytes: u64,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.events += other.events;
        self.bytes += other.bytes;
    }
}

/// Whose events these are.
type Kind = (MonitorDirection, &'static str);

/// What passed in one round.
#[derive(Debug, Default)]
pub(super) struct Tallies(Vec<(Kind, HashMap<Box<str>, Tally>)>);

impl Tallies {
    /// Counts `events` of the same name with so many bytes in all.
    pub(super) fn count(&mut self, kind: Kind, event: &str, events: u64, bytes: u64) {
        self.put(kind, event, Tally { events, bytes });
    }

    fn put(&mut self, kind: Kind, event: &str, tally: Tally) {
        let at = self.0.iter().position(|(known, _)| *known == kind).unwrap_or_else(|| {
            self.0.push((kind, HashMap::new()));
            self.0.len() - 1
        });
        let Some((_, names)) = self.0.get_mut(at) else { return };
        if let Some(known) = names.get_mut(event) {
            known.add(tally);
        } else {
            let name = if names.len() < MOST_NAMES { event } else { OTHERS };
            names.entry(name.into()).or_default().add(tally);
        }
    }
}

/// The last few rounds.
#[derive(Debug, Default)]
pub(super) struct Window(VecDeque<(Duration, Tallies)>);

impl Window {
    /// A round of this length is over.
    pub(super) fn push(&mut self, took: Duration, tallies: Tallies) {
        if self.0.len() == ROUNDS {
            self.0.pop_front();
        }
        self.0.push_back((took, tallies));
    }

    /// Averages over the window, the most frequent first.
    pub(super) fn rates(&self) -> Vec<MonitorRate> {
        let seconds: f64 = self.0.iter().map(|(took, _)| took.as_secs_f64()).sum();
        if seconds <= 0.0 {
            return Vec::new();
        }
        let mut sum = Tallies::default();
        for (kind, names) in self.0.iter().flat_map(|(_, tallies)| &tallies.0) {
            names.iter().for_each(|(name, tally)| sum.put(*kind, name, *tally));
        }
        let per_second = |count: u64| (count as f64 / seconds * 100.0).round() / 100.0;
        let rate = |(direction, contract), event: Box<str>, tally: Tally| MonitorRate {
            direction,
            contract,
            event: event.into_string(),
            per_second: per_second(tally.events),
            bytes_per_second: per_second(tally.bytes),
        };
        let mut rates: Vec<_> = sum
            .0
            .into_iter()
            .flat_map(|(kind, names)| {
                names.into_iter().map(move |(event, tally)| rate(kind, event, tally))
            })
            .collect();
        rates.sort_by(|a, b| {
            let by_name = || (a.direction, &a.event).cmp(&(b.direction, &b.event));
            b.per_second.total_cmp(&a.per_second).then_with(by_name)
        });
        rates.truncate(MOST_RATES);
        rates
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IN: Kind = (MonitorDirection::In, "rooms");
    const OUT: Kind = (MonitorDirection::Out, "rooms");
    const ROUND: Duration = Duration::from_millis(500);

    #[test]
    fn an_average_is_over_the_rounds_there_were() {
        let mut window = Window::default();
        assert!(window.rates().is_empty());
        let mut tallies = Tallies::default();
        tallies.count(IN, "typing", 1, 10);
        tallies.count(IN, "typing", 1, 10);
        tallies.count(OUT, "userTyping", 6, 60);
        window.push(ROUND, tallies);
        window.push(ROUND, Tallies::default());
        let rates = window.rates();
        let seen: Vec<_> =
            rates.iter().map(|r| (r.event.as_str(), r.per_second, r.bytes_per_second)).collect();
        assert_eq!(seen, [("userTyping", 6.0, 60.0), ("typing", 2.0, 20.0)]);
    }

    #[test]
    fn what_passed_long_ago_is_forgotten() {
        let mut window = Window::default();
        let mut tallies = Tallies::default();
        tallies.count(IN, "typing", 1, 10);
        window.push(ROUND, tallies);
        for _ in 0..ROUNDS {
            window.push(ROUND, Tallies::default());
        }
        assert!(window.rates().is_empty());
    }

    #[test]
    fn names_without_number_are_counted_together() {
        let mut tallies = Tallies::default();
        for n in 0..1000 {
            tallies.count(OUT, &format!("custom{n}"), 1, 1);
        }
        assert!(tallies.0[0].1.len() <= MOST_NAMES + 1);
        let mut window = Window::default();
        window.push(Duration::from_secs(1), tallies);
        let rates = window.rates();
        assert_eq!(rates.len(), MOST_RATES);
        assert_eq!(rates[0].event, OTHERS);
        assert!(rates[0].per_second >= 900.0);
    }
}
