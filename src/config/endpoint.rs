//! Starts the endpoint that a configuration asks for.

use crate::config::plan::{ControlPlan, SocketChoice, TcpAddress};
use crate::control::{Asker, Endpoint, serve_standing};
use crate::error::Error;
use crate::registry::Registry;

impl ControlPlan {
    /// Has the registry served as the plan says; ends what an earlier configuration asked for.
    pub(super) fn serve(plan: Option<&Self>, registry: &Registry) -> Result<(), Error> {
        let endpoint = plan.map(Self::endpoint);
        serve_standing(registry, Asker::Configuration, endpoint)
    }

    fn endpoint(&self) -> Endpoint {
        let mut endpoint = Endpoint::new()
            .console(self.console)
            .allow_sensitive(self.allow_sensitive);
        match &self.socket {
            None | Some(SocketChoice::Default) => {}
            Some(SocketChoice::None) => endpoint = endpoint.without_socket(),
            Some(SocketChoice::Path(path)) => endpoint = endpoint.socket(path),
        }
        if let Some(TcpAddress(address)) = &self.tcp {
            endpoint = endpoint.tcp(&**address);
        }
        if let Some(path) = &self.token_file {
            endpoint = endpoint.token_file(path);
        }
        endpoint
    }
}
