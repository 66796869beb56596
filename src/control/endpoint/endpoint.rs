//! Where and how a control is served: [`Endpoint`].

#[cfg(unix)]
use std::path::Path;
use std::path::PathBuf;

use crate::control::tail::TailOptions;
#[cfg(unix)]
use crate::sys::host::process_id;
#[cfg(unix)]
use crate::sys::process;

/// Where and how a [`Control`](crate::control::Control) is served; see
/// [`Control::serve`](crate::control::Control::serve).
///
/// Defaults: a Unix socket `NAME-PID.sock` that only its user and root can connect to; on Windows
/// TCP on a free port of the loopback interface, with a token. No console, no remote clients, no
/// levels below `INFO` for loggers of secrets.
///
/// # Examples
/// ```
/// use logtree::Registry;
/// use logtree::control::{Control, Endpoint};
///
/// let control = Control::new(&Registry::new());
/// // For browsers alone; without this line, also on the Unix socket that `logtree` finds.
/// let endpoint = Endpoint::new().without_socket();
/// let server = control.serve(endpoint.tcp("127.0.0.1:0").console(true))?;
/// println!("{}", server.console_url().unwrap_or_default());
/// drop(server); // ends it
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Endpoint {
    pub(super) name: Option<String>,
    pub(super) socket: Socket,
    pub(super) tcp: Option<String>,
    pub(super) hosts: Vec<String>,
    pub(super) allow_remote: bool,
    pub(super) allow_sensitive: bool,
    pub(super) strict_aws: bool,
    pub(super) unsigned_reads: bool,
    pub(super) console: bool,
    pub(super) token_file: Option<PathBuf>,
    pub(super) serve_in_children: bool,
    pub(super) tails: TailOptions,
    pub(super) announce_to: Option<String>,
}

/// Which Unix socket is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Socket {
    None,
    /// In the directory of the user's sockets.
    Default,
    Path(PathBuf),
}

impl Default for Endpoint {
    fn default() -> Self {
        Self::new()
    }
}

impl Endpoint {
    /// Returns an endpoint with the defaults.
    pub fn new() -> Self {
        Self {
            name: None,
            socket: if cfg!(unix) {
                Socket::Default
            } else {
                Socket::None
            },
            tcp: (!cfg!(unix)).then(|| "127.0.0.1:0".to_owned()),
            hosts: Vec::new(),
            allow_remote: false,
            allow_sensitive: false,
            strict_aws: false,
            unsigned_reads: false,
            console: false,
            token_file: None,
            serve_in_children: false,
            tails: TailOptions::default(),
            announce_to: None,
        }
    }

    /// Sets the name that clients show and find the process by; that of the program's file by
    /// default. Characters other than ASCII letters, digits, `.`, `_` and `-` become `_`, and it
    /// ends after 64 of them.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the path of the Unix socket. Its directory must exist, belong to the user or root, and
    /// be writable by no other user.
    ///
    /// The default is `NAME-PID.sock` in the first of these directories that a variable gives:
    /// `$LOGTREE_CONTROL_DIR`, `$RUNTIME_DIRECTORY/logtree` (set by systemd),
    /// `$XDG_RUNTIME_DIR/logtree`, and else `/tmp/logtree-UID`. It is created with mode 0700, and
    /// refused if it is a link, belongs to another user or grants anything to others.
    pub fn socket(mut self, path: impl Into<PathBuf>) -> Self {
        self.socket = Socket::Path(path.into());
        self
    }

    /// Serves no Unix socket. The command line `logtree` does not find the process by itself then.
    pub fn without_socket(mut self) -> Self {
        self.socket = Socket::None;
        self
    }

    /// Serves TCP as well, with a token: an address such as `127.0.0.1:7117`, where port 0 is a
    /// free one. See [`Server::addresses`](super::Server::addresses).
    pub fn tcp(mut self, address: impl Into<String>) -> Self {
        self.tcp = Some(address.into());
        self
    }

    /// Allows addresses other than those of the loopback interface for [`tcp`](Self::tcp). The
    /// connection is not encrypted: TLS is a matter of a proxy in front of it.
    pub fn allow_remote(mut self, allow: bool) -> Self {
        self.allow_remote = allow;
        self
    }

    /// Accepts a further `Host` of TCP requests, with its port unless that is 80 or 443:
    /// `logs.example.com`, `logs.example.com:8080`. Requests for other hosts than these, the
    /// loopback interface and the connection's own address are refused, as they come from a browser
    /// that a foreign page directs here.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.hosts.push(host.into());
        self
    }

    /// Serves the console, a page for browsers; off by default. See
    /// [`Server::console_url`](super::Server::console_url).
    pub fn console(mut self, console: bool) -> Self {
        self.console = console;
        self
    }

    /// Sets the file of the token. If it exists, its token is used: at least 32 letters, digits,
    /// `-` and `_`, in a regular file that belongs to the user and grants nothing to others.
    /// Otherwise a new token is written to it, with mode 0600. The file stays when the server ends.
    ///
    /// By default each server has a new token; if there is a Unix socket, it is written beside it,
    /// to `NAME-PID.token`, and removed at the end.
    pub fn token_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.token_file = Some(path.into());
        self
    }

    /// Allows levels below `INFO` for loggers that log secrets; off by default. These are the ones
    /// with a segment `auth`, `authorization`, `body`, `credentials`, `headers`, `request`,
    /// `response`, `signing`, `token` or `wire` in their name.
    ///
    /// A level below `INFO` that is set above such a logger, or for a value of key-values, counts
    /// as `INFO` for it, also if the program makes the logger later or restarts with the same
    /// [file](crate::control::ControlBuilder::persist_to). A change that sets the logger's own
    /// level below `INFO`, by itself or by a group, is refused; so is one that ends a level by
    /// which the program's own level below `INFO` is hidden. Levels that the program sets are
    /// inherited as they are. Live tails show no more of these loggers below `INFO` than their
    /// levels do. Redaction is independent of this.
    pub fn allow_sensitive(mut self, allow: bool) -> Self {
        self.allow_sensitive = allow;
        self
    }

    /// Restricts the calls of AWS IoT to AWS's words; off by default. Other levels are listed as
    /// the next less severe of `DEBUG`, `INFO`, `WARN`, `ERROR` and `DISABLED`, or `DEBUG` if they
    /// are below that, and cannot be set; nor can a target have the type `LOGGER`.
    ///
    /// See [`ControlBuilder::strict_aws`](crate::control::ControlBuilder::strict_aws) for AWS's
    /// other rules.
    pub fn strict_aws(mut self, strict: bool) -> Self {
        self.strict_aws = strict;
        self
    }

    /// Serves `GET` requests over TCP without a token or signature; off by default.
    pub fn unsigned_reads(mut self, allow: bool) -> Self {
        self.unsigned_reads = allow;
        self
    }

    /// Announces the process to a server of Spring Boot Admin, `http://HOST:PORT`, now and every 10
    /// seconds: its [name](Self::name), where it listens by TCP (the first [host](Self::host), if
    /// there is one), and the token, with which that server reads and sets levels. It needs
    /// [`tcp`](Self::tcp).
    ///
    /// The token is sent as it is: the server must be one to trust, on a network to trust. `https`
    /// is refused, as is a URL with a user. A failure is reported as a problem of the
    /// [registry](crate::registry::RegistryBuilder::diagnostics) when it begins; the process is
    /// announced again all the same. The server itself notices that the process has ended. Forked
    /// children are not announced.
    pub fn announce_to(mut self, url: impl Into<String>) -> Self {
        self.announce_to = Some(url.into());
        self
    }

    /// Serves forked children of the process as well, each on a Unix socket of its own:
    /// `NAME-PID.sock`, also beside a socket with a [path](Self::socket). Off by default: a child
    /// closes its copy of the parent's sockets, and is not served.
    pub fn serve_in_children(mut self, serve: bool) -> Self {
        self.serve_in_children = serve;
        self
    }

    /// Sets how many live tails there may be at once: 8 by default, 64 at most.
    pub fn max_tails(mut self, tails: usize) -> Self {
        self.tails.tails = tails;
        self
    }

    /// Sets how many records wait for one live tail, and how many bytes they have: 1,024 and 1 MiB
    /// by default. What finds no room is dropped for that tail, the least severe first, and the
    /// stream says so.
    pub fn tail_buffer(mut self, records: usize, bytes: usize) -> Self {
        (self.tails.records, self.tails.bytes) = (records, bytes);
        self
    }

    /// Keeps the latest records for live tails that begin, even while there is none. By default the
    /// latest 4,096 are kept from the first tail on, until a minute after the last. They have at
    /// most four times the bytes of [`tail_buffer`](Self::tail_buffer).
    ///
    /// Each record that is logged is copied for it.
    pub fn backlog_records(mut self, records: usize) -> Self {
        (self.tails.backlog, self.tails.keeps_backlog) = (records, records > 0);
        self
    }

    /// Returns the endpoint of a forked child: a Unix socket beside the parent's.
    #[cfg(unix)]
    pub(super) fn in_child(&self) -> Self {
        let mut child = self.clone();
        (child.tcp, child.announce_to) = (None, None);
        child
    }

    /// Returns the path of the socket in this process: with its number in a child.
    #[cfg(unix)]
    pub(super) fn path_here(path: &Path) -> PathBuf {
        if !process::is_child() {
            return path.to_owned();
        }
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        path.with_file_name(format!("{stem}-{}.sock", process_id()))
    }

    /// Returns the name of the process.
    pub(super) fn process_name(&self) -> String {
        const LONGEST: usize = 64;
        let program = || {
            let program = std::env::current_exe().ok()?;
            Some(program.file_stem()?.to_string_lossy().into_owned())
        };
        let name = self.name.clone().or_else(program).unwrap_or_default();
        let is_part = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let name = name.chars().take(LONGEST);
        let name: String = name.map(|c| if is_part(c) { c } else { '_' }).collect();
        if name.is_empty() {
            return "process".to_owned();
        }
        name
    }
}
