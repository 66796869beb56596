//! A library whose tests log. Those named `passes_…` pass, those named `fails_…` fail.

use std::thread;

/// Logs with both facades, on this thread and on another one.
pub fn work(name: &'static str) {
    set_up();
    log::info!(target: "app", "{name} works");
    thread::spawn(move || {
        logtree::warn!(target: "app.worker", part = 1; "{name} works on a thread");
    })
    .join()
    .unwrap();
}

/// Prints records where this crate is under test, and nothing in the program.
pub fn set_up() {
    logtree::init_for_tests!();
}

#[cfg(test)]
mod tests {
    use std::sync::{Barrier, LazyLock};
    use std::thread;

    use logtree::handler::{QueueHandler, StreamHandler};
    use logtree::test::Capture;
    use logtree::{Formatter, Level, Logger, Registry, get_logger};

    use super::work;

    #[test]
    fn passes_silently() {
        work("passes_silently");
    }

    #[test]
    fn fails_with_its_own_records() {
        work("fails_with_its_own_records");
        panic!("on purpose");
    }

    /// A queue that all tests share, and that the first of them starts.
    static QUEUED: LazyLock<Logger> = LazyLock::new(|| {
        let formatter = Formatter::new("%(name)s: %(message)s").unwrap();
        let queue = QueueHandler::new([StreamHandler::for_tests().with_formatter(formatter)]);
        let logger = Registry::global().get_logger("queued");
        logger.set_propagate(false);
        logger.set_level(Level::DEBUG);
        logger.add_handler(queue);
        logger
    });

    const RECORDS: usize = 200;

    /// Logs on two threads, while two other tests do so.
    fn log_through_a_queue(name: &'static str) {
        static TOGETHER: Barrier = Barrier::new(3);

        TOGETHER.wait();
        let log = move |thread: usize| {
            for number in 0..RECORDS {
                logtree::info!(*QUEUED, "{name} {thread} {number}");
            }
        };
        let other = thread::spawn(move || log(1));
        log(0);
        other.join().unwrap();
    }

    #[test]
    fn passes_with_a_queue() {
        log_through_a_queue("passes_with_a_queue");
    }

    #[test]
    fn fails_with_a_queue() {
        log_through_a_queue("fails_with_a_queue");
        panic!("on purpose");
    }

    #[test]
    fn fails_with_the_same_queue() {
        log_through_a_queue("fails_with_the_same_queue");
        panic!("on purpose");
    }

    /// A logger whose records no handler prints, whether or not another test has set the root up.
    fn captured() -> Logger {
        let logger = get_logger("captured");
        logger.set_propagate(false);
        logger
    }

    #[test]
    fn passes_with_a_capture() {
        let _capture = Capture::thread_local("captured").to_failure_output();
        captured().debug("passes_with_a_capture");
    }

    #[test]
    fn fails_with_a_capture() {
        let capture = Capture::thread_local("captured").to_failure_output();
        captured().debug("taken");
        assert_eq!(capture.take().len(), 1);
        log::debug!(target: "captured", "fails_with_a_capture");
        panic!("on purpose");
    }
}
