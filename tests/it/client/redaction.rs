//! Secrets in messages of a client.

use logtree::client::{ClientLogMode, ClientLogger, Dump, Signing};

use crate::client::{client, client_in};

#[test]
fn g16_credentials_are_redacted_by_default() {
    let head = "GET / HTTP/1.1\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIAQWERTYUIOPASDFGH/20261121/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0123456789abcdef0123456789abcdef\r\nX-Amz-Security-Token: FQoGZXIvYXdzEBYaD\r\n\r\n";
    let (client, kept) = client_in(ClientLogMode::REQUEST);
    let dump = || Dump::new(head);
    client.request(|_| dump());
    client.with_redaction(false).request(|_| dump());
    let kept = kept.lock().unwrap().clone();
    for secret in ["QWERTYUIOPAS", "0123456789abcdef", "FQoGZXIvYXdzEBYaD"] {
        assert!(!kept[0].1.contains(secret), "{}", kept[0].1);
        assert!(kept[1].1.contains(secret), "{}", kept[1].1);
    }
}

/// Into the tree and into sinks, messages and key-values alike.
#[test]
fn all_that_a_client_logs_is_redacted() {
    let log = |client: &ClientLogger| {
        const SECRET: &str = "hunter2secret";
        let error = || format!("cannot reach https://ann:{SECRET}@h/?password={SECRET}");
        client.signing(|| {
            let canonical = format!("x-amz-security-token:{SECRET}");
            let signing = Signing::new(canonical, format!("password={SECRET}"));
            signing.with_signed_url(format!("https://h/?X-Amz-Security-Token={SECRET}"))
        });
        client.failed(&error());
        client.unretryable(&std::io::Error::other(error()));
        client.request(|_| {
            let head = format!("GET / HTTP/1.1\r\nCookie: a=\"b\"; sid={SECRET}\r\n\r\n");
            Dump::new(head).with_body(format!("{{\"password\":\"{SECRET}\"}}"))
        });
        client.response(|_| {
            Dump::new(format!(
                "HTTP/1.1 200 OK\r\nSet-Cookie: sid=\"{SECRET}\"\r\n\r\n"
            ))
        });
        client.request_event(|| (error(), Err::<Vec<u8>, _>(error())));
        client.response_event(|| (vec![1], Ok::<_, String>(error())));
        client.deprecated(error);
        client.warning(error);
    };
    let (client, kept) = client_in(ClientLogMode::ALL);
    log(&client);
    let (registry, client, _) = self::client();
    client.set_mode(ClientLogMode::ALL);
    let (handler, text) = crate::support::to_text("%(message)s");
    registry.root().add_handler(handler);
    log(&client);
    let kept = kept.lock().unwrap().clone();
    assert_eq!(kept.len(), 9);
    let all = kept.iter().map(|(_, message)| message.clone());
    for text in all.chain([text.get()]) {
        assert!(!text.contains("hunter2secret"), "{text}");
        assert!(text.contains("***"), "{text}");
    }
}
