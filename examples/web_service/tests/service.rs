//! The service as its clients and its operator see it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::{fs, iter};

use reqwest::{Client, Method, StatusCode};
use serde_json::Value;

/// A program that ends with its test, also where that fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The program, on a port of the system's choice.
struct Service {
    program: Running,
    lines: BufReader<ChildStdout>,
    url: String,
    client: Client,
}

impl Service {
    fn start(access_log: &Path, max_bytes: u64) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_web_service"))
            .arg("127.0.0.1:0")
            .arg(access_log)
            .arg(max_bytes.to_string())
            .stdout(Stdio::piped())
            .spawn();
        let mut program = Running(child.unwrap());
        let mut lines = BufReader::new(program.0.stdout.take().unwrap());
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        let first: Value = serde_json::from_str(&line).unwrap();
        let url = format!("http://{}", first["address"].as_str().unwrap());
        let client = Client::builder().no_proxy().build().unwrap();
        Self {
            program,
            lines,
            url,
            client,
        }
    }

    async fn call(&self, id: &str, method: Method, path: &str, body: &str) -> StatusCode {
        let request = self.client.request(method, format!("{}{path}", self.url));
        let request = request.header("x-request-id", id).body(body.to_owned());
        request.send().await.unwrap().status()
    }

    async fn get(&self, id: &str, path: &str) -> StatusCode {
        self.call(id, Method::GET, path, "").await
    }

    async fn set_level(&self, logger: &str, level: &str) -> StatusCode {
        let path = format!("/levels/{logger}");
        self.call("operator", Method::PUT, &path, level).await
    }

    /// Ends the program. Returns what it has logged.
    fn end(self) -> Vec<Value> {
        drop(self.program);
        let lines = self.lines.lines().map(Result::unwrap);
        lines
            .map(|line| serde_json::from_str(&line).unwrap())
            .collect()
    }
}

/// The lines of a log and of its backups.
fn access_lines(log: &Path) -> Vec<String> {
    let backups = (1..).map(|number| log.with_extension(format!("log.{number}")));
    let files = iter::once(log.to_owned()).chain(backups.take_while(|path| path.exists()));
    let texts = files.map(|path| fs::read_to_string(path).unwrap());
    texts
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

#[tokio::test]
async fn levels_change_by_requests_and_each_request_is_logged() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("access.log");
    let service = Service::start(&log, 1_000);

    assert_eq!(service.get("first", "/orders/1").await, StatusCode::OK);
    let changed = service.set_level("web_service.orders", "DEBUG").await;
    assert_eq!(changed, StatusCode::NO_CONTENT);
    assert_eq!(service.get("second", "/orders/2").await, StatusCode::OK);
    assert_eq!(service.get("third", "/payments/2").await, StatusCode::OK);
    assert_eq!(
        service.get("fourth", "/payments/3").await,
        StatusCode::NOT_FOUND
    );
    let changed = service.set_level("web_service.orders", "NOTSET").await;
    assert_eq!(changed, StatusCode::NO_CONTENT);
    assert_eq!(service.get("a\"b", "/orders/4").await, StatusCode::OK);
    assert_eq!(
        service.set_level("web_service.orders", "LOUD").await,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        service.set_level("no.service", "DEBUG").await,
        StatusCode::NOT_FOUND
    );
    for number in 0..50 {
        let path = format!("/orders/{number}");
        assert_eq!(service.get("many", &path).await, StatusCode::OK);
    }

    let records = service.end();
    let of = |logger: &str, level: &str| -> Vec<&str> {
        let records = records
            .iter()
            .filter(|it| it["logger"] == logger && it["level"] == level);
        records
            .map(|record| record["request_id"].as_str().unwrap())
            .collect()
    };
    assert_eq!(of("web_service.orders", "DEBUG"), ["second"]);
    assert_eq!(
        of("web_service.orders", "INFO")[..3],
        ["first", "second", "a\"b"]
    );
    assert_eq!(of("web_service.orders", "INFO").len(), 53);
    assert_eq!(of("web_service.payments", "DEBUG"), [""; 0]);
    assert_eq!(of("web_service.payments", "WARNING"), ["fourth"]);
    assert_eq!(of("web_service.levels", "INFO"), ["operator"; 2]);
    for record in &records {
        assert_eq!(
            record["spans"].to_string().matches("request").count(),
            1,
            "{record}"
        );
        assert_ne!(record["logger"], "access");
    }

    // Each request once, in files that were rotated.
    let lines = access_lines(&log);
    assert_eq!(lines.len(), 59, "{lines:#?}");
    assert!(log.with_extension("log.1").exists());
    assert!(fs::metadata(&log).unwrap().len() <= 1_000);
    let fourth = lines.iter().find(|line| line.contains("fourth")).unwrap();
    assert!(fourth.contains("fourth GET /payments/3 404 "), "{fourth}");
}
