/** The part of the WebAssembly namespace that is used; Node's types do not declare it. */
interface WasmNamespace {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(
    module: object,
    imports?: Readonly<Record<string, Readonly<Record<string, () => unknown>>>>,
  ): Promise<{ readonly exports: unknown }>;
}

export const webAssembly = (globalThis as unknown as { WebAssembly: WasmNamespace }).WebAssembly;
