//! What a call does after its logger's gate.

use std::fmt;

use crate::logger::passed::{Passed, PassedCall};
use crate::logger::{Logger, LoggerAdapter};
use crate::macros::as_logger::AsLogger;
use crate::record::call_values::{CallPair, CallValue};
use crate::record::message::MessageSource;
use crate::record::site::Site;
use crate::record::split_message::Argument;
use crate::record::{CallValues, LazyMessage, Message};

/// Logs a message that was taken apart, by the template of its site.
#[inline(always)]
pub fn log_split<'a>(
    logger: &'a (impl AsLogger + ?Sized),
    passed: impl PassedCall,
    site: &'static Site,
    arguments: &'a [Argument<'a>],
    values: &'a [CallPair<'a>],
) {
    match logger.as_adapter() {
        None if values.is_empty() && !notes(&passed) => {
            submit_split(logger.as_logger(), passed.passed(), site, arguments);
        }
        adapter => {
            let message = MessageSource::of_site(site, arguments);
            submit_with(logger.as_logger(), adapter, passed, site, message, values);
        }
    }
}

/// Logs any other message.
#[inline(always)]
pub fn log_arguments<'a>(
    logger: &'a (impl AsLogger + ?Sized),
    passed: impl PassedCall,
    site: &'static Site,
    arguments: fmt::Arguments<'a>,
    values: &'a [CallPair<'a>],
) {
    match logger.as_adapter() {
        None if values.is_empty() && !notes(&passed) => {
            submit_arguments(logger.as_logger(), passed.passed(), site, arguments);
        }
        adapter => {
            let message = MessageSource::Arguments(arguments);
            submit_with(logger.as_logger(), adapter, passed, site, message, values);
        }
    }
}

#[inline(always)]
fn notes<C: PassedCall>(_: &C) -> bool {
    C::NOTES
}

/// Submits the usual record. What it takes fits the registers.
#[inline(never)]
fn submit_split(logger: &Logger, passed: Passed, site: &'static Site, arguments: &[Argument<'_>]) {
    submit(
        logger,
        passed,
        site,
        MessageSource::of_site(site, arguments),
    );
}

/// Submits the usual record of any other message.
#[inline(never)]
fn submit_arguments(
    logger: &Logger,
    passed: Passed,
    site: &'static Site,
    arguments: fmt::Arguments<'_>,
) {
    submit(logger, passed, site, MessageSource::Arguments(arguments));
}

#[inline(always)]
fn submit(logger: &Logger, passed: Passed, site: &'static Site, message: MessageSource<'_>) {
    if !logger.wants_plain(passed) {
        return;
    }
    let text = LazyMessage::new(message);
    let mut record = logger.record(passed.level, Message::Lazy(&text), site);
    logger.submit_passed(&mut record, passed.by_level);
}

/// Submits a record with key-values, or through an adapter.
#[inline(never)]
fn submit_with(
    logger: &Logger,
    adapter: Option<&LoggerAdapter>,
    call: impl PassedCall,
    site: &'static Site,
    message: MessageSource<'_>,
    values: &[CallPair<'_>],
) {
    let passed = call.passed();
    let text = LazyMessage::new(message);
    let mut record = logger.record(passed.level, Message::Lazy(&text), site);
    if !values.is_empty() {
        record.call = CallValues::Macro(values);
        for (_, value) in values {
            match value {
                CallValue::Error(error) => {
                    record.error.get_or_insert(*error);
                }
                CallValue::Backtrace(backtrace) => {
                    record.backtrace.get_or_insert(*backtrace);
                }
                _ => {}
            }
        }
    }
    call.note(&mut record);
    match adapter {
        None => logger.submit_passed(&mut record, passed.by_level),
        Some(adapter) => adapter.submit(&mut record),
    }
}
