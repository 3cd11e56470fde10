import { contractSuite } from '../src/testing/index.ts';
import { openLibrary } from './fixture/library.ts';
import { fixture } from './fixture/server.ts';

contractSuite(fixture, { default: {}, verbose: { verbose: true } }, { default: 4_300 });
contractSuite(openLibrary().server, { library: { tools: ['echo_text'] } });
