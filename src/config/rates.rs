//! Who may do what how often, and how that is changed.

use std::{collections::HashMap, time::Duration};

use outrigger_domain::limits::Allowance;
use outrigger_namespaces::ACTION_ALLOWANCE;

use super::reader::Reader;

/// The figures that the contracts name (`contracts/rooms.md` section 7, `social.md` section 2, `tracking.md` section 7,
/// `commerce.md` section 6, `quiz.md` section 2, `contacts.md` section 6), and generous ones for what they do not name.
const DEFAULTS: [(&str, Allowance); 52] = [
    ("typing", Allowance::per_secs(20, 10)),
    ("joinChatRoom", Allowance::per_secs(30, 60)),
    ("messageRead", Allowance::per_secs(120, 60)),
    ("test", Allowance::per_secs(10, 60)),
    ("authenticate", Allowance::per_secs(10, 60)),
    ("sendChatMessage", Allowance::per_secs(120, 60)),
    ("checkUserOnline", Allowance::per_secs(120, 60)),
    ("getOnlineUsers", Allowance::per_secs(60, 60)),
    ("getNotifications", Allowance::per_secs(120, 60)),
    ("markNotificationRead", Allowance::per_secs(240, 60)),
    ("markAllNotificationsRead", Allowance::per_secs(60, 60)),
    ("ping", Allowance::per_secs(240, 60)),
    ("tokenUpdateReceived", Allowance::per_secs(60, 60)),
    ("statusUpdateReceived", Allowance::per_secs(60, 60)),
    ("designationsUpdateReceived", Allowance::per_secs(60, 60)),
    ("userLoggedIn", Allowance::per_secs(30, 60)),
    ("monitor:snapshot", Allowance::per_secs(60, 60)),
    ("monitor:subscribe", Allowance::per_secs(60, 60)),
    ("monitor:disconnect", Allowance::per_secs(60, 60)),
    ("online_check", Allowance::per_secs(120, 60)),
    (ACTION_ALLOWANCE, Allowance::per_secs(120, 60)),
    ("social:send_message", Allowance::per_secs(10, 60)),
    ("social:message_read", Allowance::per_secs(20, 60)),
    ("social:delete_message", Allowance::per_secs(5, 60)),
    ("social:typing_start", Allowance::per_secs(10, 30)),
    ("social:typing_stop", Allowance::per_secs(10, 30)),
    ("social:set_status", Allowance::per_secs(3, 300)),
    ("social:mark_notification_read", Allowance::per_secs(20, 60)),
    ("social:delete_notification", Allowance::per_secs(10, 60)),
    ("social:mark_all_notifications_read", Allowance::per_secs(3, 300)),
    ("social:update_notification_preferences", Allowance::per_secs(2, 300)),
    ("social:delete_all_notifications", Allowance::per_secs(3, 300)),
    ("social:seen", Allowance::per_secs(120, 60)),
    ("social:push_subscription", Allowance::per_secs(20, 60)),
    ("social:read", Allowance::per_secs(300, 60)),
    ("tracking:event", Allowance::per_secs(60, 60)),
    ("tracking:read", Allowance::per_secs(300, 60)),
    ("commerce:chat", Allowance::per_secs(30, 60)),
    ("commerce:typing", Allowance::per_secs(30, 10)),
    ("commerce:cart", Allowance::per_secs(60, 60)),
    ("commerce:admin", Allowance::per_secs(60, 60)),
    ("commerce:event", Allowance::per_secs(120, 60)),
    ("commerce:denied", Allowance::per_secs(30, 60)),
    ("commerce:read", Allowance::per_secs(300, 60)),
    ("commerce:write", Allowance::per_secs(60, 60)),
    ("quiz:event", Allowance::per_secs(100, 60)),
    ("quiz:read", Allowance::per_secs(120, 60)),
    ("contacts:submit", Allowance::per_secs(3, 600)),
    ("contacts:message", Allowance::per_secs(30, 60)),
    ("contacts:event", Allowance::per_secs(120, 60)),
    ("contacts:read", Allowance::per_secs(120, 60)),
    ("contacts:write", Allowance::per_secs(60, 60)),
];

/// A window of more than a day is a quota, which nobody here keeps across restarts.
const LONGEST_WINDOW: u64 = 24 * 3600;

/// `on`, `off`, or what differs from the defaults: `social:send_message=20/60,typing=40/10`.
pub(super) fn read(reader: &mut Reader<'_>) -> HashMap<&'static str, Allowance> {
    let mut limits = HashMap::from(DEFAULTS);
    let changes = reader.list("RATE_LIMITS");
    match changes.as_slice() {
        [] => return limits,
        [only] if !only.contains('=') => {
            return if reader.switch("RATE_LIMITS", true) { limits } else { HashMap::new() };
        }
        _ => {}
    }
    for change in changes {
        match parse(&change) {
            Ok((name, allowance)) => drop(limits.insert(name, allowance)),
            Err(what) => reader.fault(format!("RATE_LIMITS: {what}")),
        }
    }
    limits
}

/// `<event>=<times>/<seconds>`.
fn parse(change: &str) -> Result<(&'static str, Allowance), String> {
    let form = || {
        format!("{change:?} is not of the form event=times/seconds, like social:send_message=20/60")
    };
    let (name, figures) = change.split_once('=').ok_or_else(form)?;
    let (times, secs) = figures.split_once('/').ok_or_else(form)?;
    let times: u32 = times.trim().parse().map_err(|_| form())?;
    let secs: u64 = secs.trim().parse().map_err(|_| form())?;
    let known = DEFAULTS.iter().find(|(known, _)| *known == name.trim());
    let (name, _) = known.ok_or_else(|| {
        let names = DEFAULTS.map(|(known, _)| known).join(", ");
        format!("there is no limit for {:?}; there are: {names}", name.trim())
    })?;
    if times == 0 || !(1..=LONGEST_WINDOW).contains(&secs) {
        return Err(format!("{change:?} needs at least once in 1 to {LONGEST_WINDOW} seconds"));
    }
    Ok((*name, Allowance { times, window: Duration::from_secs(secs) }))
}

#[cfg(test)]
mod tests {
    use super::{super::Source, *};

    fn limits(setting: Option<&str>) -> Result<HashMap<&'static str, Allowance>, String> {
        let source =
            setting.map_or_else(|| Source::of(&[]), |text| Source::of(&[("RATE_LIMITS", text)]));
        let mut reader = Reader::new(&source);
        let limits = read(&mut reader);
        reader.finish(limits).map_err(|faults| faults.to_string())
    }

    #[test]
    fn they_are_on_or_off_or_changed_one_by_one() {
        let defaults = limits(None).unwrap();
        assert_eq!(defaults.len(), DEFAULTS.len(), "no name stands twice");
        assert_eq!(limits(Some("on")).unwrap(), defaults);
        assert!(limits(Some("off")).unwrap().is_empty());
        let changed = limits(Some("social:send_message=3/2, typing=40/10")).unwrap();
        assert_eq!(changed["social:send_message"], Allowance::per_secs(3, 2));
        assert_eq!(changed["typing"], Allowance::per_secs(40, 10));
        assert_eq!(changed["social:set_status"], Allowance::per_secs(3, 300));
        assert_eq!(changed.len(), defaults.len());
    }

    #[test]
    fn what_is_no_limit_is_told() {
        for (setting, told) in [
            ("sometimes", "on or off"),
            ("shouting=1/1", "no limit for"),
            ("typing=1", "not of the form"),
            ("typing=x/1", "not of the form"),
            ("typing=0/1", "at least once"),
            ("typing=1/0", "at least once"),
            ("typing=1/1,off", "not of the form"),
        ] {
            let fault = limits(Some(setting)).unwrap_err();
            assert!(fault.contains(told), "{setting}: {fault}");
        }
    }
}
