// What a platform gives for an import of a core's file: the compiled module. Of the build's folder, beside the sources as beside dist/.

declare module '*.wasm' {
  const core: WebAssembly.Module;
  export default core;
}

declare module '*.wasm?module' {
  const core: WebAssembly.Module;
  export default core;
}
