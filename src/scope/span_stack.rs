//! The spans that are entered on a thread.

use std::cell::RefCell;

use crate::record::Span;
use crate::scope::here;
use crate::sys::sync::Arc;

struct Entered {
    number: u64,
    /// Its place among all that was entered on the thread.
    since: u64,
    /// `None` where what is around it is hidden.
    span: Option<Arc<Span>>,
}

/// The number of entries that last as long as a function runs. No span has it.
const BORROWED: u64 = 0;

/// A span that work brings along, if it was made in one.
pub(super) type LentSpan = Option<Arc<Span>>;

struct Stack(Vec<Entered>);

thread_local! {
    static STACK: RefCell<Stack> = const { RefCell::new(Stack(Vec::new())) };
}

/// Changes the stack. Does nothing late in a thread's end.
fn change<R>(change: impl FnOnce(&mut Vec<Entered>) -> R) -> Option<R> {
    let changed = STACK.try_with(|stack| {
        let mut stack = stack.borrow_mut();
        let result = change(&mut stack.0);
        let top = stack.0.last().and_then(|top| top.span.as_ref());
        here::set_in_span(
            top.is_some(),
            top.is_some_and(|span| span.owner().is_some()),
        );
        result
    });
    changed.ok()
}

/// Makes a span the current one of the thread. A span may be entered several times.
pub(crate) fn enter(span: &Arc<Span>) {
    push(span.number(), Some(Arc::clone(span)));
}

fn push(number: u64, span: Option<Arc<Span>>) {
    let since = here::next_entry();
    change(|stack| {
        stack.push(Entered {
            number,
            since,
            span,
        });
    });
}

/// Ends the latest entry of a span, wherever it is.
pub(crate) fn exit(number: u64) {
    // Outside the borrow: it may be the span's last owner.
    drop(remove(number));
}

fn remove(number: u64) -> Option<Entered> {
    let removed = change(|stack| {
        let at = stack.iter().rposition(|entered| entered.number == number)?;
        Some(stack.remove(at))
    });
    removed.flatten()
}

/// Runs with another current span, or with none.
pub(crate) fn with_current<R>(mut span: Option<Arc<Span>>, run: impl FnOnce() -> R) -> R {
    with_moved(&mut span, run)
}

/// Runs with a current span that work brings along, unless a span is entered here.
pub(super) fn with_lent<R>(span: &mut LentSpan, run: impl FnOnce() -> R) -> R {
    if span.is_none() || here::is_in_span() {
        return run();
    }
    with_moved(span, run)
}

/// Runs with another current span, which moves onto the stack and back, whatever happens.
fn with_moved<R>(span: &mut Option<Arc<Span>>, run: impl FnOnce() -> R) -> R {
    push(BORROWED, span.take());
    let _back = scopeguard::guard(span, |span| {
        *span = remove(BORROWED).and_then(|entered| entered.span);
    });
    run()
}

/// Returns the current span of the thread.
pub(crate) fn current() -> Option<Arc<Span>> {
    top().map(|(_, span)| span)
}

/// Returns the current span of the thread, and since when it is.
pub(super) fn top() -> Option<here::Entered<Arc<Span>>> {
    let top = STACK.try_with(|stack| {
        let stack = stack.borrow();
        let top = stack.0.last()?;
        Some((top.since, top.span.clone()?))
    });
    top.ok().flatten()
}

/// Likewise lends it to `use_it`, which must not run user code.
pub(super) fn with_top<R>(
    use_it: impl FnOnce(Option<here::Entered<&Span>>) -> Option<R>,
) -> Option<R> {
    let used = STACK.try_with(|stack| {
        let stack = stack.borrow();
        let top = stack.0.last();
        use_it(top.and_then(|top| Some((top.since, top.span.as_deref()?))))
    });
    used.ok().flatten()
}

impl Drop for Stack {
    /// Ends what was never left.
    fn drop(&mut self) {
        here::set_in_span(false, false);
    }
}
