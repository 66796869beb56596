//! The section `control` of configurations.

use std::path::Path;

use logtree::Registry;
use logtree::config::{ControlSection, DictConfig};
use logtree::control::{Control, Endpoint};
use serde_json::{Value, json};

use crate::http::{files, request_on};

fn document(control: &Value) -> Value {
    json!({"version": 1, "root": {"level": "INFO"}, "control": control})
}

fn install(registry: &Registry, directory: &Path, control: &Value) -> Result<(), logtree::Error> {
    let config = DictConfig::from_value(&document(control)).unwrap();
    config.directory(directory).install_in(registry)
}

fn name(socket: &Path) -> String {
    let answer = request_on(socket, "GET", "/v1/status").send().expect(200);
    answer.json()["defaultLevel"].as_str().unwrap().to_owned()
}

/// Also after a new configuration failed to start, and the previous server serves again.
#[test]
fn the_servers_of_configurations_guard_loggers_of_secrets() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let registry = Registry::new();
    let is_refused = || {
        for change in [
            json!({"target": "wire", "level": "DEBUG"}),
            json!({"target": "a.request", "level": "DEBUG", "for": "1h"}),
        ] {
            let request = request_on(&path.join("log.sock"), "PATCH", "/v1/levels");
            request
                .json(&json!({"changes": [change]}))
                .send()
                .expect(403);
        }
    };
    install(&registry, path, &json!({"socket": "log.sock"})).unwrap();
    is_refused();
    let taken = Control::new(&registry)
        .serve(Endpoint::new().socket(path.join("taken.sock")))
        .unwrap();
    let other = json!({"socket": "taken.sock", "allow_sensitive": "yes"});
    install(&registry, path, &other).unwrap_err();
    is_refused();
    drop(taken);
}

#[test]
fn a_configuration_serves_until_another_does_not() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let registry = Registry::new();
    let set = |control: Value| install(&registry, path, &control).unwrap();
    let identity = |name: &str| {
        use std::os::unix::fs::MetadataExt;
        std::fs::symlink_metadata(path.join(name)).unwrap().ino()
    };
    set(json!({"socket": "log.sock"}));
    assert_eq!(name(&path.join("log.sock")), "INFO");
    let first = identity("log.sock");
    set(json!({"socket": "log.sock"}));
    assert_eq!(identity("log.sock"), first, "the same server");
    set(json!({"socket": "log.sock", "tcp": 0, "console": true, "token_file": "token"}));
    assert_eq!(files(path), ["log.sock", "token"]);
    let answer = request_on(&path.join("log.sock"), "GET", "/v1/console").send();
    assert!(
        answer.expect(200).json()["url"]
            .as_str()
            .unwrap()
            .contains("/#token=")
    );
    set(json!({"socket": "other.sock", "allow_sensitive": "yes"}));
    assert_eq!(files(path), ["other.sock", "token"]);
    let body = json!({"changes": [{"target": "wire", "level": "DEBUG"}]});
    let request = request_on(&path.join("other.sock"), "PATCH", "/v1/levels");
    request.json(&body).send().expect(200);
    // A control that cannot be served changes nothing.
    let taken = Control::new(&registry)
        .serve(Endpoint::new().socket(path.join("taken.sock")))
        .unwrap();
    let error = install(&registry, path, &json!({"socket": "taken.sock"})).unwrap_err();
    assert_eq!(error.problems()[0].path(), "control");
    assert!(
        error.to_string().contains("another server listens on it"),
        "{error}"
    );
    assert_eq!(name(&path.join("other.sock")), "INFO");
    drop(taken);
    set(Value::Null);
    assert_eq!(files(path), ["token"]);
}

#[test]
fn every_syntax_has_the_section() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let json = r#"{"version": 1, "control": {"socket": "json.sock", "console": false}}"#;
    let ini = "[loggers]\nkeys=root\n[handlers]\nkeys=\n[formatters]\nkeys=\n\
        [logger_root]\nhandlers=\n[control]\nsocket=ini.sock\nconsole=off\ntcp=0\n";
    for (name, config) in [
        ("json", DictConfig::from_json(json)),
        #[cfg(feature = "config-toml")]
        (
            "toml",
            DictConfig::from_toml("version = 1\n[control]\nsocket = \"toml.sock\"\ntcp = 0\n"),
        ),
        #[cfg(feature = "config-yaml")]
        (
            "yaml",
            DictConfig::from_yaml("version: 1\ncontrol:\n  socket: yaml.sock\n  console: yes\n"),
        ),
        ("ini", DictConfig::from_ini(ini)),
    ] {
        let registry = Registry::new();
        config
            .unwrap()
            .directory(path)
            .install_in(&registry)
            .unwrap();
        let socket = path.join(format!("{name}.sock"));
        request_on(&socket, "GET", "/v1/status").send().expect(200);
    }
}

#[test]
fn the_section_is_built_in_code() {
    let directory = tempfile::tempdir().unwrap();
    let registry = Registry::new();
    let section = ControlSection::new()
        .socket("code.sock")
        .tcp("0")
        .console(true)
        .token_file("token")
        .allow_sensitive(true);
    let install = |section| {
        let config = DictConfig::builder().control(section).build();
        config.directory(directory.path()).install_in(&registry)
    };
    install(section).unwrap();
    assert_eq!(files(directory.path()), ["code.sock", "token"]);
    let socket = directory.path().join("code.sock");
    let console = request_on(&socket, "GET", "/v1/console").send().expect(200);
    assert!(console.json()["url"].is_string());
    let body = json!({"changes": [{"target": "wire", "level": "DEBUG"}]});
    let request = request_on(&socket, "PATCH", "/v1/levels");
    request.json(&body).send().expect(200);
    install(ControlSection::new().without_socket()).unwrap();
    assert_eq!(files(directory.path()), ["token"]);
    let error = install(ControlSection::new().tcp("0.0.0.0:80")).unwrap_err();
    assert_eq!(error.problems()[0].path(), "control.tcp");
}

#[test]
fn problems_have_places() {
    let registry = Registry::new();
    for (control, path, what) in [
        (json!({"sockt": true}), "control.sockt", "unknown key"),
        (
            json!({"socket": 5}),
            "control.socket",
            "true, false or a path",
        ),
        (json!({"tcp": "0.0.0.0:80"}), "control.tcp", "loopback"),
        (json!({"tcp": 70000}), "control.tcp", "a port"),
        (json!({"tcp": true}), "control.tcp", "a port"),
        (
            json!({"console": "perhaps"}),
            "control.console",
            "true or false",
        ),
        (json!({"token_file": ""}), "control.token_file", "a path"),
        (json!([]), "control", "a section"),
    ] {
        let text = document(&control).to_string();
        let error = DictConfig::from_json(&text).unwrap().install_in(&registry);
        let error = error.unwrap_err();
        let problem = &error.problems()[0];
        assert_eq!(problem.path(), path, "{error}");
        assert!(
            problem.line().is_some() && error.to_string().contains(what),
            "{error}"
        );
    }
    let text = document(&json!({"sockt": true})).to_string();
    let error = DictConfig::from_json(&text)
        .unwrap()
        .install_in(&registry)
        .unwrap_err();
    assert_eq!(error.problems()[0].suggestion(), Some("socket"));
}
