//! Records as bytes, for their way through a queue: no allocation for a record, neither in nor out.

use std::borrow::Cow;

use crate::context::RegistryContext;
use crate::error::Error;
use crate::formatter::{Format, Line};
use crate::handler::queue::encoded_message::{Arguments, TypedArguments};
use crate::handler::queue::encoded_values::{
    EncodedKeyValues, Reader, get, push_scalar, push_text,
};
use crate::handler::queue::head::{
    CLOSES_SPAN, ENVIRONMENT, FLAGS, Facts, HAS_ARGUMENTS, HAS_ERROR, HAS_KEY_VALUES,
    HAS_LEVEL_NAME, HAS_MARK, HAS_OWNER, HAS_PROCESS, HAS_RARE_FIELDS, HAS_SOURCE, HAS_SPANS,
    HAS_STACK, HAS_THREAD, HAS_THREAD_NAME, HEAD, IS_HIDDEN, LEVEL, MESSAGE_LENGTH, NAME_LENGTH,
    SITE, TIME, TOTAL, length, put,
};
use crate::level::Level;
use crate::record::sending_mark::SendingMark;
use crate::record::site::Site;
use crate::record::{
    CallValues, KnownThread, Message, RareFields, RareFieldsRef, Record, Source, SourceRef,
    SpanPath, ThreadInfo,
};
use crate::sys::sync::Arc;
use crate::text::line_buf::LineBuf;
use crate::time::Timestamp;

/// Appends a record to `out`, which is empty.
///
/// With a formatter the whole line becomes the message, error and stack included, as Python's
/// `QueueHandler.prepare` has it.
///
/// # Errors
/// Those of the formatter.
pub(super) fn encode(
    record: &Record<'_>,
    formatter: Option<&dyn Format>,
    environment: u32,
    out: &mut LineBuf,
) -> Result<(), Error> {
    // Filled in at the end, when all is known.
    out.leave::<HEAD>();
    out.push_str(record.name);
    let message = out.len();
    let mut flags = if record.is_hidden { IS_HIDDEN } else { 0 };
    if let Some(formatter) = formatter {
        let mut line = Line::new();
        formatter.format(record, &mut line)?;
        out.push_bytes(line.as_bytes());
    } else if let Some(arguments) = TypedArguments::of(record) {
        // Fills in every byte, as `append` requires.
        arguments.write_to(out.append(arguments.len()));
        flags |= HAS_ARGUMENTS;
    } else {
        record.push_message(out);
    }
    let message = out.len() - message;
    // First, as `add_thread` has it.
    if let ThreadInfo::Given { id, name, .. } = record.thread {
        flags |= push_thread(id, name, out);
    }
    let site = match &record.source {
        SourceRef::Site(site) => site.number(),
        SourceRef::Own(source) => {
            flags |= push_source(source, out);
            0
        }
    };
    let mark = record.thread.mark();
    if mark != SendingMark::NONE || !record.is_bare() {
        flags |= push_further(record, mark, formatter.is_none(), out);
    }
    let facts = Facts {
        record,
        flags,
        stamp: 0,
        environment,
        site,
        message,
        total: out.len(),
    };
    if let Some(head) = out.as_bytes_mut().first_chunk_mut() {
        facts.write_to(head);
    }
    Ok(())
}

/// Appends the source of a record that no macro has made. Returns its flag.
fn push_source(source: &Source<'_>, out: &mut LineBuf) -> u16 {
    let texts = [source.module_path(), source.file(), source.function()];
    if source.line() == 0 && texts.iter().all(|text| text.is_empty()) {
        return 0;
    }
    // The numbers together, in one step.
    let mut numbers = [0; 16];
    put(&mut numbers, 0, source.line().to_le_bytes());
    for (text, at) in texts.iter().zip([4, 8, 12]) {
        put(&mut numbers, at, length(text.len()));
    }
    out.push_bytes(&numbers);
    texts.iter().for_each(|text| out.push_str(text));
    HAS_SOURCE
}

/// Appends what few records have. Returns the flags.
#[inline(never)]
fn push_further(
    record: &Record<'_>,
    mark: SendingMark,
    has_failure: bool,
    out: &mut LineBuf,
) -> u16 {
    let mut flags = 0;
    let details = record.rare_fields();
    let mut push = |flag: u16, text: &str| {
        push_text(out, text);
        flags |= flag;
    };
    if let Some(name) = &details.level_name {
        push(HAS_LEVEL_NAME, name);
    }
    if has_failure && record.has_failure() {
        if let Some(error) = record.error_text() {
            push(HAS_ERROR, &error);
        }
        if let Some(stack) = record.stack() {
            push(HAS_STACK, &stack);
        }
    }
    if let Some(spans) = &details.spans {
        push(HAS_SPANS, &spans.kept());
        flags |= if details.closes_span { CLOSES_SPAN } else { 0 };
    }
    if mark != SendingMark::NONE {
        out.push_bytes(&mark.bits().to_le_bytes());
        flags |= HAS_MARK;
    }
    if let Some((id, name)) = &details.process {
        out.push_bytes(&id.to_le_bytes());
        push_text(out, name);
        flags |= HAS_PROCESS;
    }
    if let Some(owner) = &details.owner {
        push_text(out, owner);
        flags |= HAS_OWNER;
    }
    let key_values = record.key_values();
    if key_values.has_source() {
        flags |= HAS_KEY_VALUES;
        key_values.for_each_kept(|key, value| {
            let key = key.as_str();
            push_text(out, key);
            value.read(|scalar| push_scalar(out, scalar));
        });
    }
    flags
}

fn push_thread(id: u64, name: Option<&str>, out: &mut LineBuf) -> u16 {
    out.push_bytes(&id.to_le_bytes());
    match name {
        None => HAS_THREAD,
        Some(name) => {
            push_text(out, name);
            HAS_THREAD | HAS_THREAD_NAME
        }
    }
}

/// Appends to `out` an encoded record of the calling thread, for a lane that is no thread's own.
pub(super) fn add_thread(record: &[u8], out: &mut LineBuf) {
    let flags = u16::from_le_bytes(get(record, FLAGS));
    let lengths = [NAME_LENGTH, MESSAGE_LENGTH].map(|at| u32::from_le_bytes(get(record, at)));
    let end = lengths
        .iter()
        .fold(HEAD, |end, length| end + *length as usize);
    let Some((before, after)) = record.split_at_checked(end) else {
        return;
    };
    out.push_bytes(before);
    let mut added = 0;
    if flags & HAS_THREAD == 0 {
        ThreadInfo::Current.with_name(|name| {
            added = push_thread(ThreadInfo::Current.id(), name, out);
        });
    }
    out.push_bytes(after);
    let total = u32::try_from(out.len()).unwrap_or(u32::MAX);
    put(out.as_bytes_mut(), TOTAL, total.to_le_bytes());
    put(out.as_bytes_mut(), FLAGS, (flags | added).to_le_bytes());
}

/// Takes a record of a lane apart and lends it out.
pub(super) fn decode(
    bytes: &[u8],
    lane: Option<&KnownThread>,
    environments: &[Option<Arc<RegistryContext>>],
    is_for_one: bool,
    read: impl FnOnce(&Record<'_>),
) {
    let number = |at| u32::from_le_bytes(get(bytes, at));
    let flags = u16::from_le_bytes(get(bytes, FLAGS));
    let has = |flag: u16| flags & flag != 0;
    let mut rest = Reader(bytes.get(HEAD..).unwrap_or_default());
    let name = rest.part(number(NAME_LENGTH)).all();
    let message = rest.part(number(MESSAGE_LENGTH));
    let mut thread = ThreadInfo::of(lane, SendingMark::NONE);
    if let (true, ThreadInfo::Given { id, name, .. }) = (has(HAS_THREAD), &mut thread) {
        *id = u64::from_le_bytes(rest.array());
        *name = has(HAS_THREAD_NAME).then(|| rest.text());
    }
    let mut source = SourceRef::Own(Source::default());
    if let Some(site) = Site::of_number(number(SITE)) {
        source = SourceRef::Site(site);
    } else if has(HAS_SOURCE) {
        let [line, module_path, file, function] =
            [(); 4].map(|()| u32::from_le_bytes(rest.array()));
        let source_of = Source::default()
            .with_module_path(rest.part(module_path).all())
            .with_file(rest.part(file).all())
            .with_line(line)
            .with_function(rest.part(function).all());
        source = SourceRef::Own(source_of);
    }
    let mut text_if = |flag| has(flag).then(|| Cow::Borrowed(rest.text()));
    let mut details = RareFields::none();
    details.level_name = text_if(HAS_LEVEL_NAME);
    details.error = text_if(HAS_ERROR);
    details.stack = text_if(HAS_STACK);
    details.spans = text_if(HAS_SPANS).map(SpanPath::Kept);
    details.closes_span = has(CLOSES_SPAN);
    if let (true, ThreadInfo::Given { mark, .. }) = (has(HAS_MARK), &mut thread) {
        *mark = SendingMark::from_bits(u64::from_le_bytes(rest.array()));
    }
    if has(HAS_PROCESS) {
        let id = u32::from_le_bytes(rest.array());
        details.process = Some((id, Cow::Borrowed(rest.text())));
    }
    details.owner = has(HAS_OWNER).then(|| Cow::Borrowed(rest.text()));
    let key_values = EncodedKeyValues(rest);
    // It is kept as long as records of it are in the queue, so that it is found.
    let environment = environments.get(number(ENVIRONMENT) as usize);
    let environment = environment.and_then(Option::as_ref);
    let arguments = Arguments::read(if has(HAS_ARGUMENTS) {
        message
    } else {
        Reader(&[])
    });
    let lazy = match source {
        SourceRef::Site(site) if has(HAS_ARGUMENTS) => arguments.message(site),
        _ => None,
    };
    let record = Record {
        environment: environment.unwrap_or_else(|| RegistryContext::global()),
        name,
        level: Level::new(u16::from_le_bytes(get(bytes, LEVEL))),
        is_for_one,
        is_hidden: has(IS_HIDDEN),
        message: match &lazy {
            Some(lazy) => Message::Lazy(lazy),
            None => Message::Text(Cow::Borrowed(message.all())),
        },
        time: Timestamp::from_nanos(i64::from_le_bytes(get(bytes, TIME))),
        source,
        thread,
        context: &[],
        call: if has(HAS_KEY_VALUES) {
            CallValues::Source(&key_values)
        } else {
            CallValues::None
        },
        error: None,
        backtrace: None,
        rare_fields: if has(HAS_RARE_FIELDS) {
            RareFieldsRef::Lent(&details)
        } else {
            RareFieldsRef::None
        },
    };
    read(&record);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formatter::Formatter;
    use crate::handler::queue::head::Head;
    use crate::record::message::MessageSource;
    use crate::record::split_message::{Argument, SplitMessage, Template};
    use crate::record::{LazyMessage, OwnedValue};

    fn through(record: &Record<'_>) -> crate::record::OwnedRecord {
        let mut bytes = LineBuf::default();
        encode(record, None, 0, &mut bytes).unwrap();
        let (bytes, environment) = (bytes.as_bytes(), Arc::clone(record.environment));
        let head = Head::of(bytes).unwrap();
        assert_eq!((head.len, head.level), (bytes.len(), record.level()));
        let (mut read, lane) = (None, KnownThread::current());
        decode(bytes, lane.as_ref(), &[Some(environment)], true, |record| {
            read = Some(record.to_owned_record());
        });
        read.unwrap()
    }

    #[test]
    fn all_of_a_record_arrives() {
        let record = Record::builder()
            .name("a.é")
            .level(Level::new(25))
            .level_name("NOTICE")
            .message("line\none")
            .time(Timestamp::from_nanos(-5))
            .source(
                Source::default()
                    .with_module_path("a::b")
                    .with_file("src/a.rs")
                    .with_line(7)
                    .with_function("f"),
            )
            .thread(12, "worker")
            .process(4242, "Main")
            .error_text("E: 1")
            .stack("S")
            .key_value("null", None::<i32>)
            .key_value("bool", true)
            .key_value("signed", -1)
            .key_value("unsigned", u64::MAX)
            .key_value("big", u128::MAX)
            .key_value("small", i128::MIN)
            .key_value("float", 0.5)
            .key_value("text", "é")
            .build();
        let read = through(&record);
        let mut expected = format!("{:?}", record.to_owned_record());
        let mut found = format!("{read:?}");
        for text in [&mut expected, &mut found] {
            text.push('.');
        }
        assert_eq!(found, expected);
        let template = "%(name)s %(levelname)s %(levelno)d %(message)s %(pathname)s %(lineno)d %(funcName)s %(module_path)s \
                        %(thread)d %(threadName)s %(process)d %(processName)s %(exc_text)s %(stack_info)s %(created)f";
        let formatter = Formatter::new(template).unwrap();
        assert_eq!(
            formatter.format_to_string(&read.as_record()).unwrap(),
            formatter.format_to_string(&record).unwrap()
        );
        assert_eq!(
            read.key_value("unsigned"),
            Some(&OwnedValue::Unsigned(u64::MAX.into()))
        );
        assert_eq!(read.key_value("float"), Some(&OwnedValue::Float(0.5)));
    }

    #[test]
    fn owners_and_processes_arrive_before_key_values() {
        let record = Record::builder().process(7, "p").key_value("k", 1).build();
        let fields = record.rare_fields.owned_by("service");
        let mut record = record.within(record.context);
        record.rare_fields = RareFieldsRef::Lent(&fields);
        let read = through(&record);
        assert_eq!(read.key_value("k"), Some(&1.into()));
        let read = read.as_record();
        assert_eq!(read.rare_fields().owner.as_deref(), Some("service"));
        assert_eq!((read.process_id(), read.process_name()), (7, "p"));
    }

    #[test]
    fn an_empty_record_arrives() {
        let record = Record::builder().build();
        let read = through(&record);
        assert_eq!(
            (read.name(), read.message(), read.error_text()),
            ("", "", None)
        );
        assert_eq!(read.key_values().count(), 0);
        assert_eq!(read.as_record().thread_name(), record.thread_name());
    }

    #[test]
    fn a_formatted_record_is_its_line() {
        let record = Record::builder()
            .name("a")
            .message("x")
            .error_text("E: 1")
            .build();
        let formatter = Formatter::builder()
            .format("%(name)s: %(message)s")
            .python_exact();
        let mut bytes = LineBuf::default();
        encode(&record, Some(&formatter.build().unwrap()), 0, &mut bytes).unwrap();
        let environments = [Some(Arc::clone(record.environment))];
        decode(bytes.as_bytes(), None, &environments, true, |read| {
            assert_eq!((read.message(), read.error_text()), ("a: x\nE: 1", None));
        });
    }

    /// By the lane that is no thread's own, and by one's own.
    #[test]
    fn a_record_has_its_thread_by_any_lane() {
        let logged = || {
            let mut bytes = LineBuf::default();
            let record = Record::builder().message("m").key_value("k", 1).build();
            encode(&record, None, 0, &mut bytes).unwrap();
            let mut with_thread = LineBuf::default();
            add_thread(bytes.as_bytes(), &mut with_thread);
            let (lane, id) = (KnownThread::current(), ThreadInfo::Current.id());
            (bytes, lane, with_thread, id)
        };
        let named = std::thread::Builder::new().name("named".to_owned());
        let (bytes, lane, with_thread, id) = named.spawn(logged).unwrap().join().unwrap();
        for (bytes, lane) in [(bytes, lane.as_ref()), (with_thread, None)] {
            assert_eq!(Head::of(bytes.as_bytes()).unwrap().len, bytes.len());
            decode(bytes.as_bytes(), lane, &[], true, |record| {
                assert_eq!(record.thread_name().as_deref(), Some("named"));
                assert_eq!((record.thread_id(), record.message()), (id, "m"));
                assert_eq!(record.key_values().get("k").unwrap().to_i64(), Some(1));
            });
        }
    }

    #[test]
    fn a_record_of_a_macro_refers_to_its_call() {
        static TEMPLATE: Template = Template::new("{} {} {}");
        static SITE: Site = Site::new(
            Source::of_call_site("a::b", "a.rs", 7, || "a::b::f::item"),
            Some(&TEMPLATE),
        );
        let encoded = |template: &Template, last, read: &mut dyn FnMut(&Record<'_>)| {
            let arguments = [Argument::Unsigned(1), Argument::Signed(-2), last];
            let arguments = &arguments;
            let split = SplitMessage {
                template,
                arguments,
            };
            let text = LazyMessage::new(MessageSource::Split(split));
            let mut record = Record::builder().name("n").build();
            (record.source, record.message) = (SourceRef::from(&SITE), Message::Lazy(&text));
            let mut bytes = LineBuf::default();
            encode(&record, None, 0, &mut bytes).unwrap();
            decode(bytes.as_bytes(), None, &[], true, |record| {
                assert!(std::ptr::eq(record.source(), SITE.source()));
                read(record);
            });
            bytes.len() - HEAD - 1
        };
        let text_of = |expected: &'static str| {
            move |record: &Record<'_>| assert_eq!(record.message(), expected)
        };
        let len = encoded(&TEMPLATE, Argument::Text("é"), &mut text_of("1 -2 é"));
        assert_eq!(len, 9 + 9 + 5 + 2);
        // What only this thread can format, and a template of another call, is a text.
        let other = encoded(&TEMPLATE, Argument::Other(&'é'), &mut text_of("1 -2 é"));
        let another = Template::new("{}-{}-{}");
        let text = encoded(&another, Argument::Text("é"), &mut text_of("1--2-é"));
        assert_eq!((other, text), ("1 -2 é".len(), "1--2-é".len()));
    }
}
