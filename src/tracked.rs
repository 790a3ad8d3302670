//! Puts together what follows messages sent to many.

use std::sync::Arc;

use outrigger_domain::{
    naming::Ids,
    ports::{Bus, TrackingStore},
    presence::Presence,
    time::Clock,
    tracking::{Figures, FiguresParts, Progress, ProgressParts, Tracking, TrackingParts},
};

/// Its three parts.
pub(crate) struct Tracked {
    pub(crate) tracking: Arc<Tracking>,
    pub(crate) progress: Arc<Progress>,
    pub(crate) figures: Arc<Figures>,
}

impl Tracked {
    pub(crate) fn new(
        store: Arc<dyn TrackingStore>,
        presence: &Arc<Presence>,
        bus: &Arc<dyn Bus>,
        clock: &Arc<dyn Clock>,
        ids: &Arc<dyn Ids>,
    ) -> Self {
        let (bus, clock) = (|| Arc::clone(bus), || Arc::clone(clock));
        let progress = Arc::new(Progress::new(ProgressParts {
            store: Arc::clone(&store),
            presence: Arc::clone(presence),
            bus: bus(),
            clock: clock(),
        }));
        let figures = Arc::new(Figures::new(FiguresParts {
            store: Arc::clone(&store),
            bus: bus(),
            clock: clock(),
        }));
        let tracking = Arc::new(Tracking::new(TrackingParts {
            store,
            bus: bus(),
            clock: clock(),
            ids: Arc::clone(ids),
            progress: Arc::clone(&progress),
            figures: Arc::clone(&figures),
        }));
        Self { tracking, progress, figures }
    }
}
