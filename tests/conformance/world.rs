//! The state of a scenario: its registry, and its handlers, filters and buffers by name.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};

use logtree::filter::SharedFilter;
use logtree::formatter::Format;
use logtree::handler::{
    FailedRecord, MemoryHandler, QueueListener, RecordQueue, RotatingFileHandler, Sink,
    StreamHandler, TimedRotatingFileHandler, formatted,
};
use logtree::logger::LoggerAdapter;
use logtree::time::{ManualClock, Timestamp};
use logtree::{Error, ErrorKind, Formatter, Handler, Record, Registry};
use serde_json::{Value, json};

use crate::directory::Directory;

/// A failure of an operation, by the scenarios' name for it.
pub(crate) type Failure = &'static str;

pub(crate) fn kind(error: &Error) -> Failure {
    match error.kind() {
        ErrorKind::InvalidLevel => "invalid_level",
        ErrorKind::InvalidFormat if error.to_string().contains("style") => "invalid_style",
        ErrorKind::InvalidFormat => "invalid_format",
        ErrorKind::MissingField => "missing_field",
        ErrorKind::FieldType => "format_error",
        ErrorKind::InvalidRollover => "invalid_rollover",
        ErrorKind::InvalidConfig => "config_error",
        ErrorKind::Closed => "closed",
        ErrorKind::Io => "io_error",
        ErrorKind::Full => "queue_full",
        other => panic!("no scenario knows {other:?}"),
    }
}

/// A handler of a scenario, with what only its own type can do.
#[derive(Clone)]
pub(crate) enum Known {
    Plain(Handler),
    Stream(StreamHandler),
    Memory(MemoryHandler),
    Rotating(RotatingFileHandler),
    Timed(TimedRotatingFileHandler),
}

impl Known {
    pub(crate) fn handler(&self) -> Handler {
        match self {
            Self::Plain(handler) => handler.clone(),
            Self::Stream(handler) => handler.clone().into(),
            Self::Memory(handler) => handler.clone().into(),
            Self::Rotating(handler) => handler.clone().into(),
            Self::Timed(handler) => handler.clone().into(),
        }
    }
}

/// The observations so far, and the number of the operation that makes them.
#[derive(Clone)]
pub(crate) struct Observer {
    list: Arc<Mutex<Vec<Value>>>,
    /// What threads other than the scenario's did; reported when they are stopped.
    apart: Arc<Mutex<Vec<Value>>>,
    thread: ThreadId,
    operation: Arc<AtomicUsize>,
    raise: Arc<AtomicBool>,
}

impl Default for Observer {
    fn default() -> Self {
        Self {
            list: Arc::default(),
            apart: Arc::default(),
            thread: thread::current().id(),
            operation: Arc::default(),
            raise: Arc::default(),
        }
    }
}

impl Observer {
    /// Reports what other threads have done so far.
    pub(crate) fn tell_of_threads(&self) {
        let apart = std::mem::take(&mut *self.apart.lock().unwrap());
        for mut observation in apart {
            observation["i"] = self.operation.load(Ordering::Relaxed).into();
            self.list.lock().unwrap().push(observation);
        }
    }

    pub(crate) fn start(&self, operation: usize) {
        self.operation.store(operation, Ordering::Relaxed);
    }

    pub(crate) fn set_raise(&self, raise: bool) {
        self.raise.store(raise, Ordering::Relaxed);
    }

    pub(crate) fn push(&self, key: &str, value: Value) {
        let observation = json!({"i": self.operation.load(Ordering::Relaxed), key: value});
        self.list.lock().unwrap().push(observation);
    }

    pub(crate) fn push_of_handler(&self, handler: &str, key: &str, value: &str) {
        let observation =
            json!({"i": self.operation.load(Ordering::Relaxed), "h": handler, key: value});
        let list = if thread::current().id() == self.thread {
            &self.list
        } else {
            &self.apart
        };
        list.lock().unwrap().push(observation);
    }

    pub(crate) fn list(&self) -> Vec<Value> {
        self.list.lock().unwrap().clone()
    }
}

/// Texts by name; a clone writes to the same ones.
#[derive(Clone, Default)]
pub(crate) struct Buffers(Arc<Mutex<BTreeMap<String, Buffer>>>);

type Buffer = Arc<Mutex<Vec<u8>>>;

pub(crate) struct BufferWriter(Buffer);

impl Write for BufferWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Buffers {
    pub(crate) fn writer(&self, name: &str) -> BufferWriter {
        BufferWriter(Arc::clone(
            self.0.lock().unwrap().entry(name.to_owned()).or_default(),
        ))
    }

    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8(self.writer(name).0.lock().unwrap().clone()).unwrap()
    }

    pub(crate) fn all(&self) -> Value {
        let names: Vec<_> = self.0.lock().unwrap().keys().cloned().collect();
        names
            .into_iter()
            .map(|name| (name.clone(), Value::from(self.text(&name))))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }
}

/// Formats each record and reports the line.
pub(crate) struct ListSink {
    pub(crate) id: String,
    pub(crate) observer: Observer,
}

impl Sink for ListSink {
    fn write(&self, record: &Record<'_>, formatter: &dyn Format) -> Result<(), Error> {
        formatted(formatter, record, |line| {
            self.observer
                .push_of_handler(&self.id, "line", line.as_str());
            Ok(())
        })
    }
}

pub(crate) struct World {
    pub(crate) registry: Registry,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) observer: Observer,
    pub(crate) buffers: Buffers,
    pub(crate) handlers: HashMap<String, Known>,
    /// Handlers to which the scenario gave no formatter.
    pub(crate) bare: Vec<Handler>,
    /// What handlers are called in observations, also those without an id.
    labels: Vec<(Handler, String)>,
    pub(crate) filters: HashMap<String, SharedFilter>,
    pub(crate) formatters: HashMap<String, Arc<Formatter>>,
    pub(crate) adapters: HashMap<String, (LoggerAdapter, bool)>,
    pub(crate) directory: Directory,
    pub(crate) queues: HashMap<String, RecordQueue>,
    /// In order of creation.
    pub(crate) listeners: Vec<(String, QueueListener)>,
}

impl World {
    pub(crate) fn new(clock: i64, start: i64) -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::from_nanos(clock)));
        let buffers = Buffers::default();
        let observer = Observer::default();
        observer.set_raise(true);
        let (stderr, diagnostics) = (buffers.clone(), buffers.clone());
        let registry = Registry::builder()
            .clock(clock.clone())
            .start(Timestamp::from_nanos(start))
            .process_id(4242)
            .stderr(move || Box::new(stderr.writer("stderr")))
            .diagnostics(move |line| writeln!(diagnostics.writer("stderr"), "{line}").unwrap())
            .build();
        let world = Self {
            registry,
            clock,
            observer,
            buffers,
            handlers: HashMap::new(),
            bare: Vec::new(),
            labels: Vec::new(),
            filters: HashMap::new(),
            formatters: HashMap::new(),
            adapters: HashMap::new(),
            directory: Directory::new(),
            queues: HashMap::new(),
            listeners: Vec::new(),
        };
        // Without a formatter of its own: the crate's default, in Python's exact form.
        world
            .registry
            .last_resort()
            .unwrap()
            .set_formatter(Formatter::builder().python_exact().build().unwrap());
        world
    }

    /// Takes note of a handler; its failures are observed from now on.
    pub(crate) fn label(&mut self, handler: &Handler, label: &str) {
        let (observer, name) = (self.observer.clone(), label.to_owned());
        handler.set_error_hook(move |failure: &FailedRecord<'_>| {
            if observer.raise.load(Ordering::Relaxed) {
                observer.push_of_handler(&name, "herr", kind(failure.error()));
            }
        });
        self.labels.push((handler.clone(), label.to_owned()));
    }

    pub(crate) fn label_of(&self, handler: &Handler) -> Option<&str> {
        self.labels
            .iter()
            .find(|(known, _)| known == handler)
            .map(|(_, label)| &**label)
    }
}
