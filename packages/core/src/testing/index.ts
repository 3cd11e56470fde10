export { type CallOptions, connect, GENERATIONS, type Generation, type ListedTool, type TestClient } from './connect.ts';
export { contractSuite } from './contract.ts';
