//! Pickles that CPython wrote, and those that nothing should.

use super::*;

fn text(pickle: &[u8]) -> String {
    unpickle(pickle).unwrap().to_string()
}

#[test]
fn values_of_all_kinds() {
    // pickle.dumps({"a": [1, -2, 2.5, None, True], "b": (b"x", "y")}, n)
    let protocols: [&[u8]; 3] = [
        b"(dp0\nVa\np1\n(lp2\nI1\naI-2\naF2.5\naNaI01\nasVb\np3\n(c_codecs\nencode\np4\n",
        b"}q\x00(X\x01\x00\x00\x00aq\x01]q\x02(K\x01J\xfe\xff\xff\xffG@\x04\x00\x00\x00\x00\x00\x00\
          NI01\neX\x01\x00\x00\x00bq\x03(X\x01\x00\x00\x00yq\x04tq\x05u.",
        b"\x80\x04\x95\x1d\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01a\x94]\x94(K\x01J\xfe\xff\xff\
          \xffG@\x04\x00\x00\x00\x00\x00\x00N\x88e\x8c\x01b\x94C\x01x\x94\x8c\x01y\x94\x86\x94u.",
    ];
    // Protocol 0 has bytes by a function.
    assert_eq!(unpickle(protocols[0]), Err(NOT_PLAIN));
    let expected = r#"{"a": [1, -2, 2.5, None, true], "b": ["y"]}"#;
    assert_eq!(text(protocols[1]), expected);
    let expected = r#"{"a": [1, -2, 2.5, None, true], "b": [78, "y"]}"#;
    assert_eq!(text(protocols[2]), expected);
    assert_eq!(text(b"V\xe4\\u20ac\\U0001f600\\u005c\n."), "ä€😀\\");
    // Half of a pair of surrogates.
    assert_eq!(
        text(b"X\x04\x00\x00\x00a\xed\xa0\x80."),
        "a\u{fffd}\u{fffd}\u{fffd}"
    );
    assert_eq!(
        text(b"(U\x01aT\x01\x00\x00\x00b\x96\x01\0\0\0\0\0\0\0ct."),
        r#"["a", "b", 63]"#
    );
    assert_eq!(text(b"\x8f(K\x01\x90."), "[1]");
    assert_eq!(text(b"(K\x01\x91."), "[1]");
    assert_eq!(text(b"}K\x01K\x02s."), r#"{"1": 2}"#);
    // A list that is there twice.
    assert_eq!(text(b"(]q\x00(K\x01eh\x00t."), "[[1], [1]]");
}

#[test]
fn whole_numbers_of_any_length() {
    let long = |bytes: &[u8]| {
        let mut pickle = vec![0x8a, u8::try_from(bytes.len()).unwrap()];
        pickle.extend_from_slice(bytes);
        pickle.push(b'.');
        text(&pickle)
    };
    assert_eq!(long(&[]), "0");
    assert_eq!(long(&[0xff]), "-1");
    assert_eq!(long(&[0xff, 0]), "255");
    assert_eq!(long(&i128::MIN.to_le_bytes()), i128::MIN.to_string());
    let beyond = |bytes: [u8; 3]| long(&[&[0; 14][..], &bytes].concat());
    // 2**128, -(2**128), -(2**112)
    assert_eq!(beyond([0, 0, 1]), format!("0x01{}", "00".repeat(16)));
    assert_eq!(beyond([0, 0, 0xff]), format!("-0x01{}", "00".repeat(16)));
    assert_eq!(
        beyond([0xff, 0xff, 0xff]),
        format!("-0x000001{}", "00".repeat(14))
    );
    for digits in ["9".repeat(60), format!("-{}", "1".repeat(60))] {
        assert_eq!(text(format!("L{digits}L\n.").as_bytes()), digits);
    }
    assert_eq!(text(b"I-12\n."), "-12");
}

#[test]
fn what_is_no_value_is_refused() {
    for (pickle, why) in [
        (&b"cos\nsystem\n(S'id'\ntR."[..], NOT_PLAIN),
        (b"\x8c\x02os\x8c\x06system\x93.", NOT_PLAIN),
        (b"(ios\nsystem\n.", NOT_PLAIN),
        (b"(NoR.", NOT_PLAIN),
        (b"NN\x81.", NOT_PLAIN),
        (b"NNN\x92.", NOT_PLAIN),
        (b"}}b.", NOT_PLAIN),
        (b"N)R.", NOT_PLAIN),
        (b"P1\n.", NOT_PLAIN),
        (b"K\x01Q.", NOT_PLAIN),
        (b"\x82\x01.", NOT_PLAIN),
        (b"\x83\x01\0.", NOT_PLAIN),
        (b"\x84\x01\0\0\0.", NOT_PLAIN),
        (b"\x97.", NOT_PLAIN),
        // What CPython does not write for values.
        (b"K\x012.", NOT_PLAIN),
        (b"K\x01K\x010.", NOT_PLAIN),
        (b"", TRUNCATED),
        (b"X\xff\xff\xff\xffab", TRUNCATED),
        (b"\x8d\xff\xff\xff\xff\xff\xff\xff\xffab", TRUNCATED),
        (b"I1", TRUNCATED),
        (b".", DAMAGED),
        (b"K\x01K\x01.", DAMAGED),
        (b"K\x01.K", DAMAGED),
        (b"(K\x01.", DAMAGED),
        (b"t.", DAMAGED),
        (b"a.", DAMAGED),
        (b"\x86.", DAMAGED),
        (b"]K\x01(\x85.", DAMAGED),
        (b"](K\x01a.", DAMAGED),
        (b"h\x00.", DAMAGED),
        (b"}K\x01a.", DAMAGED),
        (b"}(K\x01u.", DAMAGED),
        (b"(K\x01)ee.", DAMAGED),
        (b"I\n.", DAMAGED),
        (b"I1e5\n.", DAMAGED),
        (b"Vx\\n\n.", DAMAGED),
        (b"Vx\\u12\n.", DAMAGED),
    ] {
        let shown = String::from_utf8_lossy(pickle).into_owned();
        assert_eq!(unpickle(pickle), Err(why), "{shown:?}");
    }
}

#[test]
fn depth_and_size_have_limits() {
    let nested = |depth: usize| {
        let mut pickle = b")".to_vec();
        pickle.extend(std::iter::repeat_n(0x85, depth - 1));
        pickle.push(b'.');
        unpickle(&pickle).map(drop)
    };
    assert_eq!(
        (nested(MAX_DEPTH), nested(MAX_DEPTH + 1)),
        (Ok(()), Err(TOO_DEEP))
    );
    assert_eq!(nested(60_000), Err(TOO_DEEP));
    // A list that holds itself.
    assert_eq!(unpickle(b"]q\x00h\x00a."), Err(TOO_DEEP));
    let many = |values: usize| {
        let values = b"N".repeat(values);
        unpickle(&[b"(", &values[..], b"t."].concat()).map(drop)
    };
    assert_eq!(
        (many(MAX_VALUES - 1), many(MAX_VALUES)),
        (Ok(()), Err(TOO_LARGE))
    );
    assert_eq!(unpickle(&b"(".repeat(1 << 20)), Err(TOO_LARGE));
    // A string of 100 kB, a thousand times by two bytes.
    let mut pickle = b"(X\xa0\x86\x01\x00".to_vec();
    pickle.extend(std::iter::repeat_n(b'x', 100_000));
    pickle.extend(b"q\x00");
    pickle.extend(b"h\x00".repeat(1_000));
    pickle.extend(b"t.");
    assert_eq!(unpickle(&pickle), Err(TOO_LARGE));
    // Each list has the one before ten times.
    let mut pickle = b"]q\x00".to_vec();
    for level in 1..15_u8 {
        pickle.push(b'(');
        pickle.extend([b'h', level - 1].repeat(10));
        pickle.extend([b'l', b'q', level]);
    }
    pickle.insert(0, b'(');
    pickle.extend(b"t.");
    assert_eq!(unpickle(&pickle), Err(TOO_LARGE));
}

#[test]
fn random_bytes_do_no_harm() {
    use proptest::prelude::*;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let opcodes =
        b".(NKMJILFGXVUTCB])}ltdaesupqrghj\x80\x85\x86\x87\x88\x8a\x8c\x8f\x90\x94\x95\0\x010\n";
    let byte = prop_oneof![4 => proptest::sample::select(opcodes.to_vec()), 1 => any::<u8>()];
    let bytes = proptest::collection::vec(byte, 0..200);
    runner
        .run(&bytes, |bytes| {
            let _ = unpickle(&bytes);
            Ok(())
        })
        .unwrap();
}
