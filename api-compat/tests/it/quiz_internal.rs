//! What the app tells of quizzes, and how it leads them (`contracts/quiz.md` section 5).

use std::time::Duration;

use outrigger_domain::{
    actor::Actor,
    identity::device_id,
    ids::{QuestionId, QuizId},
    naming::Uuids,
};
use serde_json::{Value, json};

use crate::world::{World, user};

fn quiz() -> Value {
    json!({ "quizId": "rivers", "title": "Rivers", "hostId": "bob", "questions": [
        { "id": "q1", "correct": "Nile", "points": 2, "timeLimit": 20 },
        { "id": "q2", "correct": ["Congo", "Zaire"], "anyOf": true },
    ] })
}

async fn post(world: &World, path: &str, body: Value) -> (u16, Value) {
    world.app("POST", &format!("/internal/quiz/{path}"), body).await.both()
}

async fn get(world: &World, path: &str) -> (u16, Value) {
    world.app("GET", &format!("/internal/quiz/{path}"), Value::Null).await.both()
}

async fn join(world: &World, name: &str, key: u64) {
    let device = device_id("browser", "192.0.2.1");
    let actor = Actor { user: user(name), ..Actor::guest(&Uuids, device) };
    let quiz = QuizId::new("rivers").unwrap();
    world.quiz.quizzes.join(&quiz, &actor, &name.to_uppercase(), key).await.unwrap();
}

async fn answer(world: &World, name: &str, question: &str, answer: Value) {
    let (quiz, question) = (QuizId::new("rivers").unwrap(), QuestionId::new(question).unwrap());
    let user = user(name);
    world.quiz.quizzes.submit(&quiz, &question, &user, answer, Some(1.5)).await.unwrap();
}

fn row(name: &str, score: i64, answered: u32, rank: u32) -> Value {
    json!({ "userId": name, "userName": name.to_uppercase(), "score": score,
        "questionsAnswered": answered, "finished": false, "rank": rank })
}

#[tokio::test]
async fn the_app_leads_a_quiz_from_its_beginning_to_its_end() {
    let world = World::new().await;
    let known = json!({ "success": true, "quizId": "rivers", "questions": 2 });
    assert_eq!(post(&world, "quizzes", quiz()).await, (200, known));
    join(&world, "ann", 1).await;
    join(&world, "cid", 2).await;

    let at = world.now();
    let started =
        json!({ "success": true, "quizId": "rivers", "status": "active", "startTime": at });
    assert_eq!(post(&world, "rivers/start", json!({})).await, (200, started.clone()));
    world.pass(Duration::from_secs(1));
    assert_eq!(post(&world, "rivers/start", json!({})).await, (200, started));

    let now = world.now();
    let (closes, asked) =
        (now.plus(Duration::from_secs(20)), post(&world, "rivers/next", json!({})).await);
    let question = json!({ "questionId": "q1", "index": 0, "total": 2, "timeLimit": 20, "askedAt": now,
        "closesAt": closes, "closed": false });
    let going =
        json!({ "success": true, "quizId": "rivers", "status": "active", "question": question });
    assert_eq!(asked, (200, going));
    answer(&world, "ann", "q1", json!("nile ")).await;
    answer(&world, "cid", "q1", json!("Rhine")).await;

    let (status, session) = get(&world, "rivers").await;
    assert_eq!(status, 200);
    assert_eq!(session["question"], question);
    assert_eq!((&session["title"], &session["hostId"]), (&json!("Rivers"), &json!("bob")));
    assert_eq!((&session["registered"], &session["status"]), (&json!(true), &json!("active")));
    assert_eq!((&session["startedAt"], &session["participantCount"]), (&json!(at), &json!(2)));
    let ann = json!({ "userId": "ann", "userName": "ANN", "joinedAt": at, "score": 0, "questionsAnswered": 1,
        "finished": false, "left": false });
    assert_eq!(session["participants"][0], ann, "a score counts once its question is closed");
    assert!(session.get("completedAt").is_none());

    let asked = post(&world, "rivers/next", json!({})).await.1;
    assert_eq!(
        (&asked["question"]["index"], asked["question"].get("timeLimit")),
        (&json!(1), None)
    );
    let (_, led) = get(&world, "rivers/leaderboard").await;
    let rows = json!([row("ann", 2, 1, 1), row("cid", 0, 1, 2)]);
    assert_eq!(led, json!({ "quizId": "rivers", "leaderboard": rows }));
    answer(&world, "cid", "q2", json!("zaire")).await;

    let over = post(&world, "rivers/next", json!({})).await;
    let rows = json!([row("ann", 2, 1, 1), row("cid", 1, 2, 2)]);
    let completed =
        json!({ "success": true, "quizId": "rivers", "status": "completed", "leaderboard": rows });
    assert_eq!(over, (200, completed));
    let refused = (409, json!({ "error": "The quiz is over" }));
    for path in ["rivers/next", "rivers/end", "rivers/finish"] {
        assert_eq!(post(&world, path, json!({})).await, refused, "{path}");
    }
    assert_eq!(get(&world, "rivers").await.1["status"], "completed");
}

#[tokio::test]
async fn answers_come_in_pages_with_what_they_bring() {
    let world = World::new().await;
    post(&world, "quizzes", quiz()).await;
    for (key, name) in [(1, "ann"), (2, "bob"), (3, "cid")] {
        join(&world, name, key).await;
        answer(&world, name, "q1", json!("Nile")).await;
    }
    let one = |name: &str| {
        json!({ "userId": name, "questionId": "q1", "answer": "Nile", "timeSpent": 1.5,
            "submittedAt": world.now(), "points": 2 })
    };
    let (status, page) = get(&world, "rivers/answers?limit=2").await;
    let next = json!({ "afterUser": "bob", "afterQuestion": "q1" });
    assert_eq!(
        (status, &page["answers"], &page["next"]),
        (200, &json!([one("ann"), one("bob")]), &next)
    );
    let (_, page) = get(&world, "rivers/answers?limit=2&afterUser=bob&afterQuestion=q1").await;
    assert_eq!(page, json!({ "quizId": "rivers", "answers": [one("cid")] }));
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("afterUser=a", "afterUser"),
        ("afterUser=a%20b&afterQuestion=q", "afterUser"),
        ("afterUser=a&afterQuestion=", "afterQuestion"),
    ] {
        let (status, refused) = get(&world, &format!("rivers/answers?{query}")).await;
        assert_eq!((status, &refused["field"]), (400, &json!(field)), "{query}");
    }
}

#[tokio::test]
async fn participants_are_given_scores_and_are_done() {
    let world = World::new().await;
    post(&world, "quizzes", quiz()).await;
    join(&world, "ann", 1).await;
    answer(&world, "ann", "q1", json!("Nile")).await;
    let done = (200, json!({ "success": true }));
    assert_eq!(post(&world, "rivers/finish", json!({ "userId": "ann" })).await, done);
    let led = get(&world, "rivers/leaderboard").await.1;
    assert_eq!(
        (&led["leaderboard"][0]["score"], &led["leaderboard"][0]["finished"]),
        (&json!(2), &json!(true))
    );
    assert_eq!(post(&world, "rivers/score", json!({ "userId": "ann", "score": -7 })).await, done);
    assert_eq!(get(&world, "rivers").await.1["participants"][0]["score"], -7);

    let not_in = (404, json!({ "error": "Not in this quiz" }));
    assert_eq!(post(&world, "rivers/score", json!({ "userId": "bob", "score": 1 })).await, not_in);
    assert_eq!(post(&world, "rivers/finish", json!({ "userId": "bob" })).await, not_in);
    for (body, text) in [
        (json!({ "userId": "ann" }), "score is required"),
        (json!({ "userId": "ann", "score": 1.5 }), "score must be a whole number"),
        (
            json!({ "userId": "ann", "score": 9_007_199_254_740_992_i64 }),
            "score must be a whole number from -9007199254740991 to 9007199254740991",
        ),
    ] {
        let refused = (400, json!({ "error": text, "field": "score" }));
        assert_eq!(post(&world, "rivers/score", body).await, refused);
    }
    let ended = post(&world, "rivers/finish", json!({})).await;
    assert_eq!((ended.0, &ended.1["status"]), (200, &json!("completed")));
}

#[tokio::test]
async fn what_is_not_held_is_not_found_and_what_nobody_registered_has_no_questions() {
    let world = World::new().await;
    let missing = (404, json!({ "error": "Quiz session not found" }));
    for path in ["rivers", "rivers/answers", "rivers/leaderboard"] {
        assert_eq!(get(&world, path).await, missing, "{path}");
    }
    for path in ["rivers/next", "rivers/end", "rivers/finish"] {
        assert_eq!(post(&world, path, json!({})).await, missing, "{path}");
    }
    assert_eq!(get(&world, "a%20b").await.1["field"], "id");
    assert_eq!(post(&world, "rivers/start", json!({})).await.0, 200);
    let refused = (409, json!({ "error": "The quiz has no questions" }));
    assert_eq!(post(&world, "rivers/next", json!({})).await, refused);
    let session = get(&world, "rivers").await.1;
    assert_eq!((&session["registered"], session.get("question")), (&json!(false), None));
}

#[tokio::test]
async fn what_is_wrong_with_a_quiz_is_said() {
    let world = World::new().await;
    let id = "questions[0].id must be an id: a string of 1 to 128 bytes without white space";
    let question = |fields: Value| {
        let mut question = json!({ "id": "q", "correct": 1 });
        question.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        json!({ "quizId": "x", "questions": [question] })
    };
    for (body, field, text) in [
        (json!({}), "quizId", "quizId is required"),
        (json!({ "quizId": "x" }), "questions", "questions is required"),
        (json!({ "quizId": "x", "questions": {} }), "questions", "questions must be an array"),
        (
            json!({ "quizId": "x", "questions": [] }),
            "questions",
            "a quiz has at least one question",
        ),
        (
            json!({ "quizId": "stats", "questions": [] }),
            "quizId",
            "quizId must not be online, quizzes, stats",
        ),
        (question(json!({ "id": 7 })), "questions[0].id", id),
        (
            question(json!({ "points": -1 })),
            "questions[0].points",
            "questions[0].points must be a whole number of at least 0",
        ),
        (
            question(json!({ "timeLimit": 0 })),
            "questions[0].timeLimit",
            "questions[0].timeLimit must be a whole number from 1 to 86400",
        ),
        (
            question(json!({ "anyOf": true })),
            "questions[0].correct",
            "questions[0].correct must be an array where anyOf is true",
        ),
        (
            json!({ "quizId": "x", "questions": [{ "id": "q", "correct": 1 }, { "id": "q", "correct": 2 }] }),
            "questions",
            "two questions have the same id",
        ),
    ] {
        let refused = (400, json!({ "error": text, "field": field }));
        assert_eq!(post(&world, "quizzes", body).await, refused);
    }
    let many: Vec<_> = (0..501).map(|n| json!({ "id": n.to_string(), "correct": n })).collect();
    let refused = post(&world, "quizzes", json!({ "quizId": "x", "questions": many })).await;
    assert_eq!((refused.0, &refused.1["error"]), (400, &json!("a quiz has at most 500 questions")));
    let large = question(json!({ "correct": "x".repeat(600_000) }));
    assert_eq!(post(&world, "quizzes", large).await.0, 413);

    assert_eq!(post(&world, "quizzes", quiz()).await.0, 200);
    post(&world, "rivers/start", json!({})).await;
    let mut other = quiz();
    other["questions"][0]["correct"] = json!("Rhine");
    let refused = (409, json!({ "error": "the quiz is being held" }));
    assert_eq!(post(&world, "quizzes", other).await, refused);
    assert_eq!(post(&world, "quizzes", quiz()).await.0, 200, "told again it is no news");
}

#[tokio::test]
async fn who_is_there_and_figures_are_told() {
    let world = World::new().await;
    let device = device_id("browser", "192.0.2.1");
    let ann = Actor { user: user("ann"), ..Actor::guest(&Uuids, device) };
    world.quiz.roster.enter(&ann, "Ann");
    let now = world.now();
    let there =
        json!([{ "userId": "ann", "name": "Ann", "status": "online", "lastActivity": now }]);
    let online = json!({ "users": there, "count": 1, "timestamp": now });
    assert_eq!(get(&world, "online").await, (200, online));
    join(&world, "bob", 1).await;
    let stats = json!({
        "connections": { "totalConnections": 7, "currentConnections": 2, "peakConnections": 2, "lastPeak": now },
        "onlineUsers": 1, "activeRooms": 3, "quizSessions": 1, "uptime": 0, "memoryUsage": { "rss": 4096 },
        "timestamp": now,
    });
    assert_eq!(get(&world, "stats").await, (200, stats));
}

#[tokio::test]
async fn rooms_are_spelled_as_the_clients_of_the_contract_do() {
    let world = World::new().await;
    for (room, audience) in [
        ("user-ann", r#"User("ann")"#),
        ("quiz-rivers", r#"Quiz("rivers")"#),
        ("contact-7", r#"Support("7")"#),
        ("admins", "Role(Admin)"),
        ("lobby", r#"Chat(":lobby")"#),
    ] {
        let body = json!({ "room": room, "event": "hello", "contract": "quiz" });
        assert_eq!(world.app("POST", "/internal/send-to-room", body).await.status, 200, "{room}");
        let told = world.events();
        assert!(told[0].starts_with(&format!("{audience}: ")), "{told:?}");
    }
    let members = json!({ "userIds": ["ann"] });
    let path = "/internal/rooms/lobby/grant?contract=quiz";
    assert_eq!(world.app("POST", path, members.clone()).await.status, 200);
    let path = "/internal/rooms/quiz-rivers/grant?contract=quiz";
    assert_eq!(world.app("POST", path, members).await.status, 400);
}
