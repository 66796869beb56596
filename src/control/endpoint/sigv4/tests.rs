//! Signed requests: published ones, recorded ones, and what is wrong.

mod forgeries;

use super::*;

/// A request of a file, and its name, which may stand above it.
#[derive(Clone)]
struct Recorded {
    name: String,
    head: Parts,
    body: String,
}

impl Recorded {
    fn all(text: &str) -> Vec<Self> {
        text.trim_end_matches('\n')
            .split("\n%%\n")
            .map(Self::read)
            .collect()
    }

    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let mut lines = head.lines().peekable();
        let name = lines.next_if(|line| line.starts_with("# "));
        let mut start = lines.next().unwrap().split(' ');
        let mut request = http::Request::builder()
            .method(start.next().unwrap())
            .uri(start.next().unwrap());
        for line in lines {
            let (name, value) = line.split_once(':').unwrap();
            request = request.header(name, value.trim());
        }
        Self {
            name: name.unwrap_or_default().to_owned(),
            head: request.body(()).unwrap().into_parts().0,
            body: body.to_owned(),
        }
    }

    fn time(&self) -> Timestamp {
        let date = self.head.headers[DATE].to_str().unwrap();
        Timestamp::from_nanos(seconds(date).unwrap() * 1_000_000_000)
    }

    fn set(&mut self, name: &'static str, value: &str) {
        self.head.headers.insert(name, value.parse().unwrap());
    }

    fn replace_in(&mut self, name: &'static str, old: &str, new: &str) {
        let value = self.head.headers[name].to_str().unwrap();
        assert!(value.contains(old), "{value}");
        let value = value.replace(old, new);
        self.set(name, &value);
    }
}

const TOKEN: &str = "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY";

fn recorded() -> Vec<Recorded> {
    Recorded::all(include_str!(
        "../../../../tests/endpoint/requests/aws_clients.txt"
    ))
}

fn verified(request: &Recorded) -> Result<(), Refusal> {
    verify_at(request, request.time())
}

fn verify_at(request: &Recorded, now: Timestamp) -> Result<(), Refusal> {
    let body = request.body.as_bytes();
    verify(&request.head, body, Key::of_token(TOKEN), now)
}

/// The requests of AWS's published test suite for signers.
#[test]
fn the_published_requests_are_verified() {
    let key = Key {
        id: "AKIDEXAMPLE",
        secret: b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        service: "service",
    };
    // Paths that are not in their normal form are refused, not normalized.
    let refused = [
        "# get-relative",
        "# get-relative-relative",
        "# get-slash",
        "# get-slash-dot-slash",
        "# get-slash-pointless-dot",
        "# get-slashes",
    ];
    let all = Recorded::all(include_str!(
        "../../../../tests/endpoint/requests/aws_vectors.txt"
    ));
    assert_eq!(all.len(), 28);
    for request in all {
        let expected = match refused.contains(&&*request.name) {
            true => Err(Refusal::Path),
            false => Ok(()),
        };
        let result = verify(&request.head, request.body.as_bytes(), key, request.time());
        assert_eq!(result, expected, "{}", request.name);
    }
}

/// Requests that the AWS command line 1.45 and boto3 1.43 sent.
#[test]
fn the_requests_of_stock_clients_are_verified() {
    let requests = recorded();
    assert_eq!(requests.len(), 10);
    for request in requests {
        assert!(is_signed(&request.head.headers));
        assert_eq!(verified(&request), Ok(()), "{:?}", request.head);
    }
}

#[test]
fn each_part_of_a_request_is_covered() {
    type Change = fn(&mut Recorded);
    let changes: [(Refusal, Change); 7] = [
        (Refusal::Signature, |it| it.head.method = http::Method::PUT),
        (Refusal::Signature, |it| {
            it.head.uri = "/v2LoggingOption".parse().unwrap();
        }),
        (Refusal::Signature, |it| {
            let changed = format!(
                "{}{}a=b",
                it.head.uri,
                match it.head.uri.query() {
                    Some(_) => '&',
                    None => '?',
                }
            );
            it.head.uri = changed.parse().unwrap();
        }),
        (Refusal::Signature, |it| it.body.push(' ')),
        (Refusal::Signature, |it| it.set("host", "127.0.0.1:8124")),
        (Refusal::Scope, |it| {
            let day_before = it.head.headers[DATE].to_str().unwrap();
            let day_before = day_before.replace("20261126", "20261125");
            it.set(DATE, &day_before);
        }),
        (Refusal::Signature, |it| {
            let date = it.head.headers[DATE].to_str().unwrap().to_owned();
            let other_second = match date.strip_suffix("0Z") {
                Some(start) => format!("{start}1Z"),
                None => format!("{}0Z", &date[..date.len() - 2]),
            };
            it.set(DATE, &other_second);
        }),
    ];
    for (refusal, change) in changes {
        for mut request in recorded() {
            change(&mut request);
            assert_eq!(verified(&request), Err(refusal), "{:?}", request.head);
        }
    }
}

#[test]
fn another_secret_or_scope_is_refused() {
    for request in recorded() {
        let body = request.body.as_bytes();
        for other in ["", &TOKEN[1..], &TOKEN.to_lowercase()] {
            let result = verify(&request.head, body, Key::of_token(other), request.time());
            assert_eq!(result, Err(Refusal::Signature), "{other}");
        }
    }
    for (old, new, refusal) in [
        ("Credential=logtree/", "Credential=other/", Refusal::Scope),
        ("/iot/", "/s3/", Refusal::Scope),
        ("/aws4_request", "/aws4", Refusal::Scope),
        ("/20261126/", "/20261127/", Refusal::Scope),
        ("/local/", "//", Refusal::Scope),
        ("/local/", "/us-east-1/", Refusal::Signature),
        ("/local/", "/", Refusal::Malformed),
        ("AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256", Refusal::Malformed),
        (
            "AWS4-HMAC-SHA256 ",
            "AWS4-ECDSA-P256-SHA256 ",
            Refusal::Malformed,
        ),
        ("Signature=", "Signature=0", Refusal::Signature),
        ("Signature=", "signature=", Refusal::Malformed),
        ("Signature=", "Signature=a, Signature=", Refusal::Malformed),
        (", Signature", "; Signature", Refusal::Malformed),
        ("host;", "", Refusal::NotCovered),
        (";x-amz-date", "", Refusal::NotCovered),
        ("host;", "Host;", Refusal::Malformed),
        ("host;", "host;host;", Refusal::Malformed),
        ("host;", "host;unknown;", Refusal::NotCovered),
        ("host;x-amz-date", "x-amz-date;host", Refusal::Malformed),
        ("host;", "host;;", Refusal::Malformed),
    ] {
        for mut request in recorded() {
            request.replace_in("authorization", old, new);
            assert_eq!(verified(&request), Err(refusal), "{old} -> {new}");
        }
    }
}

#[test]
fn a_content_type_must_be_covered() {
    let mut requests = recorded();
    for request in &mut requests {
        if request.head.headers.contains_key("content-type") {
            request.replace_in("authorization", "content-type;", "");
        } else {
            request.set("content-type", "application/json");
        }
        assert_eq!(verified(request), Err(Refusal::NotCovered));
    }
}

#[test]
fn the_clocks_may_differ_by_five_minutes() {
    const SECOND: i64 = 1_000_000_000;
    for request in recorded() {
        let at = |seconds: i64| {
            let now = request.time().as_nanos() + seconds * SECOND;
            verify_at(&request, Timestamp::from_nanos(now))
        };
        for skew in [-300, -1, 0, 1, 300] {
            assert_eq!(at(skew), Ok(()), "{skew}");
        }
        for skew in [-86_400, -301, 301, 86_400] {
            assert_eq!(at(skew), Err(Refusal::Time), "{skew}");
        }
    }
}

#[test]
fn dates_have_one_form() {
    for date in [
        "",
        "20261126",
        "2026-11-26T22:34:18Z",
        "20261126T223418+0000",
        "20261126T223418",
        "20261326T223418Z",
        "20261126T243418Z",
        "+2026112T223418Z",
        "20261126t223418Z",
        "Thu, 26 Nov 2026 22:34:18 GMT",
    ] {
        let mut request = recorded().remove(0);
        let now = request.time();
        request.set(DATE, date);
        let result = verify_at(&request, now);
        let refused = [Err(Refusal::Malformed), Err(Refusal::Scope)];
        assert!(refused.contains(&result), "{date}: {result:?}");
        assert_eq!(seconds(date), Err(Refusal::Malformed), "{date}");
    }
}

#[test]
fn a_declared_digest_must_be_that_of_the_body() {
    let mut request = recorded().remove(0);
    let digest = hex(&Sha256::digest(&request.body));
    request.set("x-amz-content-sha256", &digest);
    assert_eq!(verified(&request), Ok(()));
    for other in [
        "UNSIGNED-PAYLOAD",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "",
        &digest[1..],
    ] {
        request.set("x-amz-content-sha256", other);
        assert_eq!(verified(&request), Err(Refusal::Body), "{other}");
    }
}

#[test]
fn presigned_requests_are_refused() {
    for name in ["X-Amz-Signature", "x-amz-algorithm", "X%2DAmz-Credential"] {
        let mut request = recorded().remove(0);
        request.head.uri = format!("/v2LoggingOptions?{name}=a").parse().unwrap();
        assert_eq!(verified(&request), Err(Refusal::Presigned), "{name}");
    }
}

#[test]
fn headers_that_decide_are_there_once() {
    for (name, refusal) in [
        ("authorization", Refusal::Malformed),
        (DATE, Refusal::Malformed),
        ("host", Refusal::Signature),
    ] {
        let mut request = recorded().remove(0);
        let now = request.time();
        let value = request.head.headers[name].clone();
        request.head.headers.append(name, value);
        assert_eq!(verify_at(&request, now), Err(refusal), "{name}");
        request.head.headers.remove(name);
        assert_eq!(verify_at(&request, now), Err(Refusal::NotCovered), "{name}");
    }
}

/// A plus in a query is a space, and no plus sign that was signed.
#[test]
fn a_query_is_signed_as_it_is_read() {
    assert!(pairs("a=b+c").eq(pairs("a=b%20c")));
    assert!(!pairs("a=b+c").eq(pairs("a=b%2Bc")));
    assert!(pairs("&a&b=%7e").eq(pairs("a=&b=~")));
}
