//! Requests that were altered after they had been signed, by what was altered.

use super::*;

/// What was altered, and the request.
type Forged = (String, Recorded);

/// Adds a request for each value, in which `alter` has put it.
fn each(
    all: &mut Vec<Forged>,
    base: &Recorded,
    values: &[&str],
    alter: impl Fn(&mut Recorded, &str),
) {
    for value in values {
        let mut forged = base.clone();
        alter(&mut forged, value);
        all.push((format!("{value:?}"), forged));
    }
}

/// Puts values in place of a part of the header `Authorization`.
fn claims(all: &mut Vec<Forged>, base: &Recorded, part: &str, values: &[&str]) {
    each(all, base, values, |it, value| {
        it.replace_in("authorization", part, value);
    });
}

fn lines(base: &Recorded) -> Vec<Forged> {
    let mut all = Vec::new();
    let methods = ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "post"];
    each(&mut all, base, &methods, |it, method| {
        it.head.method = method.parse().unwrap();
    });
    let targets = [
        "/",
        "/v1/levels",
        "/v2LoggingOption",
        "/v2LoggingOptions/",
        "/V2LoggingOptions",
        "/v2%4CoggingOptions",
        "/v2LoggingOptions%20",
        "/v2LoggingOptions%00",
        "//v2LoggingOptions",
        "/./v2LoggingOptions",
        "/a/../v2LoggingOptions",
        "/v2LoggingOptions/.",
        "/v2LoggingOptions?a",
        "/v2LoggingOptions?a=",
        "/v2LoggingOptions?=a",
        "/v2LoggingOptions?%61=b",
        "/v2LoggingOptions?+",
        "/v2LoggingOptions?a=b&a=b",
        "/v2LoggingOptions?verbose=true",
        "/v2LoggingOptions?X-Amz-Signature=a",
        "/v2LoggingOptions?x-amz-date=20261126T223418Z",
        "/v2LoggingOptions?X-AMZ-EXPIRES=1",
    ];
    each(&mut all, base, &targets, |it, target| {
        it.head.uri = target.parse().unwrap();
    });
    all
}

fn bodies(base: &Recorded) -> Vec<Forged> {
    let body = &*base.body;
    let mut all = Vec::new();
    let twice = body.repeat(2);
    let around =
        [" ", "\n", "\0", "\u{feff}"].map(|one| [format!("{body}{one}"), one.to_owned() + body]);
    let mut bodies: Vec<_> = around.into_iter().flatten().collect();
    bodies.extend(["", "{}", &twice, &body[1..], &body.to_uppercase()].map(str::to_owned));
    // Each byte of its beginning.
    bodies.extend((0..32).map(|at| {
        let mut bytes = body.as_bytes().to_vec();
        bytes[at] ^= 1;
        String::from_utf8(bytes).unwrap()
    }));
    let bodies: Vec<_> = bodies.iter().map(String::as_str).collect();
    each(&mut all, base, &bodies, |it, body| {
        it.body = body.to_owned()
    });
    all
}

fn headers(base: &Recorded) -> Vec<Forged> {
    let mut all = Vec::new();
    for (name, values) in [
        (
            "host",
            &[
                "",
                "127.0.0.1",
                "127.0.0.1:8124",
                "127.0.0.1:81230",
                "127.0.0.1.:8123",
                "localhost:8123",
                "a@127.0.0.1:8123",
                "127.0.0.1:8123, evil.com",
            ][..],
        ),
        (
            "content-type",
            &[
                "",
                "text/plain",
                "application/JSON",
                "application/json; charset=utf-8",
            ],
        ),
        (
            DATE,
            &[
                "",
                "20261126T223419Z",
                "20261126T223417Z",
                "20261125T223418Z",
                "20271126T223418Z",
                "20261126T223418z",
                "20261126t223418Z",
                "20261126T223418",
                "20261126T223418ZZ",
                "20261126T2234188Z",
                "20261126 223418Z",
                "2026-11-26T22:34:18Z",
                "1795732458",
            ],
        ),
        (
            "x-amz-content-sha256",
            &[
                "",
                "UNSIGNED-PAYLOAD",
                "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
                "0",
            ],
        ),
    ] {
        each(&mut all, base, values, |it, value| it.set(name, value));
    }
    for name in ["host", "content-type", DATE, "authorization"] {
        each(&mut all, base, &[name], |it, name| {
            it.head.headers.remove(name);
        });
        each(&mut all, base, &[name], |it, _| {
            let value = it.head.headers[name].clone();
            it.head.headers.append(name, value);
        });
    }
    all
}

fn authorizations(base: &Recorded) -> Vec<Forged> {
    let mut all = Vec::new();
    let mut put = |part: &str, values: &[&str]| claims(&mut all, base, part, values);
    let algorithms = [
        "aws4-hmac-sha256 ",
        "AWS4-HMAC-SHA512 ",
        "AWS4 ",
        "Bearer ",
        "",
        " ",
    ];
    put("AWS4-HMAC-SHA256 ", &algorithms);
    put(
        "=logtree/",
        &[
            "=/",
            "=Logtree/",
            "=logtree2/",
            "=root/",
            "=logtree/logtree/",
        ],
    );
    put(
        "/20261126/",
        &["/20261125/", "/2026112/", "//", "/", "/+20261126/"],
    );
    put(
        "/local/",
        &[
            "/",
            "//",
            "/Local/",
            "/us-east-1/",
            "/local/local/",
            "/local%2F/",
        ],
    );
    put("/iot/", &["/", "//", "/IOT/", "/iotdata/", "/s3/"]);
    put(
        "/aws4_request",
        &["", "/", "/aws4", "/AWS4_REQUEST", "/aws4_request/"],
    );
    put(
        "content-type;host;x-amz-date",
        &[
            "",
            ";",
            "host",
            "x-amz-date",
            "host;x-amz-date",
            "content-type;host",
            "content-type;x-amz-date",
            "host;content-type;x-amz-date",
            "content-type;host;host;x-amz-date",
            "content-type;host;x-amz-date;",
            ";content-type;host;x-amz-date",
            "Content-Type;Host;X-Amz-Date",
            "content-type,host,x-amz-date",
            "accept;content-type;host;x-amz-date",
            "content-type;host;x-amz-date;x-amz-security-token",
        ],
    );
    put(
        "Credential=",
        &[
            "",
            "credential=",
            "Credential==",
            "Credential=a, Credential=",
        ],
    );
    put(
        "SignedHeaders=",
        &["", "signedheaders=", "SignedHeaders=host, SignedHeaders="],
    );
    put(
        ", Signature=",
        &[
            ", ",
            "; Signature=",
            " Signature=",
            ", Signature=0, Signature=",
            ", a=b, Signature=",
        ],
    );
    // Each digit of the signature, and its length.
    let value = base.head.headers["authorization"].to_str().unwrap();
    let (_, signature) = value.rsplit_once("Signature=").unwrap();
    for at in 0..signature.len() {
        let other = if &signature[at..=at] == "0" { "1" } else { "0" };
        let altered = format!("{}{other}{}", &signature[..at], &signature[at + 1..]);
        put(signature, &[&altered]);
    }
    let upper = signature.to_uppercase();
    put(signature, &["", &signature[1..], &signature[..63], &upper]);
    put(
        signature,
        &[&format!("{signature}0"), &format!(" {signature}")],
    );
    all
}

/// None of them passes.
#[test]
fn no_forgery_is_verified() {
    let base = recorded().remove(0);
    let now = base.time();
    assert_eq!(verify_at(&base, now), Ok(()));
    let kinds = [
        lines(&base),
        bodies(&base),
        headers(&base),
        authorizations(&base),
    ];
    let all: Vec<_> = kinds.into_iter().flatten().collect();
    assert!(all.len() >= 200, "{}", all.len());
    for (what, forged) in all {
        let result = verify_at(&forged, now);
        assert!(
            result.is_err(),
            "{what}: {:?} {:?}",
            forged.head,
            forged.body
        );
    }
}
