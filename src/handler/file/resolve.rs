//! Where a path leads, and which paths are the process's streams.

use std::fs;
use std::path::{Component, Path, PathBuf};

/// How many links are followed, as the system does it.
const MOST_LINKS: usize = 40;

/// Whether a path is the system's own name for a stream or a device of the process, such as
/// `/dev/stderr`: there, a link is meant to be followed, and nothing is ever renamed. All else
/// below `/dev` is a place like any other; in `/dev/shm` everybody may plant a link.
pub(super) fn is_stream(path: &Path) -> bool {
    let mut names = path.components().skip(1).map(|part| match part {
        Component::Normal(name) => name.to_str().unwrap_or_default(),
        _ => "",
    });
    if !path.starts_with("/dev") || names.next() != Some("dev") {
        return false;
    }
    let (first, second, more) = (names.next(), names.next(), names.next());
    match (first, second, more) {
        (Some(name), None, None) => {
            matches!(
                name,
                "stdin" | "stdout" | "stderr" | "null" | "full" | "console"
            ) || name.starts_with("tty")
        }
        (Some("fd"), Some(number), None) => number.parse::<u32>().is_ok(),
        (Some("pts"), Some(_), None) => true,
        _ => false,
    }
}

/// The path that a chain of links at a path ends in, whether or not something stands there.
pub(super) fn end_of_links(path: &Path) -> PathBuf {
    let mut end = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(target) = fs::read_link(&end) else {
            break;
        };
        // An absolute target replaces all.
        end = end.parent().unwrap_or(Path::new("")).join(target);
    }
    end
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_the_names_of_streams_are_streams() {
        for path in [
            "/dev/stdout",
            "/dev//stderr",
            "/dev/./null",
            "/dev/fd/3",
            "/dev/tty",
            "/dev/ttyS0",
            "/dev/pts/1",
        ] {
            assert!(is_stream(Path::new(path)), "{path}");
        }
        for path in [
            "/dev/shm/a.log",
            "/dev/../tmp/stdout",
            "/dev/x/../stdout",
            "/dev/fd/x",
            "/dev/fd/../shm",
            "/dev/shm",
            "/dev",
            "/dev/mqueue/stdout",
            "/tmp/dev/stdout",
            "dev/stdout",
            "/dev/stdout/x",
        ] {
            assert!(!is_stream(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn links_are_followed_to_their_end() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        std::os::unix::fs::symlink("b", at("a")).unwrap();
        std::os::unix::fs::symlink(at("c"), at("b")).unwrap();
        assert_eq!(end_of_links(&at("a")), at("c"));
        assert_eq!(end_of_links(&at("c")), at("c"));
        std::os::unix::fs::symlink("x", at("x")).unwrap();
        assert_eq!(end_of_links(&at("x")), at("x"));
    }
}
