//! Configurations as real programs have them: each is accepted, or refused with the right words.
//!
//! The files below `real` are the forms that public programs use, with other names.
//! `real/table.txt` says of each what is wrong with it.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

use logtree::Registry;
use logtree::config::{Arguments, DictConfig, Factories};

use super::shown;

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/config/real")
}

fn files() -> Vec<PathBuf> {
    let entries = fs::read_dir(directory()).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths.filter(|path| !path.ends_with("table.txt")).collect();
    files.sort();
    files
}

/// `LOGTREE_BLESS=1` writes the table as it is; it is to be read then.
#[test]
fn each_is_accepted_or_refused_with_these_words() {
    let mut table = String::new();
    for path in files() {
        let checked =
            DictConfig::from_file(&path).and_then(|config| config.check_in(&Registry::new()));
        let problems = shown(checked);
        let verdict = if problems.is_empty() {
            "accepted"
        } else {
            "refused"
        };
        let name = path.file_name().unwrap().to_str().unwrap();
        writeln!(table, "{name}: {verdict}").unwrap();
        for problem in problems {
            writeln!(table, "    {problem}").unwrap();
        }
    }
    let path = directory().join("table.txt");
    if env::var_os("LOGTREE_BLESS").is_some() {
        fs::write(&path, &table).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap(), table);
}

/// A class of another program, with whatever arguments it is given.
fn stand_in(arguments: &mut Arguments<'_>) {
    arguments.others();
}

/// With a stand-in for each foreign class, all of those are accepted that CPython accepts.
#[test]
fn stand_ins_let_them_in() {
    let mut factories = Factories::new();
    for class in [
        "django.utils.log.AdminEmailHandler",
        "logging.handlers.SMTPHandler",
        "logging.handlers.SysLogHandler",
        "logging.handlers.SocketHandler",
        "logging.handlers.DatagramHandler",
    ] {
        factories = factories.handler(class, |arguments: &mut Arguments<'_>| {
            stand_in(arguments);
            arguments.by_place(&["1", "2", "3", "4"]);
            Ok(logtree::handler::NullHandler::new())
        });
    }
    for class in [
        "django.utils.log.ServerFormatter",
        "uvicorn.logging.DefaultFormatter",
        "uvicorn.logging.AccessFormatter",
        "orders_log.JSONFormatter",
    ] {
        factories = factories.formatter(class, |arguments: &mut Arguments<'_>| {
            stand_in(arguments);
            Ok(logtree::formatter::JsonFormatter::new())
        });
    }
    for class in [
        "django.utils.log.RequireDebugFalse",
        "django.utils.log.RequireDebugTrue",
    ] {
        factories = factories.filter(class, |arguments: &mut Arguments<'_>| {
            stand_in(arguments);
            Ok(|_: &mut logtree::Record<'_>| true)
        });
    }
    for path in files() {
        let name = path.file_name().unwrap().to_str().unwrap();
        // Those from 23 on are wrong on purpose, but for one.
        if name > "23" && !name.starts_with("27") {
            continue;
        }
        let config = DictConfig::from_file(&path)
            .unwrap()
            .factories(factories.clone());
        config
            .check_in(&Registry::new())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

/// What the accepted ones say is what the tree then has.
#[test]
fn they_do_what_they_say() {
    use logtree::Level;

    let read = |name: &str| fs::read_to_string(directory().join(name)).unwrap();
    let logs = tempfile::tempdir().unwrap();
    let apply = |config: DictConfig| {
        let registry = Registry::new();
        config.directory(logs.path()).install_in(&registry).unwrap();
        registry
    };
    let here = logs.path().to_str().unwrap();
    let pyramid = DictConfig::from_ini_with(&read("07-pyramid-production.ini"), [("here", here)]);
    let registry = apply(pyramid.unwrap());
    logtree::warn!(registry.get_logger("shopfront.views"), "sold {}", 3);
    logtree::info!(registry.get_logger("wsgi"), "GET /");
    assert_eq!(
        fs::read_to_string(logs.path().join("access.log")).unwrap(),
        "GET /\n"
    );
    let line = fs::read_to_string(logs.path().join("shop.log")).unwrap();
    assert!(line.contains("WARNI [shopfront.views:"), "{line}");

    let registry = apply(DictConfig::from_yaml(&read("21-home-server.yaml")).unwrap());
    logtree::info!(registry.get_logger("home"), "100 % done");
    let line = fs::read_to_string(logs.path().join("home.log")).unwrap();
    assert!(line.ends_with("[home] 100 % done\n"), "{line}");
    assert!(!registry.get_logger("aiohttp.access").propagate());
    assert_eq!(registry.get_logger("zeroconf").level(), Level::WARNING);

    fs::create_dir(logs.path().join("logs")).unwrap();
    let registry = apply(DictConfig::from_ini(&read("22-scheduler.cfg")).unwrap());
    let core = registry.get_logger("scheduler.core");
    assert_eq!(core.handlers().len(), 2);
    assert!(!core.propagate());
    logtree::info!(core, "started");
    let tasks = fs::read_to_string(logs.path().join("logs/tasks.log")).unwrap();
    assert!(
        tasks.contains("INFO    \nscheduler.core: started 100%\n"),
        "{tasks}"
    );
    logtree::error!(core, "failed");
    // Once by itself, and with what the memory held.
    let tasks = fs::read_to_string(logs.path().join("logs/tasks.log")).unwrap();
    assert_eq!(tasks.matches(": started").count(), 2, "{tasks}");
}
