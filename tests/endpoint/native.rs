//! The endpoint's own dialect.

use std::io::Read;

use serde_json::json;

use crate::http::{files, serve};

#[test]
fn the_status_names_the_process() {
    let served = serve();
    for answer in [
        served.unix("GET", "/v1/status").send(),
        served.tcp("GET", "/v1/status").send(),
    ] {
        let status = answer.expect(200).json();
        assert_eq!(status["name"], "test");
        assert_eq!(status["revision"], served.control.revision());
        assert_eq!(status["pid"], std::process::id());
        assert_eq!(status["version"], env!("CARGO_PKG_VERSION"));
    }
    let directory = served.directory;
    drop(served.server);
    assert_eq!(files(directory.path()), [""; 0]);
}

#[test]
fn an_unknown_path_is_named_as_such() {
    let served = serve();
    let request = || served.unix("PATCH", "/v1/nothing").json(&json!({}));
    let answer = request().send().expect(404);
    assert_eq!(answer.json(), json!({"message": "unknown path"}));
    let mut text = String::new();
    request().open().read_to_string(&mut text).unwrap();
    assert!(text.ends_with(&answer.body), "{text}");
    assert_eq!(served.registry.logger_names(), [""; 0]);
}
