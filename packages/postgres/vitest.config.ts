import { mergeConfig } from 'vitest/config';
import { defineProject } from '../../vitest.config.ts';

export default mergeConfig(defineProject(), { test: { globalSetup: ['test/containers/setup.ts'] } });
