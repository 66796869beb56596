//! The log of a service's client. Tests named `g…` belong to the rows of `docs::features`.

#[cfg(feature = "tower")]
mod http;
mod loggers;
mod messages;
mod modes;
mod redaction;

use std::fmt::Arguments;
use std::sync::{Arc, Mutex};

use logtree::client::{Classification, ClientLogMode, ClientLogger};
use logtree::test::Capture;
use logtree::{Level, Registry};

type Kept = Arc<Mutex<Vec<(String, String)>>>;

fn keeping() -> (
    impl Fn(&Classification, Arguments<'_>) + Send + Sync + 'static,
    Kept,
) {
    let kept = Kept::default();
    let into = Arc::clone(&kept);
    (
        move |class: &Classification, message: Arguments<'_>| {
            into.lock()
                .unwrap()
                .push((class.to_string(), message.to_string()))
        },
        kept,
    )
}

fn client() -> (Registry, ClientLogger, Capture) {
    let registry = Registry::new();
    let client = ClientLogger::new(&registry.get_logger("botocore.client.S3"));
    let capture = Capture::builder(&registry.root()).level(Level::OFF).start();
    (registry, client, capture)
}

/// A client whose messages are kept, and the messages.
fn client_in(mode: ClientLogMode) -> (ClientLogger, Kept) {
    let (_, client, _) = client();
    let (sink, kept) = keeping();
    client.set_mode(mode);
    (client.with_sink(sink), kept)
}
