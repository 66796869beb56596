//! Helpers that the tests share.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use logtree::handler::StreamHandler;
use logtree::{Formatter, Handler, Registry};

/// A writer whose text can be read.
#[derive(Clone, Default)]
pub(crate) struct Text(Arc<Mutex<Vec<u8>>>);

impl Text {
    pub(crate) fn get(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.get().lines().map(str::to_owned).collect()
    }

    pub(crate) fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }
}

impl Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl From<Text> for StreamHandler {
    fn from(text: Text) -> Self {
        Self::new(text)
    }
}

/// A handler that writes lines of a format to a text.
pub(crate) fn to_text(format: &str) -> (Handler, Text) {
    let text = Text::default();
    let formatter = Formatter::new(format).unwrap();
    (
        StreamHandler::new(text.clone())
            .with_formatter(formatter)
            .into(),
        text,
    )
}

/// A registry whose standard error and diagnostics go to a text.
pub(crate) fn registry_with_stderr() -> (Registry, Text) {
    let text = Text::default();
    let (stderr, complaints) = (text.clone(), text.clone());
    let registry = Registry::builder()
        .stderr(move || Box::new(stderr.clone()))
        .diagnostics(move |line| writeln!(complaints.clone(), "{line}").unwrap())
        .build();
    (registry, text)
}

/// The permissions of a file.
#[cfg(unix)]
pub(crate) fn mode(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Pseudo-random numbers, the same at each run.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`: the splitmix64 generator.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }
}

/// The CPU time of the calling thread, where the system has that.
pub(crate) fn thread_time() -> std::time::Duration {
    #[cfg(unix)]
    {
        use rustix::time::{ClockId, clock_gettime};

        let time = clock_gettime(ClockId::ThreadCPUTime);
        let (seconds, nanos) = (time.tv_sec.try_into(), time.tv_nsec.try_into());
        std::time::Duration::new(seconds.unwrap(), nanos.unwrap())
    }
    #[cfg(not(unix))]
    std::time::Duration::ZERO
}
