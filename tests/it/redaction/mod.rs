//! Secrets do not survive, and nothing else is touched.

mod corpus;
mod generated;
mod in_place;

use std::io::Read;

use flate2::read::GzDecoder;
use logtree::filter::{RedactingFilter, Secret, SecretClass};
use logtree::formatter::JsonFormatter;
use logtree::handler::StreamHandler;
use logtree::setup::Installed;
use logtree::test::Capture;
use logtree::{BasicConfig, Formatter, Level, Registry, Scope, StreamLogger};
use serde_json::Value;

use crate::support::{Random, Text};

fn events() -> Vec<Value> {
    const PACKED: &[u8] = include_bytes!("../botocore-events.jsonl.gz");
    let mut text = String::new();
    GzDecoder::new(PACKED).read_to_string(&mut text).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The texts behind each occurrence of a mark, up to one of the ends.
fn behind<'t>(text: &'t str, mark: &str, ends: &[char]) -> Vec<&'t str> {
    let found = text
        .match_indices(mark)
        .map(|(at, _)| &text[at + mark.len()..]);
    found
        .map(|rest| &rest[..rest.find(|c| ends.contains(&c)).unwrap_or(rest.len())])
        .collect()
}

/// The sensitive spans of an event, by the list of what was planted in it and what it had by
/// nature.
fn labelled(text: &str) -> Vec<&str> {
    let mut spans = Vec::new();
    spans.extend(behind(text, ", Signature=", &['\'']));
    spans.extend(behind(text, "Signature:\n", &['\n']));
    spans.extend(behind(text, "Credential=", &['/']));
    spans.extend(behind(text, "'X-Amz-Security-Token': b'", &['\'']));
    spans.extend(behind(text, "\nx-amz-security-token:", &['\n']));
    spans.extend(behind(text, "<SecretAccessKey>", &['<']));
    spans.extend(behind(text, "<SessionToken>", &['<']));
    spans.extend(behind(text, "<AccessKeyId>", &['<']));
    spans.extend(behind(text, "\"Plaintext\": \"", &['"']));
    if text.contains("SecureString") {
        spans.extend(behind(text, "\"Value\": \"", &['"']));
    }
    spans.extend(
        ["not-a-real-secret", "hunter2", "4111111111111111"]
            .iter()
            .flat_map(|known| text.match_indices(known).map(|(_, found)| found)),
    );
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && !"@.-_+".contains(c));
    spans.extend(words.filter(|word| word.contains('@') && word.contains('.')));
    spans
}

/// The bar: of 740 real events none of the labelled spans survives, and the other 7,477 stay as
/// they are, to the byte.
#[test]
fn the_real_events_of_boto3() {
    let filter = RedactingFilter::credentials().with_personal_data();
    let (mut sensitive, mut spans) = (0, 0);
    let mut wrong = Vec::new();
    for event in events() {
        for key in ["message", "exc_text"] {
            let Some(text) = event[key].as_str() else {
                continue;
            };
            let labelled = labelled(text);
            let redacted = filter.redact(text);
            sensitive += usize::from(!labelled.is_empty());
            spans += labelled.len();
            for span in &labelled {
                if redacted.contains(span) {
                    wrong.push(format!("{span:?} survives in {redacted:?}"));
                }
            }
            if labelled.is_empty() && redacted != text {
                wrong.push(format!("{text:?}\n  became {redacted:?}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong, the first: {:#?}",
        wrong.len(),
        &wrong[..wrong.len().min(5)]
    );
    assert_eq!(sensitive, 740);
    assert!(spans > 1_000, "{spans}");
}

fn secret(random: &mut Random, alphabet: &[u8], len: usize) -> String {
    (0..len)
        .map(|_| char::from(alphabet[random.below(alphabet.len())]))
        .collect()
}

/// What needs no name, in texts around it.
#[test]
fn secrets_by_shape_do_not_survive() {
    const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    const WEB: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    const AROUND: &[&str] = &[
        "S",
        "key S used",
        "\"S\"",
        "'S',",
        "(S)",
        "[S]",
        "<a>S</a>",
        "a=S&b=1",
        "x: S\ny",
        "\\\"S\\\"",
        "{\"a\":\"S\"}",
        "{'a': b'S'}",
        "('a', 'S')",
        "A { a: \"S\" }",
        "Ok(\"S\")",
        "a = \"S\"\n",
        "--a S",
        "S.",
        "S; S",
        "https://host/?a=S",
        "GET / HTTP/1.1\r\nA: S\r\n",
    ];
    let filter = RedactingFilter::credentials();
    let mut random = Random::new(6);
    assert!(AROUND.len() >= 20);
    for _ in 0..10_000 / AROUND.len() + 1 {
        for around in AROUND {
            let check = |shown: String, hidden: &str| {
                let text = around.replace('S', &shown);
                let redacted = filter.redact(&text);
                assert!(
                    !redacted.contains(hidden),
                    "{hidden:?} survives in {redacted:?}"
                );
            };
            for start in ["AKIA", "ASIA", "ABIA", "ACCA", "A3T7"] {
                let id = format!("{start}{}", secret(&mut random, UPPER, 16));
                check(id.clone(), &id);
                let masked = filter.redact(&id).into_owned();
                assert_eq!(
                    (&masked[..4], &masked[4..8], &masked[8..]),
                    (&id[..4], "****", &id[16..])
                );
            }
            let (payload, sign) = (secret(&mut random, WEB, 40), secret(&mut random, WEB, 43));
            check(
                format!("eyJhbGciOiJIUzI1NiJ9.eyJ{payload}.{sign}"),
                &payload,
            );
            let token = secret(&mut random, b"abcdefghijkABCDEF0123456789", 36);
            check(format!("ghp_{token}"), &token);
            let password = secret(&mut random, b"abcdefghij0123456789:%", 12);
            check(
                format!("postgres://app:{password}@db.example.com:5432/x"),
                &password,
            );
            let body = secret(&mut random, WEB, 64);
            for newline in ["\n", "\\n"] {
                check(
                    format!(
                        "-----BEGIN RSA PRIVATE KEY-----{newline}{body}{newline}{body}{newline}-----END RSA PRIVATE KEY-----"
                    ),
                    &body,
                );
            }
        }
    }
}

/// A name without a value of its kind hides no other name.
#[test]
fn what_is_no_value_is_looked_at_for_names() {
    let filter = RedactingFilter::credentials();
    for (text, expected) in [
        (
            "Signature=\n\"password\": \"hunter2\"",
            "Signature=\n\"password\": \"***\"",
        ),
        (
            "Cookie: b'x***\n\"password\": \"hunter2\"",
            "Cookie: b'x***\n\"password\": \"***\"",
        ),
    ] {
        assert_eq!(filter.redact(text), expected);
    }
}

#[test]
fn headers_keep_what_helps() {
    let filter = RedactingFilter::credentials();
    for (text, expected) in [
        (
            "Authorization: Bearer abc.def.ghi\r\nAccept: */*",
            "Authorization: Bearer ***\r\nAccept: */*",
        ),
        (
            "authorization: Basic dXNlcjpwYXNz",
            "authorization: Basic ***",
        ),
        (
            "'Authorization': b'Bearer x y z', 'a': 1",
            "'Authorization': b'Bearer ***', 'a': 1",
        ),
        (
            "\"authorization\": \"Digest username=\\\"u\\\", response=\\\"r\\\"\", \"b\": 1",
            "\"authorization\": \"Digest ***\", \"b\": 1",
        ),
        (
            "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261121/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024",
            "Authorization: AWS4-HMAC-SHA256 Credential=AKIA****MPLE/20261121/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=***",
        ),
        ("Cookie: a=1; session=xyz\nHost: h", "Cookie: ***\nHost: h"),
        ("Set-Cookie: id=abc; Path=/; HttpOnly", "Set-Cookie: ***"),
        (
            "?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261121%2Fus-east-1&X-Amz-Date=1",
            "?X-Amz-Credential=AKIA****MPLE%2F20261121%2Fus-east-1&X-Amz-Date=1",
        ),
        (
            "https://u:p@h/?token=abcdefgh#x",
            "https://***:***@h/?token=***",
        ),
        (
            "Signature:\n0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\nnext",
            "Signature:\n***\nnext",
        ),
        (
            "{\"SecretString\": \"{\\\"user\\\":\\\"app\\\"}\", \"b\": 1}",
            "{\"SecretString\": \"***\", \"b\": 1}",
        ),
        (
            "{\"password\": 12345, \"b\": [1]}",
            "{\"password\": ***, \"b\": [1]}",
        ),
    ] {
        assert_eq!(filter.redact(text), expected);
        assert_eq!(
            filter.redact(expected),
            expected,
            "what is redacted stays as it is"
        );
    }
}

/// Ordinary text that looks a little like secrets.
#[test]
fn ordinary_text_stays() {
    let filter = RedactingFilter::credentials().with_personal_data();
    for text in [
        "",
        "ke",
        "the password was changed",
        "no token, no secret",
        "unexpected token: identifier",
        "{\"NextToken\": \"abc\", \"ContinuationToken\": \"def\", \"client_request_token\": \"x\"}",
        "{\"password\": null, \"token\": \"\", \"secret\": None}",
        "password=***&token=***",
        "token bucket at 5.0, tokens: 17",
        "SignedHeaders=host;x-amz-date, signature v4",
        "key=photos/2026/a.jpg bucket=photos",
        "https://example.com:8080/a@b",
        "http://localhost/path:with@signs",
        "AKIASHORT BASIAN ASIATIC",
        "----- begin of the part -----",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "eyJust a word. eyJ.x.y",
        "order 4111111111111112 of 12:34:56 on 127.0.0.1 and ::1",
        "std::fmt::Display a::b c::d",
        "version 1.2.3.4.5 and 10.0.0.256",
        "2026-11-21 01:58:11,252 requests 123456789012",
        "a@b and @mention, user@localhost",
        "PWD=/home/user",
        "é password é token ü secret",
        "secret\u{1F600}: none",
    ] {
        assert_eq!(filter.redact(text), text);
    }
}

#[test]
fn personal_data_is_for_those_who_ask() {
    let plain = RedactingFilter::credentials();
    let filter = plain.clone().with_personal_data();
    for (text, expected, class) in [
        (
            "mail ann.b+c@mail.example.com, please",
            "mail ***, please",
            SecretClass::Email,
        ),
        ("mail=ann@example.com&x", "mail=***&x", SecretClass::Email),
        ("card 4111 1111 1111 1111.", "card ***.", SecretClass::Card),
        ("card 378282246310005", "card ***", SecretClass::Card),
        (
            "from DE89 3704 0044 0532 0130 00 to",
            "from *** to",
            SecretClass::BankAccount,
        ),
        (
            "call +49 (30) 1234-5678 now",
            "call *** now",
            SecretClass::Phone,
        ),
        ("ssn 123-45-6789", "ssn ***", SecretClass::SocialSecurity),
        ("from 203.0.113.7:443", "from ***:443", SecretClass::Address),
        (
            "from [2001:db8::1]:443",
            "from [***]:443",
            SecretClass::Address,
        ),
    ] {
        assert_eq!(plain.redact(text), text);
        assert_eq!(filter.redact(text), expected);
        assert!(filter.found(class) > 0, "{class:?}");
    }
}

#[test]
fn all_parts_of_a_record_are_looked_at() {
    let registry = Registry::new();
    let logger = registry.get_logger("app");
    logger.set_level(Level::DEBUG);
    let (lines, json) = (Text::default(), Text::default());
    let filter = RedactingFilter::credentials().with_name("tenant");
    logger.add_handler(
        StreamHandler::new(lines.clone())
            .with_formatter(Formatter::new("%(message)s").unwrap())
            .with_filter(filter.clone()),
    );
    logger.add_handler(
        StreamHandler::new(json.clone())
            .with_formatter(JsonFormatter::new())
            .with_filter(filter.clone()),
    );
    let capture = Capture::new(&logger);
    let _scope = Scope::new().with("api_key", "hunter2").enter();
    let error = std::io::Error::other("cannot reach https://user:hunter2@host");
    let adapter = logger
        .with("session_token", "hunter2")
        .with("url", "https://u:hunter2@h");
    logtree::error!(adapter, password = "hunter2", tenant = 7, n = 3, note:? = Some("token=hunter2"), error:err = error; "password={}", "hunter2");
    for text in [lines.get(), json.get()] {
        assert!(!text.contains("hunter2"), "{text}");
        assert!(text.contains("***") && text.contains('3'), "{text}");
    }
    assert_eq!(
        lines.get(),
        "password=*** n=3 api_key=*** session_token=*** url=https://***:***@h password=*** tenant=*** note=\"Some(\\\"token=***\\\")\"\n    cannot reach https://***:***@host\n"
    );
    // Each handler has its own view: what captures, and others, see all.
    assert_eq!(capture.records()[0].message(), "password=hunter2");
    assert!(filter.found(SecretClass::Password) >= 2 && filter.found(SecretClass::Custom) == 2);
}

/// The presets take credentials out, unless told not to; handlers that are given stay as they are.
#[test]
fn presets_redact_unless_told_not_to() {
    let shown = |set_up: &dyn Fn(&Registry, Text)| {
        let (registry, text) = (Registry::new(), Text::default());
        set_up(&registry, text.clone());
        logtree::warn!(registry.get_logger("app"), "password=hunter2");
        text.get().contains("hunter2")
    };
    let stream = |text: Text| StreamLogger::new("app", Level::INFO).stream(text);
    let basic = |text: Text| BasicConfig::new().stream(text);
    assert!(!shown(&|registry, text| drop(
        stream(text).install_in(registry).unwrap()
    )));
    assert!(shown(&|registry, text| drop(
        stream(text).redact(false).install_in(registry).unwrap()
    )));
    assert!(!shown(&|registry, text| assert_eq!(
        basic(text).install_in(registry).unwrap(),
        Installed::Done
    )));
    assert!(shown(&|registry, text| assert_eq!(
        basic(text).redact(false).install_in(registry).unwrap(),
        Installed::Done
    )));
    assert!(shown(&|registry, text| {
        let config = BasicConfig::new().handlers([StreamHandler::new(text)]);
        assert_eq!(config.install_in(registry).unwrap(), Installed::Done);
    }));
    assert!(RedactingFilter::preset().found(SecretClass::Password) >= 2);
}

#[test]
fn names_and_patterns_of_ones_own() {
    let filter = RedactingFilter::credentials()
        .with_name("x-tenant")
        .with_name("ab")
        .without_name("public_token")
        .with_pattern(|text: &str| text.find('ü').map(|at| at..at + 2))
        .with_pattern(|text: &str| text.find("bad").map(|at| at..at + 300))
        .with_pattern(|_: &str| Some(0..0));
    assert_eq!(
        filter.redact("X_TENANT: t1, my-x-tenant=t2, ab=1, PublicToken=abc12345, üa ü bad é"),
        "X_TENANT: ***, my-x-tenant=***, ab=1, PublicToken=abc12345, ***a *** bad é"
    );
    assert_eq!(filter.found(SecretClass::Custom), 4);
}

#[test]
fn a_secret_does_not_show_itself() {
    let secret = Secret::new("hunter2");
    let text = format!("{secret} {secret:?} {secret:#?} {:?}", Some(&secret));
    assert_eq!(text, "*** *** *** Some(***)");
    let registry = Registry::new();
    let (handler, lines) = crate::support::to_text("%(message)s");
    registry.root().add_handler(handler);
    logtree::warn!(registry.get_logger("a"), secret:%, other = secret; "hidden");
    assert_eq!(lines.get(), "hidden secret=*** other=***\n");
    assert_eq!(
        (*secret.expose(), secret.into_inner()),
        ("hunter2", "hunter2")
    );
}
