//! Two instances of a service in processes of their own, and an etcd that both follow:
//!
//! ```sh
//! cargo run -p logtree-etcd --example fleet
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

/// An instance prints the level of a logger whenever it is another one, until its input ends.
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
        let condition = fleet.health().map(|health| health.condition);
        let now = (logger.effective_level(), condition);
        if before.replace(now) != Some(now) {
            println!("    {name} in {zone}: botocore is {}, {:?}", now.0, now.1);
        }
        match end.recv_timeout(Duration::from_millis(20)) {
            Err(RecvTimeoutError::Timeout) => {}
            _ => return Ok(()),
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
    let mut instances = [start("pay-a", "eu-1a")?, start("pay-b", "eu-1b")?];
    let fleet = Fleet::new(EtcdStore::from_url(&url)?);
    wait(|| Ok(fleet.status(&Selector::all())?.instances.len() == 2))?;

    println!("all: DEBUG for 10 s");
    let botocore = || LevelTarget::logger("botocore");
    let terms = Terms::new()
        .with_time(Duration::from_secs(10))
        .with_reason("INC-4711");
    let debug = [Change::Level(botocore(), Level::DEBUG)];
    fleet.apply(&Selector::all(), debug, &terms)?;
    show(&fleet)?;

    println!("those in eu-1b: ERROR, as the most specific setting applies");
    let error = [Change::Level(botocore(), Level::ERROR)];
    let zone = Selector::all().with_zone("eu-1b");
    let change = fleet.apply(&zone, error, &Terms::new())?;
    show(&fleet)?;

    println!("what etcd has:");
    for (key, held) in fleet.snapshot()?.entries {
        println!("    {key} {:?}", held.left);
    }
    println!("change {change} is undone");
    fleet.undo(change.number, &Terms::new())?;
    show(&fleet)?;

    println!("10 s are over soon");
    wait(|| Ok(fleet.snapshot()?.entries.is_empty()))?;
    for logged in fleet.history(10)?.iter().rev() {
        for edit in &logged.edits {
            println!(
                "    {}: {} {:?} {:?}",
                logged.n, edit.key, edit.before, edit.after
            );
        }
    }

    println!("without etcd, all stays as it is");
    etcd.kill()?;
    etcd.wait()?;
    thread::sleep(Duration::from_secs(1));
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
