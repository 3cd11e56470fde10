import { defineProject } from '../../vitest.config.ts';

export default defineProject();
