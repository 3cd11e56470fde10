export { type Answer, type Elicit, GENERATIONS, type Generation } from './clients.ts';
export { type CallOptions, type ConnectOptions, connect, type ListedTool, type TestClient } from './connect.ts';
export { contractSuite } from './contract.ts';
