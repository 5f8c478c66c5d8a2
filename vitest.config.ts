import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Suites that need a service (`*.int.test.ts`) skip themselves by name when its URL is not set, and
// fail under CI.
export default defineConfig({
  // graphql refuses schemas of a second copy of itself: the file that Node gives to its users here,
  // also under Vite.
  resolve: {
    alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }],
  },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', '.runtime/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A condition that is waited for comes soon, but not on a machine that is busy with other things.
    expect: { poll: { timeout: 30_000 } },
    pool: 'forks',
    maxWorkers: 2,
  },
})
