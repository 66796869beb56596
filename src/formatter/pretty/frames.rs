//! The frames of a stack trace that concern the program.

/// Passes `push` the lines of a stack trace, without the frames of other packages: those whose file
/// is the compiler's, or in a store of packages, or is not known. Where nothing would be left, or
/// the text has no frames, it gets all.
pub(super) fn for_each(text: &str, ellipsis: &str, mut push: impl FnMut(&str)) {
    if !text.lines().any(is_own_file) {
        text.split('\n').for_each(push);
        return;
    }
    let mut hidden = 0;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        match lines.next_if(|next| is_file(next)) {
            Some(file) if is_own_file(file) => {
                push(line.trim_start());
                push(&format!("   {}", file.trim_start()));
            }
            _ => hidden += 1,
        }
    }
    if hidden > 0 {
        let frames = if hidden == 1 { "frame" } else { "frames" };
        push(&format!(
            "{ellipsis} {hidden} {frames} of other packages (all with RUST_BACKTRACE=full)"
        ));
    }
}

/// Reports whether a line is the place of the frame above it.
fn is_file(line: &str) -> bool {
    line.starts_with(' ') && line.trim_start().starts_with("at ")
}

fn is_own_file(line: &str) -> bool {
    let foreign = ["/rustc/", "/.cargo/registry/", "/.cargo/git/", "/rustlib/"];
    is_file(line)
        && !foreign
            .iter()
            .any(|part| line.replace('\\', "/").contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for_each(text, "…", |line| lines.push(line.to_owned()));
        lines
    }

    #[test]
    fn frames_of_the_program_are_left() {
        let text = "   0: std::backtrace::Backtrace::create
             at /rustc/1/library/std/src/backtrace.rs:331:13
   1: app::main
             at ./src/main.rs:4:5
   2: serde::de
             at /home/u/.cargo/registry/src/index/serde-1/src/de.rs:1:1
   3: __libc_start_main";
        assert_eq!(
            shown(text),
            [
                "1: app::main",
                "   at ./src/main.rs:4:5",
                "… 3 frames of other packages (all with RUST_BACKTRACE=full)"
            ]
        );
        let foreign = "   0: std::a\n             at /rustc/1/a.rs:1:1\n   1: b";
        assert_eq!(shown(foreign), foreign.split('\n').collect::<Vec<_>>());
        assert_eq!(shown("no frames\nat all"), ["no frames", "at all"]);
    }
}
