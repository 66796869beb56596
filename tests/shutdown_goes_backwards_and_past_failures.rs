//! `shutdown` flushes and closes the handlers of the whole process, so it is alone in its own.

use std::sync::{Arc, Mutex};

use logtree::formatter::Format;
use logtree::handler::Sink;
use logtree::{Error, ErrorKind, Handler, Record, shutdown};

#[test]
fn shutdown_goes_backwards_and_past_failures() {
    struct Noted(&'static str, Arc<Mutex<Vec<String>>>);
    impl Sink for Noted {
        fn write(&self, _: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
            Ok(())
        }
        fn flush(&self) -> Result<(), Error> {
            self.1.lock().unwrap().push(format!("{} flush", self.0));
            Err(Error::new(ErrorKind::Io, "flush fails"))
        }
        fn close(&self) -> Result<(), Error> {
            self.1.lock().unwrap().push(format!("{} close", self.0));
            Ok(())
        }
    }
    let notes = Arc::default();
    let handlers = ["a", "b", "c"].map(|name| Handler::new(Noted(name, Arc::clone(&notes))));
    shutdown();
    assert_eq!(
        *notes.lock().unwrap(),
        [
            "c flush", "c close", "b flush", "b close", "a flush", "a close"
        ]
    );
    drop(handlers);
}
