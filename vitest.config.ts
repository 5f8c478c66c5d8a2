import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/**
 * Suites that change nothing outside themselves, or take it back: their files share processes and
 * what those have loaded. The others (whole systems, databases, environments) have one each.
 */
const SHARING = [
  'agents',
  'api/client',
  'api/graphql',
  'api/subscriptions',
  'commands',
  'docs',
  'domain',
  'infra/memory',
  'infra/sandbox',
  'infra/starknet',
  'infra/tools/archive',
  'ingest',
  'schemas',
].map((folder) => `${folder}/**/*.test.ts`)
const NO_TESTS = ['node_modules/**', '.runtime/**']

// Suites that need a service (`*.int.test.ts`) skip themselves by name when its URL is not set, and
// fail under CI.
export default defineConfig({
  // graphql refuses schemas of a second copy of itself: the file that Node gives to its users here,
  // also under Vite.
  resolve: {
    alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }],
  },
  test: {
    // What a test waits for is a condition; only a fault reaches these, however busy the machine.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: 'own', include: ['**/*.test.ts'], exclude: [...NO_TESTS, ...SHARING] },
      },
      {
        extends: true,
        test: { name: 'sharing', include: SHARING, exclude: NO_TESTS, isolate: false },
      },
    ],
  },
})
