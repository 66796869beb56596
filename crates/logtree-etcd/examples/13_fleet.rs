//! Three instances of a service in processes of their own, and an etcd that all of them follow:
//!
//! ```sh
//! cargo run -p logtree-etcd --example 13_fleet
//! ```
//!
//! It starts `etcd` on loopback, or says that there is none.

use std::error::Error;
use std::io::{Read, stdin};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use std::{env, thread};

use logtree::control::fleet::{Fleet, Identity, Selector, Terms};
use logtree::control::{Change, Control, LevelTarget};
use logtree::{Level, Registry};
use logtree_etcd::EtcdStore;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<_> = env::args().collect();
    match &arguments[..] {
        [_, url, name, zone] => instance(url, name, zone),
        _ => operator(),
    }
}

/// An instance prints the level of a logger whenever it is another one, and at its end, which is
/// that of its input.
fn instance(url: &str, name: &str, zone: &str) -> Result<()> {
    let registry = Registry::new();
    let identity = Identity::new("payments").instance(name).zone(zone);
    let control = Control::builder(&registry)
        .fleet(EtcdStore::from_url(url)?, identity)
        .fleet_wait(Duration::from_secs(30))
        .open()?;
    let (fleet, logger) = (control.fleet()?, registry.get_logger("botocore"));
    let (sender, end) = channel();
    thread::spawn(move || {
        let _ = stdin().read_to_end(&mut Vec::new());
        let _ = sender.send(());
    });
    let mut before = None;
    loop {
        let health = fleet.health().ok_or("it is no instance")?;
        let now = (logger.effective_level(), health.condition);
        if before.replace(now) != Some(now) {
            println!("    {name} in {zone}: botocore is {}, {:?}", now.0, now.1);
        }
        match end.recv_timeout(Duration::from_millis(20)) {
            Err(RecvTimeoutError::Timeout) => {}
            _ => {
                println!("    {name} ends: botocore is {}", now.0);
                return Ok(());
            }
        }
    }
}

/// The operator changes the levels of all instances, and looks how far they are.
fn operator() -> Result<()> {
    let directory = env::temp_dir().join(format!("logtree-fleet-{}", std::process::id()));
    let Some((mut etcd, address)) = start_etcd(&directory)? else {
        println!("no etcd: install it (etcd-server), and start this again");
        return Ok(());
    };
    let url = format!("etcd://{address}/payments");
    println!("the fleet is {url}");
    let start = |name: &str, zone: &str| {
        let mut command = Command::new(env::current_exe()?);
        command.args([&*url, name, zone]).stdin(Stdio::piped());
        command.spawn()
    };
    let mut instances = [
        start("pay-a", "eu-1a")?,
        start("pay-b", "eu-1b")?,
        start("pay-c", "eu-1b")?,
    ];
    let fleet = Fleet::new(EtcdStore::from_url(&url)?);
    wait(|| Ok(fleet.status(&Selector::all())?.instances.len() == 3))?;

    println!("all: INFO, until it is changed");
    let botocore = || LevelTarget::logger("botocore");
    let set = |level| [Change::Level(botocore(), level)];
    let by_hand = Terms::new().with_reason("INC-4711");
    fleet.apply(&Selector::all(), set(Level::INFO), &by_hand)?;
    show(&fleet)?;

    println!("all: DEBUG for 10 s");
    let for_a_while = by_hand.clone().with_time(Duration::from_secs(10));
    fleet.apply(&Selector::all(), set(Level::DEBUG), &for_a_while)?;
    show(&fleet)?;

    println!("pay-c alone: ERROR, as the most specific setting applies");
    let one = Selector::all().with_instance("pay-c");
    let change = fleet.apply(&one, set(Level::ERROR), &by_hand)?;
    show(&fleet)?;

    println!("what etcd has:");
    for (key, held) in fleet.snapshot()?.entries {
        println!("    {key} {:?}", held.left);
    }
    println!("change {change} is undone");
    fleet.undo(change.number, &Terms::new())?;
    show(&fleet)?;

    println!("10 s are over soon");
    wait(|| Ok(fleet.snapshot()?.entries.len() == 1))?;
    thread::sleep(Duration::from_millis(200));
    for logged in fleet.history(10)?.iter().rev() {
        for edit in &logged.edits {
            println!(
                "    {}: {} {:?} {:?}",
                logged.n, edit.key, edit.before, edit.after
            );
        }
    }

    println!("without etcd, all stays as it is; a change is refused");
    etcd.kill()?;
    etcd.wait()?;
    match fleet.apply(&Selector::all(), set(Level::ERROR), &by_hand) {
        Ok(revision) => println!("    made at {revision}"),
        Err(error) => println!("    {:?}: {error}", error.kind()),
    }
    thread::sleep(Duration::from_secs(1));
    println!("the instances end");
    for instance in &mut instances {
        drop(instance.stdin.take());
        instance.wait()?;
    }
    let _ = std::fs::remove_dir_all(directory);
    Ok(())
}

/// Waits until all instances have what is set, and says so.
fn show(fleet: &Fleet) -> Result<()> {
    wait(|| {
        let status = fleet.status(&Selector::all())?;
        Ok(status.confirmed() == status.instances.len())
    })?;
    thread::sleep(Duration::from_millis(100));
    println!("{}", fleet.status(&Selector::all())?);
    Ok(())
}

fn wait(holds: impl Fn() -> Result<bool>) -> Result<()> {
    let start = Instant::now();
    while !holds()? {
        if start.elapsed() > Duration::from_secs(60) {
            return Err("it takes too long".into());
        }
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Starts a server, and returns its address; `None` where it is not installed.
fn start_etcd(directory: &std::path::Path) -> Result<Option<(Child, String)>> {
    let free = || TcpListener::bind("127.0.0.1:0")?.local_addr();
    let (client, peer) = (free()?.to_string(), format!("http://{}", free()?));
    let url = format!("http://{client}");
    let started = Command::new("etcd")
        .arg("--data-dir")
        .arg(directory)
        .args([
            "--listen-client-urls",
            &url,
            "--advertise-client-urls",
            &url,
        ])
        .args([
            "--listen-peer-urls",
            &peer,
            "--initial-advertise-peer-urls",
            &peer,
        ])
        .args(["--initial-cluster", &format!("default={peer}")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(server) = started else { return Ok(None) };
    wait(|| Ok(TcpStream::connect(&client).is_ok()))?;
    Ok(Some((server, client)))
}
