//! The package against receivers: `moto_server`, an imitation of AWS, read back by boto3; and
//! scripts of what that one does not do.

mod environment;
mod faults;
mod moto;
mod moto_server;
mod outages;
mod stub;

use std::net::TcpListener;
use std::time::Duration;

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::config::{BehaviorVersion, Credentials, Region};
use logtree::formatter::{Format, format_fn};
use logtree::time::{Clock, SystemClock, Timestamp};
use logtree::{Handler, Level, Record};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// A client as a program makes it, but for its encryption.
fn client(url: &str) -> Client {
    let config = aws_sdk_cloudwatchlogs::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::new("key", SECRET, None, None, "test"))
        .endpoint_url(url)
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    Client::from_conf(config.build())
}

/// A port on which nothing listens.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn now() -> Timestamp {
    SystemClock.now()
}

/// Messages only.
fn plain() -> impl Format + 'static {
    format_fn(|record, line| {
        line.push_str(record.message());
        Ok(())
    })
}

fn log(handler: &Handler, time: Timestamp, text: &str) {
    let record = Record::builder().level(Level::INFO).time(time);
    handler.handle(&record.message(text).build());
}

/// Waits until something is so, with a generous limit.
fn until(what: impl Fn() -> bool) {
    for _ in 0..120_000 {
        if what() {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("it did not come to pass");
}
