//! Templates: what they write, and that no record is lost.

use std::sync::{Arc, Mutex};

use logtree::formatter::{FormatterBuilder, MissingFields, Multiline, TemplateStyle};
use logtree::{Formatter, Record, Registry};

fn line(formatter: FormatterBuilder, record: &Record<'_>) -> String {
    formatter.build().unwrap().format_to_string(record).unwrap()
}

/// What CPython writes for a record without arguments, error and stack.
#[test]
fn the_fields_that_few_templates_name() {
    let record = Record::builder().message("m").build();
    for style in [
        "%(msg)s|%(args)s|%(exc_info)s|%(exc_text)s|%(stack_info)s",
        "{msg}|{args}|{exc_info}|{exc_text}|{stack_info}",
        "$msg|$args|$exc_info|${exc_text}|$stack_info",
    ] {
        let formatter = Formatter::builder().format(style);
        let formatter = formatter.style(style[..1].parse().unwrap());
        assert_eq!(line(formatter, &record), "m|()|None|None|None");
    }
    let percent = |template: &str| line(Formatter::builder().format(template), &record);
    assert_eq!(percent("%(args)r|%(message).s|%(message)3.s|"), "()||   |");
    let failed = Record::builder().message("m").error_text("E\nF").build();
    assert_eq!(
        line(Formatter::builder().format("%(msg)s %(exc_info)s"), &failed),
        "m E\n    F\n    E\n    F"
    );
}

/// Collects what the library reports.
fn reports() -> (Registry, Arc<Mutex<Vec<String>>>) {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let copy = Arc::clone(&lines);
    let registry = Registry::builder()
        .diagnostics(move |line: &str| copy.lock().unwrap().push(line.to_owned()))
        .build();
    (registry, lines)
}

#[test]
fn no_record_is_lost_to_its_template() {
    let (registry, reported) = reports();
    let record = |message: &'static str| registry.record_builder().name("app").message(message);
    let formatter = Formatter::new("%(levelnam)-4s|%(n)d|%(message)s").unwrap();
    let (first, second) = (
        record("a").build(),
        record("b").key_value("n", "x\ny").build(),
    );
    let third = record("c")
        .key_value("n", 3)
        .key_value("levelnam", "L")
        .build();
    let clone = formatter.clone();
    assert_eq!(formatter.format_to_string(&first).unwrap(), "-   |-|a");
    assert_eq!(clone.format_to_string(&second).unwrap(), "-   |x\n    y|b");
    assert_eq!(formatter.format_to_string(&third).unwrap(), "L   |3|c");
    assert_eq!(formatter.missing_fields(), 4);
    assert_eq!(
        *reported.lock().unwrap(),
        [
            "logtree: a record of \"app\": the template names \"levelnam\", which the record does not have \
             (did you mean \"levelname\"?); \"-\" is written in its place",
            "logtree: a record of \"app\": the template names \"n\", which the record does not have; \
             \"-\" is written in its place",
        ]
    );
}

#[test]
fn every_style_marks_what_it_cannot_write() {
    let (registry, reported) = reports();
    let record = registry
        .record_builder()
        .message("m\tn")
        .key_value("s", "text")
        .build();
    for (style, template, shown) in [
        (
            "%",
            "%(x)5s|%(s)d|%(s)c|%(s)-6x|%(message)5d",
            "    -|text|text|text  |  m\tn",
        ),
        (
            "{",
            "{x:>3}|{s:d}|{s:*^8d}|{message:,}|{0}",
            "  -|text|**text**|m\tn|-",
        ),
        ("{", "{message:{x}}|{s:{message}}|{x!r:^3}", "m\tn|text| - "),
        ("$", "$x|${x}|$s", "-|-|text"),
    ] {
        let template = Formatter::builder().format(template);
        let formatter = template
            .style(style.parse().unwrap())
            .append_key_values(false);
        assert_eq!(line(formatter.clone(), &record), shown, "{style}");
        let fails = formatter.missing(MissingFields::Fail).build().unwrap();
        assert!(fails.format_to_string(&record).is_err(), "{style}");
        assert_eq!(fails.missing_fields(), 0);
    }
    reported.lock().unwrap().clear();
    let unchecked = Formatter::builder()
        .format("%(name)s %(message")
        .validate(false);
    let unchecked = unchecked.build().unwrap();
    assert_eq!(unchecked.format_to_string(&record).unwrap(), "m\tn s=text");
    assert_eq!(unchecked.format_to_string(&record).unwrap(), "m\tn s=text");
    assert_eq!(unchecked.missing_fields(), 2);
    assert!(reported.lock().unwrap()[0].contains("its message alone is written"));
    assert_eq!(reported.lock().unwrap().len(), 1);
}

#[test]
fn names_that_are_nearly_fields() {
    for (template, doubtful) in [
        (
            "%(levelnam)s %(mesage)s %(asctimes)s",
            &["levelname", "message", "asctime"][..],
        ),
        (
            "%(levelName)s %(thread_name)s %(funcname)s",
            &["levelname", "threadName", "funcName"],
        ),
        (
            "%(message)s %(request_id)s %(user)s %(hostname)s %(path)s %(level)s",
            &[],
        ),
        ("%(message)s %(levelname)s %(msg)s", &[]),
    ] {
        let formatter = Formatter::new(template).unwrap();
        let near: Vec<_> = formatter
            .doubtful_names()
            .iter()
            .map(|(_, near)| *near)
            .collect();
        assert_eq!(near, doubtful, "{template}");
    }
    let declared = Formatter::builder()
        .format("%(levelnam)s")
        .defaults([("levelnam", "-")]);
    assert!(declared.build().unwrap().doubtful_names().is_empty());
}

#[test]
fn one_line_has_one_spelling() {
    let record = Record::builder().message("m").key_value("flag", true);
    let record = record
        .key_value("other", false)
        .key_value("nil", None::<bool>)
        .build();
    let percent = |template: &str| Formatter::builder().format(template);
    assert_eq!(
        line(percent("%(message)s flag=%(flag)s"), &record),
        "m flag=true other=false nil=None"
    );
    assert_eq!(
        line(percent("%(flag)-6s|%(other)d|%(flag)r"), &record),
        "true  |0|True nil=None"
    );
    let brace = percent("{flag}|{other!s:>6}|{flag:d} {nil}").style(TemplateStyle::Brace);
    assert_eq!(line(brace, &record), "true| false|1 None");
    let exact = percent("%(flag)s %(nil)s").python_exact();
    assert_eq!(line(exact, &record), "True None");
}

/// A text is cut and padded before it is escaped; the escapes do not count.
#[test]
fn widths_count_what_was_given() {
    for (message, style, template, shown) in [
        ("line1\nline2", "%", "%(message).8s|", "line1\n    li|"),
        ("line1\nline2", "{", "{message:.8}|", "line1\n    li|"),
        ("\x1b[31mred", "%", "%(message).3s", "\\x1b[3"),
        ("\x1b[31mred", "{", "{message:.3}", "\\x1b[3"),
        (
            "a\x07b",
            "%",
            "%(message)5s|%(message)-5s|",
            "  a\\x07b|a\\x07b  |",
        ),
        (
            "a\x07b",
            "{",
            "{message:*^5}|{message:>4}|",
            "*a\\x07b*| a\\x07b|",
        ),
        ("ab\n", "%", "%(message)-5s|", "ab   |"),
        (
            "é\u{202e}x",
            "%",
            "%(message).2s|%(message)4s",
            "é\\u{202e}| é\\u{202e}x",
        ),
    ] {
        let formatter = Formatter::builder()
            .format(template)
            .style(style.parse().unwrap());
        let record = Record::builder().message(message).build();
        assert_eq!(line(formatter, &record), shown, "{template}");
    }
    let record = Record::builder()
        .message("m")
        .key_value("k", "1\n2\n3")
        .build();
    let formatter = Formatter::builder()
        .format("%(k)7.4s|")
        .multiline(Multiline::Escape);
    assert_eq!(line(formatter, &record), "   1\\n2\\n|");
}
