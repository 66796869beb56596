//! The kinds of messages that a client logs: [`Topic`].

use crate::client::mode::ClientLogMode;
use crate::level::Level;

/// A kind of message, with a logger of its own.
#[derive(Clone, Copy)]
pub(super) enum Topic {
    Signing,
    Retries,
    Request,
    Response,
    Deprecated,
    RequestEvent,
    ResponseEvent,
    Warnings,
}

impl Topic {
    pub(super) const ALL: [Self; 8] = [
        Self::Signing,
        Self::Retries,
        Self::Request,
        Self::Response,
        Self::Deprecated,
        Self::RequestEvent,
        Self::ResponseEvent,
        Self::Warnings,
    ];

    /// Returns the end of the logger's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Signing => "signing",
            Self::Retries => "retries",
            Self::Request => "request",
            Self::Response => "response",
            Self::Deprecated => "deprecated",
            Self::RequestEvent => "event.request",
            Self::ResponseEvent => "event.response",
            Self::Warnings => "warnings",
        }
    }

    pub(super) fn mode(self) -> ClientLogMode {
        match self {
            Self::Signing => ClientLogMode::SIGNING,
            Self::Retries => ClientLogMode::RETRIES,
            Self::Request => ClientLogMode::REQUEST,
            Self::Response => ClientLogMode::RESPONSE,
            Self::Deprecated => ClientLogMode::DEPRECATED_USAGE,
            Self::RequestEvent => ClientLogMode::REQUEST_EVENT_MESSAGE,
            Self::ResponseEvent => ClientLogMode::RESPONSE_EVENT_MESSAGE,
            Self::Warnings => ClientLogMode::WARNINGS,
        }
    }

    /// Returns the mode that logs bodies too, if there are any.
    pub(super) fn mode_with_body(self) -> Option<ClientLogMode> {
        match self {
            Self::Request => Some(ClientLogMode::REQUEST_WITH_BODY),
            Self::Response => Some(ClientLogMode::RESPONSE_WITH_BODY),
            _ => None,
        }
    }

    /// Returns the level of its records.
    pub(super) fn level(self) -> Level {
        match self {
            Self::Warnings => Level::WARNING,
            _ => Level::DEBUG,
        }
    }

    /// Reports whether a mode logs it: warnings in each mode but the empty one.
    pub(super) fn is_in(self, mode: ClientLogMode) -> bool {
        mode.contains(self.mode()) || matches!(self, Self::Warnings) && !mode.is_empty()
    }

    pub(super) fn has_body_in(self, mode: ClientLogMode) -> bool {
        let with_body = self.mode_with_body();
        with_body.is_some_and(|with_body| mode.contains(with_body))
    }
}
