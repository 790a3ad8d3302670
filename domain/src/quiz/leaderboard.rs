//! Who leads.

use std::{cmp::Reverse, sync::Arc};

use super::session::{LeaderboardRow, Participant};

/// Rows of a leaderboard at most; nobody is told of those behind.
pub const MOST_SHOWN: usize = 100;

/// By the score; of two with the same one by who had it first, then by who joined first, then by id: no two are equal.
fn place(one: &Participant) -> impl Ord + '_ {
    (Reverse(one.score), one.scored_at, one.joined_at, &one.user)
}

/// Those who take part, in order, the first [`MOST_SHOWN`] of them. Whoever left without having finished is not there.
pub(super) fn leaderboard<'a>(
    participants: impl Iterator<Item = &'a Participant>,
) -> Arc<[LeaderboardRow]> {
    let mut order: Vec<_> = participants.filter(|one| !one.left).collect();
    if order.len() > MOST_SHOWN {
        order.select_nth_unstable_by(MOST_SHOWN, |a, b| place(a).cmp(&place(b)));
        order.truncate(MOST_SHOWN);
    }
    order.sort_unstable_by(|a, b| place(a).cmp(&place(b)));
    let row = |(rank, one): (u32, &Participant)| LeaderboardRow {
        user: one.user.clone(),
        name: one.name.clone(),
        score: one.score,
        answered: one.answered,
        finished: one.finished,
        rank,
    };
    (1..).zip(order).map(row).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{ids::UserId, time::Timestamp};

    fn participant(user: String, score: i64, scored: Option<i64>, joined: i64) -> Participant {
        Participant {
            user: UserId::new(user).unwrap(),
            name: String::new(),
            joined_at: Timestamp::from_ms(joined),
            score,
            score_set: false,
            answered: 0,
            scored_at: scored.map(Timestamp::from_ms),
            finished: false,
            left: false,
        }
    }

    fn order(all: &[Participant]) -> Vec<String> {
        leaderboard(all.iter()).iter().map(|row| row.user.to_string()).collect()
    }

    #[test]
    fn of_two_with_one_score_whoever_had_it_first_leads() {
        let all = [
            participant("late".into(), 5, Some(9), 1),
            participant("soon".into(), 5, Some(3), 2),
            participant("none".into(), 0, None, 5),
            participant("never".into(), 0, None, 4),
            participant("b".into(), -1, None, 4),
            participant("a".into(), -1, None, 4),
        ];
        assert_eq!(order(&all), ["soon", "late", "never", "none", "a", "b"]);
        let ranks: Vec<_> = leaderboard(all.iter()).iter().map(|row| row.rank).collect();
        assert_eq!(ranks, [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn whoever_left_is_not_on_it() {
        let mut gone = participant("gone".into(), 9, Some(1), 1);
        gone.left = true;
        assert_eq!(order(&[gone, participant("here".into(), 0, None, 1)]), ["here"]);
    }

    proptest! {
        #[test]
        fn it_is_the_beginning_of_the_whole_order(
            scores in proptest::collection::vec((0..5_i64, proptest::option::of(0..5_i64), 0..5_i64), 0..300)
        ) {
            let each = scores.into_iter().enumerate();
            let all: Vec<_> = each
                .map(|(number, (score, at, joined))| participant(format!("u{number}"), score, at, joined))
                .collect();
            let mut plain: Vec<_> = all.iter().collect();
            plain.sort_by(|a, b| {
                b.score.cmp(&a.score)
                    .then(a.scored_at.cmp(&b.scored_at))
                    .then(a.joined_at.cmp(&b.joined_at))
                    .then(a.user.cmp(&b.user))
            });
            let plain: Vec<_> = plain.into_iter().take(MOST_SHOWN).map(|one| one.user.to_string()).collect();
            prop_assert_eq!(order(&all), plain);
        }
    }
}
