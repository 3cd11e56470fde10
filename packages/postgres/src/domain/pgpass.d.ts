/** What is used of pgpass, which comes without types. */
declare module 'pgpass' {
  /** Looks into the file that PGPASSFILE names, by default ~/.pgpass. */
  const passwordOf: (
    connection: { host?: string; port?: number; user?: string; database?: string },
    done: (password?: string) => void,
  ) => void;
  // biome-ignore lint/style/noDefaultExport: it is CommonJS, and this is all that it exports.
  export default passwordOf;
}
