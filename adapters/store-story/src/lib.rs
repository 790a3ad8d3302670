//! The story every store must tell the same way: what the [`Store`] port promises, written once and run
//! against each implementation.
//!
//! A story stops its test by panicking where a promise is broken.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "this is test code: a broken promise stops the test"
)]

mod answers;
mod chats;
mod heard;
mod messages;
mod notifications;
mod order;
mod pages;
mod revocations;
mod sessions;
mod users;
mod words;

use std::sync::Arc;

use outrigger_domain::ports::{Bus, Store};

pub use heard::Heard;
pub use words::{at, chat, device, hello, message, new_message, notification, user};

/// Runs every story, each on an empty store that `open` makes and that publishes on the bus given to it.
pub async fn run(open: impl AsyncFn(Arc<dyn Bus>) -> Arc<dyn Store>) {
    macro_rules! tell {
        ($($story:path),* $(,)?) => {$(
            let heard = Arc::new(Heard::default());
            let store = open(Arc::clone(&heard) as Arc<dyn Bus>).await;
            $story(store.as_ref(), &heard).await;
            store.close().await;
        )*};
    }
    tell!(
        users::a_patch_changes_what_it_names,
        users::a_token_teaches_address_and_role_only,
        users::active_users_are_paged,
        messages::a_message_is_stored_once_and_both_sides_hear,
        messages::a_client_id_names_one_message_per_sender,
        messages::the_same_words_within_the_window_are_one_message,
        messages::a_chat_hears_its_messages,
        messages::an_image_comes_back_with_who_may_see_it,
        messages::only_the_receiver_reads,
        pages::a_conversation_is_paged_backwards,
        pages::a_chat_is_paged_backwards,
        pages::messages_of_one_millisecond_keep_their_order,
        pages::partners_come_latest_first_with_unread_counts,
        notifications::a_notification_is_stored_once,
        notifications::notifications_are_listed_newest_first,
        notifications::reading_tells_the_other_devices,
        sessions::a_session_is_replaced_and_keeps_its_beginning,
        sessions::ending_gives_what_was_active,
        chats::membership_is_granted_and_revoked,
        revocations::the_later_revocation_wins,
        answers::the_first_answer_stays,
        answers::the_trail_is_newest_first,
        answers::old_things_are_forgotten,
        order::events_leave_in_the_order_of_the_commits,
        order::two_writers_store_one_message,
        order::a_closed_store_refuses,
    );
}
