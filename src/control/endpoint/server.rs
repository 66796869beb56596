//! A running endpoint: [`Server`].

use std::fmt;

use crate::control::control::Control;
use crate::control::endpoint::address::Address;
#[cfg(unix)]
use crate::control::endpoint::children::Children;
use crate::control::endpoint::endpoint::Endpoint;
use crate::control::endpoint::running::Running;
use crate::control::endpoint::token::Token;
use crate::error::Error;
#[cfg(unix)]
use crate::sys::sync::Arc;

impl Control {
    /// Serves this control to other programs: the command line `logtree`, a browser, `curl`, the
    /// AWS command line. The server ends when it is dropped.
    ///
    /// It runs on a thread of its own, and nothing of it is done by threads that log. Changes have
    /// the origin `http:unix:UID:PID` or `http:tcp:ADDRESS`.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if it cannot listen, or a file cannot be written or
    /// read; [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for a directory that
    /// other users can write, a path that is too long or in use, a file without a proper token, and
    /// an address that is neither of the loopback interface nor
    /// [allowed](Endpoint::allow_remote).
    ///
    /// # Examples
    /// ```
    /// # #[cfg(unix)] {
    /// use logtree::Registry;
    /// use logtree::control::{Control, Endpoint};
    ///
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("log.sock");
    /// let control = Control::new(&Registry::new());
    /// let server = control.serve(Endpoint::new().socket(&path))?;
    /// assert_eq!(server.addresses()[0].to_string(), format!("unix:{}", path.display()));
    /// drop(server);
    /// assert!(!path.exists());
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn serve(&self, endpoint: Endpoint) -> Result<Server, Error> {
        Ok(Server {
            running: Running::start(self, &endpoint)?,
            #[cfg(unix)]
            _children: (endpoint.serve_in_children).then(|| Children::new(self, &endpoint)),
        })
    }
}

/// A running endpoint; it ends when this is dropped. See [`Control::serve`].
///
/// Requests in progress are abandoned, but a change that has begun is made.
#[must_use = "the endpoint ends when this is dropped"]
pub struct Server {
    running: Running,
    #[cfg(unix)]
    _children: Option<Arc<Children>>,
}

impl Server {
    /// Returns where it listens: the Unix socket first.
    #[must_use]
    pub fn addresses(&self) -> &[Address] {
        &self.running.addresses
    }

    /// Returns the token of TCP clients: `Authorization: Bearer TOKEN`, or the secret access key of
    /// the AWS command line, with the access key `logtree`. `None` without TCP.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.running.token.as_ref().map(Token::as_str)
    }

    /// Returns the address of the console for a browser, with the token, which the browser does not
    /// send as part of the address; `None` without a [console](Endpoint::console) or TCP.
    #[must_use]
    pub fn console_url(&self) -> Option<String> {
        self.running.console_url.clone()
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("addresses", &self.running.addresses)
            .finish_non_exhaustive()
    }
}
