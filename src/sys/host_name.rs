//! The name of the machine.

/// Returns the name of the machine, as it is now; `localhost` where it has none.
pub(crate) fn host_name() -> String {
    let name = platforms();
    if name.is_empty() {
        return "localhost".to_owned();
    }
    name
}

#[cfg(unix)]
fn platforms() -> String {
    let names = rustix::system::uname();
    names.nodename().to_string_lossy().into_owned()
}

#[cfg(not(unix))]
fn platforms() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_default()
}
