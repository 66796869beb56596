//! What a member does on time.

use super::*;
use crate::control::clock::ADVANCED;
use crate::control::fleet::labels::Labels;
use crate::control::fleet::memory_store::MemoryStore;
use crate::control::fleet::snapshot::Raw;
use crate::test::Capture;

/// `--nocapture` shows what both cost.
#[test]
fn budgets_are_looked_at_without_a_look_at_what_is_set() {
    let raw = (0..5_000).map(|n| {
        let key = format!("set/level/all/LOGGER/l{}.n{n}", n % 100);
        Raw::new(key, r#"{"number":10}"#, 1)
    });
    let registry = Registry::new();
    let core = ControlCore::of(&registry);
    let placement = Placement::new(Labels::new("shop", "i"), false);
    let member = Member::new(&core, Arc::new(MemoryStore::new()), placement, None);
    member.mailbox.put_snapshot(Snapshot::read(1, 1, raw));
    let (far, mut looks) = (Some(clock::now() + HOURLY), Vec::new());
    for look in [far, None, None] {
        let start = Instant::now();
        member.on_time();
        println!("5,000 settings: {:?}", start.elapsed());
        looks.push(std::mem::replace(&mut member.work.lock().look, look));
    }
    assert!(member.work.lock().watchdog.is_watching());
    assert!(looks[0] < far && looks[1] == far && looks[2] < far && looks[2] > looks[0]);
}

/// At once, each hour, and once it is over.
#[test]
fn an_outage_is_warned_of_again_each_hour() {
    let registry = Registry::new();
    let capture = Capture::new(&registry.get_logger(LOGGER));
    let core = ControlCore::of(&registry);
    let placement = Placement::new(Labels::new("shop", "i"), false);
    let member = Member::new(&core, Arc::new(MemoryStore::new()), placement, None);
    let warnings = |condition: Option<Condition>, minutes: u64| {
        if let Some(condition) = condition {
            member.mailbox.put_health(Health::new(condition));
        }
        ADVANCED.set(Duration::from_secs(60 * minutes));
        member.on_time();
        capture.messages().len()
    };
    assert_eq!(warnings(Some(Condition::CutOff), 0), 1);
    let later = [1, 59, 60, 61, 119, 120, 300].map(|minutes| warnings(None, minutes));
    assert_eq!(later, [1, 1, 2, 2, 2, 3, 4]);
    assert_eq!(warnings(Some(Condition::Following), 301), 5);
    assert_eq!(warnings(None, 500), 5);
    assert_eq!(warnings(Some(Condition::CutOff), 501), 6);
    ADVANCED.set(Duration::ZERO);
    let messages = capture.messages();
    let is_over = |message: &String| message == "fleet: following again";
    assert_eq!(messages.iter().position(is_over), Some(4), "{messages:?}");
}
