//! Whether an answer is right. Nowhere but here, and told to nobody before its question is closed.

use serde_json::{Number, Value};

use super::session::Question;

impl Question {
    /// What an answer brings: all the points, or none.
    pub(super) fn points_for(&self, answer: &Value) -> i64 {
        let right = match &self.correct {
            Value::Array(any) if self.any_of => any.iter().any(|one| same(one, answer)),
            correct => same(correct, answer),
        };
        if right { i64::from(self.points) } else { 0 }
    }
}

/// Equal as JSON; texts without regard to case and to white space around them, numbers by their value.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a.trim().to_lowercase() == b.trim().to_lowercase(),
        (Value::Number(a), Value::Number(b)) => same_number(a, b),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let equal = |(key, a): (&String, &Value)| b.get(key).is_some_and(|b| same(a, b));
            a.len() == b.len() && a.iter().all(equal)
        }
        (a, b) => a == b,
    }
}

/// `1`, `1.0` and `10e-1` are one number.
fn same_number(a: &Number, b: &Number) -> bool {
    match (a.as_i128(), b.as_i128()) {
        (Some(a), Some(b)) => a == b,
        _ => a.as_f64().zip(b.as_f64()).is_some_and(|(a, b)| a == b),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ids::QuestionId;

    fn question(correct: Value, any_of: bool) -> Question {
        let id = QuestionId::new("q").unwrap();
        Question { id, correct, any_of, points: 3, time_limit: None }
    }

    #[test]
    fn an_answer_is_right_if_it_says_the_same() {
        for (correct, answer) in [
            (json!("Kigali"), json!("  kigali ")),
            (json!("ÉTÉ"), json!("été")),
            (json!(4), json!(4.0)),
            (json!(0.5), json!(5e-1)),
            (json!(true), json!(true)),
            (json!(null), json!(null)),
            (json!(["a", 1]), json!(["A", 1.0])),
            (json!({"x": 1, "y": "Z"}), json!({"y": "z", "x": 1})),
            (json!(u64::MAX), json!(u64::MAX)),
        ] {
            assert_eq!(
                question(correct.clone(), false).points_for(&answer),
                3,
                "{correct} {answer}"
            );
        }
    }

    #[test]
    fn and_wrong_if_it_does_not() {
        for (correct, answer) in [
            (json!("4"), json!(4)),
            (json!("a b"), json!("ab")),
            (json!(["a", "b"]), json!(["b", "a"])),
            (json!(["a"]), json!(["a", "a"])),
            (json!({"x": 1}), json!({"x": 1, "y": 2})),
            (json!({"x": 1}), json!({"z": 1})),
            (json!(u64::MAX), json!(u64::MAX - 1)),
            (json!(false), json!(null)),
            (json!(["a", "b"]), json!("a")),
        ] {
            assert_eq!(
                question(correct.clone(), false).points_for(&answer),
                0,
                "{correct} {answer}"
            );
        }
    }

    #[test]
    fn of_several_right_ones_any_will_do() {
        let colour = question(json!(["red", "blue", 7]), true);
        assert_eq!(colour.points_for(&json!("Blue")), 3);
        assert_eq!(colour.points_for(&json!(7)), 3);
        assert_eq!(colour.points_for(&json!(["red", "blue", 7])), 0);
        assert_eq!(question(json!("red"), true).points_for(&json!("red")), 3);
    }
}
