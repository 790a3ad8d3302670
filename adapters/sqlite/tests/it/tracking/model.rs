//! What is expected of counts and figures: counted from the rows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use outrigger_domain::{
    paging::Slice,
    ports::TrackingStore as _,
    time::Timestamp,
    tracking::{Counts, Recipient, RecipientFilter, RecipientStatus, Tracked},
};
use outrigger_sqlite::SqliteStore;
use outrigger_store_story::{tracked_id, user};
use proptest::{prelude::*, test_runner::TestCaseError};

use super::OWNERS;

/// What is expected of figures, and can only be known while it happens.
#[derive(Default)]
pub struct Model {
    pub messages: BTreeMap<String, Tracked>,
    /// When recipients failed that did not get it, by message and id.
    failed_at: HashMap<(String, String), Timestamp>,
    /// The day on which each owner's contacts were first seen.
    contacts: BTreeMap<(String, String), String>,
}

fn date(at: Timestamp) -> String {
    at.to_string()[..10].to_owned()
}

fn is_near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6
}

pub async fn recipients(store: &SqliteStore, id: &str) -> Vec<Recipient> {
    store.recipients_since(&tracked_id(id), 0, 1000).await.unwrap()
}

fn contact(recipient: &Recipient) -> String {
    match recipient.phone.as_str() {
        "" => format!("{} {}", recipient.message, recipient.id),
        phone => phone.to_owned(),
    }
}

impl Model {
    /// Whether the message is another's; of whom it is from now on, if it is new.
    pub fn is_foreign(&self, id: &str, owner: &str) -> bool {
        self.messages.get(id).is_some_and(|known| known.owner.as_str() != owner)
    }

    /// Takes in what the store says that a message is now; its status must not have gone backwards.
    pub fn take(&mut self, now: &Tracked) -> Result<(), TestCaseError> {
        if let Some(before) = self.messages.get(now.id.as_str()) {
            prop_assert!(before.status == now.status || before.status.leads_to(now.status));
            prop_assert_eq!((before.created_at, &before.owner), (now.created_at, &now.owner));
            prop_assert!(before.sent_at.is_none() || before.sent_at == now.sent_at);
            prop_assert!(before.revision <= now.revision);
        }
        self.messages.insert(now.id.to_string(), now.clone());
        Ok(())
    }

    /// Follows the rows of all recipients from one moment to the next.
    pub async fn follow(&mut self, store: &SqliteStore, now: Timestamp) {
        let mut seen = BTreeSet::new();
        for (id, tracked) in &self.messages {
            for recipient in recipients(store, id).await {
                let place = (id.clone(), recipient.id.to_string());
                if matches!(recipient.status, RecipientStatus::Failed | RecipientStatus::Bounced) {
                    self.failed_at.entry(place).or_insert(now);
                } else {
                    self.failed_at.remove(&place);
                }
                seen.insert((tracked.owner.to_string(), contact(&recipient)));
            }
        }
        self.contacts.retain(|contact, _| seen.contains(contact));
        for contact in seen {
            self.contacts.entry(contact).or_insert_with(|| date(now));
        }
    }

    /// Compares counts and figures with the rows.
    pub async fn check(&self, store: &SqliteStore, now: Timestamp) -> Result<(), TestCaseError> {
        for (id, expected) in &self.messages {
            let tracked = store.tracked(&tracked_id(id)).await.unwrap().unwrap();
            prop_assert_eq!(&tracked, expected);
            let rows = recipients(store, id).await;
            let mut counts = Counts::default();
            rows.iter().for_each(|row| *counts.of_mut(row.status) += 1);
            prop_assert_eq!(tracked.counts, counts);
            prop_assert!(rows.is_sorted_by(|a, b| a.revision < b.revision));
            prop_assert!(rows.last().is_none_or(|last| last.revision == tracked.revision));
            let cost: f64 = rows.iter().filter_map(|row| row.cost).sum();
            prop_assert!(is_near(tracked.recipients_cost.unwrap_or_default(), cost));
            for status in RecipientStatus::ALL {
                let filter = RecipientFilter { status: Some(*status) };
                let slice = Slice { offset: 0, limit: 1000 };
                let part = store.recipients(&tracked_id(id), filter, slice).await.unwrap();
                prop_assert_eq!(part.items.len() as u64, part.total);
                prop_assert!(part.items.is_sorted_by(|a, b| a.id < b.id));
                prop_assert!(part.items.iter().all(|row| row.status == *status));
                prop_assert_eq!(part.total, *counts.of_mut(*status));
            }
        }
        for owner in [None, Some(OWNERS[0]), Some(OWNERS[1])] {
            self.check_figures(store, owner, now).await?;
        }
        Ok(())
    }

    async fn check_figures(
        &self,
        store: &SqliteStore,
        owner: Option<&str>,
        now: Timestamp,
    ) -> Result<(), TestCaseError> {
        let whose = owner.map(user);
        let is_theirs = |name: &str| owner.is_none_or(|owner| owner == name);
        let theirs: Vec<_> =
            self.messages.values().filter(|one| is_theirs(one.owner.as_str())).collect();
        let stats = store.message_stats(whose.as_ref()).await.unwrap();
        let sum = |of: fn(&Tracked) -> u64| theirs.iter().map(|one| of(one)).sum::<u64>();
        prop_assert_eq!(stats.total_messages, theirs.len() as u64);
        prop_assert_eq!(stats.total_recipients, sum(Tracked::total_recipients));
        prop_assert_eq!(stats.total_success, sum(|one| one.success_count().unwrap_or_default()));
        prop_assert_eq!(stats.total_failed, sum(|one| one.failed_count().unwrap_or_default()));
        let cost: f64 = theirs.iter().filter_map(|one| one.total_cost()).sum();
        prop_assert!(is_near(stats.total_cost, cost));

        // By day: sent, delivered, failed; and new contacts.
        let mut days: BTreeMap<String, (u64, u64, u64)> = BTreeMap::new();
        for one in &theirs {
            for row in recipients(store, one.id.as_str()).await {
                let failed = self.failed_at.get(&(one.id.to_string(), row.id.to_string()));
                if let Some(at) = row.sent_at {
                    days.entry(date(at)).or_default().0 += 1;
                }
                if let Some(at) = row.delivered_at {
                    days.entry(date(at)).or_default().1 += 1;
                }
                if let Some(at) = failed {
                    days.entry(date(*at)).or_default().2 += 1;
                }
            }
        }
        let mut growth: BTreeMap<&str, u64> = BTreeMap::new();
        let contacts = self.contacts.iter().filter(|((owner, _), _)| is_theirs(owner));
        contacts.clone().for_each(|(_, day)| *growth.entry(day).or_default() += 1);

        let shown = store.dashboard(whose.as_ref(), now).await.unwrap();
        let begin = date(Timestamp::from_ms(now.ms() - 29 * 86_400_000));
        let expected: Vec<_> = days.iter().filter(|(day, _)| **day >= begin).collect();
        let expected: Vec<_> =
            expected.iter().map(|(day, counts)| (day.as_str(), **counts)).collect();
        let outcomes = shown.message_stats.iter();
        let outcomes: Vec<_> = outcomes
            .map(|day| (day.date.as_str(), (day.sent, day.delivered, day.failed)))
            .collect();
        prop_assert_eq!(outcomes, expected);
        let found: Vec<_> =
            shown.contact_growth.iter().map(|day| (day.date.as_str(), day.count)).collect();
        let expected: Vec<_> = growth.iter().filter(|(day, _)| **day >= begin.as_str()).collect();
        prop_assert_eq!(found, expected.iter().map(|(day, n)| (**day, **n)).collect::<Vec<_>>());
        prop_assert_eq!(shown.total_contacts, contacts.count() as u64);
        prop_assert_eq!(shown.messages_sent_today, days.get(&date(now)).map_or(0, |day| day.0));
        prop_assert_eq!(shown.recent_messages.len(), theirs.len().min(5));

        let usage = store.usage(whose.as_ref(), now).await.unwrap();
        let month = &date(now)[..7];
        let of_month: Vec<_> =
            theirs.iter().filter(|one| date(one.created_at).starts_with(month)).collect();
        let recipients: u64 = of_month.iter().map(|one| one.total_recipients()).sum();
        prop_assert_eq!(usage.monthly_messages, recipients);
        let cost: f64 = of_month.iter().filter_map(|one| one.total_cost()).sum();
        prop_assert!(is_near(usage.monthly_spend, cost));
        let contacts = growth.iter().filter(|(day, _)| day.starts_with(month));
        prop_assert_eq!(usage.monthly_contacts, contacts.map(|(_, n)| n).sum::<u64>());
        let mut templates: BTreeMap<&str, u64> = BTreeMap::new();
        let used = of_month.iter().filter_map(|one| one.template.as_deref());
        used.for_each(|template| *templates.entry(template).or_default() += 1);
        let found: BTreeMap<_, _> =
            usage.top_templates.iter().map(|one| (one.id.as_str(), one.usage_count)).collect();
        prop_assert_eq!(found, templates);
        prop_assert!(usage.top_templates.is_sorted_by(|a, b| a.usage_count >= b.usage_count));
        Ok(())
    }
}
