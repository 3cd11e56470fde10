import type { TestClient } from '@touchstone-mcp/core/testing';

/** What a tool says: its text, its data, and the code of a refusal. */
export async function ask(client: TestClient, name: string, args: Record<string, unknown>, signal?: AbortSignal) {
  const { content, structuredContent, isError, _meta } = await client.callTool(name, args, signal === undefined ? {} : { signal });
  const [block] = content;
  return { text: block?.type === 'text' ? block.text : '', data: structuredContent ?? {}, code: isError ? _meta?.code : undefined };
}
