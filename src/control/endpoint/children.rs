//! Servers of forked children: [`Children`].

use crate::control::control::Control;
use crate::control::endpoint::endpoint::Endpoint;
use crate::control::endpoint::running::Running;
use crate::sys::process::{self, InChild};
use crate::sys::sync::{Arc, Mutex};

/// Serves each child of the process on a Unix socket of its own, as long as this lives.
pub(super) struct Children {
    control: Control,
    endpoint: Endpoint,
    running: Mutex<Option<Running>>,
}

impl Children {
    pub(super) fn new(control: &Control, endpoint: &Endpoint) -> Arc<Self> {
        let children = Arc::new(Self {
            control: control.clone(),
            endpoint: endpoint.in_child(),
            running: Mutex::new(None),
        });
        process::in_child_of(&children);
        // A child that logs nothing is served too.
        process::wake_in_child();
        children
    }
}

impl InChild for Children {
    fn in_child(self: Arc<Self>) {
        match Running::start(&self.control, &self.endpoint) {
            Ok(running) => {
                let parents = self.running.lock().replace(running);
                drop(parents);
            }
            Err(error) => {
                let problem = format!("cannot serve a child: {error:?}");
                self.control.registry().report_problem(&problem);
            }
        }
    }
}
