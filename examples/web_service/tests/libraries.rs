//! What other crates log lands in the tree.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use logtree::test::Capture;
use logtree::{Level, Registry};
use sqlx::{Connection, SqliteConnection};

/// Serves a request. Returns the address.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        while !lines.next().unwrap().unwrap().is_empty() {}
        stream
            .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
            .unwrap();
    });
    url
}

#[tokio::test]
async fn records_of_hyper_reqwest_and_sqlx_arrive_once() {
    logtree::tracing::install().unwrap();
    let root = Registry::global().root();
    let capture = Capture::builder(&root).level(Level::TRACE).start();

    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let response = client.get(serve()).send().await.unwrap();
    assert_eq!(response.status(), 204);
    let mut database = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    let (one,): (i64,) = sqlx::query_as("SELECT 1")
        .fetch_one(&mut database)
        .await
        .unwrap();
    assert_eq!(one, 1);

    let records = capture.records();
    let of = |logger: &str| -> Vec<_> {
        let below = format!("{logger}.");
        let is_of = |name: &str| name == logger || name.starts_with(&below);
        records
            .iter()
            .filter(|record| is_of(record.name()))
            .collect()
    };
    // By `tracing`, by `log`, and by `tracing` with its feature `log`.
    let by_hyper = of("hyper_util");
    assert!(
        by_hyper
            .iter()
            .any(|it| it.message().starts_with("connecting to")),
        "{records:#?}"
    );
    let by_reqwest = of("reqwest");
    let starts: Vec<_> = by_reqwest
        .iter()
        .filter(|it| it.message().contains("starting"))
        .collect();
    assert_eq!(starts.len(), 1, "{records:#?}");
    let selects: Vec<_> = of("sqlx.query")
        .into_iter()
        .filter(|it| it.key_value("summary").unwrap().to_string() == "SELECT 1")
        .collect();
    assert_eq!(selects.len(), 1, "{records:#?}");
    assert!(selects[0].key_value("elapsed").is_some(), "{records:#?}");
}
