/** The small DOM that comes with Readability, made for it, and without types. It wants tags that match, as sift.ts makes them. */
declare module '@mozilla/readability/JSDOMParser.js' {
  class JSDOMParser {
    parse(html: string, url: string): Document;
  }
  // biome-ignore lint/style/noDefaultExport: it is CommonJS, and this is all that it exports.
  export default JSDOMParser;
}
