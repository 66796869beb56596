use crate::formatter::Formatter;
use crate::handler::core::Observer;
use crate::handler::handler::{Handler, handler_by_name};
use crate::handler::handler_id::HandlerId;
use crate::handler::live::handler_names;
use crate::handler::null::NullHandler;
use crate::sys::sync::{Arc, AtomicU64, Ordering, Weak};

/// Counts the changes it is notified of.
#[derive(Default)]
struct Notified(AtomicU64);

impl Observer for Notified {
    fn handler_changed(&self, _: HandlerId) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A handler that is added to many loggers, or time and again, does not grow, and a change costs
/// each registry one step.
#[test]
fn an_observer_is_known_once_and_not_longer_than_it_lives() {
    let handler = Handler::from(NullHandler::new());
    let observers: [Arc<Notified>; 2] = Default::default();
    for _ in 0..3 {
        for observer in &observers {
            let observer: Weak<dyn Observer> = Arc::<Notified>::downgrade(observer);
            handler.observe(&observer);
        }
    }
    assert_eq!(handler.core.observer_count(), 2);
    let [one, other] = observers;
    handler.set_formatter(Formatter::default());
    let notified = |observer: &Notified| observer.0.load(Ordering::Relaxed);
    assert_eq!((notified(&one), notified(&other)), (1, 1));
    drop(other);
    handler.clear_formatter();
    assert_eq!((notified(&one), handler.core.observer_count()), (2, 1));
}

/// Python: `logging.Handler.set_name`.
#[test]
fn the_last_to_take_a_name_has_it() {
    let (first, second) = (
        Handler::from(NullHandler::new()),
        Handler::from(NullHandler::new()),
    );
    first.set_name("live-test");
    second.set_name("live-test");
    assert_eq!(handler_by_name("live-test").as_ref(), Some(&second));
    // A deviation: the first one's new name does not lose the second one's.
    first.set_name("live-test-2");
    assert_eq!(handler_by_name("live-test").as_ref(), Some(&second));
    second.close().unwrap();
    assert!(handler_by_name("live-test").is_none());
    drop(first);
    assert!(
        !handler_names()
            .iter()
            .any(|name| name.starts_with("live-test"))
    );
}
