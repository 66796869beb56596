//! What must go and what must stay, one text a line.

use logtree::filter::{RedactingFilter, SecretClass};

/// The texts of a file, with what it writes for characters that a line cannot have.
fn texts(file: &str) -> impl Iterator<Item = String> {
    let lines = file
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("# "));
    lines.map(|line| {
        line.replace('⏎', "\n")
            .replace('␍', "\r")
            .replace('␉', "\t")
            .replace('␛', "\x1b")
            .replace('⍽', "\u{a0}")
            .replace('␀', "\0")
    })
}

/// All texts, without their marks.
pub(super) fn all() -> impl Iterator<Item = String> {
    let go = texts(include_str!("must_go.txt")).map(|marked| unmarked(&marked).0);
    go.chain(texts(include_str!("must_stay.txt")))
}

/// A text without its marks, and the secrets that they were around.
fn unmarked(marked: &str) -> (String, Vec<&str>) {
    let parts = marked.split('«').skip(1);
    let secrets = parts.filter_map(|part| part.split('»').next()).collect();
    (marked.replace(['«', '»'], ""), secrets)
}

#[test]
fn what_must_go() {
    let filter = RedactingFilter::credentials();
    let mut survivors = Vec::new();
    let mut count = 0;
    for marked in texts(include_str!("must_go.txt")) {
        let (text, secrets) = unmarked(&marked);
        assert!(!secrets.is_empty(), "{marked:?}");
        let redacted = filter.redact(&text);
        count += secrets.len();
        let shown = secrets.iter().filter(|secret| redacted.contains(**secret));
        survivors.extend(shown.map(|secret| format!("{secret:?} survives in {redacted:?}")));
    }
    assert!(
        survivors.is_empty(),
        "{} of {count}: {survivors:#?}",
        survivors.len()
    );
    assert!(count > 2100, "{count}");
}

#[test]
fn what_must_stay() {
    let filter = RedactingFilter::credentials();
    let texts = texts(include_str!("must_stay.txt"));
    let changed: Vec<_> = texts
        .filter_map(|text| {
            let redacted = filter.redact(&text);
            (redacted != text).then(|| format!("{text:?} became {redacted:?}"))
        })
        .collect();
    assert!(changed.is_empty(), "{}: {changed:#?}", changed.len());
}

/// What goes is the secret, and little else: what is around it tells what happened.
#[test]
fn what_is_around_a_secret_stays() {
    let filter = RedactingFilter::credentials();
    for (text, expected) in [
        (
            "authorization: Bearer T0k3nT0k3n status=401 url=/x",
            "authorization: Bearer *** status=401 url=/x",
        ),
        ("cookie: a=1; sid=k9w2 status=200", "cookie: *** status=200"),
        ("password=hunter2, user=ann", "password=***, user=ann"),
        ("password=hunter2;Database=x", "password=***;Database=x"),
        ("password=hunter2&user=ann", "password=***&user=ann"),
        ("(password=hunter2)", "(password=***)"),
        ("<password>hunter2</password>", "<password>***</password>"),
        (
            "{\"token\":{\"S\":\"a1b2\"},\"n\":1}",
            "{\"token\":{\"S\":\"***\"},\"n\":1}",
        ),
        ("https://a1b2c3d4e5f6a7b8@h/x", "https://***@h/x"),
        ("ann:hunter2@tcp(db:3306)/x", "ann:***@tcp(db:3306)/x"),
        ("mysql -u root -phunter2 db", "mysql -u root -p*** db"),
        ("a001 LOGIN ann hunter2", "a001 LOGIN ann ***"),
        (
            "IDENTIFIED BY 'hunter2' REQUIRE SSL",
            "IDENTIFIED BY '***' REQUIRE SSL",
        ),
        (
            "x%3Fpassword%3Dhunter2%26y%3D2",
            "x%3Fpassword%3D***%26y%3D2",
        ),
        (
            "{\"pass\\u0077ord\":\"hunter2\"}",
            "{\"pass\\u0077ord\":\"***\"}",
        ),
    ] {
        assert_eq!(filter.redact(text), expected);
        assert_eq!(filter.redact(expected), expected);
    }
}

/// A mask shows a few letters at most: what shows more of a secret is none.
#[test]
fn a_secret_with_stars_in_it_is_no_mask() {
    let filter = RedactingFilter::credentials();
    for (text, hides) in [
        ("password=ab***yz", false),
        ("password=****1234", false),
        ("password=abcdefgh***ijklmnop", true),
        ("password=***abcdefghijkl", true),
    ] {
        assert_eq!(filter.redact(text) != text, hides, "{text:?}");
    }
    for (text, hides) in [
        ("unexpected token: identifier", false),
        ("unexpected token: antidisestablishmentarianism", true),
    ] {
        assert_eq!(filter.redact(text) != text, hides, "{text:?}");
    }
    assert!(filter.found(SecretClass::Password) > 0);
}
