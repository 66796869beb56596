//! Calls of the AWS SDK in the tree, by service.

mod collected;
mod moto;
mod owners;
