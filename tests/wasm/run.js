// node run.js bare MODULE.wasm | node run.js web DIRECTORY
const [kind, path] = process.argv.slice(2);
const names = ['global_registry', 'own_clock', 'queue_without_threads', 'files_are_refused'];
const lines = [];
let module_;
if (kind === 'web') {
    console.error = (line) => lines.push(line);
    module_ = require(require('path').resolve(path, 'module.js'));
    module_ = module_.__wasm ?? module_;
} else {
    const wasm = new WebAssembly.Module(require('fs').readFileSync(path));
    module_ = new WebAssembly.Instance(wasm, {}).exports;
}
let failed = 0;
for (const name of names) {
    try { module_[name](); } catch (error) { failed++; console.log(`FAILED ${kind} ${name}: ${error}`); }
}
if (kind === 'web') {
    // Year, line and order, as one entry of the console for each record.
    const year = new Date().getFullYear();
    const shown = lines.filter((line) => line.startsWith(`${year}-`) && line.endsWith('shown by the facade'));
    if (shown.length !== 1) { failed++; console.log(`FAILED web console: ${JSON.stringify(lines)}`); }
}
console.log(`${kind}: ${names.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
