//! The server that a registry has without a handle: [`serve_standing`].

use std::any::Any;

use crate::control::control::Control;
use crate::control::core::ControlCore;
use crate::control::endpoint::endpoint::Endpoint;
use crate::control::endpoint::server::Server;
use crate::error::Error;
use crate::registry::Registry;

/// What asks for a standing server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asker {
    #[cfg_attr(
        not(feature = "config"),
        expect(dead_code, reason = "for configurations")
    )]
    Configuration,
    Environment,
}

struct Standing {
    asker: Asker,
    endpoint: Endpoint,
    _server: Server,
}

/// Has a registry served as long as it lives, or until something else is asked for. `None` ends
/// what the same asker has asked for.
///
/// A server that runs already is kept if it is the same; what a configuration asks for replaces
/// what the environment asked for.
pub(crate) fn serve_standing(
    registry: &Registry,
    asker: Asker,
    endpoint: Option<Endpoint>,
) -> Result<(), Error> {
    let core = ControlCore::of(registry);
    let take = || {
        let standing: Option<Box<dyn Any + Send + Sync>> = core.standing.lock().take();
        standing.and_then(|standing| standing.downcast::<Standing>().ok())
    };
    let put = |standing: Box<Standing>| {
        let before = core.standing.lock().replace(standing);
        drop(before);
    };
    let start = |asker, endpoint: Endpoint| {
        let server = Control::new(registry).serve(endpoint.clone())?;
        put(Box::new(Standing {
            asker,
            endpoint,
            _server: server,
        }));
        Ok(())
    };
    let earlier = take();
    let is_kept = earlier.as_ref().is_some_and(|earlier| match &endpoint {
        Some(endpoint) => earlier.endpoint == *endpoint,
        None => earlier.asker != asker,
    });
    if let Some(earlier) = earlier {
        if is_kept {
            put(earlier);
            return Ok(());
        }
        // First, as both may be at the same place.
        let (asker_before, endpoint_before) = (earlier.asker, earlier.endpoint.clone());
        drop(earlier);
        let Some(endpoint) = endpoint else {
            return Ok(());
        };
        return start(asker, endpoint).inspect_err(|_| {
            let _ = start(asker_before, endpoint_before);
        });
    }
    endpoint.map_or(Ok(()), |endpoint| start(asker, endpoint))
}
