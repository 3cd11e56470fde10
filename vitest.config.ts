import { defineConfig } from 'vitest/config';

/** The tests of one package: unit tests beside the source, the other layers under test/, types in *.test-d.ts. */
export function defineProject(thresholds: { lines?: number; branches?: number } = {}) {
  return defineConfig({
    test: {
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      typecheck: { enabled: true, include: ['src/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
      // Processes and sockets of their own make these tests slow on a loaded machine, never flaky.
      testTimeout: 30_000,
      hookTimeout: 60_000,
      expect: { poll: { timeout: 20_000, interval: 20 } },
      coverage: {
        provider: 'v8',
        include: ['src/**/*.ts'],
        exclude: ['**/*.test.ts', '**/*.test-d.ts'],
        reporter: ['text-summary', 'json-summary'],
        thresholds,
      },
    },
  });
}
