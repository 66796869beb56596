//! Mails, and a spool that outlives a handler and outages of the server.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use logtree::delivery::{Backoff, Spool};
use logtree::handler::SmtpHandler;

use super::{log, number};
use crate::delivery::mail_server::{Deed, MailServer};
use crate::delivery::until;

#[test]
fn with_a_spool_each_mail_outlives_the_servers_restarts() {
    const MAILS: u64 = 300;
    const OUTAGES: u64 = 20;

    let directory = tempfile::tempdir().unwrap();
    let is_down = Arc::new(AtomicBool::new(false));
    let down = Arc::clone(&is_down);
    let mut commands = 0;
    let server = MailServer::start(move |_| {
        commands += 1;
        // Its end comes at any command, and before or after a mail was taken.
        match down.load(Ordering::SeqCst) || commands % 97 == 0 {
            true => Deed::Close,
            false => Deed::Usual,
        }
    });
    let connect = || {
        let builder = SmtpHandler::builder(server.address.to_string(), "app@example.com");
        let builder = builder.to("ops@example.com").subject("trouble");
        let spool = Spool::new(directory.path().join("spool"));
        let builder = builder.spool(spool).max_records(5);
        let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(1));
        let builder = builder.backoff(backoff).close_within(Duration::ZERO);
        let handler = builder.start().unwrap();
        handler.set_error_hook(|_| {});
        handler
    };
    let mut handler = connect();
    for at in 0..MAILS {
        log(&handler, at);
        match at % (MAILS / OUTAGES) {
            2 => is_down.store(true, Ordering::SeqCst),
            // The process ends while the server is away.
            7 if at > MAILS / 2 => {
                handler.close().unwrap();
                assert_eq!(handler.counters().dropped(), 0);
                drop(handler);
                handler = connect();
            }
            12 => is_down.store(false, Ordering::SeqCst),
            _ => {}
        }
    }
    is_down.store(false, Ordering::SeqCst);
    until(|| handler.flush().is_ok() && handler.health().spooled_bytes == 0);
    let mut received = BTreeMap::<u64, u64>::new();
    for mail in server.mails() {
        *received
            .entry(number(mail.as_bytes()).unwrap())
            .or_default() += 1;
    }
    assert!(received.keys().copied().eq(0..MAILS));
    assert_eq!(handler.counters().dropped(), 0);
    let again: u64 = received.values().map(|count| count - 1).sum();
    println!("SMTP, with a spool: {MAILS} mails, {OUTAGES} outages: 0 missing, {again} again");
}
