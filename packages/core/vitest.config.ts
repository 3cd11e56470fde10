import { defineProject } from '../../vitest.config.ts';

export default defineProject({ lines: 90, branches: 90 });
