//! Whom an event reached.

use outrigger_domain::events::Reach;

use crate::standing::DeviceMark;

/// The devices of the sockets that were reached, one for each socket; noted only for those who ask.
#[derive(Default)]
pub(crate) struct Reached(Vec<DeviceMark>);

impl Reached {
    /// So many more may be reached.
    pub(crate) fn expect(&mut self, sockets: usize) {
        self.0.reserve(sockets);
    }

    /// One more is, on this device.
    pub(crate) fn count(&mut self, device: DeviceMark) {
        self.0.push(device);
    }
}

impl From<Reached> for Reach {
    fn from(Reached(mut devices): Reached) -> Self {
        let sockets = devices.len();
        // Sorted at the end rather than looked up one by one: of thousands that takes a fraction of the time.
        devices.sort_unstable();
        devices.dedup();
        Self { sockets, devices: devices.len() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sockets_of_a_device_are_one_device() {
        let mut reached = Reached::default();
        for device in [7, 8, 7] {
            reached.count(DeviceMark::new(device).unwrap());
        }
        let reach = Reach::from(reached);
        assert_eq!((reach.sockets, reach.devices), (3, 2));
    }
}
