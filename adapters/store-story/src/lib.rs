//! The story every store must tell the same way: what the ports of the domain
//! promise ([`AnyStore`]), written once and run against each implementation.
//!
//! A story stops its test by panicking where a promise is broken.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "this is test code: a broken promise stops the test"
)]

mod analytics;
mod answers;
mod chats;
mod claims;
mod commerce_words;
mod contacts;
mod deleting;
mod event_roles;
mod feed_pages;
mod feeds;
mod heard;
mod leases;
mod mail_words;
mod mails;
mod messages;
mod notices;
mod notices_to_many;
mod notifications;
mod order;
mod orders;
mod pages;
mod preferences;
mod profiles;
mod quiz_answers;
mod quiz_words;
mod quizzes;
mod reading;
mod recipients;
mod revocations;
mod sessions;
mod slices;
mod socket_audit;
mod statuses;
mod subscriptions;
mod support_words;
mod suppressions;
mod told;
mod tracked_words;
mod tracking;
mod users;
mod webhooks;
mod words;
mod world;

use std::sync::Arc;

pub use commerce_words::{entry, event_roles, notice, order, order_id};
pub use heard::Heard;
pub use mail_words::{address, mail, mail_id};
pub use quiz_words::{
    answer, over, participant, question_id, quiz, quiz_id, quiz_session, quiz_session_id,
};
pub use support_words::{admin, contact, contact_id, resolver, support_text};
pub use told::{Told, webhook};
pub use tracked_words::{registration, said, tracked_id, update};
pub use words::{
    at, chat, custom, device, hello, message, new_message, notification, notification_id, profile,
    user,
};
use world::World;
pub use world::{AnyStore, Setting};

/// Runs every story, each on an empty store that `open` makes as its setting says.
pub async fn run(open: impl AsyncFn(Setting) -> Arc<dyn AnyStore>) {
    messages_and_users(&open).await;
    feeds_and_outbox(&open).await;
    messages_to_many(&open).await;
    marketplace(&open).await;
    quizzes_held_live(&open).await;
    help_and_mail(&open).await;
}

async fn messages_and_users(open: &impl AsyncFn(Setting) -> Arc<dyn AnyStore>) {
    macro_rules! tell {
        ($($story:path),* $(,)?) => {$(
            let World { store, heard, .. } = World::open(open).await;
            $story(store.as_ref(), &heard).await;
            store.close().await;
        )*};
    }
    tell!(
        users::a_patch_changes_what_it_names,
        users::many_are_looked_up_at_once,
        users::a_token_teaches_address_and_role,
        users::a_token_teaches_a_profile_where_there_is_none,
        users::what_the_app_said_of_a_role_outlives_tokens,
        users::active_users_are_paged,
        messages::a_message_is_stored_once_and_both_sides_hear,
        messages::a_client_id_names_one_message_per_sender,
        messages::the_same_words_within_the_window_are_one_message,
        messages::a_chat_hears_its_messages,
        messages::an_image_comes_back_with_who_may_see_it,
        messages::only_the_receiver_reads,
        deleting::a_chat_hears_what_is_deleted,
        deleting::a_conversation_is_what_is_left_of_it,
        deleting::who_pages_backwards_from_a_deleted_message_goes_on,
        reading::of_these_those_to_the_reader_are_read,
        reading::a_conversation_is_read_in_parts,
        slices::a_conversation_is_cut_from_its_beginning,
        slices::conversations_come_with_their_last_message,
        slices::notifications_are_filtered,
        pages::a_conversation_is_paged_backwards,
        pages::a_chat_is_paged_backwards,
        pages::messages_of_one_millisecond_keep_their_order,
        pages::partners_come_latest_first_with_unread_counts,
        notifications::a_notification_is_stored_once,
        notifications::notifications_are_listed_newest_first,
        notifications::reading_tells_the_other_devices,
        notifications::without_a_device_all_are_told,
        notifications::what_is_deleted_is_not_unread,
        preferences::preferences_are_kept_name_by_name,
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

async fn feeds_and_outbox(open: &impl AsyncFn(Setting) -> Arc<dyn AnyStore>) {
    macro_rules! tell {
        ($($story:path),* $(,)?) => {$(
            let world = World::open(open).await;
            $story(&world).await;
            world.store.close().await;
        )*};
    }
    tell!(
        feeds::a_message_is_in_the_feeds_of_both_sides,
        feeds::a_chat_is_in_the_feeds_of_its_members,
        feeds::receipts_and_notifications_have_their_places,
        feeds::a_record_is_told_and_kept,
        feeds::a_record_under_a_key_is_made_once,
        feeds::what_is_not_written_takes_no_place,
        feeds::a_message_is_delivered_once,
        feed_pages::a_feed_is_read_page_by_page,
        feed_pages::a_feed_without_its_subjects_has_no_gap,
        feed_pages::a_feed_keeps_so_many,
        feed_pages::a_feed_loses_its_old_beginning_only,
        feed_pages::an_origin_is_a_name_that_stays,
        deleting::only_the_sender_deletes_and_both_sides_hear,
        deleting::a_webhook_that_waits_is_given_up,
        notices::a_message_and_its_notice_are_told_together,
        notices::a_message_that_fails_leaves_no_notice,
        profiles::messages_come_with_both_sides,
        profiles::notifications_come_with_who_caused_them,
        statuses::a_status_changes_where_it_says_so,
        statuses::the_latest_time_is_when_someone_was_seen,
        statuses::users_are_found_by_their_word,
        statuses::followers_are_replaced,
        subscriptions::an_endpoint_is_one_browsers,
        subscriptions::unsubscribing_ends_ones_own,
        webhooks::a_lane_goes_one_after_the_other,
        webhooks::its_own_time_counts_when_its_turn_comes,
        webhooks::events_post_and_cancel,
        webhooks::cancelling_moves_a_lane_on,
        webhooks::the_dead_are_listed_retried_and_forgotten,
        webhooks::no_more_dead_ones_are_kept_than_may_wait,
        webhooks::a_full_outbox_leaves_out_or_refuses,
        leases::leases_come_and_go,
        leases::leases_take_their_webhooks_along_as_far_as_there_is_room,
    );
}

async fn messages_to_many(open: &impl AsyncFn(Setting) -> Arc<dyn AnyStore>) {
    macro_rules! tell {
        ($($story:path),* $(,)?) => {$(
            let world = World::open(open).await;
            $story(&world).await;
            world.store.close().await;
        )*};
    }
    tell!(
        tracking::a_message_belongs_to_whom_it_was_first_told_of_for,
        tracking::registering_adds_to_what_is_known,
        tracking::a_status_goes_forward_and_is_told,
        tracking::a_users_messages_come_latest_first,
        recipients::recipients_become_known_and_are_counted,
        recipients::what_leads_backwards_is_passed_over,
        recipients::what_is_said_of_a_recipient_is_kept,
        recipients::recipients_are_read_by_change_and_by_id,
        recipients::a_registered_message_keeps_its_status_while_its_recipients_move,
        analytics::without_messages_there_is_nothing_to_count,
        analytics::days_count_what_happened_on_them,
        analytics::sums_are_of_one_user_or_of_everyone,
    );
}

async fn marketplace(open: &impl AsyncFn(Setting) -> Arc<dyn AnyStore>) {
    macro_rules! tell {
        ($($story:path),* $(,)?) => {$(
            let world = World::open(open).await;
            $story(&world).await;
            world.store.close().await;
        )*};
    }
    tell!(
        event_roles::the_map_begins_with_its_defaults,
        event_roles::what_was_removed_does_not_come_back_by_itself,
        event_roles::a_change_is_noted_and_what_changes_nothing_is_not,
        event_roles::a_removed_default_outlives_any_number_of_other_removals,
        orders::an_order_is_known_once_its_buyer_is,
        orders::what_is_not_told_of_an_order_stays,
        notices_to_many::a_notice_is_kept_and_told,
        notices_to_many::notices_are_for_their_readers_newest_first,
        notices_to_many::the_latest_thousand_of_a_week_are_kept,
        socket_audit::entries_are_found_by_every_filter,
        socket_audit::an_entry_is_as_it_was_written,
        socket_audit::old_entries_are_forgotten,
        socket_audit::the_latest_hundred_thousand_are_kept,
    );
}

async fn quizzes_held_live(open: &impl AsyncFn(Setting) -> Arc<dyn AnyStore>) {
    macro_rules! tell {
        ($($story:path),* $(,)?) => {$(
            let world = World::open(open).await;
            $story(&world).await;
            world.store.close().await;
        )*};
    }
    tell!(
        quizzes::what_was_told_last_of_a_quiz_counts,
        quizzes::a_session_is_as_it_was_saved_last,
        quizzes::participants_are_replaced_and_forgotten,
        quizzes::the_latest_session_and_those_that_are_not_over,
        quizzes::sessions_are_forgotten_thirty_days_after_their_end,
        quiz_answers::the_last_answer_to_a_question_counts,
        quiz_answers::an_answer_brings_its_participants_row,
        quiz_answers::answers_are_paged_by_user_and_question,
        quiz_answers::three_hundred_answer_at_once,
    );
}

async fn help_and_mail(open: &impl AsyncFn(Setting) -> Arc<dyn AnyStore>) {
    macro_rules! tell {
        ($($story:path),* $(,)?) => {$(
            let world = World::open(open).await;
            $story(&world).await;
            world.store.close().await;
        )*};
    }
    tell!(
        contacts::a_request_is_as_it_came,
        contacts::those_that_wait_come_urgent_first,
        contacts::those_due_are_given_away_oldest_first,
        contacts::an_admins_chats_come_oldest_first,
        contacts::figures_follow_what_happens,
        contacts::a_chat_is_its_last_messages,
        contacts::requests_are_forgotten_ninety_days_after_they_were_done,
        claims::of_many_claims_one_wins,
        claims::what_an_admin_has_is_theirs_until_they_are_lost,
        claims::only_who_has_it_gives_it_back,
        claims::what_is_done_stays_done,
        mails::mail_waits_by_kind_until_it_is_due,
        mails::a_key_names_one_mail,
        mails::a_full_outbox_takes_no_mail,
        mails::attempts_are_noted_and_counted,
        mails::old_mail_is_forgotten,
        suppressions::what_bounced_is_worse_than_what_is_not_wanted,
    );
}
