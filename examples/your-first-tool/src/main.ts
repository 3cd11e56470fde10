#!/usr/bin/env node
import { launch } from '@touchstone-mcp/core/launch';

await launch(async () => ({ ...(await import('@touchstone-mcp/core')), ...(await import('./server.ts')) }));
