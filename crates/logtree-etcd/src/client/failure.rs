//! Errors of etcd by what follows from them: [`Failure`].

use std::fmt;

use etcd_client::Error;

/// Numbers of gRPC.
mod code {
    pub(super) const INVALID_ARGUMENT: i32 = 3;
    pub(super) const NOT_FOUND: i32 = 5;
    pub(super) const PERMISSION_DENIED: i32 = 7;
    pub(super) const RESOURCE_EXHAUSTED: i32 = 8;
    pub(super) const FAILED_PRECONDITION: i32 = 9;
    pub(super) const OUT_OF_RANGE: i32 = 11;
    pub(super) const UNAUTHENTICATED: i32 = 16;
}

/// Why a request has no result.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum FailureKind {
    /// No response, or that of a cluster without a leader; a change may have been made.
    Unreachable,
    /// Refused: the user, its password or its rights.
    Denied,
    /// The request is larger than the server takes.
    TooLarge,
    /// The response is larger than the client takes.
    ResponseTooLarge,
    /// The server's space is used up.
    Full,
    /// The revision is gone: compacted, or of a cluster that was restored since.
    Compacted,
    /// There is no such lease.
    NoLease,
    /// The settings cannot work, such as a certificate that cannot be read.
    Settings,
}

/// An error of a request, without values: they may be secret.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Failure {
    pub(crate) kind: FailureKind,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    pub(crate) fn unreachable(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Unreachable, message)
    }

    /// A watch that was canceled, which has a reason but no code.
    pub(super) fn canceled(reason: &str) -> Self {
        let denied = ["token", "permission", "auth", "user", "role"];
        let is_denied = denied.iter().any(|word| reason.contains(word));
        let kind = if is_denied {
            FailureKind::Denied
        } else {
            FailureKind::Unreachable
        };
        Self::new(kind, format!("the watch was canceled: {reason}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let Error::GRpcStatus(status) = &error else {
            let kind = match &error {
                Error::InvalidArgs(_) | Error::InvalidUri(_) => FailureKind::Settings,
                _ => FailureKind::Unreachable,
            };
            return Self::new(kind, chain(&error));
        };
        let message = status.message();
        Self::new(kind_of(status.code() as i32, message), message)
    }
}

fn kind_of(code: i32, message: &str) -> FailureKind {
    match code {
        code::UNAUTHENTICATED | code::PERMISSION_DENIED => FailureKind::Denied,
        // Such as "too many operations", "request is too large" and "duplicate key".
        code::INVALID_ARGUMENT if is_size(message) => FailureKind::TooLarge,
        // A bad password, no user, or no such user.
        code::INVALID_ARGUMENT => FailureKind::Denied,
        // A user where authentication is off.
        code::FAILED_PRECONDITION if message.contains("authentication") => FailureKind::Denied,
        code::RESOURCE_EXHAUSTED if message.contains("space") => FailureKind::Full,
        code::OUT_OF_RANGE if message.contains("compacted") => FailureKind::Compacted,
        code::OUT_OF_RANGE if message.contains("too large") => FailureKind::ResponseTooLarge,
        code::NOT_FOUND if message.contains("lease") => FailureKind::NoLease,
        _ => FailureKind::Unreachable,
    }
}

fn is_size(message: &str) -> bool {
    ["too many", "too large", "duplicate"]
        .iter()
        .any(|word| message.contains(word))
}

/// An error with its causes.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = match error {
        Error::TransportError(error) => std::error::Error::source(error),
        _ => None,
    };
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_apart_as_etcd_sends_them() {
        let cases = [
            (16, "etcdserver: invalid auth token", FailureKind::Denied),
            (7, "etcdserver: permission denied", FailureKind::Denied),
            (
                3,
                "etcdserver: authentication failed, invalid user ID or password",
                FailureKind::Denied,
            ),
            (3, "etcdserver: user name is empty", FailureKind::Denied),
            (
                9,
                "etcdserver: authentication is not enabled",
                FailureKind::Denied,
            ),
            (
                3,
                "etcdserver: too many operations in txn request",
                FailureKind::TooLarge,
            ),
            (3, "etcdserver: request is too large", FailureKind::TooLarge),
            (
                3,
                "etcdserver: duplicate key given in txn request",
                FailureKind::TooLarge,
            ),
            (
                8,
                "etcdserver: mvcc: database space exceeded",
                FailureKind::Full,
            ),
            (8, "etcdserver: too many requests", FailureKind::Unreachable),
            (
                11,
                "etcdserver: mvcc: required revision has been compacted",
                FailureKind::Compacted,
            ),
            (
                11,
                "Error, decoded message length too large: found 5 bytes",
                FailureKind::ResponseTooLarge,
            ),
            (
                5,
                "etcdserver: requested lease not found",
                FailureKind::NoLease,
            ),
            (14, "etcdserver: no leader", FailureKind::Unreachable),
            (4, "Timeout expired", FailureKind::Unreachable),
        ];
        for (code, message, kind) in cases {
            assert_eq!(kind_of(code, message), kind, "{message}");
        }
    }

    #[test]
    fn a_watch_canceled_for_its_token_is_denied() {
        let kind = |reason| Failure::canceled(reason).kind;
        assert_eq!(
            kind("rpc error: code = Unauthenticated desc = etcdserver: invalid auth token"),
            FailureKind::Denied
        );
        assert_eq!(kind("etcdserver: permission denied"), FailureKind::Denied);
        assert_eq!(kind("etcdserver: no leader"), FailureKind::Unreachable);
        assert_eq!(kind(""), FailureKind::Unreachable);
    }
}
