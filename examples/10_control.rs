//! A daemon whose levels are changed while it runs, from a second terminal or a browser.
//!
//! ```sh
//! cargo run --example 10_control --features control              # until its input ends: Ctrl-D
//! cargo run --example 10_control --features control -- --for 60  # for 60 seconds
//! ```

use std::error::Error;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;
use std::{env, io, thread};

use logtree::control::{Address, Control, Endpoint, Server};
use logtree::{Level, Registry, get_logger, set_stream_logger};

fn main() -> Result<(), Box<dyn Error>> {
    let end = end()?;
    set_stream_logger("", Level::INFO);
    let control = Control::new(Registry::global());
    control.set_group("aws", ["boto3", "botocore", "s3transfer"])?;
    // A Unix socket for this user, and TCP for browsers and the clients of AWS.
    let endpoint = Endpoint::new().name("shop").console(true);
    let server = control.serve(endpoint.tcp("127.0.0.1:0"))?;
    print_ways_in(&server);

    let (orders, queries) = (get_logger("shop.orders"), get_logger("sqlx.query"));
    let s3 = get_logger("botocore.client.S3");
    for number in 1.. {
        logtree::debug!(queries, rows = 3; "selected");
        logtree::debug!(s3, clientId = "sensor-7"; "sending the request");
        logtree::info!(orders, number = number; "order placed");
        if end.recv_timeout(Duration::from_secs(1)) != Err(RecvTimeoutError::Timeout) {
            break;
        }
    }
    // Removes the socket.
    drop(server);
    println!("ended");
    Ok(())
}

fn print_ways_in(server: &Server) {
    let url = server.console_url().unwrap_or_default();
    println!("In a browser:\n  {url}");
    let mut token_file = "the file of the token".into();
    for address in server.addresses() {
        if let Address::Unix(path) = address {
            // Those who can connect to the socket need no token.
            let socket = path.display();
            println!("By curl:\n  curl -sS --unix-socket {socket} http://shop/logging");
            token_file = path.with_extension("token");
        } else {
            let token_file = token_file.display();
            println!(
                "By AWS's command line:\n  AWS_ACCESS_KEY_ID=logtree \
                 AWS_SECRET_ACCESS_KEY=$(cat {token_file}) AWS_DEFAULT_REGION=local \
                 aws iot --endpoint-url {address} list-v2-logging-levels"
            );
        }
    }
}

/// Returns a channel that is closed when the program has to end.
fn end() -> Result<Receiver<()>, Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let time = match &arguments[..] {
        [] => None,
        [name, seconds] if name == "--for" => Some(Duration::from_secs(seconds.parse()?)),
        _ => return Err("usage: 10_control [--for SECONDS]".into()),
    };
    let (ended, end) = mpsc::channel();
    thread::spawn(move || {
        match time {
            Some(time) => thread::sleep(time),
            None => drop(io::copy(&mut io::stdin(), &mut io::sink())),
        }
        drop(ended);
    });
    Ok(end)
}
