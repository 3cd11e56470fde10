/** What is generated from a server's literal, its settings and its tools/list. Of this, a running server loads `--help` only. */

export { helpText } from './help.ts';
export { installBlock } from './install.ts';
export type { Listing, PackageFacts, ToolFacts } from './listing.ts';
export { bundleManifest, talksToOthers } from './mcpb.ts';
export { llmsText, serversBlock, settingsBlock, toolsBlock } from './readme.ts';
export { SERVER_SCHEMA, serverJson } from './server-json.ts';
