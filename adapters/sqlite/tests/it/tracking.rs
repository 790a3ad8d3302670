//! Messages sent to many under whatever order of calls, beside a model counted from their rows.

mod model;

use model::{Model, recipients};
use outrigger_domain::{
    ports::{Store as _, TrackingStore as _},
    time::Timestamp,
    tracking::{
        MessageUpdate, RecipientStatus, RecipientUpdate, RecipientsUpdated, Registered,
        Registration, TrackedStatus, Updated,
    },
};
use outrigger_store_story::{notification, registration, said, tracked_id, update, user};
use proptest::{prelude::*, test_runner::TestCaseError};

use crate::cases::{config, open, run};

const OWNERS: [&str; 2] = ["ann", "ben"];
const PHONES: [&str; 4] = ["", "1", "2", "3"];

/// What one recipient is said to be: which, how far, its number, its cost in cents.
type Said = (usize, usize, usize, Option<u8>);

#[derive(Debug, Clone)]
enum Step {
    /// Message, owner, status, template, how many it goes to.
    Register(usize, usize, Option<usize>, Option<usize>, Option<u8>),
    /// Message, owner, status, how many have got it, cost in cents.
    Update(usize, usize, usize, Option<u8>, Option<u8>),
    /// Message, owner, recipients.
    Recipients(usize, usize, Vec<Said>),
    /// Hours pass.
    Pass(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let option = |n: usize| prop::option::of(0..n);
    let said = (0..5_usize, 0..6_usize, 0..4_usize, prop::option::of(0..9_u8));
    prop_oneof![
        2 => (0..3_usize, 0..2_usize, option(7), option(3), prop::option::of(any::<u8>()))
            .prop_map(|(m, o, s, t, n)| Step::Register(m, o, s, t, n)),
        3 => (0..3_usize, 0..2_usize, 0..7_usize, prop::option::of(0..5_u8), prop::option::of(0..9_u8))
            .prop_map(|(m, o, s, n, c)| Step::Update(m, o, s, n, c)),
        6 => (0..3_usize, 0..2_usize, prop::collection::vec(said, 0..8))
            .prop_map(|(m, o, said)| Step::Recipients(m, o, said)),
        3 => (1..400_i64).prop_map(Step::Pass),
    ]
}

fn cents(cents: Option<u8>) -> Option<f64> {
    cents.map(|cents| f64::from(cents) / 100.0)
}

async fn whatever_happens(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let mut model = Model::default();
    let mut now = Timestamp::parse("2025-05-20T00:00:00Z").unwrap();
    for (n, step) in steps.into_iter().enumerate() {
        let name = |m: usize| format!("m{m}");
        match step {
            Step::Pass(hours) => now = Timestamp::from_ms(now.ms() + hours * 3_600_000),
            Step::Register(m, o, status, template, total) => {
                let new = Registration {
                    status: status.map(|status| TrackedStatus::ALL[status]),
                    template: template.map(|template| format!("t{template}")),
                    total: total.map(u64::from),
                    ..registration(&name(m), OWNERS[o])
                };
                match store.register(&new, now).await.unwrap() {
                    Registered::Now(tracked) => model.take(&tracked)?,
                    Registered::OtherOwner => prop_assert!(model.is_foreign(&name(m), OWNERS[o])),
                }
            }
            Step::Update(m, o, status, success, cost) => {
                let update = MessageUpdate {
                    success: success.map(u64::from),
                    cost: cents(cost),
                    ..update(&name(m), OWNERS[o], TrackedStatus::ALL[status])
                };
                let notice = notification(&format!("n{n}"), OWNERS[o], 0);
                let before = model.messages.get(&name(m)).cloned();
                match store.update_tracked(&update, notice, now).await.unwrap() {
                    Updated::Now(tracked, notified, at) => {
                        prop_assert_ne!(before.as_ref(), Some(&*tracked));
                        let is_news = before.is_none_or(|before| before.status != tracked.status);
                        prop_assert_eq!((notified.is_some(), at), (is_news, now));
                        model.take(&tracked)?;
                    }
                    Updated::Before(tracked) => prop_assert_eq!(before.as_ref(), Some(&*tracked)),
                    Updated::OtherOwner => prop_assert!(model.is_foreign(&name(m), OWNERS[o])),
                }
            }
            Step::Recipients(m, o, list) => {
                let one = |(r, status, phone, cost): Said| RecipientUpdate {
                    cost: cents(cost),
                    ..said(&format!("r{r}"), RecipientStatus::ALL[status].as_str(), PHONES[phone])
                };
                let updates: Vec<_> = list.into_iter().map(one).collect();
                let id = tracked_id(&name(m));
                let before = recipients(&store, id.as_str()).await;
                let revision = model.messages.get(id.as_str()).map_or(0, |one| one.revision);
                match store.update_recipients(&id, &user(OWNERS[o]), updates, now).await.unwrap() {
                    RecipientsUpdated::Now(tracked, changed) => {
                        let again = store.recipients_since(&id, revision, 1000).await.unwrap();
                        prop_assert_eq!(&again, &changed);
                        prop_assert_eq!(tracked.revision, revision + changed.len() as u64);
                        for now in &changed {
                            let was = before.iter().find(|was| was.id == now.id);
                            let leads = was.is_none_or(|was| {
                                was.status == now.status || was.status.leads_to(now.status)
                            });
                            prop_assert!(leads);
                        }
                        model.take(&tracked)?;
                    }
                    RecipientsUpdated::OtherOwner => {
                        prop_assert!(model.is_foreign(&name(m), OWNERS[o]));
                    }
                }
            }
        }
        model.follow(&store, now).await;
        model.check(&store, now).await?;
    }
    store.close().await;
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn counts_and_figures_are_those_of_the_rows(steps in prop::collection::vec(step(), 0..30)) {
        run(whatever_happens(steps))?;
    }
}
