//! The fleet that a process is an instance of.

use std::io::Read;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use logtree::control::fleet::{
    Abilities, Batch, Fleet, Following, Identity, Logged, MemoryStore, Report, Reported, Revision,
    Selector, Sink, Snapshot, Store, StoreError, StoreErrorKind, Terms,
};
use logtree::control::{Change, Control, LevelTarget};
use logtree::{Error, Level, Registry};
use serde_json::{Value, json};

use crate::http::{Answer, Served, serve, serve_control};
use crate::native::get;

/// What becomes of a request to the store.
#[derive(Clone, Copy, Default, PartialEq)]
enum Mood {
    #[default]
    Good,
    /// It waits until the mood is another one.
    Hangs,
    Denies,
    LosesResponses,
}

/// A store that fails on request.
#[derive(Clone, Default)]
struct Moody {
    inner: MemoryStore,
    mood: Arc<(Mutex<Mood>, Condvar)>,
    /// How many requests wait.
    waiting: Arc<Mutex<usize>>,
}

impl Moody {
    fn be(&self, mood: Mood) {
        *self.mood.0.lock().unwrap() = mood;
        self.mood.1.notify_all();
    }

    fn wait(&self) -> Result<Mood, StoreError> {
        let (mood, changed) = &*self.mood;
        *self.waiting.lock().unwrap() += 1;
        let is_hanging = |mood: &mut Mood| *mood == Mood::Hangs;
        let mood = *changed
            .wait_while(mood.lock().unwrap(), is_hanging)
            .unwrap();
        *self.waiting.lock().unwrap() -= 1;
        match mood {
            Mood::Denies => Err(StoreError::new(StoreErrorKind::Denied, "permission denied")),
            mood => Ok(mood),
        }
    }
}

impl Store for Moody {
    fn abilities(&self) -> Abilities {
        self.inner.abilities()
    }

    fn load(&self, within: Duration) -> Result<Snapshot, StoreError> {
        self.wait()?;
        self.inner.load(within)
    }

    fn commit(&self, batch: &Batch, within: Duration) -> Result<Revision, StoreError> {
        match self.wait()? {
            Mood::LosesResponses => Err(StoreError::new(StoreErrorKind::Uncertain, "no response")),
            _ => self.inner.commit(batch, within),
        }
    }

    fn follow(&self, sink: Arc<dyn Sink>) -> Result<Box<dyn Following>, StoreError> {
        self.inner.follow(sink)
    }

    fn report(&self, report: Report, within: Duration) {
        self.inner.report(report, within);
    }

    fn reports(&self, within: Duration) -> Result<Vec<Reported>, StoreError> {
        self.inner.reports(within)
    }

    fn log(&self, most: usize, within: Duration) -> Result<Vec<Logged>, StoreError> {
        self.inner.log(most, within)
    }
}

fn join(store: &Moody, registry: &Registry, name: &str, zone: &str) -> Result<Control, Error> {
    let identity = Identity::new("shop").instance(name).zone(zone);
    let builder = Control::builder(registry).fleet(store.clone(), identity);
    builder.fleet_wait(Duration::from_secs(600)).open()
}

/// Serves one of two instances.
fn serve_fleet() -> (Served, Moody, Control) {
    let store = Moody::default();
    let served = serve_control(|registry| join(&store, registry, "a", "eu-1a"));
    let other = join(&store, &Registry::new(), "b", "eu-1b").unwrap();
    (served, store, other)
}

fn set(served: &Served, body: &Value) -> Answer {
    served.unix("PATCH", "/v1/fleet/levels").json(body).send()
}

fn until(what: impl Fn() -> bool) {
    let start = std::time::Instant::now();
    while !what() {
        assert!(start.elapsed().as_secs() < 600, "it did not come");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn level(served: &Served, name: &str) -> String {
    let level = served.registry.get_logger(name).effective_level();
    served.registry.level_name(level)
}

#[test]
fn fl12_a_fleet_is_changed_by_any_of_its_instances() {
    let (served, _store, other) = serve_fleet();
    let own = &get(&served, "/v1/status")["fleet"];
    assert_eq!(
        (&own["instance"], &own["zone"]),
        (&"a".into(), &"eu-1a".into())
    );
    assert_eq!(own["health"], "following");
    let body = json!({"selector": "zone=eu-1a", "for": "10m", "reason": "INC-4711",
        "changes": [{"target": "app.db", "level": "debug"}]});
    let dry = served.unix("PATCH", "/v1/fleet/levels?dryRun=true");
    let planned = dry.json(&body).send().expect(200).json();
    let key = "for/zone=eu-1a/LOGGER/app.db";
    assert_eq!(
        planned,
        json!({"revision": 0, "consent": null,
            "changes": [{"key": key, "old": null, "new": "DEBUG"}]})
    );
    let answer = set(&served, &body).expect(200);
    assert_eq!(answer.json(), json!({"revision": 1}));
    assert_eq!(answer.header("etag"), Some("\"1\""));
    until(|| level(&served, "app.db") == "DEBUG");
    assert_eq!(other.level(&LevelTarget::logger("app.db")), None);
    until(|| get(&served, "/v1/fleet")["confirmed"] == 2);
    let status = get(&served, "/v1/fleet");
    assert_eq!(status["summary"], "2 of 2 at revision 1");
    assert_eq!(status["instances"][1]["instance"], "b");
    let status = get(&served, "/v1/fleet?selector=zone%3Deu-1a");
    assert_eq!(
        (&status["total"], &status["revision"]),
        (&1.into(), &1.into())
    );
    let set_level = &get(&served, "/v1/fleet/levels")["levels"][0];
    assert_eq!(set_level["selector"], "zone=eu-1a");
    assert_eq!(
        (&set_level["target"], &set_level["level"]),
        (&"app.db".into(), &"DEBUG".into())
    );
    assert_eq!(set_level["reason"], "INC-4711");
    let by = set_level["by"].as_str().unwrap();
    assert!(by.starts_with("http:unix:") && by.ends_with("@a"), "{by}");
    assert!(set_level["until"].as_str().unwrap().ends_with('Z'));
    // Which layer it is from on this instance, also where its own hides it.
    let layer = || {
        let loggers = get(&served, "/v1/loggers?prefix=app.db");
        loggers["loggers"][0]["overrides"][0]["layer"].clone()
    };
    assert_eq!(layer(), "fleet zone=eu-1a, 1");
    let own = LevelTarget::logger("app.db");
    served.control.set_level(own, Level::ERROR).unwrap();
    assert_eq!(layer(), "local, hides fleet DEBUG");

    let audit = get(&served, "/v1/fleet/audit");
    let edit = json!({"key": key, "old": null, "new": "DEBUG"});
    assert_eq!(audit["changes"][0]["edits"], json!([edit]));
    let undo = || served.unix("POST", "/v1/fleet/undo");
    let old = undo()
        .header("If-Match", "\"9\"")
        .json(&json!({"revision": 1}));
    old.send().expect(412);
    let undone = undo().json(&json!({"revision": 1})).send().expect(200);
    assert_eq!(undone.json(), json!({"revision": 2}));
    undo().json(&json!({"revision": 7})).send().expect(400);
    assert_eq!(get(&served, "/v1/fleet/levels")["levels"], json!([]));
    let clear = json!({"changes": [{"target": "app.db", "level": null}]});
    assert_eq!(
        set(&served, &clear).expect(200).json(),
        json!({"revision": 2})
    );
}

#[test]
fn fl12_a_fleet_has_groups_and_is_switched_off_and_on() {
    let (served, _store, other) = serve_fleet();
    let group = json!({"changes": [
        {"group": "aws", "members": ["boto3", "botocore"], "level": "error"},
        {"target": "app", "level": "INFO"},
    ], "selector": "zone=eu-1b"});
    let dry = served.unix("PATCH", "/v1/fleet/levels?dryRun=true");
    let planned = dry.json(&group).send().expect(200).json();
    assert_eq!(planned["changes"].as_array().unwrap().len(), 4);
    set(&served, &group).expect(200);
    let listed = get(&served, "/v1/fleet/levels");
    assert_eq!(listed["groups"][0]["name"], "aws");
    assert_eq!(listed["groups"][0]["members"], json!(["boto3", "botocore"]));
    assert!(listed["groups"][0]["by"].as_str().unwrap().ends_with("@a"));
    let level_of = |name: &str| other.level(&LevelTarget::logger(name));
    until(|| level_of("botocore") == Some(Level::ERROR));
    let one = |change: Value| json!({"changes": [change], "selector": "zone=eu-1b"});
    set(&served, &one(json!({"group": "aws", "level": null}))).expect(200);
    until(|| level_of("botocore").is_none());
    // Loggers of secrets, by way of a group as well.
    let wire = json!({"group": "aws", "members": ["client.wire"]});
    set(&served, &one(wire)).expect(200);
    let debug = json!({"group": "aws", "level": "DEBUG"});
    set(&served, &one(debug.clone())).expect(403);
    let both = json!({"group": "aws", "members": ["boto3", "a.wire"], "level": "DEBUG"});
    set(&served, &one(both)).expect(403);
    set(&served, &one(json!({"group": "aws", "members": ["boto3"]}))).expect(200);
    set(&served, &one(debug)).expect(200);
    set(&served, &one(json!({"group": "aws", "members": []}))).expect(200);
    assert_eq!(get(&served, "/v1/fleet/levels")["groups"], json!([]));

    let off = |off: bool| one(json!({"disableAll": off}));
    let asked = set(&served, &off(true)).expect(428).json();
    let mut consented = off(true);
    consented["consent"] = asked["consent"].clone();
    set(&served, &consented).expect(200);
    let is_off = || other.options().unwrap().disable_all == Some(true);
    until(is_off);
    assert_eq!(
        get(&served, "/v1/fleet/levels")["off"][0]["selector"],
        "zone=eu-1b"
    );
    set(&served, &off(false)).expect(200);
    until(|| !is_off());
    for wrong in [
        json!({"group": "aws"}),
        json!({"group": "gone", "level": "INFO"}),
        json!({"group": "gone", "level": "DEBUG"}),
        json!({"group": "aws", "members": [], "level": "DEBUG"}),
        json!({"group": "aws", "members": ["a"], "disableAll": true}),
        json!({"group": "aws", "members": ["a"], "target": "b"}),
        json!({"disableAll": "yes"}),
        json!({"disableAll": null}),
    ] {
        set(&served, &one(wrong)).expect(400);
    }
}

#[test]
fn fl12_what_a_fleet_refuses_has_its_status() {
    let (served, store, _other) = serve_fleet();
    let debug = |name: &str, more: Value| {
        let mut body = json!({"changes": [{"target": name, "level": "DEBUG"}]});
        let all = body.as_object_mut().unwrap();
        all.extend(more.as_object().unwrap().clone());
        body
    };
    // Consent to the number that it names.
    let endless = set(&served, &debug("a", json!({"for": "never"}))).expect(428);
    until(|| get(&served, "/v1/fleet")["total"] == 2);
    assert!(endless.json()["consent"].is_u64(), "{endless:?}");
    let body = debug("a", json!({"for": "never", "consent": 2}));
    set(&served, &body).expect(200);
    let planned = served.unix("PATCH", "/v1/fleet/levels?dryRun=true");
    let planned = planned.json(&debug("b", json!({"for": "never"}))).send();
    assert_eq!(planned.expect(200).json()["consent"], 2);
    // Loggers of secrets, as everywhere.
    set(&served, &debug("client.wire", json!({}))).expect(403);
    // An undo neither.
    let level = |level| [Change::Level(LevelTarget::logger("client.wire"), level)];
    let fleet = Fleet::new(store.clone());
    let all = Selector::all();
    let open = Terms::new().without_end().with_consent(2);
    fleet.apply(&all, level(Level::DEBUG), &open).unwrap();
    let quiet = fleet
        .apply(&all, level(Level::INFO), &Terms::new())
        .unwrap();
    let undo = served.unix("POST", "/v1/fleet/undo");
    undo.json(&json!({"revision": quiet.number}))
        .send()
        .expect(403);
    let cleared = fleet.apply(
        &all,
        [Change::Clear(LevelTarget::logger("client.wire"))],
        &Terms::new(),
    );
    cleared.unwrap();
    for (body, status) in [
        (debug("a", json!({"selector": "rack=7"})), 400),
        (debug("a", json!({"selector": "zone"})), 400),
        (debug("a", json!({"for": "1s"})), 400),
        (debug("a", json!({"fro": "1m"})), 400),
        (json!({"changes": [{"target": "a", "level": "LOUD"}]}), 400),
        (json!([]), 400),
    ] {
        set(&served, &body).expect(status);
    }
    let patch = || served.unix("PATCH", "/v1/fleet/levels");
    let conflict = patch()
        .header("If-Match", "\"7\"")
        .json(&debug("b", json!({})));
    conflict.send().expect(412);
    let misspelt = served.unix("PATCH", "/v1/fleet/levels?dryrun=true");
    misspelt.json(&debug("b", json!({}))).send().expect(400);
    for (method, path, allowed) in [
        ("DELETE", "/v1/fleet", "GET"),
        ("POST", "/v1/fleet/levels", "GET, PATCH"),
        ("PUT", "/v1/fleet/audit", "GET"),
        ("GET", "/v1/fleet/undo", "POST"),
    ] {
        let answer = served.unix(method, path).send().expect(405);
        assert_eq!(answer.header("allow"), Some(allowed), "{path}");
    }
    served.unix("GET", "/v1/fleet/other").send().expect(404);
    // What the store says.
    store.be(Mood::Denies);
    served.unix("GET", "/v1/fleet").send().expect(403);
    set(&served, &debug("b", json!({}))).expect(403);
    store.be(Mood::LosesResponses);
    set(&served, &debug("b", json!({}))).expect(504);
    store.be(Mood::Good);
    store.inner.set_reachable(false);
    for path in ["/v1/fleet", "/v1/fleet/levels", "/v1/fleet/audit"] {
        served.unix("GET", path).send().expect(503);
    }
    set(&served, &debug("b", json!({}))).expect(503);
    // The rules of all requests.
    served.anonymous("GET", "/v1/fleet").send().expect(401);
    let foreign = served.tcp("PATCH", "/v1/fleet/levels");
    let foreign = foreign.header("Origin", "http://evil.example");
    foreign.json(&debug("b", json!({}))).send().expect(403);
    // A process without a fleet.
    let alone = serve();
    alone.unix("GET", "/v1/fleet").send().expect(404);
    assert_eq!(get(&alone, "/v1/status")["fleet"], Value::Null);
}

/// However its path is written, it takes no more than its places.
#[test]
fn fl12_a_store_that_hangs_bars_no_other_request() {
    let (served, store, _other) = serve_fleet();
    store.be(Mood::Hangs);
    let paths = [
        "/v1/fleet",
        "/v1/fleet/levels",
        "/v1/%66leet",
        "/v1/fleet/levels",
    ];
    let pending = paths.map(|path| served.unix("GET", path).open());
    until(|| *store.waiting.lock().unwrap() == paths.len());
    for _ in 0..3 {
        served.unix("GET", "/v1/fleet/levels").send().expect(503);
    }
    let body = json!({"changes": [{"target": "app", "level": "INFO"}]});
    set(&served, &body).expect(503);
    let own = served.unix("PATCH", "/v1/levels").json(&body);
    own.send().expect(200);
    assert_eq!(get(&served, "/v1/status")["fleet"]["instance"], "a");
    store.be(Mood::Good);
    for mut answer in pending {
        let mut text = String::new();
        answer.read_to_string(&mut text).unwrap();
        assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    }
    get(&served, "/v1/fleet");
    // The server ends while one hangs.
    store.be(Mood::Hangs);
    let hanging = served.unix("GET", "/v1/fleet").open();
    until(|| *store.waiting.lock().unwrap() == 1);
    drop(served);
    drop(hanging);
    store.be(Mood::Good);
}
