//! How SQLite goes about queries that must not slow down as their tables grow.

use outrigger_domain::ports::{Store as _, WebhookStore as _};
use outrigger_store_story::{at, webhook};
use sqlx::Row as _;

use super::{Sql, open};
use crate::SqliteStore;

/// The plan of the one checked query that holds this text.
async fn plan(store: &SqliteStore, fragment: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/.sqlx");
    let queries: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .map(|file| serde_json::from_slice::<serde_json::Value>(&file).unwrap())
        .map(|file| file["query"].as_str().unwrap().to_owned())
        .filter(|query| query.contains(fragment))
        .collect();
    let [query] = queries.as_slice() else { panic!("{queries:?}") };
    let rows = sqlx::query(&format!("EXPLAIN QUERY PLAN {query}"))
        .fetch_all(&store.readers.pool())
        .await
        .unwrap();
    let steps: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
    steps.join("; ")
}

#[tokio::test]
async fn a_long_lane_does_not_slow_down_what_is_due() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    for n in 0..50 {
        let part = (0..1000).map(|m| webhook(&format!("w{n}-{m}"), Some("ann"), at(0)));
        store.post_webhooks(part.collect()).await.unwrap();
    }
    store.post_webhooks(vec![webhook("other", Some("ben"), at(5))]).await.unwrap();
    store.writer.write(Sql("ANALYZE")).await.unwrap();
    let due = store.due_webhooks(at(9), 100).await.unwrap();
    let ids: Vec<_> = due.webhooks.iter().map(|webhook| webhook.id.as_str()).collect();
    assert_eq!(ids, ["w0-0", "other"]);

    let by_index = "SEARCH webhooks USING INDEX webhooks_due (due_at<?)";
    assert_eq!(plan(&store, "WHERE due_at <= ?").await, by_index);
    let next = plan(&store, "min(due_at)").await;
    assert_eq!(next, "SEARCH webhooks USING COVERING INDEX webhooks_due (due_at>?)");
    for fragment in ["SET due_at = max(not_before", "SET due_at = NULL\n"] {
        let plan = plan(&store, fragment).await;
        assert!(plan.contains("webhooks_lane (lane=?") && !plan.contains("SCAN"), "{plan}");
    }
    store.close().await;
}

/// Whether each table is searched by key or index, but for what a step before it has gathered.
fn searches(plan: &str, gathered: &[&str]) {
    for step in plan.split("; ").filter(|step| step.starts_with("SCAN")) {
        let virtual_table = step.contains("json_each") || step.contains("subquery");
        let allowed = gathered.iter().any(|name| step.split(' ').nth(1) == Some(name));
        assert!(virtual_table || allowed || step == "SCAN CONSTANT ROW", "{plan}");
    }
}

#[tokio::test]
async fn feeds_are_read_where_they_lie() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    for fragment in ["AS ends", "WITH RECURSIVE users"] {
        let plan = plan(&store, fragment).await;
        for table in ["feed", "f", "m", "n", "messages", "notifications"] {
            assert!(!plan.split("; ").any(|step| step == format!("SCAN {table}")), "{plan}");
        }
        assert!(plan.contains("SEARCH feed USING"), "{plan}");
    }
    let page = plan(&store, "AS ends").await;
    assert_eq!(
        page.matches("SEARCH users USING PRIMARY KEY (id=?) LEFT-JOIN").count(),
        3,
        "{page}"
    );
    store.close().await;
}

#[tokio::test]
async fn messages_are_found_where_they_lie_with_who_wrote_them() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    let both = "SEARCH users USING PRIMARY KEY (id=?) LEFT-JOIN";
    for (fragment, by) in [
        (
            "FROM shown_messages WHERE id = ?",
            "SEARCH m USING INDEX sqlite_autoindex_messages_1 (id=?)",
        ),
        (
            "FROM shown_messages WHERE sender = ? AND client_id",
            "SEARCH m USING INDEX messages_client_id",
        ),
        ("FROM shown_messages WHERE chat = ? AND", "SEARCH m USING INDEX messages_chat (chat=?"),
        ("FROM shown_messages WHERE position IN", "SEARCH m USING INTEGER PRIMARY KEY"),
        (
            "AND ?1 <> ?2\n                 ORDER BY created_at DESC",
            "SEARCH m USING INDEX messages_conversation",
        ),
        ("WHERE chat = ?3 AND created_at >= ?5", "SEARCH m USING INDEX messages_conversation"),
        ("JOIN shown_messages AS m ON m.position = page", "COVERING INDEX messages_conversation"),
        ("ON m.position = c.last_position", "SEARCH conversations USING PRIMARY KEY (user=?)"),
        ("DELETE FROM messages", "USING INDEX sqlite_autoindex_messages_1 (id=?)"),
        ("SET delivered_at", "USING INDEX sqlite_autoindex_messages_1 (id=?)"),
    ] {
        let plan = plan(&store, fragment).await;
        assert!(plan.contains(by), "{fragment}: {plan}");
        searches(&plan, &["page", "c"]);
        assert!(plan.matches(both).count() >= 2 || plan.contains("SCALAR SUBQUERY"), "{plan}");
    }
    // Unread ones are looked for from the newest back, in the order of the index.
    let unread = plan(&store, "SELECT unread FROM conversations").await;
    assert!(unread.contains("SEARCH messages USING INDEX messages_conversation"), "{unread}");
    assert_eq!(unread.matches("TEMP B-TREE").count(), 1, "{unread}");
    searches(&unread, &[]);
    store.close().await;
}

#[tokio::test]
async fn notifications_are_cut_from_their_indexes() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    for (condition, index) in [
        ("user = ?", "notifications_user (user=?)"),
        ("user = ? AND read_at IS NULL", "notifications_unread (user=?)"),
        ("user = ? AND read_at IS NOT NULL", "notifications_read_before (user=?)"),
        ("user = ? AND kind = ?", "notifications_kind (user=? AND kind=?)"),
        (
            "user = ? AND kind = ? AND (read_at IS NOT NULL) = ?",
            "notifications_kind (user=? AND kind=?)",
        ),
    ] {
        let page = plan(
            &store,
            &format!("{condition} ORDER BY created_at DESC, position DESC LIMIT ? OFFSET"),
        )
        .await;
        let by_index = format!("SEARCH n USING INDEX {index}");
        assert_eq!(page, format!("{by_index}; SEARCH users USING PRIMARY KEY (id=?) LEFT-JOIN"));
    }
    store.close().await;
}

#[tokio::test]
async fn statuses_and_followers_are_found_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    for fragment in [
        "LEFT JOIN statuses",
        "status COLLATE NOCASE IN",
        "LEFT JOIN followers",
        "SELECT partner FROM conversations WHERE user = ?1 AND partner <> ?1",
        "DELETE FROM followers",
        "FROM subscriptions WHERE user = ? ORDER BY",
        "DELETE FROM subscriptions WHERE position IN",
    ] {
        let plan = plan(&store, fragment).await;
        assert!(plan.contains("SEARCH"), "{plan}");
        searches(&plan, &["o", "asked"]);
    }
    store.close().await;
}

#[tokio::test]
async fn recipients_and_figures_are_found_however_many_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    for (fragment, step) in [
        (
            "revision\n         FROM tracked WHERE id = ?",
            "SEARCH tracked USING INDEX sqlite_autoindex_tracked_1 (id=?)",
        ),
        ("FROM tracked WHERE owner = ?\n", "SEARCH tracked USING INDEX tracked_owner (owner=?)"),
        (
            "FROM tracked WHERE owner = ? ORDER BY created_at DESC, position DESC LIMIT 5",
            "SEARCH tracked USING INDEX tracked_owner (owner=?)",
        ),
        (
            "ORDER BY revision LIMIT",
            "SEARCH tracked_recipients USING INDEX tracked_recipients_changed",
        ),
        (
            "message = ? ORDER BY id LIMIT",
            "SEARCH tracked_recipients USING PRIMARY KEY (message=?)",
        ),
        (
            "message = ? AND status = ? ORDER BY id",
            "SEARCH tracked_recipients USING INDEX tracked_recipients_status (message=? AND status=?)",
        ),
        (
            "message = ? AND id IN",
            "SEARCH tracked_recipients USING PRIMARY KEY (message=? AND id=?)",
        ),
        (
            "count(*) FROM tracked_contacts",
            "SEARCH tracked_contacts USING PRIMARY KEY (owner=? AND contact=?)",
        ),
        (
            "DELETE FROM tracked_contacts",
            "SEARCH tracked_contacts USING PRIMARY KEY (owner=? AND contact=?)",
        ),
        (
            "SELECT day, contacts",
            "SEARCH tracked_days USING PRIMARY KEY (owner=? AND day>? AND day<?)",
        ),
        (
            "FROM tracked_templates",
            "SEARCH tracked_templates USING PRIMARY KEY (owner=? AND month=?)",
        ),
    ] {
        let plan = plan(&store, fragment).await;
        assert!(plan.contains(step), "{fragment}: {plan}");
        searches(&plan, &[]);
        let sorts = fragment.contains("tracked_templates");
        assert_eq!(plan.contains("TEMP B-TREE"), sorts, "{fragment}: {plan}");
    }
    // Of everyone: the latest five, from the end of an index.
    let latest = plan(&store, "FROM tracked ORDER BY created_at").await;
    assert_eq!(latest, "SCAN tracked USING INDEX tracked_created");
    store.close().await;
}

#[tokio::test]
async fn what_the_marketplace_keeps_is_found_where_it_lies() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    let by_rowid = "USING INTEGER PRIMARY KEY (rowid<?)";
    for (fragment, step) in [
        ("INSERT INTO event_roles (event, roles, preset, changed_at)\n", "SCAN json_each"),
        ("UPDATE event_roles", "SEARCH event_roles USING PRIMARY KEY (event=?)"),
        ("json_group_array(seller)", "SEARCH orders USING PRIMARY KEY (id=?)"),
        ("json_group_array(seller)", "SEARCH order_sellers USING PRIMARY KEY (order_id=?)"),
        ("INSERT INTO orders", "SEARCH orders USING PRIMARY KEY (id=?)"),
        ("DELETE FROM order_sellers", "SEARCH order_sellers USING PRIMARY KEY (order_id=?)"),
        ("FROM notices WHERE created_at > ?", "SEARCH notices USING INDEX notices_created"),
        ("DELETE FROM notices WHERE position <=", by_rowid),
        (
            "FROM notices WHERE created_at < ?",
            "SEARCH notices USING COVERING INDEX notices_created",
        ),
        ("DELETE FROM socket_audit WHERE position <=", by_rowid),
        (
            "FROM socket_audit WHERE at < ? LIMIT",
            "SEARCH socket_audit USING COVERING INDEX socket_audit_at (at<?)",
        ),
    ] {
        let plan = plan(&store, fragment).await;
        assert!(plan.contains(step), "{fragment}: {plan}");
        searches(&plan, &[]);
        assert!(!plan.contains("TEMP B-TREE"), "{fragment}: {plan}");
    }
    for (condition, index) in [
        ("WHERE true AND", "socket_audit_at (at<?)"),
        ("WHERE user = ? AND +kind", "socket_audit_user (user=? AND at<?)"),
        ("WHERE kind = ? AND at", "socket_audit_kind (kind=? AND at<?)"),
        ("WHERE severity <> 'low' AND", "socket_audit_severe (at<?)"),
        ("WHERE severity = 'high' AND", "socket_audit_most_severe (at<?)"),
    ] {
        let plan = plan(&store, condition).await;
        assert!(plan.starts_with(&format!("SEARCH socket_audit USING INDEX {index}")), "{plan}");
        searches(&plan, &[]);
        assert!(!plan.contains("TEMP B-TREE"), "{condition}: {plan}");
    }
    store.close().await;
}

#[tokio::test]
async fn quizzes_are_found_where_they_lie() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    let outdated = "USING COVERING INDEX quiz_sessions_completed (completed_at<?)";
    for (fragment, step) in [
        (
            "FROM quiz_sessions WHERE quiz = ?",
            "SEARCH quiz_sessions USING INDEX quiz_sessions_quiz",
        ),
        ("FROM quiz_participants WHERE session = ?", "PRIMARY KEY (session=?)"),
        (
            "DELETE FROM quiz_participants\n             WHERE session = ",
            "SEARCH quiz_participants USING PRIMARY KEY (session=? AND user=?)",
        ),
        (
            "AND (user, question) > (?, ?)",
            "SEARCH quiz_answers USING PRIMARY KEY (session=? AND (user,question)>(?,?))",
        ),
        ("FROM quiz_answers AS a\n", "SEARCH a USING PRIMARY KEY (session=?)"),
        ("FROM quiz_answers AS a\n", "SEARCH p USING PRIMARY KEY (session=? AND user=?)"),
        ("DELETE FROM quiz_answers", outdated),
        ("DELETE FROM quiz_participants WHERE (session, user)", outdated),
        ("DELETE FROM quiz_sessions", outdated),
    ] {
        let plan = plan(&store, fragment).await;
        assert!(plan.contains(step), "{fragment}: {plan}");
        searches(&plan, &[]);
        let sorts = fragment == "FROM quiz_participants WHERE session = ?";
        assert_eq!(plan.contains("TEMP B-TREE"), sorts, "{fragment}: {plan}");
    }
    // Those that are not over are all that is in this index.
    let open = plan(&store, "FROM quiz_sessions WHERE status <> 'completed'").await;
    assert_eq!(open, "SCAN quiz_sessions USING INDEX quiz_sessions_open");
    store.close().await;
}

#[tokio::test]
async fn requests_for_help_are_listed_in_the_order_of_their_indexes() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    for (fragment, expected) in [
        (
            "'pending' ORDER BY urgency DESC, submitted_at DESC",
            "SCAN contacts USING INDEX contacts_shown",
        ),
        ("+assign_at <= ? ORDER BY", "SCAN contacts USING INDEX contacts_queue"),
        ("'in_progress' ORDER BY", "SCAN contacts USING INDEX contacts_open"),
        ("'resolved' ORDER BY", "SCAN contacts USING INDEX contacts_done"),
        ("FROM contacts  ORDER BY", "SCAN contacts USING INDEX contacts_submitted"),
        (
            "WHERE user = ? ORDER BY submitted_at DESC, position DESC LIMIT ? OFFSET",
            "SEARCH contacts USING INDEX contacts_user (user=?)",
        ),
        ("AND admin = ? ORDER BY", "SEARCH contacts USING INDEX contacts_admin (admin=?)"),
        ("GROUP BY admin", "SCAN contacts USING COVERING INDEX contacts_admin"),
        (
            "count(*) FROM contacts WHERE status = 'pending'",
            "SCAN contacts USING COVERING INDEX contacts_due",
        ),
        (
            "count(*) FROM contacts WHERE status = 'in_progress'",
            "SCAN contacts USING COVERING INDEX contacts_open",
        ),
        (
            "count(*) FROM contacts WHERE status = 'resolved'",
            "SCAN contacts USING COVERING INDEX contacts_resolved",
        ),
    ] {
        let plan = plan(&store, fragment).await;
        assert_eq!(plan, expected, "{fragment}");
    }
    for (fragment, step) in [
        (
            "status = 'pending' AND assign_at <= ?",
            "SEARCH contacts USING COVERING INDEX contacts_due (assign_at<?)",
        ),
        (
            "UPDATE contacts SET status = 'in_progress'",
            "SEARCH contacts USING INDEX sqlite_autoindex_contacts_1 (id=?)",
        ),
        (
            "FROM support_messages\n",
            "SEARCH support_messages USING INDEX support_messages_contact (contact=?)",
        ),
        (
            "DELETE FROM support_messages",
            "SEARCH c USING COVERING INDEX contacts_resolved (resolved_at<?)",
        ),
        (
            "DELETE FROM contacts WHERE position",
            "SEARCH c USING COVERING INDEX contacts_resolved (resolved_at<?)",
        ),
    ] {
        let plan = plan(&store, fragment).await;
        assert!(plan.contains(step), "{fragment}: {plan}");
        searches(&plan, &[]);
        assert!(!plan.contains("TEMP B-TREE"), "{fragment}: {plan}");
    }
    store.close().await;
}

#[tokio::test]
async fn mail_is_found_where_it_lies() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    for (fragment, step) in [
        (
            "FROM mails WHERE state = 'waiting'",
            "SEARCH mails USING INDEX mails_due (kind=? AND due_at<?)",
        ),
        ("FROM mails WHERE state = ?", "SEARCH mails USING INDEX mails_state (state=?)"),
        ("FROM mails WHERE key = ?", "INDEX sqlite_autoindex_mails_2 (key=?)"),
        ("UPDATE mails SET state = ?2", "INDEX sqlite_autoindex_mails_1 (id=?)"),
        (
            "FROM mails WHERE state = 'sent'",
            "COVERING INDEX mails_settled (state=? AND updated_at<?)",
        ),
        (
            "FROM mails WHERE state = 'dead'",
            "COVERING INDEX mails_settled (state=? AND updated_at<?)",
        ),
    ] {
        let plan = plan(&store, fragment).await;
        assert!(plan.contains(step), "{fragment}: {plan}");
        searches(&plan, &[]);
        assert!(!plan.contains("TEMP B-TREE"), "{fragment}: {plan}");
    }
    store.close().await;
}
