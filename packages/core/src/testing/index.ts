export { type Abilities, type Answer, type Elicit, GENERATIONS, type Generation, type ListRoots } from './clients.ts';
export { type CallOptions, type ConnectOptions, connect, type ListedTool, type TestClient } from './connect.ts';
export { contractSuite } from './contract.ts';
