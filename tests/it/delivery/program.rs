//! Programs that run beside a test: [`Program`].

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

/// A program that ends with its test, also where the test panics.
pub(super) struct Program {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Program {
    pub(super) fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// Waits for a line that it prints, or for its end.
    pub(super) fn line(&mut self) -> Option<String> {
        self.lines.next().map(Result::unwrap)
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it. What it has printed can be read still.
    pub(super) fn kill(&mut self) {
        self.child.kill().unwrap();
    }

    /// Waits until it has ended.
    pub(super) fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Waits until it has ended, without having printed more.
    pub(super) fn end(mut self) {
        assert_eq!(self.line(), None);
        assert!(self.wait().success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
