// Servers and tools are values.

// Settings that every server has, and what is generated from them.
export { type CommonConfig, commonSchema } from './config/common.ts';
export { type Option, optionsOf } from './config/options.ts';
export {
  type AnyServer,
  type CallContext,
  defineServer,
  type ListedResource,
  type MediaContent,
  type Resource,
  type ResourceContent,
  type ResourceLiteral,
  resourceDefiner,
  type ServerLiteral,
  type Tool,
  type ToolAnnotations,
  type ToolLiteral,
  toolDefiner,
} from './define.ts';
// The one class of errors whose words reach the model.
export { type ErrorCode, ToolError, type ToolErrorOptions } from './errors.ts';
// Running a server as a process.
export { main } from './main.ts';
export { helpText } from './manifest/help.ts';
