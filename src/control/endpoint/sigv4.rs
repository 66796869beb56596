//! Signatures of AWS, version 4.
