use super::*;

/// Counts how often it hears of a change.
#[derive(Default)]
struct Hears(AtomicU64);

impl Observer for Hears {
    fn handler_changed(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A handler that is added to many loggers, or time and again, does not grow, and a change costs each registry one step.
#[test]
fn an_observer_is_known_once_and_not_longer_than_it_lives() {
    let handler = Handler::from(NullHandler::new());
    let observers: [Arc<Hears>; 2] = Default::default();
    for _ in 0..3 {
        for observer in &observers {
            let observer: Weak<dyn Observer> = Arc::<Hears>::downgrade(observer);
            handler.tell(&observer);
        }
    }
    let known = || handler.core.observers.lock().len();
    assert_eq!(known(), 2);
    let [one, other] = observers;
    handler.set_formatter(Formatter::default());
    let heard = |hears: &Hears| hears.0.load(Ordering::Relaxed);
    assert_eq!((heard(&one), heard(&other)), (1, 1));
    drop(other);
    handler.clear_formatter();
    assert_eq!((heard(&one), known()), (2, 1));
}
