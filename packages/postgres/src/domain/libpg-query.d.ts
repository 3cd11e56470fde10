/** What is used of libpg-query's WebAssembly module, which comes without types: its parser, and access to its memory. */
declare module 'libpg-query/wasm/libpg-query.js' {
  export interface Instance {
    readonly HEAPU8: Uint8Array;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    _wasm_parse_query_raw(sql: number): number;
    _wasm_free_parse_result(result: number): void;
    lengthBytesUTF8(text: string): number;
    stringToUTF8(text: string, pointer: number, maxBytes: number): void;
    UTF8ToString(pointer: number): string;
    getValue(pointer: number, type: 'i32'): number;
  }
  const open: () => Promise<Instance>;
  // biome-ignore lint/style/noDefaultExport: it is CommonJS, and this is all that it exports.
  export default open;
}
