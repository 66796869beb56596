//! Names, carriers and random secrets, each with each.

use std::collections::BTreeMap;

use logtree::filter::{RedactingFilter, SecretClass};

use super::secret;
use crate::support::Random;

/// Where a name and its value may stand: N is the name, V the value.
const CARRIERS: &[(&str, &str)] = &[
    ("text", "it has N=V and more"),
    ("text with a colon", "N: V"),
    ("end of a line", "first\nN: V\nlast"),
    ("JSON", r#"{"a": 1, "N": "V", "b": 2}"#),
    ("compact JSON", r#"{"a":1,"N":"V","b":2}"#),
    ("escaped JSON", r#"{"body": "{\"N\": \"V\"}"}"#),
    ("twice escaped JSON", r#"b'{"body": "{\\"N\\":\\"V\\"}"}'"#),
    ("pretty JSON", "{\n  \"N\" : \"V\"\n}"),
    ("XML", "<r><N>V</N></r>"),
    ("XML with a prefix", "<ns:N>V</ns:N>"),
    ("query", "https://host/path?x=1&N=V&y=2"),
    (
        "encoded query",
        "redirect=https%3A%2F%2Fhost%2F%3FN%3DV%26y%3D2",
    ),
    ("header", "GET / HTTP/1.1\r\nN: V\r\nAccept: */*\r\n\r\n"),
    ("Python's dict", "{'a': 1, 'N': 'V'}"),
    ("Python's bytes", "{'N': b'V', 'b': b'2'}"),
    ("Python's tuples", "[('a', '1'), ('N', 'V')]"),
    ("Rust's struct", r#"Config { a: 1, N: "V" }"#),
    ("Rust's option", r#"Config { N: Some("V"), b: None }"#),
    ("TOML", "N = \"V\"\nb = 2"),
    ("options", "run --N V --verbose"),
    ("shell", "export N='V'; run"),
    (
        "pairs in YAML",
        "env:\n- name: N\n  value: V\n- name: TZ\n  value: UTC",
    ),
];

/// Names that text carriers can have, and what their values look like.
const NAMES: &[(&str, SecretClass)] = &[
    ("SecretAccessKey", SecretClass::SecretKey),
    ("aws_secret_access_key", SecretClass::SecretKey),
    ("client-secret", SecretClass::SecretKey),
    ("SessionToken", SecretClass::Token),
    ("X-Amz-Security-Token", SecretClass::Token),
    ("x_api_key", SecretClass::Token),
    ("refresh_token", SecretClass::Token),
    ("Password", SecretClass::Password),
    ("db_passwd", SecretClass::Password),
    ("MasterUserPassword", SecretClass::Password),
    ("X-Amz-Signature", SecretClass::Signature),
    ("Authorization", SecretClass::Authorization),
    ("Set-Cookie", SecretClass::Cookie),
    ("Plaintext", SecretClass::EncryptionKey),
    (
        "x-amz-server-side-encryption-customer-key",
        SecretClass::EncryptionKey,
    ),
    ("contraseña", SecretClass::Password),
    ("ПАРОЛЬ", SecretClass::Password),
    ("パスワード", SecretClass::Password),
    ("p_a_s_s_w_o_r_d", SecretClass::Password),
    ("password_db", SecretClass::Password),
];

/// Each name in each carrier, with 70 random secrets.
#[test]
fn secrets_by_name_do_not_survive() {
    const KEY: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/+=";
    const ENCODED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    assert!(CARRIERS.len() >= 20);
    let filter = RedactingFilter::credentials();
    let mut random = Random::new(5);
    let mut survivors = BTreeMap::new();
    for round in 0..70 {
        for (carrier, template) in CARRIERS {
            for (name, class) in NAMES {
                let alphabet = if carrier.contains("query") {
                    ENCODED
                } else {
                    KEY
                };
                let len = 20 + random.below(44);
                let value = secret(&mut random, alphabet, len);
                let text = template
                    .replace('N', "\0")
                    .replace('V', &value)
                    .replace('\0', name);
                let before = filter.found(*class);
                let redacted = filter.redact(&text);
                if redacted.contains(&value) || filter.found(*class) == before {
                    survivors.entry((*carrier, *name)).or_insert((
                        text.clone(),
                        redacted.into_owned(),
                        round,
                    ));
                }
            }
        }
    }
    assert!(survivors.is_empty(), "{survivors:#?}");
}

/// Any text: nothing panics, and what was redacted once is not redacted again.
#[test]
fn any_text_can_be_looked_at() {
    let filter = RedactingFilter::credentials().with_personal_data();
    let words = [
        "password",
        "=",
        ":",
        "\"",
        "'",
        "\\",
        "\\\"",
        "é",
        "\u{1F600}",
        "AKIA",
        "eyJ",
        ".",
        "://",
        "@",
        "-----BEGIN PRIVATE KEY-----",
        "-----END ",
        "<",
        ">",
        "Token",
        "(",
        ",",
        " ",
        "\n",
        "Authorization",
        "Bearer",
        "Signature",
        "%3D",
        "%26",
        "b'",
        "Some(",
        "4111111111111111",
        "+49",
        "::",
        "DE89",
        "1",
        "--",
        "SecureString",
        "Value",
        "null",
    ];
    let mut random = Random::new(7);
    for _ in 0..20_000 {
        let text: String = (0..random.below(14))
            .map(|_| words[random.below(words.len())])
            .collect();
        let once = filter.redact(&text).into_owned();
        let _ = filter.redact(&once);
    }
    // An escape that takes the first letters of a word with others.
    for text in ["\\taž", "%3asł"] {
        assert_eq!(filter.redact(text), text);
    }
    let long = format!("{}{}", "password=".repeat(100_000), "\"".repeat(100_000));
    let _ = filter.redact(&long);
    for byte in [
        "-",
        "\\",
        "@",
        ":",
        "a",
        "1",
        "eyJ",
        "://",
        "<",
        "+1",
        "A1",
        "token\\",
        "token=***",
        "Authorization: AWS4-",
        "cookie:",
        "password='***",
        "Signature=",
        "<token>",
        "\"token\":\\",
        "password: {",
        "(password,",
        "-p ",
        "mysql -p ",
        "LOGIN a ",
        "cookie: a=1; ",
        "authorization: Bearer a=b, ",
        "pass%3D",
        "\\u0070",
        "&quot;token",
        "{\"name\":\"token\",",
        "token: |\n",
        "auth=https://h/?",
    ] {
        let _ = filter.redact(&byte.repeat(50_000 / byte.len()));
    }
    // Long ones, after what is looked for beside a name.
    for byte in [
        "password=$2 ",
        "update password=?[1] as ",
        "update password=?('a",
        "insert (password)values(?),",
        "(password)values",
        "(password,a)values('",
        "token, ",
        "token > ",
        "connect(a, b, ",
        "jwt.verify(a,",
        "ldap.bind('a,",
        "createuser('a,",
        "token('a', 'b",
        "::add-mask::!",
    ] {
        let _ = filter.redact(&byte.repeat(100_000 / byte.len()));
    }
    for (start, rest) in [
        ("password=", "\\"),
        ("connect(a, b, ", "é"),
        ("connect(a, b,", "é"),
        ("credentials(a, '", "é"),
        ("insert (a, password) values (1, ", "é"),
        ("update t set password=? (", "é"),
        ("password=$2 $2='", "é"),
    ] {
        let _ = filter.redact(&format!("{start}{}", rest.repeat(100_000)));
    }
}
