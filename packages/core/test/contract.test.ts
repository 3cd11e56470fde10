import { contractSuite } from '../src/testing/index.ts';
import { fixture } from './fixture/server.ts';

contractSuite(fixture, { default: {}, verbose: { verbose: true } });
