//! Directories of sockets.

use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use rustix::process::{Pid, getuid, test_kill_process};

use crate::failure::Failure;

/// A directory that may hold sockets, and the user it must belong to.
pub(super) struct Directory {
    pub(super) path: PathBuf,
    pub(super) owner: u32,
}

impl Directory {
    /// Returns the directories in which processes put their sockets: `$LOGTREE_CONTROL_DIR`, if it
    /// is set, and else those of this user, and for root those of all users and services.
    pub(super) fn all() -> Vec<Self> {
        let variable = |name: &str| std::env::var_os(name);
        Self::all_of(variable, getuid().as_raw(), Path::new("/"))
    }

    /// Returns those of a user, in a system whose files are below `top`.
    fn all_of(variable: impl Fn(&str) -> Option<OsString>, user: u32, top: &Path) -> Vec<Self> {
        let variable = |name| variable(name).filter(|value| !value.is_empty());
        let own = |path| Self { path, owner: user };
        if let Some(path) = variable("LOGTREE_CONTROL_DIR") {
            return vec![own(path.into())];
        }
        // A process may have been started with another environment than this one.
        let mut all = vec![
            own(top.join(format!("run/user/{user}/logtree"))),
            own(top.join(format!("tmp/logtree-{user}"))),
        ];
        // Systemd gives several, separated by colons.
        let runtime = variable("RUNTIME_DIRECTORY");
        let runtime = runtime.iter().flat_map(std::env::split_paths);
        let runtime = runtime.chain(variable("XDG_RUNTIME_DIR").map(PathBuf::from));
        all.extend(runtime.map(|path| own(path.join("logtree"))));
        if user == 0 {
            all.extend(Self::of_users(&top.join("run/user"), ""));
            all.extend(Self::of_users(&top.join("tmp"), "logtree-"));
            all.extend(Self::of_services(&top.join("run")));
        }
        all.sort_by(|a, b| a.path.cmp(&b.path));
        all.dedup_by(|a, b| a.path == b.path);
        all
    }

    /// Returns `PARENT/PREFIXUID`, with the user that the number says.
    fn of_users(parent: &Path, prefix: &str) -> Vec<Self> {
        let owner = |name: &str| name.strip_prefix(prefix)?.parse().ok();
        let below = |path: PathBuf| match prefix {
            "" => path.join("logtree"),
            _ => path,
        };
        let children = children(parent).into_iter();
        let children = children.filter_map(|path| {
            let owner = owner(path.file_name()?.to_str()?)?;
            Some(Self {
                path: below(path),
                owner,
            })
        });
        children.collect()
    }

    /// Returns the directories of systemd's services, `/run/NAME/logtree`; only root can make
    /// others in `/run`, and they belong to the services' users.
    fn of_services(run: &Path) -> Vec<Self> {
        let children = children(run).into_iter();
        let children = children.filter_map(|parent| {
            let owner = fs::symlink_metadata(&parent).ok()?.uid();
            Some(Self {
                path: parent.join("logtree"),
                owner,
            })
        });
        children.collect()
    }

    /// Returns the sockets of running processes; none if the directory does not exist.
    ///
    /// # Errors
    /// If others than the owner could have put something in it.
    pub(super) fn sockets(&self) -> Result<Vec<PathBuf>, Failure> {
        // Of the link itself: the user who made it can replace it.
        let Ok(metadata) = fs::symlink_metadata(&self.path) else {
            return Ok(Vec::new());
        };
        if let Some(why) = self.doubt(&metadata) {
            let path = self.path.display();
            return Err(Failure::new(format!("{path}: refused: {why}")));
        }
        let mut sockets = children(&self.path);
        sockets.retain(|path| is_socket(path, self.owner) && is_running(path));
        sockets.sort();
        Ok(sockets)
    }

    fn doubt(&self, metadata: &Metadata) -> Option<String> {
        let mode = metadata.mode() & 0o7777;
        if !metadata.is_dir() {
            Some("expected a directory that is no link".to_owned())
        } else if metadata.uid() != self.owner {
            Some(format!(
                "expected user {} as the owner, found {}",
                self.owner,
                metadata.uid()
            ))
        } else if mode & 0o077 != 0 {
            Some(format!("expected mode 0700, found {mode:04o}"))
        } else {
            None
        }
    }
}

fn children(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn is_socket(path: &Path, owner: u32) -> bool {
    let named = path.extension().is_some_and(|end| end == "sock");
    named
        && fs::symlink_metadata(path)
            .is_ok_and(|file| file.file_type().is_socket() && file.uid() == owner)
}

/// Reports whether something may listen on a socket. A file whose process is gone is left to the
/// next process, which removes it.
fn is_running(path: &Path) -> bool {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let pid = stem
        .rsplit_once('-')
        .and_then(|(_, pid)| Pid::from_raw(pid.parse().ok()?));
    // A process of another container has its own number there.
    let is_gone = pid.is_none_or(|pid| test_kill_process(pid) == Err(Errno::SRCH));
    !is_gone || UnixStream::connect(path).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::UnixListener;

    /// What root searches: the directories of users, each of which must be that user's.
    #[test]
    fn directories_of_users_belong_to_them() {
        let parent = tempfile::tempdir().unwrap();
        let parent = parent.path();
        let user = getuid().as_raw();
        let mut listeners = Vec::new();
        for number in [user, user + 1] {
            let directory = parent.join(number.to_string()).join("logtree");
            fs::create_dir_all(&directory).unwrap();
            fs::set_permissions(&directory, Permissions::from_mode(0o700)).unwrap();
            let name = format!("app-{}.sock", std::process::id());
            listeners.push(UnixListener::bind(directory.join(name)).unwrap());
        }
        fs::create_dir(parent.join("not-a-number")).unwrap();
        let mut found = Directory::of_users(parent, "");
        found.sort_by_key(|directory| directory.owner);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].sockets().unwrap().len(), 1);
        let refused = found[1].sockets().unwrap_err();
        assert!(refused.message.contains("as the owner"), "{refused}");
    }

    #[test]
    fn root_searches_the_directories_of_all_users_and_services() {
        let top = tempfile::tempdir().unwrap();
        let top = top.path();
        for directory in [
            "run/user/1000/logtree",
            "run/user/1001",
            "run/shop/logtree",
            "tmp/logtree-7",
        ] {
            fs::create_dir_all(top.join(directory)).unwrap();
        }
        let variables = |name: &str| match name {
            "RUNTIME_DIRECTORY" => Some("/run/one:/run/two".into()),
            "XDG_RUNTIME_DIR" => Some("/xdg".into()),
            _ => None,
        };
        let of = |user| {
            let all = Directory::all_of(variables, user, top).into_iter();
            let all = all.map(|directory| {
                let path = directory.path.strip_prefix(top).unwrap_or(&directory.path);
                (path.display().to_string(), directory.owner)
            });
            all.collect::<Vec<_>>()
        };
        let own = [
            ("/run/one/logtree", 1000),
            ("/run/two/logtree", 1000),
            ("/xdg/logtree", 1000),
            ("run/user/1000/logtree", 1000),
            ("tmp/logtree-1000", 1000),
        ];
        let mut found = of(1000);
        found.sort();
        assert_eq!(found, own.map(|(path, owner)| (path.to_owned(), owner)));
        let found = of(0);
        let services = fs::symlink_metadata(top.join("run/shop")).unwrap().uid();
        for expected in [
            ("run/user/1000/logtree", 1000),
            ("run/user/1001/logtree", 1001),
            ("tmp/logtree-7", 7),
            ("run/shop/logtree", services),
            ("run/user/0/logtree", 0),
        ] {
            assert!(
                found.contains(&(expected.0.to_owned(), expected.1)),
                "{found:?}"
            );
        }
        let only = |name: &str| (name == "LOGTREE_CONTROL_DIR").then(|| "/given".into());
        assert_eq!(Directory::all_of(only, 0, top).len(), 1);
    }

    #[test]
    fn what_is_no_socket_is_passed_over() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        fs::set_permissions(path, Permissions::from_mode(0o700)).unwrap();
        fs::write(path.join("file-1.sock"), "").unwrap();
        fs::write(path.join("app-1.token"), "").unwrap();
        std::os::unix::fs::symlink("/dev/null", path.join("link-1.sock")).unwrap();
        drop(UnixListener::bind(path.join("no-number.sock")).unwrap());
        let _other = UnixListener::bind(path.join("listens.sock")).unwrap();
        let directory = Directory {
            path: path.to_owned(),
            owner: getuid().as_raw(),
        };
        assert_eq!(directory.sockets().unwrap(), [path.join("listens.sock")]);
    }
}
