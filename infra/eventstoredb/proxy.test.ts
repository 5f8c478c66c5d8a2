/** The EventStoreDB log where the environment names a proxy. */
import { afterEach, expect, it, vi } from 'vitest'
import { loadEnvFile } from '../run/config.ts'
import { startEventStoreDouble } from './double.testing.ts'
import { createEventStoreLog } from './event-log.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

it.each(['http_proxy', 'https_proxy', 'grpc_proxy'])(
  'reaches a server on this machine directly, whatever %s says',
  async (name) => {
    for (const unset of ['no_proxy', 'NO_PROXY', 'no_grpc_proxy']) vi.stubEnv(unset, undefined)
    vi.stubEnv(name, 'http://127.0.0.1:1')
    loadEnvFile(import.meta.dirname)
    const double = await startEventStoreDouble('24.2.0')
    const log = createEventStoreLog(double.connectionString)
    try {
      expect(await log.logHead()).toBeGreaterThanOrEqual(-1)
    } finally {
      await log.close()
      await double.close()
    }
  },
)
