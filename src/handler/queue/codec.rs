//! Records as bytes, for their way through a queue: no allocation for a record, neither in nor out.

use std::borrow::Cow;

use crate::context::RegistryContext;
use crate::error::Error;
use crate::formatter::{Format, Line};
use crate::handler::queue::encoded_values::{
    EncodedKeyValues, get, push_scalar, push_text, sized_text, text_at,
};
use crate::level::Level;
use crate::record::sending_mark::SendingMark;
use crate::record::{
    CallValues, Message, RareFields, RareFieldsRef, Record, Source, SpanPath, ThreadInfo,
};
use crate::sys::sync::Arc;
use crate::text::line_buf::LineBuf;
use crate::time::Timestamp;

/// The texts of a record, in the order in which they follow the head.
const TEXTS: usize = 10;
const NAME: usize = 0;
const MESSAGE: usize = 1;
const MODULE_PATH: usize = 2;
const FILE: usize = 3;
const FUNCTION: usize = 4;
const THREAD_NAME: usize = 5;
const LEVEL_NAME: usize = 6;
const ERROR: usize = 7;
const STACK: usize = 8;
const SPANS: usize = 9;

/// Where the head's numbers stand.
const TOTAL: usize = 0;
const LEVEL: usize = 4;
const FLAGS: usize = 6;
const STAMP: usize = 8;
const TIME: usize = 16;
const THREAD: usize = 24;
const LINE: usize = 32;
const ENVIRONMENT: usize = 36;
const LENGTHS: usize = 40;
/// The length of the head.
pub(super) const HEAD: usize = LENGTHS + 4 * TEXTS;

const HAS_THREAD_NAME: u16 = 1;
const HAS_LEVEL_NAME: u16 = 2;
const HAS_ERROR: u16 = 4;
const HAS_STACK: u16 = 8;
const HAS_PROCESS: u16 = 16;
const HAS_KEY_VALUES: u16 = 32;
/// The function stands as the path of an item inside it, whose end is found when it is asked for.
const FUNCTION_OF_ITEM: u16 = 64;
const IS_HIDDEN: u16 = 128;
const HAS_SPANS: u16 = 256;
const HAS_MARK: u16 = 512;
/// Beside `HAS_SPANS`.
const CLOSES_SPAN: u16 = 1024;
const HAS_OWNER: u16 = 2048;
const HAS_RARE_FIELDS: u16 =
    HAS_LEVEL_NAME | HAS_ERROR | HAS_STACK | HAS_PROCESS | HAS_SPANS | HAS_OWNER;

/// Appends a record to `out`.
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
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    out.clear();
    // Filled in at the end, and of a length that is known, so that each number is one step.
    let mut head = [0; HEAD];
    out.extend_from_slice(&head);
    let mut lengths = [0_u32; TEXTS];
    let mut flags = 0;
    let mut push = |at: usize, bytes: &[u8], out: &mut Vec<u8>| {
        // A text of 4 GiB is cut: no queue is that long.
        let bytes = &bytes[..bytes.len().min(u32::MAX as usize)];
        lengths[at] = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        out.extend_from_slice(bytes);
    };
    push(NAME, record.name.as_bytes(), out);
    match formatter {
        None => LineBuf::with(|text| {
            record.push_message(text);
            push(MESSAGE, text.as_bytes(), out);
        }),
        Some(formatter) => {
            let mut line = Line::new();
            formatter.format(record, &mut line)?;
            push(MESSAGE, line.as_bytes(), out);
        }
    }
    push(MODULE_PATH, record.source.module_path().as_bytes(), out);
    push(FILE, record.source.file().as_bytes(), out);
    let (function, of_item) = record.source.function_as_given();
    push(FUNCTION, function.as_bytes(), out);
    flags |= if of_item { FUNCTION_OF_ITEM } else { 0 };
    flags |= if record.is_hidden { IS_HIDDEN } else { 0 };
    record.thread.with_name(|name| {
        if let Some(name) = name {
            push(THREAD_NAME, name.as_bytes(), out);
            flags |= HAS_THREAD_NAME;
        }
    });
    let details = record.rare_fields();
    if let Some(name) = &details.level_name {
        push(LEVEL_NAME, name.as_bytes(), out);
        flags |= HAS_LEVEL_NAME;
    }
    if formatter.is_none() && record.has_failure() {
        if let Some(error) = record.error_text() {
            push(ERROR, error.as_bytes(), out);
            flags |= HAS_ERROR;
        }
        if let Some(stack) = record.stack() {
            push(STACK, stack.as_bytes(), out);
            flags |= HAS_STACK;
        }
    }
    if let Some(spans) = &details.spans {
        push(SPANS, spans.kept().as_bytes(), out);
        flags |= HAS_SPANS | if details.closes_span { CLOSES_SPAN } else { 0 };
    }
    let mark = record.thread.mark();
    if mark != SendingMark::NONE {
        out.extend_from_slice(&mark.bits().to_le_bytes());
        flags |= HAS_MARK;
    }
    if let Some((id, name)) = &details.process {
        out.extend_from_slice(&id.to_le_bytes());
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
            push_text(out, key);
            value.read(|scalar| push_scalar(out, scalar));
        });
    }
    let total = u32::try_from(out.len()).unwrap_or(u32::MAX);
    put(&mut head, TOTAL, total.to_le_bytes());
    put(&mut head, LEVEL, record.level.number().to_le_bytes());
    put(&mut head, FLAGS, flags.to_le_bytes());
    put(&mut head, TIME, record.time.as_nanos().to_le_bytes());
    put(&mut head, THREAD, record.thread.id().to_le_bytes());
    put(&mut head, LINE, record.source.line().to_le_bytes());
    put(&mut head, ENVIRONMENT, environment.to_le_bytes());
    for (at, length) in lengths.iter().enumerate() {
        put(&mut head, LENGTHS + 4 * at, length.to_le_bytes());
    }
    if let Some(place) = out.first_chunk_mut() {
        *place = head;
    }
    Ok(())
}

/// Writes the place that a record has among those of all threads.
#[inline]
pub(super) fn set_stamp(record: &mut [u8], stamp: u64) {
    put(record, STAMP, stamp.to_le_bytes());
}

#[inline]
fn put<const N: usize>(out: &mut [u8], at: usize, bytes: [u8; N]) {
    if let Some(place) = out.get_mut(at..at + N) {
        place.copy_from_slice(&bytes);
    }
}

/// The beginning of a record in bytes: what its way through the queue is decided by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    /// All of it, the head included.
    pub(super) len: usize,
    pub(super) level: Level,
    /// Its place among the records of all threads.
    pub(super) stamp: u64,
}

impl Head {
    pub(super) fn read(bytes: &[u8; HEAD]) -> Self {
        // One without a length would be met for ever.
        let len = u32::from_le_bytes(get(bytes, TOTAL)) as usize;
        Self {
            len: len.max(HEAD),
            level: Level::new(u16::from_le_bytes(get(bytes, LEVEL))),
            stamp: u64::from_le_bytes(get(bytes, STAMP)),
        }
    }

    /// The head of the first of several records.
    pub(super) fn of(records: &[u8]) -> Option<Self> {
        records.first_chunk().map(Self::read)
    }
}

/// Takes a record apart and lends it out.
pub(super) fn decode(
    bytes: &[u8],
    environments: &[Option<Arc<RegistryContext>>],
    read: impl FnOnce(&Record<'_>),
) {
    let lengths: [usize; TEXTS] =
        std::array::from_fn(|at| u32::from_le_bytes(get(bytes, LENGTHS + 4 * at)) as usize);
    let mut at = HEAD + lengths.iter().sum::<usize>();
    // They stand side by side, so that one check is enough for all.
    let mut rest = text_at(bytes, HEAD, at - HEAD);
    let texts = lengths.map(|len| {
        let (text, after) = rest.split_at_checked(len).unwrap_or_default();
        rest = after;
        text
    });
    let flags = u16::from_le_bytes(get(bytes, FLAGS));
    let given = |flag: u16, place: usize| (flags & flag != 0).then_some(texts[place]);
    let mut details = RareFields::none();
    details.level_name = given(HAS_LEVEL_NAME, LEVEL_NAME).map(Cow::Borrowed);
    details.error = given(HAS_ERROR, ERROR).map(Cow::Borrowed);
    details.stack = given(HAS_STACK, STACK).map(Cow::Borrowed);
    details.spans = given(HAS_SPANS, SPANS).map(|names| SpanPath::Kept(names.into()));
    details.closes_span = flags & CLOSES_SPAN != 0;
    let mut mark = SendingMark::NONE;
    if flags & HAS_MARK != 0 {
        mark = SendingMark::from_bits(u64::from_le_bytes(get(bytes, at)));
        at += size_of::<u64>();
    }
    if flags & HAS_PROCESS != 0 {
        let id = u32::from_le_bytes(get(bytes, at));
        let (name, end) = sized_text(bytes, at + 4);
        details.process = Some((id, Cow::Borrowed(name)));
        at = end;
    }
    if flags & HAS_OWNER != 0 {
        let (name, end) = sized_text(bytes, at);
        details.owner = Some(Cow::Borrowed(name));
        at = end;
    }
    let key_values = EncodedKeyValues(bytes.get(at..).unwrap_or_default());
    let environment = u32::from_le_bytes(get(bytes, ENVIRONMENT)) as usize;
    // It is kept as long as records of it are in the queue, so that it is found.
    let environment = environments.get(environment).and_then(Option::as_ref);
    let environment = environment.unwrap_or_else(|| RegistryContext::global());
    let source = Source::default()
        .with_module_path(texts[MODULE_PATH])
        .with_file(texts[FILE])
        .with_line(u32::from_le_bytes(get(bytes, LINE)));
    let record = Record {
        environment,
        name: texts[NAME],
        level: Level::new(u16::from_le_bytes(get(bytes, LEVEL))),
        is_for_one: false,
        is_hidden: flags & IS_HIDDEN != 0,
        message: Message::Text(Cow::Borrowed(texts[MESSAGE])),
        time: Timestamp::from_nanos(i64::from_le_bytes(get(bytes, TIME))),
        source: if flags & FUNCTION_OF_ITEM == 0 {
            source.with_function(texts[FUNCTION])
        } else {
            source.with_function_around(texts[FUNCTION])
        },
        thread: ThreadInfo::Given {
            id: u64::from_le_bytes(get(bytes, THREAD)),
            name: given(HAS_THREAD_NAME, THREAD_NAME),
            mark,
        },
        context: &[],
        call: if flags & HAS_KEY_VALUES == 0 {
            CallValues::None
        } else {
            CallValues::Source(&key_values)
        },
        error: None,
        backtrace: None,
        rare_fields: if flags & HAS_RARE_FIELDS == 0 {
            RareFieldsRef::None
        } else {
            RareFieldsRef::Lent(&details)
        },
    };
    read(&record);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formatter::Formatter;
    use crate::record::OwnedValue;

    fn through(record: &Record<'_>) -> crate::record::OwnedRecord {
        let mut bytes = Vec::new();
        encode(record, None, 0, &mut bytes).unwrap();
        let head = Head::read(bytes.first_chunk().unwrap());
        assert_eq!((head.len, head.level), (bytes.len(), record.level()));
        let mut read = None;
        decode(&bytes, &[Some(Arc::clone(record.environment))], |record| {
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
        let mut bytes = Vec::new();
        encode(&record, Some(&formatter.build().unwrap()), 0, &mut bytes).unwrap();
        decode(&bytes, &[Some(Arc::clone(record.environment))], |read| {
            assert_eq!((read.message(), read.error_text()), ("a: x\nE: 1", None));
        });
    }
}
