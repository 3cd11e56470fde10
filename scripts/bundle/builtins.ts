import type { OnLoadResult, Plugin } from 'esbuild';

/** Modules of Node's that a start has no use for, and that are loaded when something of them is first used: they take 1 to 20 ms each. */
const LATER = new Set(['child_process', 'dns', 'dns/promises', 'http', 'readline', 'readline/promises', 'tls', 'worker_threads', 'zlib']);

/**
 * Gives a bundle Node's own modules as `require` would. Imported, each of them is asked for everything that it has, even for what it would
 * load only when asked (all of Web Crypto, say): a twentieth of the start.
 */
export const builtins: Plugin = {
  name: 'builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, kind, importer }) => {
      if (LATER.has(path.slice('node:'.length))) return { path, namespace: 'later' };
      // An old Node has no getBuiltinModule, and launch.ts is to tell its user so.
      return kind === 'import-statement' && !/[\\/]launch\.[jt]s$/.test(importer) ? { path, namespace: 'now' } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'later' }, async ({ path }) => later(path, await namesOf(path)));
    onLoad({ filter: /.*/, namespace: 'now' }, async ({ path }) => now(path, await namesOf(path)));
  },
};

async function namesOf(path: string): Promise<string[]> {
  return Object.keys(await import(path)).filter((name) => name !== 'default');
}

/** As CommonJS, whose members are looked up where they are used. */
function later(path: string, names: readonly string[]): OnLoadResult {
  const getters = names.map((name) => `get ${name}() { return process.getBuiltinModule('${path}').${name}; }`);
  return { contents: `module.exports = { ${getters.join(', ')} };` };
}

/** As constants, of which those that nobody imports are left out without having been read. */
function now(path: string, names: readonly string[]): OnLoadResult {
  const constants = names.map((name) => `export const ${name} = /* @__PURE__ */ (() => builtin.${name})();`);
  return { contents: [`const builtin = process.getBuiltinModule('${path}');`, ...constants, 'export default builtin;'].join('\n') };
}
