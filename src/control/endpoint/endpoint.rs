//! Where and how a control is served: [`Endpoint`].

/// Where and how a [`Control`](crate::control::Control) is served.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Endpoint {}
