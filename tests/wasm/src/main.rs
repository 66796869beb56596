//! `bind MODULE DIRECTORY`: writes what node needs to load a module.
#![cfg_attr(target_family = "wasm", allow(unused, reason = "it runs on the host only"))]

#[cfg(not(target_family = "wasm"))]
fn main() {
    let arguments: Vec<_> = std::env::args().collect();
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen.input_path(&arguments[1]).nodejs(true).unwrap();
    bindgen.typescript(false).out_name("module").generate(&arguments[2]).unwrap();
}

#[cfg(target_family = "wasm")]
fn main() {}
