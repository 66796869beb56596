//! Calls of the AWS SDK in the tree, by service.

mod collected;
mod concurrent;
mod moto;
mod owners;
