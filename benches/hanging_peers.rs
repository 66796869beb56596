//! What receivers that hang cost the threads that log.
//!
//! `cargo bench --bench hanging_peers --features syslog` measures calls of eight threads to a
//! `SysLogHandler` over TCP, in turn with a receiver that reads, with one that accepts connections
//! and reads nothing, and with a name whose look-up hangs, and how many times the p99 of the first
//! the others have, by the median of all rounds: 11, or the number after `rounds`. With `reads`,
//! `hangs` or `name` and a number as its arguments, it makes so many thousands of calls on one
//! thread, to count instructions under callgrind.
//!
//! Look-ups hang where the resolver asks this machine, and port 53 is free for this program to say
//! nothing at, as for root in a namespace:
//!
//! ```text
//! echo 'nameserver 127.0.0.1' > /tmp/resolv.conf
//! unshare -mn sh -c 'ip link set lo up
//!     mount --bind /tmp/resolv.conf /etc/resolv.conf
//!     exec PROGRAM'
//! ```

#[path = "shared/latencies.rs"]
mod latencies;

use std::error::Error;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::thread;
use std::time::Duration;

use logtree::handler::SysLogHandler;
use logtree::{Level, Registry};

use crate::latencies::{enabled, measure, print_ratios, rounds};

/// Reads all that is sent.
fn reading() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let mut stream: TcpStream = stream;
                io::copy(&mut stream, &mut io::sink())
            });
        }
    });
    address
}

/// A handler with room for all that is logged: none of it is dropped, whatever the receiver does.
fn registry(address: &str) -> Result<(Registry, SysLogHandler), Box<dyn Error>> {
    let handler = SysLogHandler::builder(format!("tcp:{address}"))
        .max_records(1 << 20)
        .max_bytes(1 << 30)
        .close_within(Duration::ZERO)
        .start()?;
    handler.set_error_hook(|_| {});
    let registry = Registry::new();
    registry.root().add_handler(handler.clone());
    registry.root().set_level(Level::INFO);
    Ok((registry, handler))
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().collect();
    let reads = reading()?.to_string();
    // Its system accepts connections, and takes what fits into its buffers.
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let hangs = listener.local_addr()?.to_string();
    let silence = UdpSocket::bind("127.0.0.1:53");
    let resolver = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    let look_ups_hang = silence.is_ok() && resolver.trim() == "nameserver 127.0.0.1";
    let name = "receiver.logtree.example:514".to_owned();
    let which = arguments.get(1).map(String::as_str);
    let one = match which {
        Some("reads") => Some(&reads),
        Some("hangs") => Some(&hangs),
        Some("name") => Some(&name),
        _ => None,
    };
    if let Some(address) = one {
        let calls: usize = arguments.get(2).map_or(Ok(10), |text| text.parse())?;
        let (registry, _handler) = registry(address)?;
        enabled(&registry, 1000 * calls);
        return Ok(());
    }
    let mut scenes = vec![("hanging", &hangs)];
    if look_ups_hang {
        scenes.push(("hanging name", &name));
    } else {
        println!("look-ups of names do not hang here, and are not measured");
    }
    scenes.push(("reads, again", &reads));
    let run = |address: &str, name: &str| {
        let (registry, handler) = registry(address)?;
        let time = measure(&registry, name);
        registry.root().remove_handler(&handler);
        // It drops what is left, and returns an error for it.
        let _ = handler.close();
        Ok::<_, Box<dyn Error>>(time.as_secs_f64())
    };
    run(&reads, "warm-up")?;
    let mut ratios = vec![Vec::new(); scenes.len()];
    for _ in 0..rounds(arguments.get(2))? {
        let base = run(&reads, "reads")?;
        for ((name, address), ratios) in scenes.iter().zip(&mut ratios) {
            ratios.push(run(address, name)? / base);
        }
    }
    let names: Vec<_> = scenes.iter().map(|(name, _)| *name).collect();
    print_ratios("that of one that reads", &names, &mut ratios);
    Ok(())
}
