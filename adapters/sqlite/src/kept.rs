//! What the file says, kept in memory: one process owns the file, so every change of it is ours.
//!
//! What is kept is never older than what the file says to someone who asks after a change was answered: while something is
//! being changed nothing of it is kept, and nothing that was read meanwhile is kept afterwards.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use moka::sync::Cache;

struct Changes<K> {
    /// What is being changed, and how often at once.
    under_way: HashMap<K, usize>,
    /// How many changes were begun or ended.
    count: u64,
}

/// What is kept, each under its name.
pub(crate) struct Kept<K, V> {
    known: Cache<K, V>,
    changes: Mutex<Changes<K>>,
}

/// When something was found not to be kept.
#[derive(Clone, Copy)]
pub(crate) struct Missing(u64);

impl<K, V> Kept<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Keeps things whose weights together are `most` at most.
    pub(crate) fn new(most: u64, weight: fn(&K, &V) -> u32) -> Arc<Self> {
        Arc::new(Self {
            known: Cache::builder().max_capacity(most).weigher(weight).build(),
            changes: Mutex::new(Changes { under_way: HashMap::new(), count: 0 }),
        })
    }

    fn changes(&self) -> MutexGuard<'_, Changes<K>> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is kept.
    pub(crate) fn get(&self, name: &K) -> Result<V, Missing> {
        let changes = self.changes();
        if changes.under_way.contains_key(name) {
            return Err(Missing(changes.count));
        }
        self.known.get(name).ok_or(Missing(changes.count))
    }

    /// Keeps what was read since it was missing, unless something was changed meanwhile.
    pub(crate) fn keep(&self, name: &K, missing: Missing, read: V) {
        let changes = self.changes();
        if changes.count == missing.0 && !changes.under_way.contains_key(name) {
            self.known.insert(name.clone(), read);
        }
    }

    /// Nothing of that name is kept until the change is dropped, which must be behind its commit.
    pub(crate) fn change(self: &Arc<Self>, name: &K) -> Change<K, V> {
        let mut changes = self.changes();
        changes.count += 1;
        *changes.under_way.entry(name.clone()).or_default() += 1;
        self.known.invalidate(name);
        Change { kept: Arc::clone(self), name: name.clone() }
    }
}

/// Something that is being changed.
pub(crate) struct Change<
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
> {
    kept: Arc<Kept<K, V>>,
    name: K,
}

impl<K, V> Drop for Change<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn drop(&mut self) {
        let mut changes = self.kept.changes();
        changes.count += 1;
        if let Some(count) = changes.under_way.get_mut(&self.name) {
            *count -= 1;
            if *count == 0 {
                changes.under_way.remove(&self.name);
            }
        }
    }
}
